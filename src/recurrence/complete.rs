//! What the bit of a run hides: since some run each attempt fails, where some of a failing run's attempts passed before. A test
//! that is known to fail in one environment, and now fails in all, has regressed.

use std::collections::BTreeSet;

use super::attempts::Attempts;
use super::draft::Stretch;
use super::series::{Series, SeriesRun};
use crate::stats::{Changepoint, Segmenter};

/// The runs behind such a change.
pub(super) struct Complete {
    /// How many runs lie before it.
    pub(super) start: usize,
    /// The change, in places among those runs.
    pub(super) change: Changepoint,
    /// Runs before the change, since the one before it, and those in which every attempt failed.
    pub(super) before: Stretch,
}

/// Finds it among the runs of a segment. `least`: the fewest runs behind it.
pub(super) fn complete(
    series: &Series,
    runs: &[SeriesRun],
    attempts: &Attempts,
    least: u64,
    segmenter: &mut Segmenter,
) -> Option<Complete> {
    let is_complete = |run: &SeriesRun| series.trials(run).iter().all(|trial| trial.passes == 0);
    // Without a failing run of which an attempt passed, the bits are the runs' own.
    if !is_complete(runs.last()?) || runs.iter().all(|run| run.failed == is_complete(run)) {
        return None;
    }
    let segmentation = segmenter.segment(runs.iter().map(is_complete));
    let [.., before, current] = segmentation.segments[..] else { return None };
    let is_long = current.fails == current.runs() && current.runs() as u64 >= least;
    let (earlier, later) = runs.split_at(current.start);
    (is_long && fails_where_it_passed(series, earlier, later, attempts)).then_some(())?;
    Some(Complete {
        start: current.start,
        change: *segmentation.changepoints.last()?,
        before: Stretch { n: before.runs() as u64, x: before.fails as u64 },
    })
}

/// Whether it fails where it passed before: otherwise what passed may only run no more. With a seed of its own in each run, where
/// is an environment.
fn fails_where_it_passed(series: &Series, earlier: &[SeriesRun], later: &[SeriesRun], attempts: &Attempts) -> bool {
    let cells = |runs: &[SeriesRun], is_meant: fn(u32) -> bool| -> BTreeSet<u32> {
        let trials = runs.iter().flat_map(|run| series.trials(run));
        trials.filter(|trial| is_meant(trial.passes)).map(|trial| trial.cell).collect()
    };
    let (passed, failed) = (cells(earlier, |passes| passes > 0), cells(later, |_| true));
    let known = cells(earlier, |_| true);
    let environments = |cells: &BTreeSet<u32>| -> BTreeSet<Option<u32>> {
        cells.iter().map(|&cell| attempts.cells[cell as usize].env).collect()
    };
    let is_fresh = failed.is_disjoint(&known);
    !passed.is_disjoint(&failed) || is_fresh && !environments(&passed).is_disjoint(&environments(&failed))
}
