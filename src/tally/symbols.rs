//! Strings kept once and named by a number.

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::ops::Range;

/// A string of one [`Symbols`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub(super) u32);

impl Symbol {
    /// The number behind the symbol, to tell symbols of one tally apart.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Strings that one field had lately: a few of them, each in the place that its length and last byte choose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near([Symbol; 16]);

impl Default for Near {
    fn default() -> Self {
        Self([Symbol(u32::MAX); 16])
    }
}

impl Near {
    #[inline]
    fn place(&mut self, text: &str) -> &mut Symbol {
        let last = text.as_bytes().last().map_or(0, |&byte| usize::from(byte));
        &mut self.0[(last ^ text.len()) % 16]
    }
}

/// An interner. Hashes are seeded per table, since the strings come from logs that anybody may have written.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    text: String,
    /// End of each string in `text`.
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl Symbols {
    /// The symbol of a string, new or old.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hasher.hash_one(text);
        if let Some(&found) = self.index.find(hash, |&other| self.bytes_of(Symbol(other)) == text.as_bytes()) {
            return Symbol(found);
        }
        let symbol = count(self.ends.len());
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.index.insert_unique(hash, symbol, |&other| hasher.hash_one(get(all, ends, other)));
        Symbol(symbol)
    }

    /// The symbol of a string, guessing first that it is one of those `near`: neighbouring records share most of
    /// their fields.
    #[inline]
    pub(super) fn intern_near(&mut self, text: &str, near: &mut Near) -> Symbol {
        let guess = near.place(text);
        if (guess.0 as usize) < self.ends.len() && self.bytes_of(*guess) == text.as_bytes() {
            return *guess;
        }
        *guess = self.intern(text);
        *guess
    }

    /// The string of a symbol.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        get(&self.text, &self.ends, symbol.0)
    }

    /// The bytes of a symbol's string: to compare them takes no look at where characters end.
    #[inline]
    pub(super) fn bytes_of(&self, symbol: Symbol) -> &[u8] {
        &self.text.as_bytes()[self.range(symbol)]
    }

    /// Where a symbol's string stands, for [`Symbols::at`].
    #[inline]
    pub(super) fn range(&self, symbol: Symbol) -> Range<usize> {
        range(&self.ends, symbol.0)
    }

    /// The bytes that stand there.
    #[inline]
    pub(super) fn at(&self, range: Range<usize>) -> &[u8] {
        &self.text.as_bytes()[range]
    }

    /// How many strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all strings together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a string that is known to be new, and is never looked up.
    pub(super) fn append(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
}

fn get<'a>(text: &'a str, ends: &[usize], symbol: u32) -> &'a str {
    &text[range(ends, symbol)]
}

fn range(ends: &[usize], symbol: u32) -> Range<usize> {
    let symbol = symbol as usize;
    let start = if symbol == 0 { 0 } else { ends[symbol - 1] };
    start..ends[symbol]
}

/// A count of things in memory as the `u32` that names them.
///
/// # Panics
/// Beyond 2^32 of them, which no memory that we run in holds.
pub(super) fn count(len: usize) -> u32 {
    u32::try_from(len).expect("fewer than 2^32 entries")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_symbol_a_string() {
        let mut symbols = Symbols::default();
        let texts = ["", "a", "ab", "b", "a", "", "ünï"];
        let interned: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text)).collect();
        assert_eq!(symbols.len(), 5);
        for (text, symbol) in texts.iter().zip(interned) {
            assert_eq!(symbols.text(symbol), *text);
        }
        let mut near = Near::default();
        for text in ["ab", "ab", "cb", "ab", "", "new", "new"] {
            assert_eq!(symbols.intern_near(text, &mut near), symbols.intern(text));
        }
    }
}
