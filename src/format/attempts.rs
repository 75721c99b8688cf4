//! Numbers of attempts, where a format only repeats a test's name.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashMap;

/// How often each test was told of. The key is a hash: a log may name very many tests.
#[derive(Default)]
pub(super) struct Attempts(HashMap<u64, u64, RandomState>);

impl Attempts {
    /// The number of the next attempt of a test, from 1; `None` beyond 4 million tests.
    pub(super) fn next(&mut self, suite: &[u8], test: &[u8]) -> Option<u64> {
        let key = self.0.hasher().hash_one((suite, test));
        if self.0.len() >= 4_000_000 && !self.0.contains_key(&key) {
            return None;
        }
        let count = self.0.entry(key).or_default();
        *count += 1;
        Some(*count)
    }
}
