//! Cells of one known revision on two sides of a boundary: where one passed and failed there, no change of the code did it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::series::{Series, SeriesRun};
use super::timeline::{Timeline, TimelineRun};
use super::witness::{Ground, Witness};

/// One cell under one revision in one run of a series.
struct Seen {
    /// Place of the run in the series.
    place: usize,
    passed: bool,
    failed: bool,
}

/// The cells of a series under each of its known revisions.
pub(super) struct Carried<'s> {
    series: &'s Series,
    cells: Vec<(u32, Vec<Seen>)>,
}

impl<'s> Carried<'s> {
    pub(super) fn new(series: &'s Series, timeline: &Timeline) -> Self {
        let revision = |run: &SeriesRun| match timeline.runs[run.run as usize] {
            TimelineRun { revision: Some(revision), is_mass, .. } => Some((revision, is_mass)),
            TimelineRun { revision: None, .. } => None,
        };
        // Most revisions never failed, and need no look at their cells.
        let own = |run: &SeriesRun| revision(run).filter(|(_, is_mass)| run.failed && !is_mass).map(|(own, _)| own);
        let failing: BTreeSet<u32> = series.runs.iter().filter_map(own).collect();
        let mut cells: BTreeMap<(u32, u32), Vec<Seen>> = BTreeMap::new();
        // Runs of one revision stand side by side.
        let mut known = None;
        for (place, run) in series.runs.iter().enumerate() {
            let Some((revision, is_mass)) = revision(run) else { continue };
            let is_failing = match known {
                Some((of, is_failing)) if of == revision => is_failing,
                _ => failing.contains(&revision),
            };
            known = Some((revision, is_failing));
            if !is_failing {
                continue;
            }
            for trial in series.trials(run) {
                let of_cell = cells.entry((trial.cell, revision)).or_default();
                of_cell.push(Seen { place, passed: trial.passes > 0, failed: trial.fails > 0 && !is_mass });
            }
        }
        Self { series, cells: cells.into_iter().map(|((cell, _), seen)| (cell, seen)).collect() }
    }

    /// The newest failure at one of some places of a cell, of those that are meant, that passed at one of others under the same
    /// revision, and the newest such pass.
    pub(super) fn across(
        &self,
        passed: &Range<usize>,
        failed: &Range<usize>,
        is_meant: impl Fn(u32) -> bool,
    ) -> Option<Witness> {
        let run = |seen: &Seen| self.series.runs[seen.place].run;
        let of_cell = |(cell, seen): &(u32, Vec<Seen>)| {
            let pass = seen.iter().rfind(|seen| seen.passed && passed.contains(&seen.place))?;
            let failure = seen.iter().rfind(|seen| seen.failed && failed.contains(&seen.place))?;
            Some(Witness { failed: run(failure), passed: run(pass), cell: *cell, ground: Ground::SameRevision })
        };
        self.cells.iter().filter(|(cell, _)| is_meant(*cell)).filter_map(of_cell).max_by_key(|witness| witness.failed)
    }
}
