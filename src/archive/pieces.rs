//! An archive's text from its start to its end.

use super::buffer::Buffer;
use super::damage::Break;
use super::open::{Archive, UnitReader};
use super::piece::Decoder;

/// The pieces of an archive, every unit's in order.
pub(crate) struct Pieces<'a> {
    archive: &'a Archive,
    unit: usize,
    reader: Option<UnitReader<'a>>,
    buffer: Buffer,
    decoder: Decoder,
}

/// One of them.
pub(crate) struct Piece<'p> {
    pub(crate) text: &'p [u8],
    /// Damage right behind the text.
    pub(crate) damage: Option<Break>,
    /// Bytes of the archive that it was read from.
    pub(crate) consumed: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(archive: &'a Archive) -> Self {
        Self { archive, unit: 0, reader: None, buffer: Buffer::default(), decoder: Decoder::default() }
    }

    /// `None` behind the last. The text is lent, so that its memory is used again.
    pub(crate) fn next_piece(&mut self) -> Option<Piece<'_>> {
        if self.reader.is_none() && self.unit < self.archive.units() {
            self.reader = Some(self.archive.read_unit(self.unit));
            self.unit += 1;
        }
        let reader = self.reader.as_mut()?;
        let before = reader.consumed();
        let end = reader.next_piece(&mut self.buffer, &mut self.decoder);
        let consumed = reader.consumed() - before;
        if end.last {
            self.reader = None;
        }
        Some(Piece { text: self.buffer.text(), damage: end.damage, consumed })
    }
}
