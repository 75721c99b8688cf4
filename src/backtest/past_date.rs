//! Where the past ends.

use crate::tally::{DAY_MS, RunOrder};

/// Runs that the first date has behind it.
const LEAST_RUNS: usize = 5;

/// How far dates are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// In days of the runs' clocks.
    Days(u16),
    /// In runs, whatever their clocks say.
    Runs(u32),
}

/// A date of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PastDate {
    /// Runs that had been, in their order.
    pub(super) runs: usize,
    /// When the newest of them began, as far as its clock is believed.
    pub(super) unix_ms: Option<i64>,
}

/// The dates, each with runs that the one before did not have; the last one is now. Where steps are in days and no clock is
/// believed, there is no other.
pub(super) fn past_dates(order: &RunOrder, step: Step) -> Vec<PastDate> {
    let all = order.runs.len();
    let least = order.unplaced as usize + LEAST_RUNS;
    let mut ends: Vec<usize> = match step {
        Step::Runs(runs) => (least..all).step_by(runs.max(1) as usize).collect(),
        Step::Days(days) => by_days(order, i64::from(days.max(1)) * DAY_MS),
    };
    ends.retain(|&end| end >= least && end < all);
    if all >= least {
        ends.push(all);
    }
    ends.dedup();
    let newest = |end: usize| order.runs[..end].iter().rev().find_map(|&run| order.clock(run));
    ends.into_iter().map(|runs| PastDate { runs, unix_ms: newest(runs) }).collect()
}

/// How many runs had been at each multiple of a time since the first.
fn by_days(order: &RunOrder, step_ms: i64) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut next = None;
    for (place, &run) in order.runs.iter().enumerate().skip(order.unplaced as usize) {
        let Some(clock) = order.clock(run) else { continue };
        let bound = *next.get_or_insert(clock.saturating_add(step_ms));
        if clock >= bound {
            ends.push(place);
            let steps = (clock - bound) / step_ms + 1;
            next = Some(bound.saturating_add(steps.saturating_mul(step_ms)));
        }
    }
    ends
}
