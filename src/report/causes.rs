//! Scenarios that fail by one cause, most likely.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::format::SILENT;
use crate::incident::IncidentRow;
use crate::recurrence::{Group, Kind, ScenarioJudgement};

/// Scenarios that are one row: of one reason and kind, where they always fail also since one run; or of one group, where that is of
/// scenarios that broke at once also of one reason: others may have changed by chance.
#[derive(Debug)]
pub(super) struct Cause<'r> {
    /// In the order that they were given in; at least one.
    pub(super) rows: Vec<&'r ScenarioJudgement>,
    /// What stands for all: the incident of the first.
    pub(super) incident: Option<&'r IncidentRow>,
}

/// Incidents by their ids.
pub(super) type ById<'r> = HashMap<&'r str, &'r IncidentRow, RandomState>;

/// What scenarios of one cause have in common. Always failing ones of one reason that began apart have causes of their own.
type Key<'r> = (Option<&'r str>, Kind, &'r str, &'r str, Option<&'r str>);

/// A group, and the class and reason that its members must share where that matters.
type OfGroup<'r> = (&'r str, Option<(&'r str, &'r str)>);

/// Some scenarios by cause, each where its first one stood.
pub(super) fn causes<'r>(
    rows: impl IntoIterator<Item = &'r ScenarioJudgement>,
    incidents: &ById<'r>,
    groups: &[Group],
) -> Vec<Cause<'r>> {
    let by_change: HashSet<&str, RandomState> =
        groups.iter().filter(|group| group.since.is_some()).map(|group| group.id.as_str()).collect();
    let mut causes: Vec<Cause<'r>> = Vec::new();
    let mut by_key: HashMap<Key<'r>, usize, RandomState> = HashMap::default();
    let mut by_group: HashMap<OfGroup<'r>, usize, RandomState> = HashMap::default();
    for row in rows {
        let incident = row.incident_id.as_deref().and_then(|id| incidents.get(id)).copied();
        // What says nothing is no evidence that two are of one cause.
        let speaking = incident.filter(|incident| !["", SILENT].contains(&incident.reason_code.as_str()));
        let key = speaking.map(|incident| key(row, incident));
        let reason = speaking.map(|incident| (incident.class.as_str(), incident.reason_code.as_str()));
        // Who broke at once and says nothing of why belongs to nobody.
        let of_groups = || {
            let each = row.groups.iter().map(|group| (group.as_str(), by_change.contains(group.as_str())));
            let told = each.filter(|(_, is_by_change)| !is_by_change || reason.is_some());
            told.map(|(group, is_by_change)| (group, reason.filter(|_| is_by_change)))
        };
        let of_group = of_groups().find_map(|group| by_group.get(&group));
        let place = of_group.or_else(|| by_key.get(key.as_ref()?)).copied().unwrap_or(causes.len());
        match causes.get_mut(place) {
            Some(cause) => cause.rows.push(row),
            None => causes.push(Cause { rows: vec![row], incident }),
        }
        if let Some(key) = key {
            by_key.entry(key).or_insert(place);
        }
        for group in of_groups() {
            by_group.entry(group).or_insert(place);
        }
    }
    causes
}

fn key<'r>(row: &'r ScenarioJudgement, incident: &'r IncidentRow) -> Key<'r> {
    let since = row.changepoints.last().filter(|_| row.judged.kind != Kind::Flaky).map(|change| change.run.as_str());
    (row.branch.as_deref(), row.judged.kind, &incident.class, &incident.reason_code, since)
}
