//! Pieces of decoded text: how large they are, what they are decoded with, how they end.

use libdeflater::Decompressor;
use zstd::zstd_safe::DCtx;

use super::damage::Break;

/// Decoded bytes of one piece of work: small enough to stay in a core's cache, large enough that its seams are rare.
pub const PIECE: usize = 1 << 20;

/// What one thread decodes with, again and again: setting it up costs as much as decoding some kilobytes.
#[derive(Default)]
pub struct Decoder {
    zstd: Option<DCtx<'static>>,
    deflate: Option<Decompressor>,
}

impl Decoder {
    pub(super) fn zstd(&mut self) -> &mut DCtx<'static> {
        self.zstd.get_or_insert_with(DCtx::create)
    }

    pub(super) fn deflate(&mut self) -> &mut Decompressor {
        self.deflate.get_or_insert_with(Decompressor::new)
    }
}

/// How one piece of text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceEnd {
    /// Damage right behind the piece's text.
    pub(crate) damage: Option<Break>,
    /// Whether the unit has no further piece.
    pub last: bool,
    /// Where in the piece the newest frame or member began; `None` when it began in an earlier piece.
    pub(crate) frame_at: Option<usize>,
    /// What is left to a [`FrameCheck`](super::FrameCheck).
    pub(crate) unchecked: Option<Unchecked>,
}

impl PieceEnd {
    pub(super) fn new(damage: Option<Break>, last: bool) -> Self {
        Self { damage, last, frame_at: None, unchecked: None }
    }
}

/// What a decoder left to be checked of a piece's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unchecked {
    /// Where in the piece the frame goes on, or starts.
    pub(crate) from: usize,
    /// When it ends with the piece, where its checksum stands and what it is.
    pub(crate) stored: Option<(usize, u32)>,
}
