//! The scenarios of a tally.

use std::hash::{BuildHasher, Hasher as _};
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::symbols::{Symbol, Symbols, count};

/// What names a scenario: packet, suite, scenario and mode.
pub type ScenarioKey = [Symbol; 4];

/// The part of a name that many scenarios share: packet, suite and mode.
pub(super) type Shared = [Symbol; 3];

/// One for all tallies of a process, so that a scenario that moves to another one is not hashed again. It is seeded, since
/// names come from logs that anybody may have written.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// Scenarios kept once and named by a number. They are found by their texts, in one look, since nearly every record
/// is of a scenario that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenarios {
    keys: Vec<ScenarioKey>,
    /// Hashes of those that can be looked up, by number.
    hashes: Vec<u64>,
    index: HashTable<Entry>,
}

/// An entry of the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Bits of the hash: with those that the table itself compares, they tell nearly all scenarios apart.
    tag: u32,
    number: u32,
}

/// A scenario that may be the one that was asked for, looked up step by step.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// Its number; [`u32::MAX`] for none.
    pub(super) number: u32,
    key: Option<ScenarioKey>,
    /// Where its own name stands, the longest and least shared of its texts.
    name: Range<usize>,
}

#[expect(clippy::cast_possible_truncation, reason = "some of the bits are wanted")]
fn tag(hash: u64) -> u32 {
    // Above those that choose a place in the table, below those that it compares.
    (hash >> 24) as u32
}

impl Scenarios {
    /// The hash of a scenario by its number.
    pub(super) fn hash_of(&self, symbols: &Symbols, number: u32) -> u64 {
        let known = self.hashes.get(number as usize).copied();
        known.unwrap_or_else(|| hash(texts_of(symbols, &self.keys[number as usize])))
    }

    /// The number of a scenario, new or old.
    pub(super) fn number(&mut self, symbols: &mut Symbols, texts: [&str; 4]) -> u32 {
        let [packet, suite, name, mode] = texts;
        let shared = [packet, suite, mode].map(|text| symbols.intern(text));
        self.number_hashed(symbols, shared, name, hash(texts))
    }

    /// As [`Scenarios::number`], where the hash and the symbols of packet, suite and mode are known.
    pub(super) fn number_hashed(&mut self, symbols: &mut Symbols, shared: Shared, name: &str, hash: u64) -> u32 {
        let (keys, tag) = (&self.keys, tag(hash));
        let is_it = |entry: &Entry| entry.tag == tag && is(symbols, keys[entry.number as usize], shared, name);
        if let Some(found) = self.index.find(hash, is_it) {
            return found.number;
        }
        let number = count(self.keys.len());
        let [packet, suite, mode] = shared;
        self.keys.push([packet, suite, symbols.intern(name), mode]);
        self.hashes.push(hash);
        self.index.insert_unique(hash, Entry { tag, number }, |entry| self.hashes[entry.number as usize]);
        number
    }

    /// The first step of a look-up: a scenario with this hash.
    #[inline]
    pub(super) fn candidate(&self, hash: u64) -> Candidate {
        let tag = tag(hash);
        let found = self.index.find(hash, |entry| entry.tag == tag);
        Candidate { number: found.map_or(u32::MAX, |entry| entry.number), ..Candidate::default() }
    }

    /// The second step: where its texts stand.
    #[inline]
    pub(super) fn locate(&self, symbols: &Symbols, candidate: &mut Candidate) {
        candidate.key = self.keys.get(candidate.number as usize).copied();
        if let Some([_, _, name, _]) = candidate.key {
            candidate.name = symbols.range(name);
        }
    }

    /// Adds a scenario that is known to be new, and is never looked up.
    pub(super) fn push(&mut self, key: ScenarioKey) {
        self.keys.push(key);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// All of them, by number.
    pub(super) fn keys(&self) -> &[ScenarioKey] {
        &self.keys
    }
}

impl Candidate {
    /// The last step of a look-up: whether it is the one with these symbols and this name.
    #[inline]
    pub(super) fn is(&self, symbols: &Symbols, shared: Shared, name: &str) -> bool {
        let is_shared = |[packet, suite, _, mode]: ScenarioKey| [packet, suite, mode] == shared;
        self.key.is_some_and(is_shared) && symbols.at(self.name.clone()) == name.as_bytes()
    }
}

/// Whether a key is the one with these symbols and this name.
fn is(symbols: &Symbols, [packet, suite, own, mode]: ScenarioKey, shared: Shared, name: &str) -> bool {
    [packet, suite, mode] == shared && symbols.bytes_of(own) == name.as_bytes()
}

fn texts_of<'s>(symbols: &'s Symbols, key: &ScenarioKey) -> [&'s str; 4] {
    key.map(|symbol| symbols.text(symbol))
}

/// The hash of a scenario by its texts.
#[inline]
pub(super) fn hash(texts: [&str; 4]) -> u64 {
    let mut state = HASHER.build_hasher();
    for text in texts {
        state.write(text.as_bytes());
    }
    // Lengths keep "a" and "bc" apart from "ab" and "c".
    let lengths = texts.iter().fold(0_u64, |lengths, text| lengths.rotate_left(16) ^ text.len() as u64);
    state.write_u64(lengths);
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_a_scenario_by_either_look_up() {
        let (mut scenarios, mut symbols) = (Scenarios::default(), Symbols::default());
        let all = [["a", "b", "c", "d"], ["a", "b", "c", ""], ["", "a", "bc", "d"], ["ab", "", "c", "d"], [""; 4]];
        for (number, texts) in all.into_iter().enumerate() {
            assert_eq!(scenarios.candidate(hash(texts)).number, u32::MAX);
            assert_eq!(scenarios.number(&mut symbols, texts) as usize, number);
        }
        for (number, texts) in all.into_iter().enumerate() {
            assert_eq!(scenarios.number(&mut symbols, texts) as usize, number);
            let mut candidate = scenarios.candidate(hash(texts));
            assert_eq!(candidate.number as usize, number);
            scenarios.locate(&symbols, &mut candidate);
            for other in all {
                let [packet, suite, name, mode] = other;
                let shared = [packet, suite, mode].map(|text| symbols.intern(text));
                assert_eq!(candidate.is(&symbols, shared, name), other == texts);
            }
        }
        let names = |key: &ScenarioKey| texts_of(&symbols, key).map(str::to_owned);
        assert_eq!(scenarios.keys().iter().map(names).collect::<Vec<_>>(), all.map(|texts| texts.map(str::to_owned)));
    }
}
