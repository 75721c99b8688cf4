//! What the sentences of verdicts are made of.

use super::planned_fix::PlannedFix;
use crate::text::terminal::listed;

/// Names that a sentence lists.
pub(super) const NAMED: usize = 4;

/// Levels by name.
pub(super) struct LevelNames {
    /// Those of which a dependence has it that they fail.
    pub(super) environments: Vec<String>,
    pub(super) seeds: Vec<String>,
    pub(super) revisions: Vec<String>,
    /// The environments that ran too seldom to be compared, the first of them.
    pub(super) left_out: Vec<String>,
    /// Those in which a regression or a new failure is, where not in all.
    pub(super) regressed_in: Vec<String>,
    /// The cell of the witness.
    pub(super) witness_cell: String,
}

/// Names that sentences need.
pub(super) struct Names<'n> {
    /// Id of a run by its place on the timeline.
    pub(super) run: &'n dyn Fn(u32) -> String,
    /// Levels of what a verdict depends on.
    pub(super) levels: &'n LevelNames,
    /// Reason of a way to fail by its place among the scenario's.
    pub(super) reason: &'n dyn Fn(u32) -> String,
    /// The mass-failure runs that were set aside.
    pub(super) set_aside: &'n [String],
    /// The runs whose place is not known.
    pub(super) unplaced: &'n [String],
    /// What the verdict does not control for.
    pub(super) uncontrolled: &'n [&'static str],
    /// Fixes that were named.
    pub(super) fixes: &'n [PlannedFix],
    /// The group that fails with it, and the last run in which that failed.
    pub(super) together: Option<(&'n str, u32)>,
}

impl Names<'_> {
    pub(super) fn regressed(&self) -> String {
        listed(self.levels.regressed_in.iter(), NAMED)
    }
}

pub(super) fn runs(count: u64) -> String {
    format!("{count} run{}", if count == 1 { "" } else { "s" })
}

pub(super) fn p(value: Option<f64>) -> String {
    value.map_or_else(|| "unknown".into(), |value| format!("{value:.2e}"))
}
