//! The groups of a timeline, told in its rows.

use std::collections::BTreeSet;

use super::breakages::ByChange;
use super::group_row::{Group, SinceRow};
use super::groups::{Found, History};
use super::judgement::ScenarioJudgement;
use super::outage_row::RelapseEvent;
use super::timeline_judge::TimelineJudge;
use crate::text::number::Rounded;

impl TimelineJudge<'_> {
    /// Adds the groups that fail together, then those that broke at once, to those that are listed; their rows name them.
    pub(super) fn add_groups(
        &self,
        together: Vec<Found>,
        by_change: Vec<ByChange>,
        histories: &[History],
        rows: &mut [ScenarioJudgement],
        listed: &mut Vec<Group>,
    ) {
        for group in together {
            let (jaccard, q) = (Some(Rounded(group.jaccard)), Some(Rounded(group.q)));
            add_group(listed, rows, &group.members, |id, scenarios| Group {
                id,
                scenarios,
                failed_runs: group.failed_runs,
                jaccard,
                q,
                since: None,
            });
        }
        for group in by_change {
            let failing = group.members.iter().flat_map(|&member| histories[member].failing_since(group.from));
            let failed_runs = failing.collect::<BTreeSet<u32>>().len() as u64;
            let name = |run| self.run_name(run);
            let since = SinceRow { run: name(group.run), from_run: name(group.from), to_run: name(group.to) };
            add_group(listed, rows, &group.members, |id, scenarios| Group {
                id,
                scenarios,
                failed_runs,
                jaccard: None,
                q: None,
                since: Some(since),
            });
        }
    }
}

/// Names the groups of what came back at once, by the rows of a timeline in the order of their names.
pub(super) fn name_groups(events: &mut [RelapseEvent], rows: &[ScenarioJudgement]) {
    for event in events {
        let row = |names: &[String; 4]| {
            let names = names.each_ref().map(String::as_str);
            rows.binary_search_by(|row| row.names().cmp(&names)).ok().map(|at| &rows[at])
        };
        let ids: BTreeSet<&String> = event.scenarios.iter().filter_map(row).flat_map(|row| &row.groups).collect();
        event.groups = ids.into_iter().cloned().collect();
    }
}

/// The id of the group at a place of those that are listed.
pub(super) fn group_id(place: usize) -> String {
    format!("g{}", place + 1)
}

/// Adds a group of some rows, which name it.
fn add_group(
    groups: &mut Vec<Group>,
    rows: &mut [ScenarioJudgement],
    members: &[usize],
    group: impl FnOnce(String, Vec<[String; 4]>) -> Group,
) {
    let id = group_id(groups.len());
    let mut names = Vec::new();
    for &member in members {
        rows[member].groups.push(id.clone());
        names.push(rows[member].names().map(str::to_owned));
    }
    names.sort();
    groups.push(group(id, names));
}
