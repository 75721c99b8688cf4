//! Branches that are judged and have stopped: their verdicts are those of then, and nobody should take them for today's.

use std::collections::BTreeMap;

use globset::GlobMatcher;

use crate::tally::{DAY_MS, RunOrder, Tally, day_of, is_asked_for};

/// Time without a run for which no branch is called stopped.
const LEAST_MS: i64 = 7 * DAY_MS;
/// Runs and time from which on the branch of most runs is the main line, and one of how many runs it must have: branches of
/// one change have fewer, or end sooner, and end for good.
const LEAST_OF_MAIN: (usize, i64, usize) = (10, 14 * DAY_MS, 4);

/// That the branches that are asked for have no run since long before the newest of others, or the main line among those that
/// are judged has none.
pub(super) fn stopped(tally: &Tally, order: &RunOrder, asked: Option<&GlobMatcher>) -> Option<String> {
    let dated: Vec<(i64, u32)> = order.runs.iter().filter_map(|&run| Some((order.clock(run)?, run))).collect();
    let is_judged = |run: u32| is_asked_for(asked, tally.branch_of(run));
    let those = "the branches that are judged";
    let asked = asked.and_then(|_| told(tally, &dated, those, is_judged));
    asked.or_else(|| {
        let judged: Vec<(i64, u32)> = dated.into_iter().filter(|&(_, run)| is_judged(run)).collect();
        let main = main_line(tally, &judged)?;
        told(tally, &judged, &format!("branch {main}, which has most runs,"), |run| tally.branch_of(run) == Some(main))
    })
}

/// The branch of most runs, if it has many of all, over a long time.
fn main_line<'t>(tally: &'t Tally, judged: &[(i64, u32)]) -> Option<&'t str> {
    let mut clocks: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for &(clock, run) in judged {
        if let Some(branch) = tally.branch_of(run) {
            clocks.entry(branch).or_default().push(clock);
        }
    }
    // Runs that name none are judged as the only branch that is named.
    if clocks.len() < 2 {
        return None;
    }
    // Of two the one that goes on: the other was renamed.
    let (main, clocks) = clocks.into_iter().max_by_key(|(_, clocks)| (clocks.len(), clocks.last().copied()))?;
    let (runs, time, share) = LEAST_OF_MAIN;
    let is_long = clocks.last()? - clocks.first()? >= time;
    (clocks.len() >= runs && clocks.len() * share >= judged.len() && is_long).then_some(main)
}

/// That some of the runs are since long before the newest of the others: for longer than they ever had none, and a week.
fn told(tally: &Tally, dated: &[(i64, u32)], whose: &str, is_of: impl Fn(u32) -> bool) -> Option<String> {
    let (these, others): (Vec<_>, Vec<_>) = dated.iter().partition(|&&(_, run)| is_of(run));
    let ((last, run), (newest, other)) = (*these.last()?, *others.last()?);
    let longest = these.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap_or(0);
    let name = |run: u32| tally.text(tally.runs()[run as usize].id);
    (newest - last > longest.max(LEAST_MS)).then(|| {
        format!(
            "no run of {whose} has a record that counts since {} ({}), while others have until {} ({}): verdicts are of then",
            name(run),
            day_of(last),
            name(other),
            day_of(newest),
        )
    })
}
