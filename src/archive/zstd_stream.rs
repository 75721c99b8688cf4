//! Decoding zstd in order, one block at a time, so that every byte before damage is handed out.

use std::ops::Range;

use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

use super::buffer::{Buffer, COPIED};
use super::damage::{Break, DamageKind, Decoded};
use super::format::{ZSTD_MAGIC, is_skippable, little_endian};
use super::piece::Unchecked;
use super::zstd_frame::{
    FrameHeader, LARGEST_BLOCK, RESERVED, STORED, block, block_type, end_of_blocks, end_of_skippable, stated_end,
    without_length,
};
use super::zstd_search::Search;

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
    search: Search,
    /// Whether the checksums of long frames are left to others.
    leaves_checks: bool,
    /// Whether that of the newest frame is.
    left: bool,
    /// Bytes of text that were handed out before their frame was begun again.
    passed: u64,
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
    /// Whether it is decoded as if it stated none.
    is_begun_again: bool,
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
        Self {
            context: decoder(max_window),
            at: range.start,
            end: range.end,
            max_window,
            state: State::Between,
            frames: 0,
            frame_text: 0,
            search: Search::new(max_window),
            leaves_checks: false,
            left: false,
            passed: 0,
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
                Some(end) if self.search.in_skippable(input, self.at, end).is_none() => {
                    self.at = end;
                    None
                }
                _ => Some(self.give_up(input, DamageKind::Truncated, self.at + 4)),
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
        let frame = Frame { start: self.at, checksum: header.checksum, content: header.content, is_begun_again: false };
        if let Some(kind) = refusal {
            // Where the length is the window, a wrong one may be all that asks for so much.
            if kind == DamageKind::WindowTooLarge && self.begin_again(input, frame) {
                return None;
            }
            let needed_window = (kind == DamageKind::WindowTooLarge).then_some(header.window);
            let damage = Break { needed_window, ..Break::lossy(kind, self.at) };
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
        let next = self.search.in_block(input, self.at, frame.start, frame.checksum);
        if let Some(whole) = block(input, self.at).filter(|_| next.is_none()) {
            let then = match (whole.last, frame.checksum) {
                (false, _) => Then::Block,
                (true, true) => Then::Checksum,
                (true, false) => Then::Next,
            };
            self.state = State::Feeding { frame, end: whole.end, then };
            return None;
        }
        let of_type = stated_end(input, self.at).map(|_| block_type(input[self.at]));
        if of_type == Some(STORED) {
            // What is there of it can be read.
            self.state = State::Feeding { frame, end: next.unwrap_or(input.len()), then: Then::Cut };
            return None;
        }
        let reserved = input.get(self.at).is_some_and(|&byte| block_type(byte) == RESERVED);
        let kind = if reserved { DamageKind::CorruptData } else { DamageKind::Truncated };
        Some(self.give_up(input, kind, self.behind(frame, self.at)))
    }

    fn feed(&mut self, input: &[u8], out: &mut Buffer, frame: Frame, end: usize, then: Then) -> Option<Decoded> {
        if out.is_full() {
            return Some(Decoded::Full);
        }
        let mut source = InBuffer::around(&input[self.at..end]);
        let mut again = Vec::new();
        let was_passed = self.passed > 0;
        let space = if was_passed {
            again.resize(usize::try_from(self.passed).unwrap_or(usize::MAX).min(16 << 10), 0);
            &mut again[..]
        } else {
            let space = out.space();
            let most = space.len().min(COPIED);
            &mut space[..most]
        };
        let mut target = OutBuffer::around(space);
        let room = target.capacity();
        let result = self.context.decompress_stream(&mut target, &mut source);
        let (read, written) = (source.pos(), target.pos());
        if was_passed {
            self.passed -= written as u64;
        } else {
            self.frame_text += written as u64;
            out.advance(written);
        }
        let stuck = read == 0 && written == 0 && self.at < end;
        if result.is_err() || stuck {
            if frame.content.is_some() && self.begin_again(input, frame) {
                return None;
            }
            self.passed = 0;
            let damage = Break::lossy(DamageKind::CorruptData, self.at);
            self.at = self.resume(input, frame, self.at);
            self.state = State::Between;
            return Some(Decoded::Broken(damage));
        }
        self.at += read;
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

    /// Begins a frame again as if it stated no length, where that makes it whole: then its text is read, and only the length
    /// is wrong.
    fn begin_again(&mut self, input: &[u8], frame: Frame) -> bool {
        let Some(header) = FrameHeader::read(&input[frame.start..]).filter(|_| !frame.is_begun_again) else {
            return false;
        };
        let blocks = frame.start + header.len;
        let mut left = usize::MAX;
        let Some(end) = end_of_blocks(input, blocks, header.checksum, &mut left) else { return false };
        let most = ((usize::MAX - left) as u64).saturating_mul(LARGEST_BLOCK as u64);
        let Some(start) = without_length(&input[frame.start..], most, self.max_window) else { return false };
        if !decodes(&start, &input[blocks..end], self.max_window) {
            return false;
        }
        let mut nothing = [0u8; 0];
        let _ = self.context.reset(ResetDirective::SessionOnly);
        let begun =
            self.context.decompress_stream(&mut OutBuffer::around(&mut nothing[..]), &mut InBuffer::around(&start));
        self.passed = self.frame_text;
        self.at = blocks;
        self.state = State::Block { frame: Frame { is_begun_again: true, ..frame } };
        begun.is_ok()
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
        if let Some(next) = self.search.in_checksum(input, at) {
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

    /// Damage at the current position; goes on at the next frame that a scan from `from` finds.
    fn give_up(&mut self, input: &[u8], kind: DamageKind, from: usize) -> Decoded {
        let damage = Break::lossy(kind, self.at);
        self.at = self.search.scan(input, from);
        self.state = State::Between;
        Decoded::Broken(damage)
    }

    /// The next frame behind damage inside `frame`: where its blocks end, if they lead to a frame or to the end;
    /// else the next magic that decodes.
    fn resume(&mut self, input: &[u8], frame: Frame, block: usize) -> usize {
        let out = self.search.way_out(input, block, frame.checksum);
        out.unwrap_or_else(|| self.search.scan(input, self.behind(frame, block)))
    }

    /// Where to look for the next frame, of damage met at `at`: a frame that lost a part of its header read on in the next
    /// one's.
    fn behind(&self, frame: Frame, at: usize) -> usize {
        if self.frame_text == 0 { frame.start + ZSTD_MAGIC.len() } else { at }
    }
}

/// A decoder that refuses larger windows.
fn decoder(max_window: u64) -> DCtx<'static> {
    let mut context = DCtx::create();
    let log = max_window.max(1 << 10).saturating_sub(1).ilog2() + 1;
    // A refused limit leaves the library's default of 128 MiB, which is the stricter one.
    let _ = context.set_parameter(DParameter::WindowLogMax(log.min(31)));
    context
}

/// Whether a frame of this start and these blocks decodes to its end.
fn decodes(start: &[u8], blocks: &[u8], max_window: u64) -> bool {
    let mut context = decoder(max_window);
    let mut text = vec![0u8; LARGEST_BLOCK];
    let mut is_over = false;
    for part in [start, blocks] {
        let mut source = InBuffer::around(part);
        loop {
            let mut target = OutBuffer::around(&mut text[..]);
            let Ok(left) = context.decompress_stream(&mut target, &mut source) else { return false };
            is_over = left == 0;
            if source.pos() == part.len() && target.pos() < target.capacity() {
                break;
            }
        }
    }
    is_over
}

#[cfg(test)]
#[path = "zstd_stream_tests.rs"]
mod tests;
