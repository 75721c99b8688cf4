//! A large part of all scenarios that has no result any more, as of a machine or a suite that stopped: nobody should take what
//! was of it for today's.

use std::collections::BTreeMap;

use crate::tally::{Cell, CellsByScenario, Clean, DAY_MS, Dated, Ended, Lives, RunOrder, Tally, What, day_of};
use crate::text::terminal::{count, listed, plural};

/// Scenarios that make a part, and how many of all it must be: one in so many.
const LEAST_SCENARIOS: u64 = 10;
const LEAST_SHARE: u64 = 4;
/// Time without a result for which nothing is called stopped.
const LEAST_MS: i64 = 7 * DAY_MS;
/// Suites that are named.
const NAMED: usize = 4;

/// That many scenarios ran for the last time within a day, and have no result in all the runs since, for more than twice as long
/// as they ever paused. Where others took their place they were renamed; what goes one by one was deleted.
pub(super) fn ended(tally: &Tally, clean: &Clean, scenarios: &CellsByScenario<'_>, order: &RunOrder) -> Option<String> {
    let dated = Dated::new(tally);
    let lives = lives(tally, clean, scenarios, &dated);
    let newest = order.runs.iter().filter_map(|&run| order.clock(run)).max()?;
    let began = |place: usize| dated.runs[place].0;
    let first_ones = sums(dated.runs.len(), lives.began.iter().map(|(&place, &scenarios)| (place, scenarios)));
    let last_ones = sums(dated.runs.len(), lives.ended.iter().map(|(&place, ended)| (place, ended.scenarios)));
    let parts = lives.ended.keys().filter_map(|&last| {
        let at = last as usize;
        let from = dated.runs.partition_point(|&(time, _)| time <= began(at) - DAY_MS);
        let (gone, scenarios) = (last_ones[from], last_ones[at + 1] - last_ones[from]);
        let there = first_ones[at + 1] - gone;
        let new = first_ones[dated.runs.len()] - first_ones[at + 1];
        let is_large = scenarios >= LEAST_SCENARIOS && scenarios * LEAST_SHARE >= there;
        let is_part = is_large && new * 2 < scenarios && newest - began(at) > LEAST_MS;
        let part = is_part.then(|| of_a_day(&lives.ended, from, last))??;
        (newest - began(at) > part.pause_ms.saturating_mul(2)).then_some((part.scenarios, at, there, part))
    });
    let (scenarios, last, there, part) = parts.max_by_key(|&(scenarios, last, ..)| (scenarios, last))?;
    let (time, run) = dated.runs[last];
    let since = dated.runs[last..].iter().filter(|&&(began, _)| began > time && began <= newest).count() as u64;
    Some(format!(
        "{} of {} that ran until {} ({}) have no result in {} since, of {}: a machine or a suite may have stopped, and what is \
         said of them is of then",
        count(scenarios),
        plural(there, "scenario"),
        tally.text(tally.runs()[run as usize].id),
        day_of(time),
        plural(since, "run"),
        listed(part.suites.iter().map(|suite| format!("`{suite}`")), NAMED),
    ))
}

/// The lives of all scenarios.
fn lives(tally: &Tally, clean: &Clean, scenarios: &CellsByScenario<'_>, dated: &Dated) -> Lives {
    let mut lives = clean.lives.clone();
    for scenario in 0..scenarios.scenarios() {
        let results = |cell: &&Cell| {
            let failed = tally.outcomes(cell).filter(|outcome| matches!(outcome.what, What::Failed(_)));
            let sets = failed.map(|outcome| &outcome.runs).chain([&cell.passed]);
            sets.flat_map(|runs| runs.iter().map(|(run, _)| run)).collect::<Vec<_>>()
        };
        let runs: Vec<u32> = scenarios.of(scenario).iter().flat_map(results).collect();
        lives.add(dated, tally.scenario_names(scenario)[1], || runs.iter().copied());
    }
    lives
}

/// How many come before each place, and behind the last one.
fn sums(places: usize, numbers: impl Iterator<Item = (u32, u64)>) -> Vec<u64> {
    let mut sums = vec![0; places + 1];
    for (place, number) in numbers {
        sums[place as usize + 1] = number;
    }
    for place in 0..places {
        sums[place + 1] += sums[place];
    }
    sums
}

/// What ended in the runs from one to another, put together.
fn of_a_day(ended: &BTreeMap<u32, Ended>, from: usize, last: u32) -> Option<Ended> {
    let within = ended.range(..=last).rev().take_while(|(place, _)| **place as usize >= from);
    within.map(|(_, ended)| ended.clone()).reduce(|mut all, one| {
        all.join(one);
        all
    })
}
