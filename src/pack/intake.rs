//! Decoded pieces to frames of whole lines, and the hash of what was taken in.

use xxhash_rust::xxh3::Xxh3;

/// Length and XXH3-128 of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) len: u64,
    pub(super) hash: u128,
}

/// A hash that goes on.
#[derive(Clone, Default)]
pub(super) struct Digester {
    len: u64,
    hash: Xxh3,
}

impl Digester {
    pub(super) fn update(&mut self, text: &[u8]) {
        self.len += text.len() as u64;
        self.hash.update(text);
    }

    pub(super) fn digest(&self) -> Digest {
        Digest { len: self.len, hash: self.hash.digest128() }
    }
}

/// A line that is longer than a frame may be; its bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineTooLong(pub(super) usize);

/// Takes pieces of text in order and gives frames. Holds one frame and one piece, or one line where that is longer.
///
/// The hash is taken from the pieces and not from the frames, so that it also checks how they are cut.
pub(super) struct Intake {
    /// A frame ends at the last line that fits in so many bytes.
    frame_size: usize,
    max_line: usize,
    pending: Vec<u8>,
    /// Bytes of `pending` that were given away.
    given: usize,
    /// Bytes of `pending` that were searched for the end of a long line.
    searched: usize,
    all: Digester,
    /// The hash as it stood behind the last newline.
    whole_lines: Digester,
    /// Whether text is missing here, so that all up to the next newline belongs to no whole line.
    gap: bool,
}

impl Intake {
    pub(super) fn new(frame_size: usize, max_line: usize) -> Self {
        Self {
            frame_size: frame_size.max(1),
            max_line,
            pending: Vec::new(),
            given: 0,
            searched: 0,
            all: Digester::default(),
            whole_lines: Digester::default(),
            gap: false,
        }
    }

    /// Length and hash of the text that was taken in and not forgotten.
    pub(super) fn digest(&self) -> Digest {
        self.all.digest()
    }

    /// Takes the next piece of text.
    pub(super) fn take(&mut self, mut text: &[u8]) {
        if self.gap {
            let Some(newline) = memchr::memchr(b'\n', text) else { return };
            text = &text[newline + 1..];
            self.gap = false;
        }
        self.pending.drain(..self.given);
        self.searched = self.searched.saturating_sub(self.given);
        self.given = 0;
        self.pending.extend_from_slice(text);
        let line = memchr::memrchr(b'\n', text).map_or(0, |newline| newline + 1);
        self.all.update(&text[..line]);
        if line > 0 {
            self.whole_lines = self.all.clone();
        }
        self.all.update(&text[line..]);
    }

    /// Text is missing behind what was taken: the line that it broke is forgotten, and so will be its end.
    pub(super) fn break_off(&mut self) {
        let pending = &self.pending[self.given..];
        let line = memchr::memrchr(b'\n', pending).map_or(0, |newline| newline + 1);
        self.pending.truncate(self.given + line);
        self.searched = 0;
        self.all = self.whole_lines.clone();
        self.gap = true;
    }

    /// The next frame whose end is known.
    pub(super) fn next_frame(&mut self) -> Result<Option<&[u8]>, LineTooLong> {
        let text = &self.pending[self.given..];
        if text.len() < self.frame_size {
            return Ok(None);
        }
        let end = if let Some(newline) = memchr::memrchr(b'\n', &text[..self.frame_size]) {
            newline + 1
        } else {
            // One line that is longer than a frame.
            let from = self.searched.saturating_sub(self.given).max(self.frame_size);
            let newline = memchr::memchr(b'\n', &text[from..]).map(|newline| from + newline);
            self.searched = self.pending.len();
            let line = newline.unwrap_or(text.len());
            if line > self.max_line {
                return Err(LineTooLong(line));
            }
            let Some(newline) = newline else { return Ok(None) };
            self.searched = 0;
            newline + 1
        };
        let start = self.given;
        self.given += end;
        Ok(Some(&self.pending[start..self.given]))
    }

    /// The text behind the last frame, when no more comes; empty when there is none.
    pub(super) fn rest(&mut self) -> &[u8] {
        let start = std::mem::replace(&mut self.given, self.pending.len());
        &self.pending[start..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames(pieces: &[&[u8]], frame_size: usize) -> Vec<Vec<u8>> {
        let mut intake = Intake::new(frame_size, usize::MAX);
        let mut frames = Vec::new();
        for piece in pieces {
            intake.take(piece);
            while let Some(frame) = intake.next_frame().unwrap() {
                frames.push(frame.to_vec());
            }
        }
        frames.push(intake.rest().to_vec());
        frames.retain(|frame| !frame.is_empty());
        let mut digester = Digester::default();
        for frame in &frames {
            digester.update(frame);
        }
        assert_eq!(digester.digest(), intake.digest());
        frames
    }

    #[test]
    fn frames_end_at_the_last_line_that_fits() {
        assert_eq!(frames(&[b"aa\nbb\ncc\ndd"], 7), [&b"aa\nbb\n"[..], b"cc\ndd"]);
        assert_eq!(frames(&[b"aa\nbb\n"], 6), [b"aa\nbb\n"]);
        assert_eq!(frames(&[b"aa", b"aaaa", b"a\nb", b"\n"], 3), [&b"aaaaaaa\n"[..], b"b\n"]);
        assert_eq!(frames(&[b"a\n", b"bbbbbbbb", b"bb\nc\n"], 5), [&b"a\n"[..], b"bbbbbbbbbb\n", b"c\n"]);
        assert_eq!(frames(&[b"\n\n\n"], 1), [b"\n", b"\n", b"\n"]);
        assert_eq!(frames(&[b""], 9), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused() {
        let mut intake = Intake::new(4, 10);
        intake.take(b"0123456789\n");
        assert_eq!(intake.next_frame().unwrap().unwrap(), b"0123456789\n");
        intake.take(b"0123456");
        assert_eq!(intake.next_frame(), Ok(None));
        intake.take(b"789a");
        assert_eq!(intake.next_frame(), Err(LineTooLong(11)));
    }

    #[test]
    fn text_around_a_gap_is_no_line() {
        let mut intake = Intake::new(100, 1000);
        intake.take(b"one\ntw");
        intake.break_off();
        intake.take(b"still broken");
        intake.take(b" line\nthree\nfo");
        intake.break_off();
        intake.break_off();
        intake.take(b"ur\nfive");
        assert_eq!(intake.rest(), b"one\nthree\nfive");
        let mut digester = Digester::default();
        digester.update(b"one\nthree\nfive");
        assert_eq!(intake.digest(), digester.digest());
    }

    proptest! {
        #[test]
        fn lines_never_cross_frames(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..40),
            cuts in prop::collection::vec(1usize..80, 1..20),
            frame_size in 1usize..150,
        ) {
            let text = lines.join(&b'\n');
            let mut pieces = Vec::new();
            let mut rest = &text[..];
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, behind) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = behind;
            }
            let found = frames(&pieces, frame_size);
            prop_assert_eq!(found.concat(), text);
            for (number, frame) in found.iter().enumerate() {
                let last = number + 1 == found.len();
                prop_assert!(last || frame.ends_with(b"\n"));
                let newlines = memchr::memchr_iter(b'\n', frame).count();
                prop_assert!(frame.len() <= frame_size || newlines <= 1, "a long frame is one line");
                // The next line would not have fitted; the end of a last line without newline is known too late.
                if let Some(next) = found.get(number + 1) {
                    let line = memchr::memchr(b'\n', next).unwrap_or(next.len()) + 1;
                    prop_assert!(frame.len() + line > frame_size);
                }
            }
        }
    }
}
