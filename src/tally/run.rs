//! Runs: when each began and what it tested.

use super::symbols::Symbol;

/// 2000-01-01T00:00:00Z: clocks before it were not set, and do not order runs.
pub const FIRST_SET_CLOCK_MS: i64 = 946_684_800_000;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: Symbol,
    /// Least record time not before 2000-01-01, in milliseconds since 1970; `i64::MAX` when there is none.
    pub first_ms: i64,
    /// Records, whatever their outcome.
    pub records: u64,
    /// Revision under test.
    pub revision: Facet,
    /// Branch under test.
    pub branch: Facet,
}

impl Run {
    pub(super) fn new(id: Symbol) -> Self {
        Self { id, first_ms: i64::MAX, records: 0, revision: Facet::Unknown, branch: Facet::Unknown }
    }

    pub(super) fn see(&mut self, time: i64) {
        if time >= FIRST_SET_CLOCK_MS {
            self.first_ms = self.first_ms.min(time);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.first_ms = self.first_ms.min(other.first_ms);
        self.records += other.records;
        self.revision = self.revision.join(other.revision);
        self.branch = self.branch.join(other.branch);
    }
}
