//! The environments that runs ran, as one number a set: what is compared within runs that ran the same.

use std::collections::BTreeMap;

use super::association::Setting;
use super::series::SeriesRun;

impl Setting<'_> {
    /// Numbers for the sets of environments that some runs ran, in the order of these runs.
    pub(super) fn environment_sets<'r>(&self, runs: impl Iterator<Item = &'r SeriesRun>) -> Vec<u32> {
        let mut sets: BTreeMap<Vec<Option<u32>>, u32> = BTreeMap::new();
        // Most runs ran one cell.
        let mut of_cell = vec![None; self.cells.len()];
        let number = |run: &SeriesRun| {
            let trials = self.series.trials(run);
            let only = if let [only] = trials { Some(only.cell as usize) } else { None };
            if let Some(known) = only.and_then(|cell| of_cell[cell]) {
                return known;
            }
            // Trials are in the order of cells, and cells in that of environments.
            let environments = trials.iter().map(|trial| self.cells[trial.cell as usize].env);
            let mut environments: Vec<Option<u32>> = environments.collect();
            environments.dedup();
            let next = u32::try_from(sets.len()).unwrap_or(u32::MAX);
            let number = *sets.entry(environments).or_insert(next);
            if let Some(cell) = only {
                of_cell[cell] = Some(number);
            }
            number
        };
        runs.map(number).collect()
    }
}
