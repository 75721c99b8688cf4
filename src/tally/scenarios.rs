//! The scenarios of a tally.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::symbols::{Symbol, Symbols, count};

/// What names a scenario: packet, suite, scenario and mode.
pub type ScenarioKey = [Symbol; 4];

/// Scenarios kept once and named by a number. They are found by their texts, in one look, since nearly every record
/// is of a scenario that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Scenarios {
    keys: Vec<ScenarioKey>,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl Scenarios {
    /// The number of a scenario, new or old.
    pub(super) fn number(&mut self, symbols: &mut Symbols, texts: [&str; 4]) -> u32 {
        let hash = hash(&self.hasher, texts);
        let keys = &self.keys;
        if let Some(&found) = self.index.find(hash, |&other| texts_of(symbols, &keys[other as usize]) == texts) {
            return found;
        }
        let number = count(self.keys.len());
        self.keys.push(texts.map(|text| symbols.intern(text)));
        let (keys, hasher, symbols) = (&self.keys, &self.hasher, &*symbols);
        let rehash = |&other: &u32| self::hash(hasher, texts_of(symbols, &keys[other as usize]));
        self.index.insert_unique(hash, number, rehash);
        number
    }

    /// All of them, by number.
    pub(super) fn keys(&self) -> &[ScenarioKey] {
        &self.keys
    }
}

fn texts_of<'s>(symbols: &'s Symbols, key: &ScenarioKey) -> [&'s str; 4] {
    key.map(|symbol| symbols.text(symbol))
}

fn hash(hasher: &RandomState, texts: [&str; 4]) -> u64 {
    let mut state = hasher.build_hasher();
    for text in texts {
        state.write(text.as_bytes());
        // Lengths keep "a" and "bc" apart from "ab" and "c".
        state.write_usize(text.len());
    }
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_a_scenario() {
        let (mut scenarios, mut symbols) = (Scenarios::default(), Symbols::default());
        let all = [["a", "b", "c", "d"], ["a", "b", "c", ""], ["", "a", "bc", "d"], ["ab", "", "c", "d"], [""; 4]];
        for _ in 0..2 {
            for (number, texts) in all.into_iter().enumerate() {
                assert_eq!(scenarios.number(&mut symbols, texts) as usize, number);
            }
        }
        let names = |key: &ScenarioKey| texts_of(&symbols, key).map(str::to_owned);
        assert_eq!(scenarios.keys().iter().map(names).collect::<Vec<_>>(), all.map(|texts| texts.map(str::to_owned)));
    }
}
