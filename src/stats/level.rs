//! Failing and counted runs of one level of a dimension.

/// The runs in which one level (an environment, a seed, a weekday) had a counted attempt, and how
/// many of them failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Level {
    /// Runs in which the level failed; at most `runs`.
    pub fails: u64,
    /// Runs in which the level was counted.
    pub runs: u64,
}

impl Level {
    /// `fails` of `runs`; `None` when there are more failing runs than runs.
    #[must_use]
    pub fn new(fails: u64, runs: u64) -> Option<Self> {
        (fails <= runs).then_some(Self { fails, runs })
    }

    /// Runs without a failure.
    #[must_use]
    pub fn passes(&self) -> u64 {
        self.runs.saturating_sub(self.fails)
    }

    /// Whether `fails` does not exceed `runs`.
    pub(super) fn is_valid(&self) -> bool {
        self.fails <= self.runs
    }
}
