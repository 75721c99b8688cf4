//! Runs: when each began and what it tested.

use super::clock::Clock;
use super::symbols::Symbol;

/// Something that belongs to a whole run, as its records tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Facet {
    /// No record names it.
    #[default]
    Unknown,
    /// All records that name it agree.
    One(Symbol),
    /// Records disagree, so it is taken as unknown.
    Several,
}

impl Facet {
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::One(a), Self::One(b)) if a == b => self,
            _ => Self::Several,
        }
    }

    pub(super) fn map(self, symbol_here: impl FnOnce(Symbol) -> Symbol) -> Self {
        match self {
            Self::One(symbol) => Self::One(symbol_here(symbol)),
            other => other,
        }
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: Symbol,
    /// When its records say that it was.
    pub clock: Clock,
    /// Records, whatever their outcome.
    pub records: u64,
    /// Revision under test.
    pub revision: Facet,
    /// Branch under test.
    pub branch: Facet,
}

impl Run {
    pub(super) fn new(id: Symbol) -> Self {
        Self { id, clock: Clock::default(), records: 0, revision: Facet::Unknown, branch: Facet::Unknown }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.clock.join(&other.clock);
        self.records += other.records;
        self.revision = self.revision.join(other.revision);
        self.branch = self.branch.join(other.branch);
    }
}
