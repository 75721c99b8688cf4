//! `runs.parquet`.

use std::collections::HashMap;

use super::column::{self, Moment};
use crate::recurrence::Recurrence;
use crate::tally::{Facet, Run, RunOrder, Tally, What};

/// A run, and what was counted in it.
pub(super) struct RunLine<'t> {
    tally: &'t Tally,
    run: &'t Run,
    order: u64,
    /// When it began, as far as its clock is believed.
    clock: Option<i64>,
    /// Its place in the list of `recurrence.json`.
    place: Option<u64>,
    failures: u64,
}

/// The runs in order.
pub(super) fn rows<'t>(tally: &'t Tally, order: &RunOrder, recurrence: &Recurrence) -> Vec<RunLine<'t>> {
    let places: HashMap<&str, u64> = recurrence.runs.iter().map(|run| run.id.as_str()).zip(0..).collect();
    let mut failures = vec![0; tally.runs().len()];
    for outcome in tally.cells().flat_map(|cell| tally.outcomes(cell)) {
        if let What::Failed(_) = outcome.what {
            for (run, records) in outcome.runs.iter() {
                failures[run as usize] += u64::from(records);
            }
        }
    }
    let line = |(&number, at): (&u32, u64)| {
        let run = &tally.runs()[number as usize];
        let place = places.get(tally.text(run.id)).copied();
        RunLine { tally, run, order: at, clock: order.clock(number), place, failures: failures[number as usize] }
    };
    order.runs.iter().zip(0..).map(line).collect()
}

impl RunLine<'_> {
    fn facet(&self, facet: Facet) -> Option<&str> {
        match facet {
            Facet::One(symbol) => Some(self.tally.text(symbol)),
            Facet::Unknown | Facet::Several => None,
        }
    }
}

type Column<'r, 't> = column::Column<'r, RunLine<'t>>;

pub(super) fn columns<'r, 't: 'r>() -> Vec<Column<'r, 't>> {
    vec![
        Column::text("run", |row| row.tally.text(row.run.id)),
        Column::new("run_order", |row| row.order),
        Column::new("judged_place", |row| row.place),
        Column::new("first_time", |row| row.clock.map(Moment)),
        Column::text_or_null("revision", |row| row.facet(row.run.revision)),
        Column::text_or_null("branch", |row| row.facet(row.run.branch)),
        Column::new("records", |row| row.run.records),
        Column::new("failures", |row| row.failures),
    ]
}
