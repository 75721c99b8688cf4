//! The series of each way in which a scenario fails.

use std::ops::Range;

use super::attempts::{Attempts, Tick};
use super::series::Series;

/// A run of the scenario, as every signature sees it.
struct Seen {
    /// Its place on the timeline.
    run: u32,
    passes: Range<usize>,
    /// Whether any attempt failed.
    failed: bool,
}

/// A scenario's ticks, laid out so that a signature's series costs a look at each run and what it holds itself, and no walk
/// over the failures of all others: where reasons never repeat, a scenario has as many signatures as failures.
pub(super) struct Ways {
    runs: Vec<Seen>,
    /// By run and cell.
    passes: Vec<Tick>,
    /// By signature, run and cell.
    failures: Vec<Tick>,
}

impl Ways {
    pub(super) fn new(attempts: &Attempts) -> Self {
        let (passes, mut failures): (Vec<Tick>, Vec<Tick>) =
            attempts.ticks.iter().partition(|tick| tick.signature.is_none());
        // Stable: they stay by run and cell.
        failures.sort_by_key(|tick| tick.signature);
        let mut passed = 0;
        let runs = attempts.ticks.chunk_by(|a, b| a.run == b.run).map(|ticks| {
            let start = passed;
            passed += ticks.iter().filter(|tick| tick.signature.is_none()).count();
            Seen { run: ticks[0].run, passes: start..passed, failed: passed - start < ticks.len() }
        });
        Self { runs: runs.collect(), passes, failures }
    }

    /// The series of one signature, by its place among the scenario's.
    pub(super) fn series(&self, signature: u32) -> Series {
        let start = self.failures.partition_point(|tick| tick.signature < Some(signature));
        let end = self.failures.partition_point(|tick| tick.signature <= Some(signature));
        let mut own = self.failures[start..end].chunk_by(|a, b| a.run == b.run).peekable();
        let mut series = Series::default();
        let mut ticks = Vec::new();
        for Seen { run, passes, failed } in &self.runs {
            let failures = own.next_if(|ticks| ticks[0].run == *run);
            if *failed && failures.is_none() {
                series.censor(*run);
                continue;
            }
            ticks.clear();
            ticks.extend_from_slice(&self.passes[passes.clone()]);
            ticks.extend_from_slice(failures.unwrap_or_default());
            ticks.sort();
            series.push(&ticks);
        }
        series
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Ways;
    use crate::recurrence::attempts::{Attempts, Tick};
    use crate::recurrence::series::Series;

    /// The same by a walk over all ticks: the failures of the others are taken away, and the runs that only they failed in.
    fn slow(attempts: &Attempts, signature: u32) -> Series {
        let mut series = Series::default();
        for ticks in attempts.ticks.chunk_by(|a, b| a.run == b.run) {
            let counts = |tick: &&Tick| tick.signature.is_none_or(|way| way == signature);
            let counted: Vec<Tick> = ticks.iter().filter(counts).copied().collect();
            if counted.len() < ticks.len() && counted.iter().all(|tick| tick.signature.is_none()) {
                series.censor(ticks[0].run);
            } else {
                series.push(&counted);
            }
        }
        series
    }

    proptest! {
        #[test]
        fn a_signature_has_the_series_of_a_walk_over_all_ticks(
            ticks in prop::collection::btree_map((0u32..6, 0u32..4, prop::option::of(0u32..4)), 1u32..3, 0..60)
        ) {
            let ticks = ticks.into_iter().map(|((run, cell, signature), count)| Tick { run, cell, signature, count });
            let attempts = Attempts {
                cells: Vec::new(),
                envs: Vec::new(),
                seeds: Vec::new(),
                signatures: Vec::new(),
                ticks: ticks.collect(),
                excluded_runs: Vec::new(),
                unplaced: std::collections::BTreeMap::new(),
            };
            let ways = Ways::new(&attempts);
            for signature in 0..5 {
                prop_assert_eq!(ways.series(signature), slow(&attempts, signature), "{}", signature);
            }
        }
    }
}
