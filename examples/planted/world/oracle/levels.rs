//! What environments and seeds have to do with failing.

use std::collections::{BTreeMap, BTreeSet};

use relapse::stats::cmh::{self, Stratum};
use relapse::stats::permutation::{Cell, Effort, permutation};
use relapse::stats::streak::is_no_chance;
use relapse::stats::{Level, fisher};

use super::super::stage::Stage;
use super::counted::Counted;

/// At or below this p, the adjusted p of any family of up to 2500 members is at most .05.
pub(super) const SURE: f64 = 2e-5;
/// Above this p, so is the adjusted one.
pub(super) const UNSURE: f64 = 0.05;
/// Risk differences between these are too near their bound.
const DOUBTFUL_DIFFERENCE: std::ops::Range<f64> = 0.1..0.3;

/// A dimension of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Env,
    Seed,
}

/// How failing depends on a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Not, as far as is known.
    None,
    /// Levels that fail, fail always.
    Always,
    /// Levels that fail, pass too.
    Often,
}

type Bits = BTreeMap<((u32, u8), u32), Level>;

impl Dimension {
    pub(super) fn of(self, attempt: (u8, u32, bool)) -> u32 {
        match self {
            Self::Env => u32::from(attempt.0),
            Self::Seed => attempt.1,
        }
    }

    /// The runs of each level.
    fn runs(self, runs: &[Counted]) -> BTreeMap<u32, BTreeSet<usize>> {
        let mut levels: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        for run in runs {
            for attempt in &run.attempts {
                levels.entry(self.of(*attempt)).or_default().insert(run.run);
            }
        }
        levels
    }

    /// The runs of the levels that failed, as these had them.
    pub(super) fn failing_levels(self, runs: &[Counted]) -> Vec<Counted> {
        let failed: BTreeSet<u32> =
            self.attempts(runs).into_iter().filter(|(_, (failed, _))| *failed > 0).map(|(level, _)| level).collect();
        self.of_levels(runs, &failed).into_iter().filter(|run| !run.attempts.is_empty()).collect()
    }

    /// Whether a level was seen in two runs.
    pub(super) fn recurs(self, runs: &[Counted]) -> bool {
        self.runs(runs).values().any(|runs| runs.len() > 1)
    }

    /// Whether every level was seen in one run only.
    pub(super) fn each_once(self, runs: &[Counted]) -> bool {
        !self.recurs(runs)
    }

    /// Counted attempts of each level, as (failed, all).
    fn attempts(self, runs: &[Counted]) -> BTreeMap<u32, (usize, usize)> {
        let mut levels: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
        for attempt in runs.iter().flat_map(|run| &run.attempts) {
            let (failed, all) = levels.entry(self.of(*attempt)).or_default();
            *failed += usize::from(attempt.2);
            *all += 1;
        }
        levels
    }

    /// Whether all attempts fail in some levels and none in the others.
    pub(super) fn splits(self, runs: &[Counted], needs_recurrence: bool) -> bool {
        let levels = self.attempts(runs);
        let failing = levels.values().filter(|(failed, all)| failed == all).count();
        let passing = levels.values().filter(|(failed, _)| *failed == 0).count();
        let recur = !needs_recurrence || self.runs(runs).values().all(|runs| runs.len() > 1);
        recur && failing > 0 && passing > 0 && failing + passing == levels.len()
    }

    /// The levels of which every attempt fails in these runs, three or more, by no chance beside what the others do, and of which
    /// one passed before, or none ran.
    pub(super) fn broken_levels(self, runs: &[Counted], before: &[Counted]) -> BTreeSet<u32> {
        let (now, then) = (self.attempts(runs), self.attempts(before));
        let bits = |level: u32| {
            let own = runs.iter().filter(|run| run.attempts.iter().any(|attempt| self.of(*attempt) == level));
            let failed = own.clone().filter(|run| run.attempts.iter().any(|it| self.of(*it) == level && it.2)).count();
            (failed as u64, own.count() as u64)
        };
        let is_broken = |level: u32| {
            let others = now.keys().filter(|other| **other != level).map(|other| bits(*other));
            let others = others.fold((0, 0), |sum, bits| (sum.0 + bits.0, sum.1 + bits.1));
            let streak = bits(level).1;
            let always = |(failed, all): (usize, usize)| failed == all && all > 0;
            always(now[&level])
                && !then.get(&level).copied().is_some_and(always)
                && streak >= 3
                && is_no_chance(now.len(), others, streak)
        };
        now.keys().copied().filter(|level| is_broken(*level)).collect()
    }

    /// The runs with the attempts of some levels alone.
    pub(super) fn of_levels(self, runs: &[Counted], levels: &BTreeSet<u32>) -> Vec<Counted> {
        let own = |run: &Counted| Counted {
            attempts: run.attempts.iter().copied().filter(|attempt| levels.contains(&self.of(*attempt))).collect(),
            ..run.clone()
        };
        runs.iter().map(own).collect()
    }

    /// Whether failing depends on the dimension.
    pub(super) fn effect(self, runs: &[Counted], stage: &Stage) -> Result<Effect, String> {
        let by_level = self.runs(runs);
        // Environments that ran in fewer than five runs are not compared.
        let compared = by_level.iter().filter(|(_, runs)| self == Self::Seed || runs.len() >= 5);
        let compared: BTreeSet<u32> = compared.map(|(level, _)| *level).collect();
        let runs = &self.of_levels(runs, &compared);
        let enough = match self {
            Self::Env => compared.len() > 1,
            Self::Seed => by_level.values().filter(|runs| runs.len() >= 2).count() >= 2,
        };
        if !enough {
            return Ok(Effect::None);
        }
        let bits = self.bits(runs, stage);
        let Some(p) = self.p(&bits) else {
            return Ok(Effect::None);
        };
        if p > UNSURE {
            return Ok(Effect::None);
        }
        if p > SURE {
            return Err(format!("p = {p} of {self:?} is near its bound"));
        }
        if self == Self::Env {
            let difference = widest_difference(&bits);
            if DOUBTFUL_DIFFERENCE.contains(&difference) {
                return Err(format!("the risk difference {difference} is near its bound"));
            }
            if difference < DOUBTFUL_DIFFERENCE.start {
                return Ok(Effect::None);
            }
        }
        let mut levels: BTreeMap<u32, Level> = BTreeMap::new();
        for ((_, level), counts) in &bits {
            let sum = levels.entry(*level).or_default();
            (sum.fails, sum.runs) = (sum.fails + counts.fails, sum.runs + counts.runs);
        }
        let (fails, all) = levels.values().fold((0, 0), |(fails, all), level| (fails + level.fails, all + level.runs));
        let attempts = self.attempts(runs);
        // Of a stray failure where most pass nothing is said.
        let failing = levels.iter().filter(|(_, level)| level.fails * all > fails * level.runs);
        let is_always = |level: &u32| attempts[level].0 == attempts[level].1;
        let (always, often): (Vec<_>, Vec<_>) = failing.partition(|(level, _)| is_always(level));
        // A rate above 90 % shows after dozens of runs.
        if often.iter().any(|(_, level)| level.fails * 20 > level.runs * 17 && level.runs > 30) {
            return Err(format!("{often:?} of {self:?} nearly always fail"));
        }
        let is_sure = |level: &Level| is_no_chance(levels.len(), (fails - level.fails, all - level.runs), level.runs);
        let is_always = often.is_empty() || always.iter().any(|(_, level)| is_sure(level));
        Ok(if is_always { Effect::Always } else { Effect::Often })
    }

    /// The (run, level) bits by stratum: revision, and for seeds also environment.
    fn bits(self, runs: &[Counted], stage: &Stage) -> Bits {
        let mut bits = Bits::new();
        for run in runs {
            let revision = stage.revision(run.run).unwrap_or(0);
            let mut of_run: BTreeMap<(u8, u32), bool> = BTreeMap::new();
            for attempt in &run.attempts {
                let env = if self == Self::Seed { attempt.0 } else { 0 };
                *of_run.entry((env, self.of(*attempt))).or_default() |= attempt.2;
            }
            for ((env, level), failed) in of_run {
                let counts = bits.entry(((revision, env), level)).or_default();
                counts.runs += 1;
                counts.fails += u64::from(failed);
            }
        }
        bits
    }

    fn p(self, bits: &Bits) -> Option<f64> {
        let strata: BTreeSet<(u32, u8)> = bits.keys().map(|key| key.0).collect();
        let levels: BTreeSet<u32> = bits.keys().map(|key| key.1).collect();
        let levels: Vec<u32> = levels.into_iter().collect();
        if let (Self::Env, [first, second]) = (self, levels.as_slice()) {
            let of = |stratum, level: &u32| bits.get(&(stratum, *level)).copied().unwrap_or_default();
            let tables: Vec<Stratum> = strata
                .iter()
                .map(|stratum| Stratum { first: of(*stratum, first), second: of(*stratum, second) })
                .collect();
            return match tables.as_slice() {
                [table] => fisher::two_sided(table.first, table.second),
                tables => cmh::cmh(tables).map(|cmh| cmh.p),
            };
        }
        let numbers: BTreeMap<(u32, u8), u32> = strata.into_iter().zip(0..).collect();
        let cells: Vec<Cell> = bits
            .iter()
            .map(|((stratum, level), counts)| Cell {
                stratum: numbers[stratum],
                level: *level,
                fails: counts.fails,
                runs: counts.runs,
            })
            .collect();
        permutation(&cells, 1, Effort::default()).map(|test| test.p)
    }
}

/// The widest difference of two levels' failing rates.
fn widest_difference(bits: &Bits) -> f64 {
    let mut levels: BTreeMap<u32, Level> = BTreeMap::new();
    for ((_, level), counts) in bits {
        let sum = levels.entry(*level).or_default();
        sum.fails += counts.fails;
        sum.runs += counts.runs;
    }
    let rates = levels.values().map(|level| level.fails as f64 / level.runs as f64);
    rates.clone().fold(0.0, f64::max) - rates.fold(1.0, f64::min)
}
