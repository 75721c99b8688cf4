//! One series to be judged, and what looks at it.

use std::ops::Range;

use super::association::{Dimension, Tally, count};
use super::attempts::Attempts;
use super::draft::Change;
use super::options::Options;
use super::planned_look::Landed;
use super::regression::How;
use super::series::{Series, SeriesRun};
use super::stretch::Stretch;
use super::timeline::Timeline;
use super::verdict::Label;
use crate::stats::{Changepoint, Outages, Segmenter};

/// Runs that a regression, and a deterministic failure, need.
pub(super) const LEAST_FAILING: u64 = 3;
/// Further failures that are tried to say how many decide a new failure.
pub(super) const MOST_TRIED: u64 = 60;
/// Failing runs from which a deterministic failure is called strong: a failure rate below 90 % is excluded.
pub(super) const STRONG_RUNS: u64 = 29;

/// One series and where it stands.
pub(super) struct Bench<'b> {
    pub(super) attempts: &'b Attempts,
    pub(super) timeline: &'b Timeline,
    /// From the scenario's names.
    pub(super) key: u64,
    /// The fix of it that was named.
    pub(super) landed: Option<Landed>,
}

/// What looks for changes and outages; one a worker, for their tables.
pub(super) struct Finders {
    pub(super) segmenter: Segmenter,
    pub(super) outages: Outages,
}

impl Finders {
    /// As asked for, or as usual where that is out of its domain.
    pub(super) fn new(options: &Options) -> Option<Self> {
        let usual = Options::default();
        let segmenter = Segmenter::new(options.kappa).or_else(|| Segmenter::new(usual.kappa));
        let outages = Outages::new(options.relapse_odds).or_else(|| Outages::new(usual.relapse_odds));
        segmenter.zip(outages).map(|(segmenter, outages)| Self { segmenter, outages })
    }
}

impl Bench<'_> {
    /// How some runs of a series fail, and in which levels where not in all.
    pub(super) fn how(&self, series: &Series, runs: Range<usize>) -> How {
        let (before, runs) = (&series.runs[..runs.start], &series.runs[runs]);
        let (attempts, failed) = series.attempts(runs);
        if attempts == failed {
            return How::of_all(Label::Deterministic);
        }
        let dimensions = [
            (Dimension::Environment, self.attempts.envs.len(), Label::SomeEnvironments),
            (Dimension::Seed, self.attempts.seeds.len(), Label::SomeSeeds),
        ];
        let tallies = |runs, dimension, levels| count(series, runs, &self.attempts.cells, dimension, levels);
        let of = |&(dimension, levels, label): &(Dimension, usize, Label), others_fail: bool| {
            let (now, then) = (tallies(runs, dimension, levels), tallies(before, dimension, levels));
            let levels = if others_fail { always_failing(&now, &then) } else { split(&now) }?;
            let is_new = levels.iter().all(|&level| then[level].runs == 0);
            Some(How { label, levels, others_fail, is_new })
        };
        // What always fails somewhere is graver than what fails more often elsewhere.
        let found = [false, true].into_iter().find_map(|others| dimensions.iter().find_map(|it| of(it, others)));
        found.unwrap_or(How::of_all(Label::RateRise))
    }
}

/// The levels of which every attempt failed, where none of the others failed.
pub(super) fn split(tallies: &[Tally]) -> Option<Vec<usize>> {
    let seen = || tallies.iter().filter(|tally| tally.attempts > 0);
    // A level that ran once is always pure: only levels that recur can be told apart.
    let recurs = seen().filter(|tally| tally.runs >= 2).count() >= 2;
    let pure = seen().all(|tally| [0, tally.attempts].contains(&tally.failed_attempts));
    let failing: Vec<usize> = (0..tallies.len()).filter(|&level| tallies[level].failed_attempts > 0).collect();
    (recurs && pure && !failing.is_empty() && seen().any(|tally| tally.failed_attempts == 0)).then_some(failing)
}

/// The levels of which every attempt fails now, by no chance beside what the others do, and did not before.
fn always_failing(now: &[Tally], before: &[Tally]) -> Option<Vec<usize>> {
    let seen = now.iter().filter(|tally| tally.runs > 0).count();
    let all = now.iter().fold(Tally::default(), Tally::add);
    let is_failing = |level: &usize| {
        let (now, before) = (&now[*level], &before[*level]);
        let is_other = before.runs == 0 || before.failed_attempts < before.attempts;
        let is_long = now.runs >= LEAST_FAILING && now.failed_attempts == now.attempts;
        is_long && is_other && now.is_no_chance(seen, &all)
    };
    let failing: Vec<usize> = (0..now.len()).filter(is_failing).collect();
    (!failing.is_empty()).then_some(failing)
}

/// One among some runs, its rates left open.
pub(super) fn change(runs: &[SeriesRun], found: &Changepoint) -> Change {
    let run = |at: usize| runs[at.min(runs.len() - 1)].run;
    Change {
        run: run(found.position),
        from: run(found.interval_low),
        to: run(found.interval_high),
        rate_before: 0.0,
        rate_after: 0.0,
        gain: found.gain,
    }
}

pub(super) fn stretch(runs: &[SeriesRun]) -> Stretch {
    Stretch { n: runs.len() as u64, x: runs.iter().filter(|run| run.failed).count() as u64 }
}
