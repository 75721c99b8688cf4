//! Whether failures depend on the revision, where all are known and some ran again.

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
        let revision = |run: &SeriesRun| self.timeline.runs[run.run as usize].revision.unwrap_or(0);
        let mut runs: Vec<&SeriesRun> = self.runs.iter().collect();
        runs.sort_by_key(|run| revision(run));
        let levels = || runs.chunk_by(|a, b| revision(a) == revision(b)).filter(|own| own.len() >= 2);
        let failed = |own: &[&SeriesRun]| own.iter().filter(|run| run.failed).count();
        let [number, n, x] =
            levels().fold([0, 0, 0], |[number, n, x], own| [number + 1, n + own.len(), x + failed(own)]);
        if number < 2 || x == 0 {
            return Association::default();
        }
        let failing = || levels().filter(|own| failed(own) as u64 * n as u64 > x as u64 * own.len() as u64);
        let always = |own: &&[&SeriesRun]| own.iter().flat_map(|run| self.series.trials(run)).all(|it| it.passes == 0);
        let sets = self.environment_sets(levels().flatten().copied());
        let cell = |(run, &stratum): (&&SeriesRun, &u32)| Cell {
            stratum,
            level: revision(run),
            fails: u64::from(run.failed),
            runs: 1,
        };
        let cells: Vec<Cell> = levels().flatten().zip(&sets).map(cell).collect();
        let key = xxh3_64_with_seed(&[SALT], self.key);
        let found = permutation(&cells, key, Effort::default());
        Association {
            test: found.map(|test| Test { p: test.p, least_attainable: test.least_attainable }),
            always: failing().filter(always).map(|own| revision(own[0])).collect(),
            failing: failing().map(|own| revision(own[0])).collect(),
            recurring: number as u64,
            ..Association::default()
        }
    }
}
