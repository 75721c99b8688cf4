//! The incidents that a page holds, where it cannot hold all.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::incident::IncidentRow;
use crate::report::IncidentChange;
use crate::report::weekly::Weekly;

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
    news: Vec<bool>,
}

impl<'r> Kept<'r> {
    /// At most so many incidents: those to act on first, then the first of the report.
    pub(super) fn new(weekly: &Weekly<'r>, most: usize) -> Self {
        let changes = weekly.since.map_or(&[][..], |since| &since.changes);
        let changes: HashMap<&str, &IncidentChange, RandomState> =
            changes.iter().map(|change| (change.incident_id.as_str(), change)).collect();
        let found = &weekly.incidents.incidents;
        let mut rows: Vec<Pair<'r>> =
            found.iter().map(|row| (row, changes.get(row.incident_id.as_str()).copied())).collect();
        let news: Vec<bool> = weekly.since.iter().flat_map(|since| &since.kinds).map(|kind| kind.is_news).collect();
        let in_all = (rows.len() > most).then(|| numbers(weekly, &rows));
        let mut kept = Self { rows: Vec::new(), in_all, news };
        let mut room = [most, most];
        room[1] = most.saturating_sub(rows.iter().filter(|pair| kept.is_news(pair)).count());
        rows.retain(|pair| {
            let left = &mut room[usize::from(!kept.is_news(pair))];
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
