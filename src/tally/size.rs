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

impl Tally {
    /// Bytes that it takes: what stands in it, its tables at their emptiest, and what the allocator adds. Room that
    /// lists keep for growing is not in it: the large ones keep next to none.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.heap
            + self.symbols.bytes()
            + self.symbols.len() * listed::<usize>(NUMBER)
            + self.runs.len() * listed::<Run>(size_of::<(Symbol, u32)>())
            + self.scenarios.len() * listed::<ScenarioKey>(size_of::<Entry>())
            + self.cells.len() * listed::<Cell>(NUMBER)
            + self.outcomes.len() * listed::<Outcome>(NUMBER)
            + self.incidents.len() * listed::<Incident>(size_of::<((u32, Symbol, Symbol), u32)>())
            + self.firsts.len() * listed::<First>(size_of::<((u32, u32), u32)>())
    }
}
