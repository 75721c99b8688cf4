//! Where frames of a zstd archive begin.

use std::ops::Range;

use memchr::memmem;
use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer, ResetDirective};

use super::format::ZSTD_MAGIC;
use super::zstd_frame::{
    COMPRESSED, FrameHeader, block, block_type, end_of_blocks, end_of_skippable, starts_frame, stated_end,
};

/// Blocks that one decoder walks over to find frames behind damage: 512 GiB of full ones.
const WALKS: usize = 1 << 22;

/// Steps of looking into blocks and skippable frames that may be cut; crafted ones could ask for any number.
const DOUBTS: usize = 1 << 22;

/// Steps that the trial of a magic costs.
const TRIAL: usize = 64;

/// Looks for frames, for one decoder of an archive.
pub(super) struct Search {
    max_window: u64,
    /// Tries first blocks; one for all: setting one up for each of millions of false magics, or of breaks, takes minutes.
    trial: Option<DCtx<'static>>,
    walks: usize,
    doubts: usize,
    /// Start of a frame whose blocks are known to lead to another one or to the end.
    sound: Option<usize>,
}

impl Search {
    /// `max_window` in bytes.
    pub(super) fn new(max_window: u64) -> Self {
        Self { max_window, trial: None, walks: WALKS, doubts: DOUBTS, sound: None }
    }

    /// Where the blocks of a frame end that go on at `block`, if they lead to a frame or to the end.
    pub(super) fn way_out(&mut self, input: &[u8], block: usize, checksum: bool) -> Option<usize> {
        way_out(input, block, checksum, &mut self.walks)
    }

    /// The first frame at or behind `from` whose header is valid and whose first block decodes; else the end.
    pub(super) fn scan(&mut self, input: &[u8], from: usize) -> usize {
        let place = places(input, from..input.len()).find(|&at| self.begins(input, at));
        place.unwrap_or(input.len())
    }

    /// Where the next frame begins, if that is within the four bytes of a checksum at `at` and nothing begins behind them:
    /// then it is the checksum that was lost, and not the next frame's magic.
    pub(super) fn in_checksum(&mut self, input: &[u8], at: usize) -> Option<usize> {
        if leads_on(input, at + 4) {
            return None;
        }
        (at..at + 4).find(|&at| end_of_skippable(input, at).is_some() || self.begins(input, at))
    }

    /// Where a frame begins in the stated range of the block at `at` that is no part of the block: the block's rest is
    /// missing, and decoding it would take the next frame's bytes for it. `frame` and `checksum`: where the block's own
    /// frame starts, and whether that has a checksum.
    pub(super) fn in_block(&mut self, input: &[u8], at: usize, frame: usize, checksum: bool) -> Option<usize> {
        let range = at + 3..stated_end(input, at)?;
        if self.sound == Some(frame) || places(input, range.clone()).next().is_none() {
            return None;
        }
        if way_out(input, at, checksum, &mut self.doubts).is_some() {
            self.sound = Some(frame);
            return None;
        }
        self.beyond(input, range)
    }

    /// The same of the skippable frame from `at` to `end`.
    pub(super) fn in_skippable(&mut self, input: &[u8], at: usize, end: usize) -> Option<usize> {
        if leads_on(input, end) { None } else { self.beyond(input, at + 8..end) }
    }

    /// The first frame that begins in a stated range, if it or one that follows it goes on behind the range: something that
    /// only holds frames holds them whole. `None` also when there were too many doubts before: then what is stated holds.
    fn beyond(&mut self, input: &[u8], range: Range<usize>) -> Option<usize> {
        let end = range.end;
        let first = places(input, range).find(|&at| {
            self.doubts = self.doubts.saturating_sub(TRIAL);
            self.doubts > 0 && self.begins(input, at)
        })?;
        let mut at = first;
        while at < end && end <= input.len() {
            match self.end_of_frame(input, at) {
                Some(next) if next >= end || starts_frame(input, next) => at = next,
                Some(_) => return None,
                // It is damaged itself.
                None => return (self.doubts > 0).then_some(first),
            }
        }
        (at != end).then_some(first)
    }

    fn end_of_frame(&mut self, input: &[u8], at: usize) -> Option<usize> {
        end_of_skippable(input, at).or_else(|| {
            let header = FrameHeader::read(&input[at..])?;
            end_of_blocks(input, at + header.len, header.checksum, &mut self.doubts)
        })
    }

    /// Whether a frame begins at `at`: its header is valid and its first block decodes.
    fn begins(&mut self, input: &[u8], at: usize) -> bool {
        let header = FrameHeader::read(&input[at..]);
        let Some(header) = header.filter(|header| !header.dictionary && header.window <= self.max_window) else {
            return false;
        };
        let Some(block) = block(input, at + header.len) else { return false };
        if block_type(input[at + header.len]) != COMPRESSED {
            return true;
        }
        let context = self.trial.get_or_insert_with(DCtx::create);
        // Only a session that was never begun cannot be reset; then there is nothing to reset.
        let _ = context.reset(ResetDirective::SessionOnly);
        let mut text = [0u8; 4096];
        let mut source = InBuffer::around(&input[at..block.end]);
        loop {
            let mut target = OutBuffer::around(&mut text[..]);
            if context.decompress_stream(&mut target, &mut source).is_err() {
                return false;
            }
            if source.pos() == block.end - at {
                return true;
            }
            if target.pos() == 0 {
                return false;
            }
        }
    }
}

/// The magics that begin in a range.
fn places(input: &[u8], range: Range<usize>) -> impl Iterator<Item = usize> {
    let from = range.start;
    let until = input.len().min(range.end.saturating_add(ZSTD_MAGIC.len() - 1));
    let stretch = input.get(from..until).unwrap_or_default();
    memmem::find_iter(stretch, &ZSTD_MAGIC).map(move |offset| from + offset)
}

/// Where the blocks end that go on at `block`, if they lead on within a budget of steps.
fn way_out(input: &[u8], block: usize, checksum: bool, budget: &mut usize) -> Option<usize> {
    end_of_blocks(input, block, checksum, budget).filter(|&end| leads_on(input, end))
}

/// Whether a frame or nothing stands at `at`.
fn leads_on(input: &[u8], at: usize) -> bool {
    at == input.len() || starts_frame(input, at)
}
