//! One series to be judged, and what looks at it.

use super::association::{Dimension, count};
use super::attempts::Attempts;
use super::draft::Change;
use super::options::Options;
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
    /// How a regression fails, and in which levels where not in all.
    pub(super) fn label(&self, series: &Series, runs: &[SeriesRun]) -> (Label, Vec<usize>) {
        let (attempts, failed) = series.attempts(runs);
        if attempts == failed {
            return (Label::Deterministic, Vec::new());
        }
        let splits = |dimension, levels| {
            let tallies = count(series, runs, &self.attempts.cells, dimension, levels);
            let seen = || tallies.iter().filter(|tally| tally.attempts > 0);
            // A level that ran once is always pure: only levels that recur can be told apart.
            let recurs = seen().filter(|tally| tally.runs >= 2).count() >= 2;
            let pure = seen().all(|tally| [0, tally.attempts].contains(&tally.failed_attempts));
            let failing: Vec<usize> = (0..tallies.len()).filter(|&level| tallies[level].failed_attempts > 0).collect();
            (recurs && pure && !failing.is_empty() && seen().any(|tally| tally.failed_attempts == 0)).then_some(failing)
        };
        if let Some(failing) = splits(Dimension::Environment, self.attempts.envs.len()) {
            (Label::SomeEnvironments, failing)
        } else if let Some(failing) = splits(Dimension::Seed, self.attempts.seeds.len()) {
            (Label::SomeSeeds, failing)
        } else {
            (Label::RateRise, Vec::new())
        }
    }
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
