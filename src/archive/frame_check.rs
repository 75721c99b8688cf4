//! Checksums of frames that are decoded in order: compared by another thread than the one that decodes, which is the one
//! that everything waits for.

use xxhash_rust::xxh64::Xxh64;

use super::damage::{Break, DamageKind};
use super::piece::{PieceEnd, Unchecked};

/// Checks frames piece by piece, in order.
#[derive(Default)]
pub struct FrameCheck {
    hash: Xxh64,
}

impl FrameCheck {
    /// Takes in the text of one piece. Where its frame ends with it and the checksum differs, the piece then ends with
    /// that damage.
    pub fn check(&mut self, text: &[u8], end: &mut PieceEnd) {
        let Some(Unchecked { from, stored }) = end.unchecked else { return };
        if end.frame_at.is_some() {
            self.hash.reset(0);
        }
        self.hash.update(text.get(from..).unwrap_or_default());
        // The stored checksum is the lower half (RFC 8878, section 3.1.1).
        if let Some((at, stored)) = stored
            && self.hash.digest() & 0xffff_ffff != u64::from(stored)
        {
            end.damage = Some(Break::lossless(DamageKind::ChecksumMismatch, at));
        }
    }
}
