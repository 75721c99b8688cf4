//! How much memory tallies may take.

use super::tally::Tally;

/// How much memory may be taken, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// By the tally of each worker, before it is handed in.
    pub worker: usize,
    /// By everything that was handed in.
    pub limit: Option<Limit>,
}

/// Bounds that hold by writing parts to a temporary file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// While workers read, whose tallies come on top.
    pub reading: usize,
    /// When they are done.
    pub done: usize,
    /// What judging will take, which is kept free from the moment that it is known.
    pub judging: Judging,
}

/// What judging takes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// For a scenario that failed.
    pub scenario: usize,
    /// For an incident.
    pub incident: usize,
}

/// What a part has for judging.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Judged {
    /// Scenarios that failed.
    pub(super) failing: usize,
    pub(super) incidents: usize,
    /// Bytes that long texts of first records take.
    pub(super) texts: usize,
}

impl Judging {
    pub(super) fn of(self, judged: Judged) -> usize {
        self.scenario * judged.failing + self.incident * judged.incidents + judged.texts
    }
}

impl Judged {
    pub(super) fn of(tally: &Tally) -> Self {
        let failing = tally.have_failed().into_iter().filter(|&failed| failed).count();
        Self { failing, incidents: tally.incidents.len(), texts: tally.long_texts() }
    }

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            failing: self.failing.max(other.failing),
            incidents: self.incidents.max(other.incidents),
            texts: self.texts.max(other.texts),
        }
    }
}
