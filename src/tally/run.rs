//! Runs: when each began and what it tested.

use globset::GlobMatcher;

use super::clock::Clock;
use super::symbols::Symbol;

/// Something that belongs to a whole run, as its records tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Facet<T = Symbol> {
    /// No record names it.
    #[default]
    Unknown,
    /// All records that name it agree.
    One(T),
    /// Records disagree, so it is taken as unknown.
    Several,
}

impl<T: PartialEq> Facet<T> {
    /// What the records of both tell.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::One(a), Self::One(b)) if a == b => Self::One(a),
            _ => Self::Several,
        }
    }
}

/// Whether runs of a branch are asked for, where a pattern says which are; without one all are.
#[must_use]
pub fn is_asked_for(pattern: Option<&GlobMatcher>, branch: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| branch.is_some_and(|branch| pattern.is_match(branch)))
}

/// Whether runs name several branches, which are then judged apart.
pub(super) fn are_several<'b>(mut branches: impl Iterator<Item = Option<&'b str>>) -> bool {
    let first = branches.find(Option::is_some).flatten();
    branches.flatten().any(|branch| Some(branch) != first)
}

impl Facet {
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
