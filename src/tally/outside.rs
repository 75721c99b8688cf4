//! What a window left out of a run: when it was, and of which branch.

use super::clock::Clock;
use super::run::{Facet, Run};
use super::tally::Tally;

/// The records of a run that a window left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// When they were.
    pub clock: Clock,
    branch: Facet<String>,
}

impl Outside {
    /// All of a run.
    #[must_use]
    pub fn whole(tally: &Tally, run: &Run) -> Self {
        let branch = match run.branch {
            Facet::Unknown => Facet::Unknown,
            Facet::One(branch) => Facet::One(tally.text(branch).to_owned()),
            Facet::Several => Facet::Several,
        };
        Self { clock: run.clock.clone(), branch }
    }

    /// Counts a record.
    #[inline]
    pub fn see(&mut self, branch: Option<&str>, time: i64) {
        self.clock.see(time);
        match (&self.branch, branch) {
            (_, None) | (Facet::Several, _) => {}
            (Facet::Unknown, Some(branch)) => self.branch = Facet::One(branch.to_owned()),
            (Facet::One(known), Some(branch)) if known == branch => {}
            (Facet::One(_), Some(_)) => self.branch = Facet::Several,
        }
    }

    /// Counts what another one counted.
    pub fn join(&mut self, other: Self) {
        self.clock.join(&other.clock);
        self.branch = std::mem::take(&mut self.branch).join(other.branch);
    }

    /// The branch, where it is known.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match &self.branch {
            Facet::One(branch) => Some(branch),
            Facet::Unknown | Facet::Several => None,
        }
    }
}
