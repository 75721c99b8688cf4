//! The history of one scenario: the attempts of every run.

use super::records::Draw;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It passed.
    Pass,
    /// It failed for the reason of this number.
    Fail(u8),
    /// It failed for want of the oracle: infrastructure, which no series counts.
    Infra,
    /// It was skipped.
    Skip,
}

impl Mark {
    /// A failure for the first reason, or a pass.
    pub(crate) const fn failing(fails: bool) -> Self {
        if fails { Self::Fail(0) } else { Self::Pass }
    }

    /// Whether it failed, for attempts that count: `None` for those that do not.
    pub(crate) const fn counted(self) -> Option<bool> {
        match self {
            Self::Pass => Some(false),
            Self::Fail(_) => Some(true),
            Self::Infra | Self::Skip => None,
        }
    }
}

/// One attempt of a run, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Number of the environment.
    pub(crate) env: u8,
    /// Number of the seed.
    pub(crate) seed: u32,
    /// How it ended.
    pub(crate) mark: Mark,
}

/// The attempts of a scenario by run; a run without attempts did not hold the scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    /// Attempts of each run.
    pub(crate) runs: Vec<Vec<Attempt>>,
}

impl Series {
    /// A scenario that no run holds yet.
    pub(crate) fn new(runs: usize) -> Self {
        Self { runs: vec![Vec::new(); runs] }
    }

    /// Adds one attempt.
    pub(crate) fn attempt(&mut self, run: usize, env: u8, seed: u32, mark: Mark) {
        self.runs[run].push(Attempt { env, seed, mark });
    }

    /// Adds an attempt of every cell of environments and seeds to a run.
    pub(crate) fn grid(&mut self, run: usize, envs: &[u8], seeds: &[u32], mut mark: impl FnMut(u8, u32) -> Mark) {
        for &env in envs {
            for &seed in seeds {
                let mark = mark(env, seed);
                self.attempt(run, env, seed, mark);
            }
        }
    }

    /// A series of one cell that fails in the runs that the function names.
    pub(crate) fn plain(
        runs: usize,
        held: impl IntoIterator<Item = usize>,
        mut fails: impl FnMut(usize) -> bool,
    ) -> Self {
        let mut series = Self::new(runs);
        for run in held {
            series.attempt(run, 0, 0, Mark::failing(fails(run)));
        }
        series
    }

    /// Whether a counted attempt of the run failed; `None` where the run holds no counted attempt.
    pub(crate) fn bit(&self, run: usize) -> Option<bool> {
        self.runs[run].iter().filter_map(|attempt| attempt.mark.counted()).reduce(|one, other| one || other)
    }

    /// The run bits in letters: P, F, and a dot for a run without a counted attempt.
    pub(crate) fn letters(&self) -> String {
        let letter = |run| match self.bit(run) {
            None => '.',
            Some(false) => 'P',
            Some(true) => 'F',
        };
        (0..self.runs.len()).map(letter).collect()
    }
}

/// Whether something of this chance happens.
pub(crate) fn chance(draw: &mut Draw, chance: f64) -> bool {
    (draw.bits() >> 11) as f64 / 9_007_199_254_740_992.0 < chance
}

/// A number of the range, its end left out.
pub(crate) fn between(draw: &mut Draw, from: usize, to: usize) -> usize {
    from + usize::try_from(draw.below(to.saturating_sub(from) as u64)).unwrap_or(0)
}
