//! Decoded text on its way from a decoder thread, in a buffer that goes home.

use crossbeam_channel::Sender;

use super::assembly::PieceId;
use crate::archive::{Buffer, PieceEnd};

/// A piece on its way from its decoder.
pub(super) struct Decoded<'t> {
    pub(super) id: PieceId,
    pub(super) loan: Loan<'t>,
    pub(super) end: PieceEnd,
    pub(super) frames: u64,
}

/// A buffer that goes home in any case: a decoder that waited for one which a panic took along would wait for ever.
pub(super) struct Loan<'t> {
    pub(super) text: Buffer,
    pub(super) home: &'t Sender<Buffer>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        // There is room for every buffer.
        let _ = self.home.send(std::mem::take(&mut self.text));
    }
}
