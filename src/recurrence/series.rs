//! A series: the runs in which a scenario, or one of its signatures, was counted, and whether it failed in each.

use std::collections::BTreeMap;
use std::ops::Range;

use super::attempts::{Attempts, Tick};

/// The attempts of one cell in one run of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    /// Place of the cell among the scenario's.
    pub(super) cell: u32,
    pub(super) passes: u32,
    pub(super) fails: u32,
}

/// One run of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeriesRun {
    /// Place of the run on the timeline.
    pub(super) run: u32,
    /// Whether any counted attempt failed.
    pub(super) failed: bool,
    trials: Range<usize>,
}

/// Runs in order, each with its trials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) runs: Vec<SeriesRun>,
    trials: Vec<Trial>,
    /// Runs that failed with other signatures only: neither passes nor failures of this one.
    censored: Vec<u32>,
}

impl Series {
    /// The series of a scenario: each of its failures counts.
    pub(super) fn of_scenario(attempts: &Attempts) -> Self {
        let mut series = Self::default();
        for ticks in attempts.ticks.chunk_by(|a, b| a.run == b.run) {
            series.push(ticks);
        }
        series
    }

    /// Adds a run, by its ticks that count, sorted by cell.
    pub(super) fn push(&mut self, ticks: &[Tick]) {
        let Some(Tick { run, .. }) = ticks.first() else { return };
        let start = self.trials.len();
        for of_cell in ticks.chunk_by(|a, b| a.cell == b.cell) {
            let mut trial = Trial { cell: of_cell[0].cell, passes: 0, fails: 0 };
            for tick in of_cell {
                *(if tick.signature.is_none() { &mut trial.passes } else { &mut trial.fails }) += tick.count;
            }
            self.trials.push(trial);
        }
        let failed = ticks.iter().any(|tick| tick.signature.is_some());
        self.runs.push(SeriesRun { run: *run, failed, trials: start..self.trials.len() });
    }

    /// Adds a run that failed with other signatures only.
    pub(super) fn censor(&mut self, run: u32) {
        self.censored.push(run);
    }

    /// The series without some runs.
    pub(super) fn without(mut self, runs: &[u32]) -> Self {
        self.runs.retain(|of| runs.binary_search(&of.run).is_err());
        self.censored.retain(|run| runs.binary_search(run).is_err());
        self
    }

    pub(super) fn trials(&self, run: &SeriesRun) -> &[Trial] {
        &self.trials[run.trials.clone()]
    }

    /// Its runs by what their cells have in common, as places among these runs, each with whether it failed there.
    pub(super) fn courses<K: Ord>(
        &self,
        runs: &[SeriesRun],
        of: impl Fn(u32) -> Option<K>,
    ) -> BTreeMap<K, Vec<(usize, bool)>> {
        let mut courses: BTreeMap<K, Vec<(usize, bool)>> = BTreeMap::new();
        for (place, run) in runs.iter().enumerate() {
            for trial in self.trials(run) {
                let Some(key) = of(trial.cell) else { continue };
                let course = courses.entry(key).or_default();
                match course.last_mut() {
                    Some((last, failed)) if *last == place => *failed |= trial.fails > 0,
                    _ => course.push((place, trial.fails > 0)),
                }
            }
        }
        courses
    }

    /// How many runs behind one, at a place of the timeline, failed with other signatures only.
    pub(super) fn censored_since(&self, run: u32) -> u64 {
        self.censored.iter().filter(|&&censored| censored > run).count() as u64
    }

    /// How many runs failed with other signatures only.
    pub(super) fn censored(&self) -> u64 {
        self.censored.len() as u64
    }

    /// Failed runs.
    pub(super) fn x(&self) -> u64 {
        self.runs.iter().filter(|run| run.failed).count() as u64
    }

    /// Attempts, and those that failed.
    pub(super) fn attempts(&self, runs: &[SeriesRun]) -> (u64, u64) {
        let trials = runs.iter().flat_map(|run| self.trials(run));
        trials.fold((0, 0), |(all, failed), trial| {
            (all + u64::from(trial.passes + trial.fails), failed + u64::from(trial.fails))
        })
    }

    /// Clean runs at the end.
    pub(super) fn clean_at_end(&self) -> usize {
        self.runs.iter().rev().take_while(|run| !run.failed).count()
    }

    /// Failing runs at the end.
    pub(super) fn failing_at_end(&self) -> usize {
        self.runs.iter().rev().take_while(|run| run.failed).count()
    }
}
