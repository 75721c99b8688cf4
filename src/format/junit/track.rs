//! What is kept on the way through a document: lines, times, and the keys that were seen.

use std::hash::{Hash, Hasher};

use memchr::memchr_iter;

use super::super::when::moment;

/// Counts lines on the way.
pub(super) struct Lines {
    at: usize,
    line: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self { at: 0, line: 1 }
    }
}

impl Lines {
    pub(super) fn at(&mut self, text: &[u8], at: usize) -> u64 {
        if let Some(between) = text.get(self.at..at) {
            self.line += memchr_iter(b'\n', between).count() as u64;
            self.at = at;
        }
        self.line
    }
}

/// Remembers the last time: many cases have the same.
#[derive(Default)]
pub(super) struct Times<'a> {
    last: &'a [u8],
    ms: Option<i64>,
    /// Whether a zone was taken for granted.
    pub(super) is_assumed: bool,
}

impl<'a> Times<'a> {
    pub(super) fn ms(&mut self, raw: Option<&'a [u8]>) -> Option<i64> {
        let raw = raw.filter(|raw| !raw.is_empty())?;
        if raw != self.last {
            let when = std::str::from_utf8(raw).ok().and_then(moment);
            self.is_assumed |= when.is_some_and(|when| when.is_assumed_utc);
            self.last = raw;
            self.ms = when.map(|when| when.ms);
        }
        self.ms
    }
}

/// The hash of what is a hash already.
#[derive(Default)]
pub(super) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A hash of eight bytes a step, folded from products of twice the width: the standard one took a tenth of the time. A key
/// that is forged to collide costs its forger two tests of one name.
struct Folded(u64);

impl Folded {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn step(&mut self, word: u64) {
        // The constant keeps short keys off zero, which would forget what was before.
        let product = u128::from(self.0 ^ word ^ 0xa409_3822_299f_31d0) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.step(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        self.step(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }
}

pub(super) fn hash(key: &impl Hash) -> u64 {
    let mut hasher = Folded(0x243f_6a88_85a3_08d3);
    key.hash(&mut hasher);
    hasher.finish()
}
