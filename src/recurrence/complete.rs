//! What the bit of a run hides: since some run each attempt fails, in all or in an environment or with a seed, where it passed
//! before. A test that is known to fail in one environment, and now fails in others, has regressed.

use std::collections::BTreeSet;

use super::association::Dimension;
use super::attempts::Attempts;
use super::series::{Series, SeriesRun, Trial};
use super::stretch::Stretch;
use super::verdict::{Label, is_recent};
use crate::stats::{Changepoint, Segmenter};

/// Such a change.
pub(super) struct Complete {
    /// How many runs lie before it.
    pub(super) start: usize,
    /// The change, in places among the runs.
    pub(super) change: Changepoint,
    /// The runs behind it.
    pub(super) current: Stretch,
    /// Runs before it, since the change before, and those in which every attempt failed.
    pub(super) before: Stretch,
    pub(super) label: Label,
    /// The environments or seeds that it is of, where not of all.
    pub(super) levels: Vec<usize>,
}

/// A level in which the last runs alone failed.
pub(super) struct NewInLevel {
    pub(super) dimension: Dimension,
    pub(super) level: usize,
    /// How many.
    pub(super) failing: usize,
    /// Whether it failed in each of the level's runs.
    pub(super) bits: Vec<bool>,
}

/// Runs that passed before a failure is called new in a level.
const LEAST_PASSING: usize = 4;

/// Runs by their places, each with the attempts that are looked at.
type LookedAt = Vec<(usize, Vec<Trial>)>;

/// Looks for such changes in a series.
pub(super) struct Changes<'c> {
    pub(super) series: &'c Series,
    pub(super) attempts: &'c Attempts,
    /// The fewest runs behind one.
    pub(super) least: u64,
}

impl Changes<'_> {
    /// The run since which each attempt fails.
    pub(super) fn in_all(&self, segmenter: &mut Segmenter) -> Option<Complete> {
        let (series, runs) = (self.series, &self.series.runs);
        let is_whole = |run: &SeriesRun| is_complete(series.trials(run));
        // Without a failing run of which an attempt passed, the bits are the runs' own.
        if !is_whole(runs.last()?) || runs.iter().all(|run| run.failed == is_whole(run)) {
            return None;
        }
        // What runs no more since, or did not run before, makes no difference: the cells of the last runs are looked at, or
        // their environments where each run has seeds of its own.
        let tail = runs.iter().rev().take_while(|run| is_whole(run)).count();
        let (head, tail) = runs.split_at(runs.len() - tail);
        let cells = |runs: &[SeriesRun]| -> BTreeSet<u32> {
            runs.iter().flat_map(|run| series.trials(run)).map(|trial| trial.cell).collect()
        };
        let (known, last) = (cells(head), cells(tail));
        let environment = |cell: u32| self.attempts.cells[cell as usize].env;
        let lasting: BTreeSet<Option<u32>> = last.iter().map(|&cell| environment(cell)).collect();
        let is_fresh = known.is_disjoint(&last);
        let looked_at =
            self.looked_at(|cell| if is_fresh { lasting.contains(&environment(cell)) } else { last.contains(&cell) });
        // Where others pass on, it is of some levels.
        find(&looked_at, self.least, 0.0, segmenter).filter(|found| runs[found.start..].iter().all(is_whole))
    }

    /// The latest run since which each attempt in some environments fails, or with some seeds.
    pub(super) fn in_levels(&self, segmenter: &mut Segmenter) -> Option<Complete> {
        let of = |dimension, levels, label| (dimension, levels, label);
        let dimensions = [
            of(Dimension::Environment, self.attempts.envs.len(), Label::SomeEnvironments),
            of(Dimension::Seed, self.attempts.seeds.len(), Label::SomeSeeds),
        ];
        dimensions.into_iter().find_map(|(dimension, levels, label)| {
            // So many are tried that one changes by chance.
            let gain = (levels as f64).ln();
            let by_level = self.by_level(dimension, levels).into_iter();
            let found: Vec<(usize, Complete)> = by_level
                .filter_map(|(level, looked_at)| Some((level, find(&looked_at, self.least, gain, segmenter)?)))
                .collect();
            let latest = found.iter().map(|(_, found)| (found.start, found.change)).max_by_key(|(start, _)| *start)?.1;
            // Those of one time, which may be told at runs of their own.
            let is_at_once = |change: &Changepoint| change.interval_high >= latest.interval_low;
            let at_once: Vec<(usize, Complete)> =
                found.into_iter().filter(|(_, found)| is_at_once(&found.change)).collect();
            let levels = at_once.iter().map(|(level, _)| *level).collect();
            let first = at_once.into_iter().map(|(_, found)| found).max_by_key(|found| found.start)?;
            Some(Complete { label, levels, ..first })
        })
    }

    /// A level in which the scenario failed when it last ran, passed before, and that all of its failures are of: whatever passes
    /// elsewhere since, nothing new is known of it.
    pub(super) fn new_in_level(&self) -> Option<NewInLevel> {
        let x = self.series.x();
        let dimensions =
            [(Dimension::Environment, self.attempts.envs.len()), (Dimension::Seed, self.attempts.seeds.len())];
        dimensions.into_iter().find_map(|(dimension, levels)| {
            self.by_level(dimension, levels).into_iter().find_map(|(level, looked_at)| {
                let bits: Vec<bool> = looked_at.iter().map(|(_, trials)| is_failed(trials)).collect();
                let failing = bits.iter().rev().take_while(|failed| **failed).count();
                let (_, last) = looked_at.split_at(bits.len() - failing);
                let is_alone = last.iter().all(|(place, trials)| {
                    let all = self.series.trials(&self.series.runs[*place]);
                    all.iter().filter(|trial| trial.fails > 0).count() == trials.iter().filter(|t| t.fails > 0).count()
                });
                let is_new = failing as u64 == x && bits.len() >= failing + LEAST_PASSING && is_alone;
                is_new.then_some(NewInLevel { dimension, level, failing, bits })
            })
        })
    }

    /// The levels of a dimension in which the last runs fail, of those that ran lately, each with its runs.
    fn by_level(&self, dimension: Dimension, levels: usize) -> Vec<(usize, LookedAt)> {
        let (series, runs) = (self.series, &self.series.runs);
        let mut by_level: Vec<LookedAt> = vec![Vec::new(); if levels > 1 { levels } else { 0 }];
        if by_level.is_empty() {
            return Vec::new();
        }
        for (place, run) in runs.iter().enumerate() {
            for trial in series.trials(run) {
                let Some(level) = dimension.of(self.attempts.cells[trial.cell as usize]) else { continue };
                match by_level[level as usize].last_mut() {
                    Some((last, trials)) if *last == place => trials.push(*trial),
                    _ => by_level[level as usize].push((place, vec![*trial])),
                }
            }
        }
        let fails_lately = |looked_at: &LookedAt| {
            looked_at.last().is_some_and(|(place, trials)| is_complete(trials) && is_recent(*place, runs.len()))
        };
        by_level.into_iter().enumerate().filter(|(_, looked_at)| fails_lately(looked_at)).collect()
    }

    fn looked_at(&self, is_meant: impl Fn(u32) -> bool) -> LookedAt {
        let meant = |run: &SeriesRun| -> Vec<Trial> {
            self.series.trials(run).iter().filter(|trial| is_meant(trial.cell)).copied().collect()
        };
        self.series.runs.iter().map(meant).enumerate().filter(|(_, trials)| !trials.is_empty()).collect()
    }
}

fn is_failed(trials: &[Trial]) -> bool {
    trials.iter().any(|trial| trial.fails > 0)
}

fn is_complete(trials: &[Trial]) -> bool {
    trials.iter().all(|trial| trial.passes == 0)
}

/// The change since which each attempt fails, of a gain of at least so much.
fn find(looked_at: &LookedAt, least: u64, gain: f64, segmenter: &mut Segmenter) -> Option<Complete> {
    if !is_complete(&looked_at.last()?.1) || looked_at.iter().all(|(_, trials)| is_complete(trials)) {
        return None;
    }
    let segmentation = segmenter.segment(looked_at.iter().map(|(_, trials)| is_complete(trials)));
    let [.., before, current] = segmentation.segments[..] else { return None };
    let change = segmentation.changepoints.last().filter(|change| change.gain >= gain)?;
    let is_long = current.fails == current.runs() && current.runs() as u64 >= least;
    let (earlier, later) = looked_at.split_at(current.start);
    (is_long && has_passed(earlier) && are_tried_as_often(earlier, later)).then_some(())?;
    let place = |at: usize| looked_at[at.min(looked_at.len() - 1)].0;
    let stretch = |segment: crate::stats::Segment| Stretch { n: segment.runs() as u64, x: segment.fails as u64 };
    Some(Complete {
        start: place(current.start),
        change: Changepoint {
            position: place(change.position),
            interval_low: place(change.interval_low),
            interval_high: place(change.interval_high),
            ..*change
        },
        current: stretch(current),
        before: stretch(before),
        label: Label::Deterministic,
        levels: Vec::new(),
    })
}

fn has_passed(runs: &[(usize, Vec<Trial>)]) -> bool {
    runs.iter().flat_map(|(_, trials)| trials).any(|trial| trial.passes > 0)
}

/// Whether what failed is tried as often as it was: who tries again until it passes, and stops to, would see all fail.
fn are_tried_as_often(earlier: &[(usize, Vec<Trial>)], later: &[(usize, Vec<Trial>)]) -> bool {
    let tried = |runs: &[(usize, Vec<Trial>)]| {
        let failed = runs.iter().flat_map(|(_, trials)| trials).filter(|trial| trial.fails > 0);
        failed.fold([0, 0], |[trials, attempts], trial| [trials + 1, attempts + u64::from(trial.passes + trial.fails)])
    };
    let ([trials, attempts], [now, attempts_now]) = (tried(earlier), tried(later));
    u128::from(attempts_now) * u128::from(trials) >= u128::from(attempts) * u128::from(now)
}
