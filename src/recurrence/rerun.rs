//! Whether what failed was run again.

use std::collections::BTreeSet;

use super::association::{Dimension, count, failing_levels};
use super::bench::Bench;
use super::series::{Series, SeriesRun};
use crate::stats::planning::clean_runs_needed;

impl Bench<'_> {
    /// The dimensions of which too few clean runs at the end ran a level that had failed, or none ran one that fails. `base`: the
    /// runs that a fix is measured against; `clean`: those that show it.
    pub(super) fn not_rerun(&self, series: &Series, base: &[SeriesRun], clean: &[SeriesRun]) -> Vec<&'static str> {
        let before = &series.runs[..series.runs.len() - series.clean_at_end()];
        let misses = |dimension, levels| {
            let failed = count(series, base, &self.attempts.cells, dimension, levels);
            let rerun = count(series, clean, &self.attempts.cells, dimension, levels);
            let failing = failing_levels(series, before, &self.attempts.cells, dimension, levels);
            let known: BTreeSet<usize> = (0..levels).filter(|&level| failed[level].failed_runs > 0).collect();
            !known.is_empty() && !self.are_enough(series, base, clean, dimension, &known)
                || failing.into_iter().any(|level| rerun[level].runs == 0)
        };
        // Seeds of one run, and runners that are made for it, never come again.
        let recur = |dimension, levels| {
            count(series, before, &self.attempts.cells, dimension, levels).iter().any(|tally| tally.runs >= 2)
        };
        let mut missed = Vec::new();
        for (name, dimension, levels) in [
            ("environment", Dimension::Environment, self.attempts.envs.len()),
            ("seed", Dimension::Seed, self.attempts.seeds.len()),
        ] {
            if recur(dimension, levels) && misses(dimension, levels) {
                missed.push(name);
            }
        }
        missed
    }

    /// Whether the clean runs that ran some levels are long for what failed in those of the base that did.
    fn are_enough(
        &self,
        series: &Series,
        base: &[SeriesRun],
        clean: &[SeriesRun],
        dimension: Dimension,
        levels: &BTreeSet<usize>,
    ) -> bool {
        let is_meant = |cell: u32| {
            dimension.of(self.attempts.cells[cell as usize]).is_some_and(|level| levels.contains(&(level as usize)))
        };
        let ran = |run: &&SeriesRun| series.trials(run).iter().any(|trial| is_meant(trial.cell));
        let failed = base.iter().filter(ran).filter(|run| run.failed).count() as u64;
        let (runs, rerun) = (base.iter().filter(ran).count() as u64, clean.iter().filter(ran).count() as u64);
        clean_runs_needed(failed, runs, 0.95).is_some_and(|needed| rerun >= needed)
    }
}
