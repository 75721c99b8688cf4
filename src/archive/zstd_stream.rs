//! Decoding zstd in order, one block at a time, so that every byte before damage is handed out.

use std::ops::Range;

use memchr::memmem;
use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::buffer::Buffer;
use super::damage::{Break, DamageKind, Decoded};
use super::format::{ZSTD_MAGIC, is_skippable, little_endian};
use super::frame_check::Unchecked;
use super::zstd_frame::{
    FrameHeader, block, end_of_blocks, end_of_skippable, is_stored, kind, starts_frame, stated_end,
};

/// Blocks that one decoder walks over to find frames behind damage: 512 GiB of full ones.
const WALK_BUDGET: usize = 1 << 22;

/// Blocks of the shortest frame whose checksum is worth another thread's time: 8 MiB of full ones.
const LONG: usize = 64;

/// A decoder for a range of a zstd archive.
pub(crate) struct ZstdStream {
    context: DCtx<'static>,
    at: usize,
    end: usize,
    max_window: u64,
    state: State,
    frames: u64,
    frame_text: u64,
    /// Steps that walks over blocks behind damage may still take: crafted frames can all lead through one long tail.
    walk_budget: usize,
    /// Whether the checksums of long frames are left to others.
    leaves_checks: bool,
    /// Whether that of the newest frame is.
    left: bool,
    /// Tries frames behind damage.
    trial: Option<DCtx<'static>>,
    /// Start of a frame whose blocks are known to lead to another one or to the end.
    sound: Option<usize>,
}

#[derive(Clone, Copy)]
enum State {
    Between,
    /// At a block header.
    Block {
        frame: Frame,
    },
    /// Inside a block (or the frame header, or the checksum) that ends at `end`.
    Feeding {
        frame: Frame,
        end: usize,
        then: Then,
    },
}

#[derive(Clone, Copy)]
struct Frame {
    start: usize,
    checksum: bool,
    /// Bytes of text that the header states.
    content: Option<u64>,
}

#[derive(Clone, Copy)]
enum Then {
    Block,
    Checksum,
    Next,
    /// The rest of the block is missing.
    Cut,
}

impl ZstdStream {
    /// Decodes `range` of an archive; `max_window` in bytes.
    pub(crate) fn new(range: Range<usize>, max_window: u64) -> Self {
        let mut context = DCtx::create();
        let log = max_window.max(1 << 10).saturating_sub(1).ilog2() + 1;
        // A refused limit leaves the library's default of 128 MiB, which is the stricter one.
        let _ = context.set_parameter(DParameter::WindowLogMax(log.min(31)));
        Self {
            context,
            at: range.start,
            end: range.end,
            max_window,
            state: State::Between,
            frames: 0,
            frame_text: 0,
            walk_budget: WALK_BUDGET,
            leaves_checks: false,
            left: false,
            trial: None,
            sound: None,
        }
    }

    /// Leaves the checksums of long frames to others.
    pub(crate) fn leave_checks(&mut self) {
        self.leaves_checks = true;
    }

    /// What is left to be checked of text that ended so; `from` is where in it the newest frame goes on or starts.
    pub(crate) fn unchecked(&self, decoded: Decoded, from: usize) -> Option<Unchecked> {
        let stored = match decoded {
            Decoded::Frame { at, stored } => Some((at, stored)),
            _ => None,
        };
        self.left.then_some(Unchecked { from, stored })
    }

    /// Frames begun so far, skippable ones included.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Bytes of text since the newest frame began.
    pub(crate) fn frame_text(&self) -> u64 {
        self.frame_text
    }

    /// Offset in the archive of the next byte to decode.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Appends decoded text to `out` until it is full, the range ends or damage is met.
    pub(crate) fn read(&mut self, archive: &[u8], out: &mut Buffer) -> Decoded {
        let input = &archive[..self.end.min(archive.len())];
        loop {
            let step = match self.state {
                State::Between => self.between(input),
                State::Block { frame } => self.block(input, frame),
                State::Feeding { frame, end, then } => self.feed(input, out, frame, end, then),
            };
            if let Some(decoded) = step {
                return decoded;
            }
        }
    }

    fn between(&mut self, input: &[u8]) -> Option<Decoded> {
        let rest = &input[self.at.min(input.len())..];
        if rest.is_empty() {
            return Some(Decoded::End);
        }
        if is_skippable(rest) {
            self.frames += 1;
            return match end_of_skippable(input, self.at) {
                // Its rest is missing: a frame begins where it should go on.
                Some(end) if !leads_on(input, end) && self.frame_within(input, self.at + 8..end).is_some() => {
                    Some(self.give_up(input, DamageKind::Truncated, self.at + 8))
                }
                Some(end) => {
                    self.at = end;
                    None
                }
                None => Some(self.give_up(input, DamageKind::Truncated, self.at + 4)),
            };
        }
        if !rest.starts_with(&ZSTD_MAGIC) {
            let cut = rest.len() < 4 && ZSTD_MAGIC.starts_with(rest);
            let kind = if cut { DamageKind::Truncated } else { DamageKind::Garbage };
            return Some(self.give_up(input, kind, self.at + 1));
        }
        self.frames += 1;
        let Some(header) = FrameHeader::read(rest) else {
            // The longest header has 18 bytes: with fewer behind it the archive may just end here.
            let kind = if rest.len() < 18 { DamageKind::Truncated } else { DamageKind::BadHeader };
            return Some(self.give_up(input, kind, self.at + 4));
        };
        let refusal = if header.dictionary {
            Some(DamageKind::DictionaryRequired)
        } else if header.window > self.max_window {
            Some(DamageKind::WindowTooLarge)
        } else {
            None
        };
        self.frame_text = 0;
        let frame = Frame { start: self.at, checksum: header.checksum, content: header.content };
        if let Some(kind) = refusal {
            let damage = Break::lossy(kind, self.at);
            self.at = self.resume(input, frame, self.at + header.len);
            return Some(Decoded::Broken(damage));
        }
        // Only a session that was never begun cannot be reset; then there is nothing to reset.
        let _ = self.context.reset(ResetDirective::SessionOnly);
        let is_long = || end_of_blocks(input, self.at + header.len, true, &mut { LONG }).is_none();
        self.left = self.leaves_checks && header.checksum && is_long();
        if self.leaves_checks {
            // A refused setting leaves a check that is made twice.
            let _ = self.context.set_parameter(DParameter::ForceIgnoreChecksum(self.left));
        }
        self.state = State::Feeding { frame, end: self.at + header.len, then: Then::Block };
        None
    }

    fn block(&mut self, input: &[u8], frame: Frame) -> Option<Decoded> {
        let next = self.frame_in_block(input, frame);
        if let Some(block) = block(input, self.at).filter(|_| next.is_none()) {
            let then = match (block.last, frame.checksum) {
                (false, _) => Then::Block,
                (true, true) => Then::Checksum,
                (true, false) => Then::Next,
            };
            self.state = State::Feeding { frame, end: block.end, then };
            return None;
        }
        if is_stored(input, self.at) {
            // What is there of it can be read.
            self.state = State::Feeding { frame, end: next.unwrap_or(input.len()), then: Then::Cut };
            return None;
        }
        let reserved = input.get(self.at).is_some_and(|&byte| kind(byte) == 3);
        let kind = if reserved { DamageKind::CorruptData } else { DamageKind::Truncated };
        // A frame that lost a part of its header read on in the next one's.
        let from = if self.frame_text == 0 { frame.start + ZSTD_MAGIC.len() } else { self.at };
        Some(self.give_up(input, kind, from))
    }

    /// Where a frame begins in the block at the current position, whose own frame's blocks lead nowhere: the rest of the
    /// block is missing, and decoding it would take the next frame's bytes for it.
    fn frame_in_block(&mut self, input: &[u8], frame: Frame) -> Option<usize> {
        let range = self.at + 3..stated_end(input, self.at)?.min(input.len());
        if self.sound == Some(frame.start) || memmem::find(with_magic(input, &range)?, &ZSTD_MAGIC).is_none() {
            return None;
        }
        if self.way_out(input, frame, self.at).is_some() {
            self.sound = Some(frame.start);
            return None;
        }
        self.frame_within(input, range)
    }

    fn feed(&mut self, input: &[u8], out: &mut Buffer, frame: Frame, end: usize, then: Then) -> Option<Decoded> {
        if out.is_full() {
            return Some(Decoded::Full);
        }
        let mut source = InBuffer::around(&input[self.at..end]);
        let mut target = OutBuffer::around(out.space());
        let room = target.capacity();
        let result = self.context.decompress_stream(&mut target, &mut source);
        let (read, written) = (source.pos(), target.pos());
        self.frame_text += written as u64;
        let stuck = read == 0 && written == 0 && self.at < end;
        if result.is_err() || stuck {
            out.advance(written);
            let damage = Break::lossy(DamageKind::CorruptData, self.at);
            self.at = self.resume(input, frame, self.at);
            self.state = State::Between;
            return Some(Decoded::Broken(damage));
        }
        self.at += read;
        out.advance(written);
        if self.at < end || written == room {
            return None; // more of this block to feed, or text still to be flushed
        }
        match then {
            Then::Block => self.state = State::Block { frame },
            Then::Checksum => return self.checksum(input, frame),
            Then::Next => {
                self.state = State::Between;
                return self.length(frame, self.at);
            }
            Then::Cut => return Some(self.give_up(input, DamageKind::Truncated, self.at)),
        }
        None
    }

    /// All of a frame is out; compares its length with the stated one, which the library forgets where the last block is
    /// empty.
    fn length(&self, frame: Frame, at: usize) -> Option<Decoded> {
        let differs = frame.content.is_some_and(|stated| stated != self.frame_text);
        differs.then_some(Decoded::Broken(Break::lossless(DamageKind::LengthMismatch, at)))
    }

    /// All text of the frame is out; compares the four bytes behind it.
    fn checksum(&mut self, input: &[u8], frame: Frame) -> Option<Decoded> {
        self.state = State::Between;
        let at = self.at;
        let Some(stored) = input.get(at..at + 4) else {
            self.at = input.len();
            // What followed the frame is missing, so that its last line may be incomplete.
            return Some(Decoded::Broken(Break::lossy(DamageKind::Truncated, at)));
        };
        if let Some(next) = self.next_in_checksum(input, at) {
            self.at = next;
            return Some(Decoded::Broken(Break::lossless(DamageKind::ChecksumMismatch, at)));
        }
        self.at = at + 4;
        if let Some(damage) = self.length(frame, at) {
            return Some(damage);
        }
        if self.left {
            let stored = little_endian(stored, 0, 4).and_then(|stored| u32::try_from(stored).ok()).unwrap_or_default();
            return Some(Decoded::Frame { at, stored });
        }
        let mut nothing = [0u8; 0];
        let matched = self
            .context
            .decompress_stream(&mut OutBuffer::around(&mut nothing[..]), &mut InBuffer::around(stored))
            .is_ok();
        (!matched).then_some(Decoded::Broken(Break::lossless(DamageKind::ChecksumMismatch, at)))
    }

    /// Where the next frame begins, if that is within the checksum's four bytes and none stands behind them: then the
    /// checksum is what was lost, and not the next frame's magic.
    fn next_in_checksum(&mut self, input: &[u8], at: usize) -> Option<usize> {
        if leads_on(input, at + 4) { None } else { self.frame_within(input, at..at + 4) }
    }

    /// Damage at the current position; goes on at the next frame that a scan from `from` finds.
    fn give_up(&mut self, input: &[u8], kind: DamageKind, from: usize) -> Decoded {
        let damage = Break::lossy(kind, self.at);
        self.at = self.scan(input, from);
        self.state = State::Between;
        Decoded::Broken(damage)
    }

    /// The next frame behind damage inside `frame`: where its blocks end, if they lead to a frame or to the end;
    /// else the next magic that decodes.
    fn resume(&mut self, input: &[u8], frame: Frame, block: usize) -> usize {
        self.way_out(input, frame, block).unwrap_or_else(|| self.scan(input, block.max(frame.start + 4)))
    }

    /// Where the blocks of a frame end that go on at `block`, if they lead to a frame or to the end.
    fn way_out(&mut self, input: &[u8], frame: Frame, block: usize) -> Option<usize> {
        end_of_blocks(input, block, frame.checksum, &mut self.walk_budget).filter(|&end| leads_on(input, end))
    }

    /// The first frame at or behind `from` whose header is valid and whose first block decodes; else the end.
    fn scan(&mut self, input: &[u8], from: usize) -> usize {
        self.frame_within(input, from..input.len()).unwrap_or(input.len())
    }

    /// The first frame that begins in a range, by its header and its first block.
    fn frame_within(&mut self, input: &[u8], range: Range<usize>) -> Option<usize> {
        let from = range.start;
        let rest = with_magic(input, &range)?;
        // One context for all: setting one up for each of millions of false magics, or of breaks, takes minutes.
        let context = self.trial.get_or_insert_with(DCtx::create);
        let max_window = self.max_window;
        memmem::find_iter(rest, &ZSTD_MAGIC)
            .map(|offset| from + offset)
            .find(|&at| first_block_decodes(context, input, at, max_window))
    }
}

/// A range with what follows it of a magic that begins in it.
fn with_magic<'i>(input: &'i [u8], range: &Range<usize>) -> Option<&'i [u8]> {
    input.get(range.start..input.len().min(range.end + ZSTD_MAGIC.len() - 1))
}

/// Whether a frame or nothing stands at `at`.
fn leads_on(input: &[u8], at: usize) -> bool {
    at == input.len() || starts_frame(input, at)
}

fn first_block_decodes(context: &mut DCtx<'_>, input: &[u8], at: usize, max_window: u64) -> bool {
    let Some(header) = FrameHeader::read(&input[at..]).filter(|h| !h.dictionary && h.window <= max_window) else {
        return false;
    };
    let Some(block) = block(input, at + header.len) else { return false };
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

#[cfg(test)]
#[path = "zstd_stream_tests.rs"]
mod tests;
