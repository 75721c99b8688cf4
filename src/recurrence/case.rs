//! What is known of a scenario before its tests are adjusted together with those of all.

use super::draft::Draft;
use super::groups;
use super::judgement::ScenarioJudgement;
use crate::text::terminal::listed;

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
    /// Whether it may be two tests of one name.
    pub(super) is_two: bool,
}

/// Scenarios that a warning names.
const NAMED: usize = 4;

/// That scenarios may be two tests of one name each: one that always fails is called flaky for the other, and ceilings on what
/// always fails pass over it.
pub(super) fn of_two(cases: &[Box<Case>]) -> Option<String> {
    let names = cases.iter().filter(|case| case.is_two).map(|case| case.row.scenario_id.as_str());
    let names: Vec<&str> = names.collect();
    let each = if names.len() == 1 { "a scenario fails" } else { "scenarios fail" };
    (!names.is_empty()).then(|| {
        format!(
            "{each} once and pass{} once in nearly every run: two tests of one name, or first attempts that always fail? As flaky \
             they are under no ceiling of what always fails: {}",
            if names.len() == 1 { "es" } else { "" },
            listed(names.iter(), NAMED),
        )
    })
}
