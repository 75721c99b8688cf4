//! Mass-failure runs: those in which so much failed at once that the scenarios are not to blame.

use std::collections::BTreeMap;
use std::ops::Range;

use super::attempts::Attempts;
use super::series::Series;
use super::timeline::Timeline;
use crate::tally::{Cell, Outcome, RunSet, Tally, What};
use crate::text::terminal::{count, plural};

/// Scenarios below which nothing is called a mass failure.
const LEAST_SCENARIOS: u64 = 10;
/// Runs below which nothing is called a mass failure.
const LEAST_RUNS: usize = 5;
/// Failing scenarios that a mass-failure run exceeds.
const LEAST_FAILING: u64 = 5;
/// Longest streak that is set aside.
const LONGEST_STREAK: usize = 2;
/// Runs in short streaks, and one in how many of all, beyond which none is set aside: what fails broadly so often is no accident of
/// those runs, and whoever broke it would never hear of it.
const LEAST_CHRONIC: usize = 4;
const CHRONIC_SHARE: usize = 10;

/// How many scenarios ran and failed in each run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunLoad {
    pub(super) scenarios: u64,
    pub(super) ran: Vec<u64>,
    pub(super) failed: Vec<u64>,
    /// Runs at the start whose place is not known.
    unplaced: usize,
    /// For each run, the scenario that was last seen in it.
    seen: Vec<Seen>,
    /// Number of the scenario that is counted.
    stamp: u64,
}

/// Stamps of the scenario that last ran, and last failed, in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    ran: u64,
    failed: u64,
}

/// Whether an outcome is a failing one of a scenario's series.
pub(super) fn is_counted_failure(tally: &Tally, outcome: &Outcome) -> bool {
    matches!(outcome.what, What::Failed(incident) if !tally.incidents()[incident as usize].incident_only)
}

/// The places of a set's runs on a timeline.
fn places(timeline: &Timeline, runs: &RunSet) -> impl Iterator<Item = usize> {
    runs.iter().filter_map(|(run, _)| timeline.place[run as usize]).map(|place| place as usize)
}

impl RunLoad {
    pub(super) fn new(timeline: &Timeline) -> Self {
        let runs = timeline.runs.len();
        Self {
            scenarios: 0,
            ran: vec![0; runs],
            failed: vec![0; runs],
            unplaced: timeline.unplaced as usize,
            seen: vec![Seen::default(); runs],
            stamp: 0,
        }
    }

    /// Counts the runs of one scenario, as [`Series`] sees them, straight from its cells.
    pub(super) fn count(&mut self, tally: &Tally, timeline: &Timeline, cells: &[&Cell]) {
        self.stamp += 1;
        let mut ran = false;
        for cell in cells {
            for place in places(timeline, &cell.passed) {
                ran = true;
                self.see(place);
            }
            for outcome in tally.outcomes(cell).filter(|outcome| is_counted_failure(tally, outcome)) {
                for place in places(timeline, &outcome.runs) {
                    ran = true;
                    self.see(place);
                    if std::mem::replace(&mut self.seen[place].failed, self.stamp) != self.stamp {
                        self.failed[place] += 1;
                    }
                }
            }
        }
        self.scenarios += u64::from(ran);
    }

    fn see(&mut self, place: usize) {
        if std::mem::replace(&mut self.seen[place].ran, self.stamp) != self.stamp {
            self.ran[place] += 1;
        }
    }

    pub(super) fn merge(mut self, other: &Self) -> Self {
        self.scenarios += other.scenarios;
        for (mine, theirs) in self.ran.iter_mut().zip(&other.ran) {
            *mine += theirs;
        }
        for (mine, theirs) in self.failed.iter_mut().zip(&other.failed) {
            *mine += theirs;
        }
        self
    }

    /// The mass-failure runs, and the streaks of them that may be set aside (as ranges of places, end exclusive).
    pub(super) fn mass_failures(&self) -> MassFailures {
        let runs = self.ran.len();
        let mut found = MassFailures::default();
        if self.scenarios < LEAST_SCENARIOS || runs < self.unplaced + LEAST_RUNS {
            return found;
        }
        let share = |run: usize| if self.ran[run] == 0 { 0.0 } else { self.failed[run] as f64 / self.ran[run] as f64 };
        let mut sorted: Vec<f64> = (self.unplaced..runs).map(share).collect();
        sorted.sort_by(f64::total_cmp);
        let is_mass: Vec<bool> = (0..runs)
            .map(|run| {
                let failed = self.failed[run];
                run >= self.unplaced
                    && failed > LEAST_FAILING
                    && failed as f64 > 0.2 * self.ran[run] as f64
                    // Three times 30 % is no more than 90 %, whatever their floats say.
                    && share(run) > 3.0 * median_without(&sorted, share(run)) + 1e-12
            })
            .collect();
        let mut at = 0;
        while at < runs {
            let len = is_mass[at..].iter().take_while(|&&mass| mass).count();
            found.runs.extend((at..at + len).filter_map(|run| u32::try_from(run).ok()));
            // The newest run stays: nothing has come after it that could clear its scenarios.
            if (1..=LONGEST_STREAK).contains(&len) && at + len < runs {
                found.streaks.push((at, at + len));
            }
            at += len.max(1);
        }
        let short: usize = found.streaks.iter().map(|(start, end)| end - start).sum();
        if short > LEAST_CHRONIC.max((runs - self.unplaced) / CHRONIC_SHARE) {
            found.streaks.clear();
            found.is_chronic = true;
        }
        found
    }
}

/// Median of a sorted list without one of its values.
fn median_without(sorted: &[f64], value: f64) -> f64 {
    let without = sorted.partition_point(|&other| other < value);
    let rest = |at: usize| sorted[if at < without { at } else { at + 1 }];
    let len = sorted.len() - 1;
    if len % 2 == 1 { rest(len / 2) } else { f64::midpoint(rest(len / 2 - 1), rest(len / 2)) }
}

/// Runs in which a large part of all scenarios failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MassFailures {
    /// All of them, in order.
    pub(super) runs: Vec<u32>,
    streaks: Vec<(usize, usize)>,
    /// Whether so many runs fail broadly that none is set aside.
    pub(super) is_chronic: bool,
}

impl MassFailures {
    /// That so many of all these runs fail broadly that none is set aside.
    pub(super) fn chronic(&self, runs: usize) -> Option<String> {
        self.is_chronic.then(|| {
            format!(
                "chronic: a large part of everything failed in {} of {}, so that none of them is set aside",
                plural(self.runs.len() as u64, "run"),
                count(runs as u64)
            )
        })
    }

    /// The runs that are set aside for one scenario: those of short streaks behind which its next run passes, and the next one of
    /// each environment that it failed in. An environment whose jobs are runs of their own fails on while others pass.
    pub(super) fn set_aside(&self, series: &Series, attempts: &Attempts) -> Vec<u32> {
        let mut aside = Vec::new();
        let mut courses: Option<Courses> = None;
        for &(start, end) in &self.streaks {
            let first = series.runs.partition_point(|run| (run.run as usize) < start);
            let next = series.runs.partition_point(|run| (run.run as usize) < end);
            if first < next && series.runs.get(next).is_some_and(|run| !run.failed) {
                let courses = courses.get_or_insert_with(|| Courses::new(series, attempts));
                if courses.have_recovered(first..next, series.runs.len()) {
                    aside.extend(series.runs[first..next].iter().map(|run| run.run));
                }
            }
        }
        aside
    }
}

/// The runs of a scenario in each environment: their places, and whether it failed there.
struct Courses(BTreeMap<Option<u32>, Vec<(usize, bool)>>);

impl Courses {
    fn new(series: &Series, attempts: &Attempts) -> Self {
        Self(series.courses(&series.runs, |cell| Some(attempts.cells[cell as usize].env)))
    }

    /// Whether each environment that failed in these runs, and no longer than a streak by its own, passes when it runs next. One
    /// that did not run since has not, unless it would have: it pauses for longer than it ever did.
    fn have_recovered(&self, runs: Range<usize>, all: usize) -> bool {
        self.0.values().all(|course| {
            let within = course.partition_point(|&(place, _)| place < runs.start);
            let Some(at) = (within..course.len()).find(|&at| course[at].1 && course[at].0 < runs.end) else {
                return true;
            };
            let before = course[..at].iter().rev().take_while(|(_, failed)| *failed).count();
            let since = course[at..].iter().take_while(|(_, failed)| *failed).count();
            let is_short = before + since <= LONGEST_STREAK.max(runs.len());
            let has_passed = at + since < course.len();
            let pause = course.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap_or(0);
            let is_retired = || all - 1 - course[course.len() - 1].0 > pause;
            is_short && (has_passed || is_retired())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(failed: &[u64]) -> RunLoad {
        RunLoad {
            scenarios: 100,
            ran: vec![100; failed.len()],
            failed: failed.to_vec(),
            unplaced: 0,
            seen: Vec::new(),
            stamp: 0,
        }
    }

    #[test]
    fn short_streaks_are_set_aside_and_long_ones_stay() {
        let found = load(&[2, 2, 60, 2, 2, 70, 80, 2, 2]).mass_failures();
        assert_eq!((found.runs, found.streaks), (vec![2, 5, 6], vec![(2, 3), (5, 7)]));
        let found = load(&[2, 2, 2, 2, 2, 2, 2, 60, 70, 80, 2, 2]).mass_failures();
        assert_eq!((found.runs, found.streaks), (vec![7, 8, 9], vec![]));
    }

    #[test]
    fn what_fails_broadly_in_a_tenth_of_all_runs_stays() {
        let one_in =
            |every: usize| load(&(0..100).map(|run| if run % every == 3 { 60 } else { 2 }).collect::<Vec<_>>());
        let found = one_in(10).mass_failures();
        assert_eq!((found.runs.len(), found.streaks.len(), found.is_chronic), (10, 10, false));
        let found = one_in(9).mass_failures();
        assert_eq!((found.runs.len(), found.streaks.len(), found.is_chronic), (11, 0, true));
        // A long outage is no sign of it, and neither are few in a short history.
        let long: Vec<u64> = (0..40).map(|run| if run < 20 && run > 3 || run == 30 { 60 } else { 2 }).collect();
        assert_eq!(load(&long).mass_failures().streaks, [(30, 31)]);
        assert_eq!(load(&[2, 60, 2, 60, 2, 60, 2, 60, 2, 2]).mass_failures().streaks.len(), 4);
    }

    #[test]
    fn the_newest_run_stays() {
        let found = load(&[2, 2, 2, 2, 2, 60]).mass_failures();
        assert_eq!((found.runs, found.streaks), (vec![5], vec![]));
    }

    #[test]
    fn few_scenarios_or_runs_or_a_common_share_are_none() {
        assert_eq!(load(&[0, 0, 60, 0]).mass_failures(), MassFailures::default());
        assert_eq!(RunLoad { scenarios: 9, ..load(&[0, 0, 60, 0, 0]) }.mass_failures(), MassFailures::default());
        assert_eq!(load(&[30, 30, 60, 30, 30]).mass_failures(), MassFailures::default());
        assert_eq!(load(&[0, 0, 20, 0, 0]).mass_failures(), MassFailures::default());
        assert_eq!(load(&[0, 0, 21, 0, 0]).mass_failures().runs, [2]);
    }
}
