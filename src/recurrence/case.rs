//! What is known of a scenario before its tests are adjusted together with those of all.

use super::draft::Draft;
use super::groups;
use super::judgement::ScenarioJudgement;

/// A scenario with its drafts: everything that is needed once its attempts are forgotten.
pub(super) struct Case {
    pub(super) row: ScenarioJudgement,
    pub(super) drafts: Vec<Draft>,
    /// Its runs, to be compared with those of others.
    pub(super) runs: groups::History,
    /// Incident and id of each signature.
    pub(super) signatures: Vec<(u32, String)>,
    pub(super) failing_environments: Vec<String>,
    pub(super) failing_seeds: Vec<String>,
    /// The levels in which a regression fails, where not in all.
    pub(super) regressed_in: Vec<String>,
    pub(super) witness_cell: String,
}
