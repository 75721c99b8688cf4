//! What was written.

use super::reason::REASONS;

/// Counts of the lines written; [`Counts::add`] is associative and commutative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Lines.
    pub(crate) lines: u64,
    /// Bytes, newlines included.
    pub(crate) bytes: u64,
    /// Lines whose outcome is `fail`.
    pub(crate) failing: u64,
    /// Failing lines by reason, in the order of [`REASONS`].
    pub(crate) by_reason: [u64; REASONS.len()],
    /// The keys that appeared.
    pub(crate) keys: Keys,
}

impl Counts {
    /// Adds the counts of other lines.
    pub(crate) fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.failing += other.failing;
        for (mine, theirs) in self.by_reason.iter_mut().zip(other.by_reason) {
            *mine += theirs;
        }
        self.keys.add(&other.keys);
    }
}

/// A set of keys, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys(Vec<u64>);

impl Keys {
    /// Notes that the key appeared.
    pub(crate) fn note(&mut self, key: u64) {
        let word = usize::try_from(key / 64).expect("keys fit into memory");
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (key % 64);
    }

    /// Adds the keys of another set.
    pub(crate) fn add(&mut self, other: &Self) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// How many keys appeared.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
