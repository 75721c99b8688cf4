//! How much memory a tally takes.

use super::cell::{Cell, Outcome};
use super::incident::{First, Incident};
use super::run::Run;
use super::scenarios::{Entry, ScenarioKey};
use super::symbols::Symbol;
use super::tally::Tally;

/// Bytes of an entry in a hash table, with its control byte, when the table is as empty as it gets: 7/16 full.
const fn in_table(entry: usize) -> usize {
    (entry + 1) * 16 / 7
}

/// Bytes for one thing that stands in a list and is found through a table with entries of this size.
const fn listed<T>(entry: usize) -> usize {
    size_of::<T>() + in_table(entry)
}

const NUMBER: usize = size_of::<u32>();

/// Bytes of a text that every row may have: what judging takes for a row holds them.
const SHORT: usize = 512;
/// What a list of artifacts takes for each byte of its text: in two rows, with a string for each short path.
const OF_LIST: usize = 8;
/// What another text takes for each of its bytes.
const OF_TEXT: usize = 3;

impl Tally {
    /// Bytes that it takes, with each pass that waits as the cell that it may become: what stands in it, its tables at their emptiest, and what the allocator adds. Room that
    /// lists keep for growing is not in it: the large ones keep next to none.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.heap
            + self.symbols.bytes()
            + self.symbols.len() * listed::<usize>(NUMBER)
            + self.runs.len() * listed::<Run>(size_of::<(Symbol, u32)>())
            + self.scenarios.len() * (listed::<ScenarioKey>(size_of::<Entry>()) + size_of::<u64>())
            + (self.cells.len() + self.passes.len()) * listed::<Cell>(NUMBER)
            + self.outcomes.len() * listed::<Outcome>(NUMBER)
            + self.incidents.len() * listed::<Incident>(size_of::<((u32, Symbol, Symbol), u32)>())
            + self.firsts.len() * listed::<First>(size_of::<((u32, u32), u32)>())
    }

    /// Bytes that rows of its incidents take for texts that are longer than most: of each incident its longest first
    /// record's, since that one may be shown.
    pub(super) fn long_texts(&self) -> usize {
        let mut longest = vec![0; self.incidents.len()];
        let bytes = |text: Option<Symbol>| text.map_or(0, |text| self.symbols.range(text).len().saturating_sub(SHORT));
        for first in &self.firsts {
            let own = OF_LIST * bytes(first.artifacts) + OF_TEXT * (bytes(first.told) + bytes(first.replay));
            let longest = &mut longest[first.incident as usize];
            *longest = own.max(*longest);
        }
        longest.into_iter().sum()
    }
}
