//! Scenarios that fail by one cause, most likely.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::incident::IncidentRow;
use crate::recurrence::{Kind, ScenarioJudgement};

/// Scenarios that are one row: of one reason and kind, where they always fail also since one run; or of one group.
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

/// Some scenarios by cause, each where its first one stood.
pub(super) fn causes<'r>(
    rows: impl IntoIterator<Item = &'r ScenarioJudgement>,
    incidents: &ById<'r>,
) -> Vec<Cause<'r>> {
    let mut causes: Vec<Cause<'r>> = Vec::new();
    let mut by_key: HashMap<Key<'r>, usize, RandomState> = HashMap::default();
    let mut by_group: HashMap<&'r str, usize, RandomState> = HashMap::default();
    for row in rows {
        let incident = row.incident_id.as_deref().and_then(|id| incidents.get(id)).copied();
        let key = incident.map(|incident| key(row, incident));
        let of_group = row.groups.iter().find_map(|group| by_group.get(group.as_str()));
        let place = of_group.or_else(|| by_key.get(key.as_ref()?)).copied().unwrap_or(causes.len());
        match causes.get_mut(place) {
            Some(cause) => cause.rows.push(row),
            None => causes.push(Cause { rows: vec![row], incident }),
        }
        if let Some(key) = key {
            by_key.entry(key).or_insert(place);
        }
        for group in &row.groups {
            by_group.entry(group).or_insert(place);
        }
    }
    causes
}

fn key<'r>(row: &'r ScenarioJudgement, incident: &'r IncidentRow) -> Key<'r> {
    let since = row.changepoints.last().filter(|_| row.judged.kind != Kind::Flaky).map(|change| change.run.as_str());
    (row.branch.as_deref(), row.judged.kind, &incident.class, &incident.reason_code, since)
}
