//! What is known of a scenario before its tests are adjusted together with those of all.

use super::draft::Draft;
use super::groups;
use super::judgement::ScenarioJudgement;
use super::names::LevelNames;
use crate::text::terminal::listed;

/// A scenario with its drafts: everything that is needed once its attempts are forgotten.
pub(super) struct Case {
    pub(super) row: ScenarioJudgement,
    pub(super) drafts: Vec<Draft>,
    /// Its runs, to be compared with those of others.
    pub(super) runs: groups::History,
    /// Incident and id of each signature.
    pub(super) signatures: Vec<(u32, String)>,
    pub(super) names: LevelNames,
    /// Whether it may be several tests of one name.
    pub(super) several: bool,
}

/// Scenarios that a warning names.
const NAMED: usize = 4;

/// That scenarios may be several tests of one name each: one that always fails is called flaky for the other, and ceilings on what
/// always fails pass over it.
pub(super) fn of_several(cases: &[Box<Case>]) -> Option<String> {
    let names = cases.iter().filter(|case| case.several).map(|case| case.row.scenario_id.as_str());
    let names: Vec<&str> = names.collect();
    let (each, passes) = if names.len() == 1 { ("a scenario fails", "passes") } else { ("scenarios fail", "pass") };
    (!names.is_empty()).then(|| {
        format!(
            "{each} and {passes} in one proportion in nearly every run: several tests of one name, or first attempts that always fail? As \
             flaky they are under no ceiling of what always fails: {}",
            listed(names.iter(), NAMED),
        )
    })
}
