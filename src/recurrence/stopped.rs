//! Branches that are judged and have stopped: their verdicts are those of then, and nobody should take them for today's.

use globset::GlobMatcher;

use crate::tally::{DAY_MS, RunOrder, Tally, day_of, is_asked_for};

/// Time without a run for which no branch is called stopped.
const LEAST_MS: i64 = 7 * DAY_MS;

/// That the branches that are asked for have no run since long before the newest of others: for longer than they ever had
/// none, and a week.
pub(super) fn stopped(tally: &Tally, order: &RunOrder, asked: &GlobMatcher) -> Option<String> {
    let dated = order.runs.iter().filter_map(|&run| Some((order.clock(run)?, run)));
    let (judged, others): (Vec<_>, Vec<_>) =
        dated.partition(|&(_, run)| is_asked_for(Some(asked), tally.branch_of(run)));
    let ((last, run), (newest, other)) = (*judged.last()?, *others.last()?);
    let longest = judged.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap_or(0);
    let name = |run: u32| tally.text(tally.runs()[run as usize].id);
    (newest - last > longest.max(LEAST_MS)).then(|| {
        format!(
            "no run of the branches that are judged has a record that counts since {} ({}), while others have until {} ({}): \
             verdicts are of then",
            name(run),
            day_of(last),
            name(other),
            day_of(newest),
        )
    })
}
