//! What can be set.

/// Permutations for a report.
pub const REPORT_PERMUTATIONS: u64 = 4_999;

/// Which points of a series are judged, unless it was put together of two that were read apart
/// ([`Series::apart`](crate::tally::Series::apart)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// Those of the series' newest run.
    Newest,
    /// The last so many.
    Last(usize),
    /// Those of the run of this id.
    Run(String),
}

/// A change for the worse that somebody took for good: the lane is compared with what it was from this run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The lane, as its lines name it; all its metrics and hosts.
    pub lane: String,
    /// The run since which it is worse.
    pub run: String,
}

/// The settings of judging.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Greatest adjusted p of a regression, of an event and of a drift.
    pub alpha: f64,
    /// Least effect that matters, as a ratio less 1.
    pub delta: f64,
    /// Baseline points that are used: the last.
    pub baseline_most: usize,
    /// Baseline points that are needed.
    pub baseline_least: usize,
    /// What is judged.
    pub candidate: Candidate,
    /// Permutations of a drift.
    pub permutations: u64,
    /// What was accepted.
    pub accepted: Vec<Accepted>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            alpha: 0.01,
            delta: 0.03,
            baseline_most: 30,
            baseline_least: 8,
            candidate: Candidate::Newest,
            permutations: 999,
            accepted: Vec::new(),
        }
    }
}
