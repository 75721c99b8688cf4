//! The series of each way in which a scenario fails.

use std::ops::Range;

use super::attempts::{Attempts, Tick};
use super::draft::Draft;
use super::series::Series;
use super::stretch::Stretch;

/// Looks that judging a scenario's signatures may take for each of its ticks. A signature's series holds every pass of the
/// scenario: where reasons never repeat, judging all of them would take the square of its length.
const LOOKS: usize = 256;

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
    /// Levels of all dimensions, which are counted for every series.
    levels: usize,
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
        Self { runs: runs.collect(), passes, failures, levels: attempts.envs.len() + attempts.seeds.len() }
    }

    /// For each of so many signatures, whether it is judged by its own series: all of them, unless they are very many; then
    /// those that failed most, in order of their places where that is the same.
    pub(super) fn judged_alone(&self, signatures: usize) -> Vec<bool> {
        let looks = self.runs.len() + self.passes.len() + self.levels;
        let most = LOOKS * (self.passes.len() + self.failures.len()) / looks.max(1);
        if signatures <= most {
            return vec![true; signatures];
        }
        let mut by_failures = vec![(0, 0); signatures];
        for (place, entry) in by_failures.iter_mut().enumerate() {
            entry.1 = place;
        }
        for ticks in self.failures.chunk_by(|a, b| (a.signature, a.run) == (b.signature, b.run)) {
            let entry = ticks[0].signature.and_then(|signature| by_failures.get_mut(signature as usize));
            if let Some(entry) = entry {
                entry.0 += 1;
            }
        }
        by_failures.sort_unstable_by_key(|&(runs, place)| (std::cmp::Reverse(runs), place));
        let mut alone = vec![false; signatures];
        by_failures.iter().take(most).for_each(|&(_, place)| alone[place] = true);
        alone
    }

    /// What is known of a signature that is not judged by its own series, without a look at any pass. `aside`: runs that
    /// say nothing; `failed`: those of the scenario that failed.
    pub(super) fn counts(&self, signature: u32, aside: &[u32], failed: u64) -> Draft {
        let runs = self.failures_of(signature).chunk_by(|a, b| a.run == b.run);
        let x = runs.filter(|ticks| aside.binary_search(&ticks[0].run).is_err()).count() as u64;
        let whole = Stretch { n: x, x };
        Draft {
            signature: Some(signature),
            is_deferred: true,
            whole,
            censored: failed - x.min(failed),
            ..Draft::default()
        }
    }

    fn failures_of(&self, signature: u32) -> &[Tick] {
        let start = self.failures.partition_point(|tick| tick.signature < Some(signature));
        let end = self.failures.partition_point(|tick| tick.signature <= Some(signature));
        &self.failures[start..end]
    }

    /// The series of one signature, by its place among the scenario's.
    pub(super) fn series(&self, signature: u32) -> Series {
        let mut own = self.failures_of(signature).chunk_by(|a, b| a.run == b.run).peekable();
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
            uncounted: 0,
                unplaced: std::collections::BTreeMap::new(),
            };
            let ways = Ways::new(&attempts);
            let failed = Series::of_scenario(&attempts).x();
            for signature in 0..5 {
                let series = ways.series(signature);
                prop_assert_eq!(&series, &slow(&attempts, signature), "{}", signature);
                let counts = ways.counts(signature, &[], failed);
                prop_assert_eq!((counts.whole.x, counts.censored), (series.x(), series.censored()), "{}", signature);
            }
        }
    }

    /// One failure a reason, in as many runs' passes: those that failed most are judged, and only so many that all looks
    /// together grow with the ticks.
    #[test]
    fn reasons_that_never_repeat_are_not_all_judged() {
        let of = |reasons: u32| {
            let tick = |at: u32, signature| Tick { run: at % 40, cell: at, signature, count: 1 };
            let ticks = (0..reasons).flat_map(|at| [tick(at, None), tick(at, Some(at))]);
            let mut ticks: Vec<Tick> = ticks.chain([Tick { run: 39, cell: 0, signature: Some(7), count: 1 }]).collect();
            ticks.sort_unstable();
            Attempts {
                cells: Vec::new(),
                envs: Vec::new(),
                seeds: Vec::new(),
                signatures: Vec::new(),
                ticks,
                excluded_runs: Vec::new(),
                uncounted: 0,
                unplaced: std::collections::BTreeMap::new(),
            }
        };
        let judged = |reasons: u32| {
            let alone = Ways::new(&of(reasons)).judged_alone(reasons as usize);
            assert!(alone[7], "the reason of two runs");
            alone.into_iter().filter(|alone| *alone).count()
        };
        assert_eq!(judged(200), 200);
        for reasons in [2_000, 8_000] {
            assert!((1..=512).contains(&judged(reasons)), "{}", judged(reasons));
        }
    }
}
