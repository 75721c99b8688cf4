//! Decoding a gzip member in one go, twice as fast as in pieces.
//!
//! That takes a member whose bounds are known before it is decoded. A BGZF block states its length. Of another member
//! only the start is sure, and the next place that could begin one is a guess; it is right where the text that comes out
//! has the length and the checksum that stand before it. What was decoded may still have ended earlier, with something
//! between that the decoder passes over without a word. Then the true end has the same length and checksum behind it (the
//! text is the same), so that these stand there twice: such a member, like one whose guess was wrong, is decoded in order.

use libdeflater::{Crc, Decompressor};
use memchr::memmem;

use super::buffer::Buffer;
use super::format::{GZIP_MAGIC, little_endian};
use super::gzip_header::MemberHeader;

/// The checksum and the length of the text.
const TRAILER: usize = 8;

/// Deflate makes at most 1032 bytes of one.
const LARGEST_RATIO: usize = 1032;

/// A member whose bounds are thought to be known.
pub(crate) struct WholeMember {
    text: std::ops::Range<usize>,
    /// Bytes of text that it says it has.
    pub(crate) len: usize,
    crc: u32,
}

impl WholeMember {
    /// The member at `at`, whose header was read; `None` where it or its text is larger than `largest`, or its end is not
    /// known.
    pub(crate) fn find(input: &[u8], at: usize, header: &MemberHeader, largest: usize) -> Option<Self> {
        let start = at + header.len;
        let end = if let Some(len) = header.member {
            at + len
        } else {
            let rest = input.get(start..)?;
            let near = &rest[..rest.len().min(largest)];
            let next = memmem::find(near, &GZIP_MAGIC).map(|next| start + next);
            next.or((near.len() == rest.len()).then_some(input.len()))?
        };
        let trailer = end.checked_sub(TRAILER).filter(|&trailer| trailer >= start && end <= input.len())?;
        let crc = u32::try_from(little_endian(input, trailer, 4)?).ok()?;
        let len = usize::try_from(little_endian(input, trailer + 4, 4)?).ok()?;
        let stands_once = memmem::find(&input[start..end - 1], &input[trailer..end]).is_none();
        let is_possible = stands_once && len <= largest.min((trailer - start).saturating_mul(LARGEST_RATIO));
        is_possible.then_some(Self { text: start..trailer, len, crc })
    }

    /// Appends the member's text to `out`, which has room for it; the offset behind the member, or `None` with nothing
    /// appended when it is not what it was thought to be.
    pub(crate) fn decode(&self, input: &[u8], out: &mut Buffer, decompressor: &mut Decompressor) -> Option<usize> {
        let space = out.space().get_mut(..self.len)?;
        let written = decompressor.deflate_decompress(&input[self.text.clone()], space).ok()?;
        let mut crc = Crc::new();
        crc.update(space);
        if written != self.len || crc.sum() != self.crc {
            return None;
        }
        out.advance(written);
        Some(self.text.end + TRAILER)
    }
}
