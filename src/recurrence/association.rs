//! Whether failures depend on the environment or the seed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::attempts::CellLevels;
use super::series::{Series, SeriesRun};
use super::timeline::Timeline;
use crate::stats::interval::clopper_pearson_95;
use crate::stats::permutation::{Cell, Effort, permutation};
use crate::stats::streak::is_no_chance;
use crate::stats::{Level, Test, cmh, fisher};
use crate::text::number::Rounded;

/// Levels that are listed one by one.
pub(super) const LISTED: usize = 50;

/// What a scenario did at each level of a dimension, over its whole series.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Levels {
    /// Distinct levels.
    pub seen: u64,
    /// Levels that failed.
    pub failed: u64,
    /// Levels that failed and passed.
    pub mixed: u64,
    /// Of the test in the current segment; null when there is none.
    pub p: Option<Rounded>,
    /// p adjusted over its family; null where the family dropped it.
    pub q: Option<Rounded>,
    /// Levels that ran too seldom in the current segment to be in the test, the first 50 by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// The worst levels: highest rate of failing runs, then most runs.
    pub table: Vec<LevelRow>,
    /// The other levels together; null when there are none.
    pub rest: Option<LevelRow>,
}

/// One level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub struct LevelRow {
    /// The environment, or the seed in decimal.
    pub level: String,
    /// Runs with a counted attempt at this level.
    pub runs: u64,
    /// Runs in which one of them failed.
    pub failed_runs: u64,
    /// Counted attempts.
    pub attempts: u64,
    /// Failed attempts.
    pub failed_attempts: u64,
}

/// A dimension of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Environment,
    Seed,
}

impl Dimension {
    pub(super) fn of(self, levels: CellLevels) -> Option<u32> {
        match self {
            Self::Environment => levels.env,
            Self::Seed => levels.seed,
        }
    }

    /// Fewest runs of a level that is compared: one run of a new machine tells nothing of it, and must not keep the others from
    /// being told apart. Seeds are many, and each has few.
    const fn least_runs(self) -> u64 {
        match self {
            Self::Environment => 5,
            Self::Seed => 1,
        }
    }
}

/// What a level came to in some runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) runs: u64,
    pub(super) failed_runs: u64,
    pub(super) attempts: u64,
    pub(super) failed_attempts: u64,
}

impl Tally {
    pub(super) fn rate(&self) -> f64 {
        self.failed_runs as f64 / self.runs.max(1) as f64
    }

    /// Whether each attempt failed, or a rate below 90 % is excluded: a stray pass among very many failures is one.
    fn always_fails(&self) -> bool {
        self.failed_attempts == self.attempts
            || clopper_pearson_95(self.failed_runs, self.runs).is_some_and(|rate| rate.low >= LEAST_OF_ALWAYS)
    }

    /// Whether all of its runs failing is more than chance makes of what the others, with it so many levels, did.
    pub(super) fn is_no_chance(&self, levels: usize, all: &Self) -> bool {
        let others = (all.failed_runs - self.failed_runs, all.runs - self.runs);
        is_no_chance(levels, others, self.failed_runs)
    }

    pub(super) fn add(self, other: &Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            failed_runs: self.failed_runs + other.failed_runs,
            attempts: self.attempts + other.attempts,
            failed_attempts: self.failed_attempts + other.failed_attempts,
        }
    }
}

/// The failure rate of what always fails.
const LEAST_OF_ALWAYS: f64 = 0.9;

/// One in how many runs at most is of a revision that ran in several levels, where revisions are called apart.
const APART: u64 = 5;
/// The least p that a test within revisions must be able to have; where it is not, it is made without them.
const ATTAINABLE: f64 = 0.05;
/// The levels of a dimension that fail when they last ran among some runs, more often in a row than chance makes of what the
/// others did at that time.
pub(super) fn failing_levels(
    series: &Series,
    runs: &[SeriesRun],
    cells: &[CellLevels],
    dimension: Dimension,
    levels: usize,
) -> Vec<usize> {
    let courses = series.courses(runs, |cell| dimension.of(cells[cell as usize]));
    // All levels' runs, and failing ones, before each place.
    let mut sums = vec![(0_u64, 0_u64); runs.len() + 1];
    for &(place, failed) in courses.values().flatten() {
        let (all, failing) = &mut sums[place + 1];
        (*all, *failing) = (*all + 1, *failing + u64::from(failed));
    }
    for place in 0..runs.len() {
        sums[place + 1] = (sums[place].0 + sums[place + 1].0, sums[place].1 + sums[place + 1].1);
    }
    let fails = |course: &[(usize, bool)]| {
        let streak = course.iter().rev().take_while(|(_, failed)| *failed).count();
        let Some(&(first, _)) = course.get(course.len() - streak) else { return false };
        let last = course[course.len() - 1].0;
        // Beside the others at that time: what failed in all of them, and passes where it ran again, may be over.
        let (all, failing) = (sums[last + 1].0 - sums[first].0, sums[last + 1].1 - sums[first].1);
        let streak = streak as u64;
        is_no_chance(levels, (failing - streak, all - streak), streak)
    };
    courses.iter().filter(|(_, course)| fails(course)).map(|(&level, _)| level as usize).collect()
}

/// Counts each level of a dimension over some runs; empty where the log does not carry it. The unit is the (run,
/// level) bit.
pub(super) fn count(
    series: &Series,
    runs: &[SeriesRun],
    cells: &[CellLevels],
    dimension: Dimension,
    levels: usize,
) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); levels];
    let mut last = vec![(u32::MAX, false); levels];
    for run in runs {
        for trial in series.trials(run) {
            let Some(level) = dimension.of(cells[trial.cell as usize]) else { continue };
            let (tally, (seen, failed)) = (&mut tallies[level as usize], &mut last[level as usize]);
            if *seen != run.run {
                (*seen, *failed) = (run.run, false);
                tally.runs += 1;
            }
            if trial.fails > 0 && !*failed {
                *failed = true;
                tally.failed_runs += 1;
            }
            tally.attempts += u64::from(trial.passes + trial.fails);
            tally.failed_attempts += u64::from(trial.fails);
        }
    }
    tallies
}

/// The table of a dimension's levels.
pub(super) fn table(tallies: &[Tally], name: impl Fn(usize) -> String) -> Levels {
    let seen: Vec<usize> = (0..tallies.len()).filter(|&level| tallies[level].runs > 0).collect();
    let mut worst = seen.clone();
    worst.sort_by(|&a, &b| {
        let key = |level: usize| (tallies[level].rate(), tallies[level].runs);
        key(b).partial_cmp(&key(a)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b))
    });
    let row = |level: String, tally: &Tally| LevelRow {
        level,
        runs: tally.runs,
        failed_runs: tally.failed_runs,
        attempts: tally.attempts,
        failed_attempts: tally.failed_attempts,
    };
    let rest = worst.get(LISTED..).filter(|rest| !rest.is_empty()).map(|rest| {
        let sum = rest.iter().fold(Tally::default(), |sum, &level| sum.add(&tallies[level]));
        row(format!("{} others", rest.len()), &sum)
    });
    let is_failed = |level: &&usize| tallies[**level].failed_attempts > 0;
    Levels {
        seen: seen.len() as u64,
        failed: seen.iter().filter(is_failed).count() as u64,
        mixed: seen
            .iter()
            .filter(is_failed)
            .filter(|&&level| tallies[level].failed_attempts < tallies[level].attempts)
            .count() as u64,
        p: None,
        q: None,
        left_out: Vec::new(),
        table: worst.iter().take(LISTED).map(|&level| row(name(level), &tallies[level])).collect(),
        rest,
    }
}

/// The test of a dimension in the current segment, and what a verdict that rests on it needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Association {
    pub(super) test: Option<Test>,
    /// Levels with a failure rate above the pooled one.
    pub(super) failing: Vec<u32>,
    /// Those of them that always fail: all, or those of which that is no chance.
    pub(super) always: Vec<u32>,
    /// Levels that ran too seldom to be in the test.
    pub(super) left_out: Vec<u32>,
    /// Between the levels, by Mantel and Haenszel where there are strata; of more than two, greatest less least.
    pub(super) risk_difference: f64,
    /// Of two levels, with Haldane's correction.
    pub(super) odds_ratio: Option<f64>,
    /// Levels with two runs or more.
    pub(super) recurring: u64,
    /// Whether revisions are known and no strata: so few of them ran in several levels that no test within them could tell.
    pub(super) is_unstratified: bool,
}

/// What the tests of one series share.
pub(super) struct Setting<'s> {
    pub(super) series: &'s Series,
    /// The current segment.
    pub(super) runs: &'s [SeriesRun],
    pub(super) cells: &'s [CellLevels],
    pub(super) timeline: &'s Timeline,
    /// From the scenario's names: the draws of a test are always the same.
    pub(super) key: u64,
}

impl Setting<'_> {
    /// Tests a dimension with so many levels.
    pub(super) fn associate(&self, dimension: Dimension, levels: usize) -> Association {
        let tallies = count(self.series, self.runs, self.cells, dimension, levels);
        let of = |level: u32| &tallies[level as usize];
        let levels = (0u32..).zip(&tallies).filter(|(_, tally)| tally.runs > 0).map(|(level, _)| level);
        let (seen, left_out): (Vec<u32>, Vec<u32>) = levels.partition(|&l| of(l).runs >= dimension.least_runs());
        let all = seen.iter().fold(Tally::default(), |all, &l| all.add(of(l)));
        let failing: Vec<u32> =
            seen.iter().copied().filter(|&l| of(l).failed_runs > 0 && of(l).rate() > all.rate()).collect();
        let recurring = seen.iter().filter(|&&l| of(l).runs >= 2).count() as u64;
        let rates = || seen.iter().map(|&l| of(l).rate());
        let mut association = Association {
            test: None,
            always: always(&failing, of, seen.len(), &all),
            failing,
            left_out,
            risk_difference: rates().fold(0.0, f64::max) - rates().fold(1.0, f64::min),
            odds_ratio: None,
            recurring,
            is_unstratified: false,
        };
        if all.failed_runs == 0 || recurring < 2 {
            return association;
        }
        self.test(&mut association, dimension, &seen, true);
        let cannot_tell = !association.test.is_some_and(|test| test.least_attainable <= ATTAINABLE);
        if cannot_tell && self.has_revisions() && self.are_revisions_apart(dimension, &seen) {
            self.test(&mut association, dimension, &seen, false);
            association.is_unstratified = true;
        }
        association
    }

    /// Tests it among these levels, within revisions where these are known and meant.
    fn test(&self, association: &mut Association, dimension: Dimension, seen: &[u32], by_revision: bool) {
        let cells = self.stratified(dimension, seen, by_revision);
        let strata = cells.last().map_or(0, |cell| cell.stratum + 1);
        if let (Dimension::Environment, &[first, second]) = (dimension, seen) {
            Self::two_levels(association, &cells, strata, [first, second]);
        } else {
            let key = xxh3_64_with_seed(&[dimension as u8], self.key);
            association.test = permutation(&cells, key, Effort::default())
                .map(|test| Test { p: test.p, least_attainable: test.least_attainable });
        }
    }

    /// Whether few runs are of revisions that ran in several levels, whatever came of them.
    fn are_revisions_apart(&self, dimension: Dimension, seen: &[u32]) -> bool {
        let cells = self.stratified(dimension, seen, true);
        let runs = |cells: &[Cell]| cells.iter().map(|cell| cell.runs).sum::<u64>();
        let strata = cells.chunk_by(|a, b| a.stratum == b.stratum).filter(|stratum| stratum.len() > 1);
        strata.map(runs).sum::<u64>() * APART < runs(&cells)
    }

    /// Whether the revisions of all runs are known, and vary.
    pub(super) fn has_revisions(&self) -> bool {
        let revision_of = |run: &SeriesRun| self.timeline.runs[run.run as usize].revision;
        let first = self.runs.first().and_then(revision_of);
        self.runs.iter().all(|run| revision_of(run).is_some()) && self.runs.iter().any(|run| revision_of(run) != first)
    }

    fn two_levels(association: &mut Association, cells: &[Cell], strata: u32, levels: [u32; 2]) {
        const NONE: Level = Level { fails: 0, runs: 0 };
        let mut tables = vec![cmh::Stratum { first: NONE, second: NONE }; strata as usize];
        for cell in cells {
            let table = &mut tables[cell.stratum as usize];
            let counts = Level { fails: cell.fails, runs: cell.runs };
            *(if cell.level == levels[0] { &mut table.first } else { &mut table.second }) = counts;
        }
        let sum = |level: fn(&cmh::Stratum) -> Level| {
            tables.iter().map(level).fold(Level { fails: 0, runs: 0 }, |sum, level| Level {
                fails: sum.fails + level.fails,
                runs: sum.runs + level.runs,
            })
        };
        let (first, second) = (sum(|table| table.first), sum(|table| table.second));
        association.odds_ratio = Some(fisher::haldane_odds_ratio(first, second));
        if let [table] = tables[..] {
            association.risk_difference = fisher::risk_difference(table.first, table.second).map_or(0.0, f64::abs);
            association.test = fisher::two_sided(first, second)
                .zip(fisher::least_attainable(first, second))
                .map(|(p, least_attainable)| Test { p, least_attainable });
        } else {
            association.risk_difference = cmh::risk_difference(&tables).map_or(0.0, f64::abs);
            association.test =
                cmh::cmh(&tables).map(|test| Test { p: test.p, least_attainable: test.least_attainable });
        }
    }

    /// (run, level) bits of these levels, in order, counted by stratum and level. Strata are revisions, where they are meant, all are known and they vary;
    /// for seeds environments too.
    fn stratified(&self, dimension: Dimension, seen: &[u32], by_revision: bool) -> Vec<Cell> {
        let revision_of = |run: &SeriesRun| self.timeline.runs[run.run as usize].revision;
        let known = by_revision && self.has_revisions();
        // Stratum by revision and environment, level, run; whether it failed.
        let mut bits: Vec<((u32, u32), u32, u32, bool)> = Vec::new();
        for run in self.runs {
            let revision = revision_of(run).filter(|_| known).unwrap_or(0);
            for trial in self.series.trials(run) {
                let levels = self.cells[trial.cell as usize];
                let Some(level) = dimension.of(levels).filter(|level| seen.binary_search(level).is_ok()) else {
                    continue;
                };
                let env = if dimension == Dimension::Seed { levels.env.map_or(0, |env| env + 1) } else { 0 };
                bits.push(((revision, env), level, run.run, trial.fails > 0));
            }
        }
        bits.sort_unstable();
        let mut cells: Vec<Cell> = Vec::new();
        for (stratum, of_stratum) in (0u32..).zip(bits.chunk_by(|a, b| a.0 == b.0)) {
            for of_level in of_stratum.chunk_by(|a, b| a.1 == b.1) {
                let mut cell = Cell { stratum, level: of_level[0].1, fails: 0, runs: 0 };
                for of_run in of_level.chunk_by(|a, b| a.2 == b.2) {
                    cell.runs += 1;
                    cell.fails += u64::from(of_run.iter().any(|bit| bit.3));
                }
                cells.push(cell);
            }
        }
        cells
    }
}

/// Those of the failing levels that always fail, where all do, or where that is no chance beside so many levels' others.
fn always<'t>(failing: &[u32], of: impl Fn(u32) -> &'t Tally, levels: usize, all: &Tally) -> Vec<u32> {
    let always: Vec<u32> = failing.iter().copied().filter(|&level| of(level).always_fails()).collect();
    if always.len() == failing.len() {
        return always;
    }
    always.into_iter().filter(|&level| of(level).is_no_chance(levels, all)).collect()
}
