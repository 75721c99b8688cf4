//! The head and the tail of what a program wrote, whatever it wrote between.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::Serialize;

/// Bytes kept of the start, and of the end.
const KEPT: usize = 8 << 10;

/// What is kept while a program writes.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
}

/// What was kept; bytes that are no UTF-8 are shown as U+FFFD.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Kept {
    /// Bytes written in all.
    pub bytes: u64,
    /// The first of them, 8 KiB at most.
    pub head: String,
    /// The last of them, 8 KiB at most, where the head is not all.
    pub tail: String,
    /// Bytes between the two.
    pub omitted: u64,
}

impl Capture {
    /// Takes in more.
    pub fn add(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = KEPT - self.head.len();
        if room > 0 {
            let (first, rest) = bytes.split_at(bytes.len().min(room));
            self.head.extend_from_slice(first);
            bytes = rest;
        }
        let bytes = &bytes[bytes.len().saturating_sub(KEPT)..];
        let over = (self.tail.len() + bytes.len()).saturating_sub(KEPT);
        self.tail.drain(..over);
        self.tail.extend(bytes);
    }

    /// What was kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let (one, other) = self.tail.as_slices();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Kept {
            bytes: self.bytes,
            head: text(&self.head),
            tail: text(&[one, other].concat()),
            omitted: self.bytes - (self.head.len() + self.tail.len()) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Capture, KEPT};

    proptest! {
        #[test]
        fn head_and_tail_are_those_of_the_whole(sizes in proptest::collection::vec(0..KEPT * 2, 0..8)) {
            let mut capture = Capture::default();
            let mut whole = Vec::new();
            for (at, size) in sizes.into_iter().enumerate() {
                let piece: Vec<u8> = (0..size).map(|n| b'a' + u8::try_from((n + at) % 26).unwrap()).collect();
                capture.add(&piece);
                whole.extend(piece);
            }
            let kept = capture.kept();
            prop_assert_eq!(kept.bytes, whole.len() as u64);
            prop_assert_eq!(kept.head.as_bytes(), &whole[..whole.len().min(KEPT)]);
            let tail = whole.len().saturating_sub(KEPT).min(KEPT);
            prop_assert_eq!(kept.tail.as_bytes(), &whole[whole.len() - tail..]);
            prop_assert_eq!(kept.omitted, (whole.len() - kept.head.len() - tail) as u64);
        }
    }
}
