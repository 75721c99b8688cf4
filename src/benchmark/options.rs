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

/// The settings of judging.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Greatest adjusted p of a regression, and greatest p of a change.
    pub alpha: f64,
    /// Least effect that matters, as a ratio less 1, however quiet a lane is.
    pub delta: f64,
    /// Baseline points that are used: the last.
    pub baseline_most: usize,
    /// Baseline points that are needed.
    pub baseline_least: usize,
    /// What is judged.
    pub candidate: Candidate,
    /// Permutations of the history.
    pub permutations: u64,
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
        }
    }
}
