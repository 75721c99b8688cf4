//! Mass-failure runs of a corpus, by their definition.

use std::ops::Range;

use super::series::Series;

/// Most runs of a streak that is set aside.
const LONGEST_SET_ASIDE: usize = 2;

/// The mass-failure runs of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MassFailures {
    /// Streaks that are set aside.
    pub(crate) set_aside: Vec<Range<usize>>,
    /// Streaks that stay: longer ones, and the one that holds the newest run.
    pub(crate) staying: Vec<Range<usize>>,
}

impl MassFailures {
    /// Finds them: more than max(5, 20 %) of the scenarios that ran failing, and more than three
    /// times the median failing share of the other runs.
    pub(crate) fn find<'s>(runs: usize, scenarios: impl IntoIterator<Item = &'s Series>) -> Self {
        let mut counts = vec![(0_u64, 0_u64); runs];
        let mut number = 0;
        for series in scenarios {
            number += 1;
            for (run, (failing, ran)) in counts.iter_mut().enumerate() {
                if let Some(bit) = series.bit(run) {
                    *ran += 1;
                    *failing += u64::from(bit);
                }
            }
        }
        let mut found = Self { set_aside: Vec::new(), staying: Vec::new() };
        let held: Vec<usize> = (0..runs).filter(|run| counts[*run].1 > 0).collect();
        if number < 10 || held.len() < 5 {
            return found;
        }
        let share = |run: usize| counts[run].0 as f64 / counts[run].1 as f64;
        let is_mass = |run: usize| {
            let (failing, ran) = counts[run];
            let others = held.iter().filter(|other| **other != run).map(|other| share(*other)).collect();
            failing > 5 && failing * 5 > ran && share(run) > 3.0 * median(others)
        };
        for streak in streaks(&held, is_mass) {
            let newest = held.last().is_some_and(|last| streak.contains(last));
            let list =
                if newest || streak.len() > LONGEST_SET_ASIDE { &mut found.staying } else { &mut found.set_aside };
            list.push(streak);
        }
        // So often is no accident.
        if found.set_aside.iter().map(Range::len).sum::<usize>() > (runs / 10).max(4) {
            found.staying.append(&mut found.set_aside);
        }
        found
    }
}

/// Streaks of neighbouring runs that the function takes.
fn streaks(held: &[usize], takes: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut streaks: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for &run in held {
        let mass = takes(run);
        match streaks.last_mut() {
            Some(streak) if mass && open => streak.end = run + 1,
            _ if mass => streaks.push(run..run + 1),
            _ => {}
        }
        open = mass;
    }
    streaks
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}
