//! Whether failures depend on the revision, where all are known and some ran again.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::association::{Association, Setting};
use super::series::SeriesRun;
use crate::stats::Test;
use crate::stats::permutation::{Cell, Effort, permutation};

/// What makes the draws of this test other than those of the rest.
const SALT: u8 = 4;

impl Setting<'_> {
    /// Tests the revisions that ran twice or more. The unit is the run: the attempts of one are of one revision, and of one moment.
    /// Runs are compared with runs of the same environments.
    pub(super) fn by_revision(&self) -> Association {
        if !self.has_revisions() {
            return Association::default();
        }
        let mut of_revision: BTreeMap<u32, Vec<&SeriesRun>> = BTreeMap::new();
        for run in self.runs {
            of_revision.entry(self.timeline.runs[run.run as usize].revision.unwrap_or(0)).or_default().push(run);
        }
        of_revision.retain(|_, runs| runs.len() >= 2);
        let failed = |runs: &[&SeriesRun]| runs.iter().filter(|run| run.failed).count() as u64;
        let (n, x) = of_revision.values().fold((0, 0), |(n, x), runs| (n + runs.len() as u64, x + failed(runs)));
        if of_revision.len() < 2 || x == 0 {
            return Association::default();
        }
        let is_failing = |runs: &[&SeriesRun]| failed(runs) * n > x * runs.len() as u64;
        let failing = of_revision.iter().filter(|(_, runs)| is_failing(runs));
        let always = |runs: &[&SeriesRun]| runs.iter().flat_map(|run| self.series.trials(run)).all(|it| it.passes == 0);
        let sets = self.environment_sets(of_revision.values().flatten().copied());
        let runs = of_revision.iter().flat_map(|(&level, runs)| runs.iter().map(move |run| (level, run.failed)));
        let cell = |((level, failed), &stratum)| Cell { stratum, level, fails: u64::from(failed), runs: 1 };
        let cells: Vec<Cell> = runs.zip(&sets).map(cell).collect();
        let key = xxh3_64_with_seed(&[SALT], self.key);
        let found = permutation(&cells, key, Effort::default());
        Association {
            test: found.map(|test| Test { p: test.p, least_attainable: test.least_attainable }),
            always: failing.clone().filter(|(_, runs)| always(runs)).map(|(&level, _)| level).collect(),
            failing: failing.map(|(&level, _)| level).collect(),
            recurring: of_revision.len() as u64,
            ..Association::default()
        }
    }
}
