//! The incidents that a page holds, where it cannot hold all.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::incident::IncidentRow;
use crate::report::IncidentChange;
use crate::report::weekly::Weekly;
use crate::run_finding::RunFinding;

/// How much of a sweep a page holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) incidents: usize,
    pub(super) levels: usize,
}

/// How many incidents have each value of a filter.
pub(super) type Numbers = BTreeMap<&'static str, BTreeMap<&'static str, u64>>;

/// An incident, and what became of it since the baseline.
type Pair<'r> = (&'r IncidentRow, Option<&'r IncidentChange>);

/// Incidents in the order of the report, each with its change.
#[derive(Debug)]
pub(super) struct Kept<'r> {
    pub(super) rows: Vec<Pair<'r>>,
    /// Of all incidents, those left out too; none where all are kept.
    pub(super) in_all: Option<Numbers>,
    /// Place of the finding of whole runs that an incident is of, by its id.
    pub(super) finding_of: HashMap<&'r str, usize, RandomState>,
    news: Vec<bool>,
}

impl<'r> Kept<'r> {
    /// At most so many incidents: what is not over before what is, of these what is new first, then the first of the report.
    pub(super) fn new(weekly: &Weekly<'r>, most: usize) -> Self {
        let changes = weekly.since.map_or(&[][..], |since| &since.changes);
        let changes: HashMap<&str, &IncidentChange, RandomState> =
            changes.iter().map(|change| (change.incident_id.as_str(), change)).collect();
        let found = &weekly.incidents.incidents;
        let mut rows: Vec<Pair<'r>> =
            found.iter().map(|row| (row, changes.get(row.incident_id.as_str()).copied())).collect();
        let news: Vec<bool> = weekly.since.iter().flat_map(|since| &since.kinds).map(|kind| kind.is_news).collect();
        let in_all = (rows.len() > most).then(|| numbers(weekly, &rows));
        let findings = weekly.incidents.run_findings(weekly.recurrence);
        let of = |(place, finding): (usize, &RunFinding)| {
            finding.incidents.iter().map(move |&member| (found[member].incident_id.as_str(), place)).collect::<Vec<_>>()
        };
        let finding_of = findings.iter().enumerate().flat_map(of).collect();
        let mut kept = Self { rows: Vec::new(), in_all, finding_of, news };
        // What is over or stale leaves its place first, news or not.
        let rank = |kept: &Self, pair: &Pair<'_>| match (pair.0.standing().is_live(), kept.is_news(pair)) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        let mut room = [most; 4];
        for (at, room) in room.iter_mut().enumerate().skip(1) {
            *room = most.saturating_sub(rows.iter().filter(|pair| rank(&kept, pair) < at).count());
        }
        rows.retain(|pair| {
            let left = &mut room[rank(&kept, pair)];
            let keeps = *left > 0;
            *left -= usize::from(keeps);
            keeps
        });
        kept.rows = rows;
        kept
    }

    /// Whether it is something to act on.
    fn is_news(&self, (_, change): &Pair<'_>) -> bool {
        change.is_some_and(|change| self.news.get(change.kind).is_some_and(|is| *is))
    }

    /// Those to act on.
    pub(super) fn news(&self) -> usize {
        self.rows.iter().filter(|pair| self.is_news(pair)).count()
    }
}

/// By the filters whose values are few.
fn numbers(weekly: &Weekly<'_>, rows: &[Pair<'_>]) -> Numbers {
    let mut numbers = Numbers::new();
    let kinds = weekly.since.map_or(&[][..], |since| &since.kinds);
    for (row, change) in rows {
        let change = change.and_then(|change| kinds.get(change.kind));
        for (filter, value) in [
            ("severity", row.severity.name()),
            ("verdict", row.verdict.map_or("no verdict", |verdict| verdict.name())),
            ("kind", row.kind.map_or("unjudged", |kind| kind.name())),
            ("change", change.map_or("not compared", |kind| kind.name)),
        ] {
            *numbers.entry(filter).or_default().entry(value).or_default() += 1;
        }
    }
    numbers
}
