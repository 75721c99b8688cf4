//! Reading an archive in order, as batches of frames.

use super::crew::Frame;
use super::intake::{Digest, Intake, LineTooLong};
use super::outcome::{Fault, Refusal};
use crate::archive::{Archive, Format, LISTED_DAMAGE, Piece, Pieces};
use crate::observer::Observer;

/// Frames that are worked on together, in recycled buffers.
#[derive(Default)]
pub(super) struct Batch {
    frames: Vec<Frame>,
    used: usize,
}

impl Batch {
    /// Forgets the frames and keeps their memory.
    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    /// One more frame, with whatever its buffers held before.
    pub(super) fn push(&mut self) -> &mut Frame {
        if self.used == self.frames.len() {
            self.frames.push(Frame::default());
        }
        self.used += 1;
        &mut self.frames[self.used - 1]
    }

    pub(super) fn push_text(&mut self, text: &[u8]) {
        let frame = self.push();
        frame.text.clear();
        frame.text.extend_from_slice(text);
    }

    pub(super) fn frames(&mut self) -> &mut [Frame] {
        &mut self.frames[..self.used]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.used == 0
    }
}

/// Reads one archive from its start to its end.
pub(super) struct Reader<'a> {
    pieces: Pieces<'a>,
    observer: &'a dyn Observer,
    /// Whether damage is passed over instead of ending it all.
    allow_loss: bool,
    must_be_text: bool,
    intake: Intake,
    /// The first places of damage, and how many there are.
    pub(super) damage: Vec<Fault>,
    pub(super) damage_count: u64,
}

impl<'a> Reader<'a> {
    /// `named_compressed`: whether the archive's name says that it is compressed.
    pub(super) fn new(
        archive: &'a Archive,
        intake: Intake,
        named_compressed: bool,
        allow_loss: bool,
        observer: &'a dyn Observer,
    ) -> Self {
        Self {
            pieces: Pieces::of(archive),
            observer,
            allow_loss,
            must_be_text: named_compressed && archive.format == Format::Plain && !allow_loss,
            intake,
            damage: Vec::new(),
            damage_count: 0,
        }
    }

    /// Length and hash of the text that was read, without what damage took.
    pub(super) fn digest(&self) -> Digest {
        self.intake.digest()
    }

    /// Fills a batch with the next frames: `most` of them, or fewer when one has a line longer than `frame_size`.
    /// None is left when the archive is at its end.
    pub(super) fn fill(&mut self, batch: &mut Batch, most: usize, frame_size: usize) -> Result<(), Refusal> {
        batch.clear();
        let mut room = most.saturating_mul(frame_size);
        while batch.used < most && room > 0 {
            let too_long = |LineTooLong(seen)| Refusal::LineTooLong(seen);
            if let Some(text) = self.intake.next_frame().map_err(too_long)? {
                room = room.saturating_sub(text.len());
                batch.push_text(text);
            } else if !self.take_piece()? {
                let rest = self.intake.rest();
                if !rest.is_empty() {
                    batch.push_text(rest);
                }
                break;
            }
        }
        Ok(())
    }

    /// Whether there was one more.
    fn take_piece(&mut self) -> Result<bool, Refusal> {
        let Some(Piece { text, damage, consumed }) = self.pieces.next_piece() else { return Ok(false) };
        self.observer.read(consumed as u64);
        if std::mem::take(&mut self.must_be_text) && !starts_as_text(text) {
            return Err(Refusal::NotText);
        }
        self.intake.take(text);
        if let Some(found) = damage {
            self.damage_count += 1;
            if self.damage.len() < LISTED_DAMAGE {
                self.damage.push(Fault { what: found.kind, compressed_offset: found.at });
            }
            if !self.allow_loss {
                return Err(Refusal::Damaged);
            }
            if found.loses_text {
                self.intake.break_off();
            }
        }
        Ok(true)
    }
}

/// Compressed bytes are not: within a few kilobytes one of them is no UTF-8.
fn starts_as_text(text: &[u8]) -> bool {
    let is_utf8 = std::str::from_utf8(text).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !text.contains(&0)
}
