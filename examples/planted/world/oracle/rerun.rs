//! Whether what failed ran again.

use std::collections::BTreeSet;

use super::counted::Counted;
use super::levels::Dimension;
use super::reading::Reading;

/// Whether the clean runs at the end left out what had failed. `base`: what a fix is measured by; `level`: of the calendar, where it
/// explains the failures.
pub(super) fn is_missing(
    runs: &[Counted],
    base: &[Counted],
    level: Option<impl Fn(usize) -> u64>,
    reading: Reading,
) -> bool {
    let clean = runs.iter().rev().take_while(|run| !run.failed()).count();
    let (before, tail) = runs.split_at(runs.len() - clean);
    let failing = if reading.failed_ever { before } else { base };
    let missed = |dimension: Dimension| {
        let failed: BTreeSet<u32> = levels(failing, dimension, true);
        let ran = levels(tail, dimension, false);
        if reading.all_must_rerun { !failed.is_subset(&ran) } else { failed.is_disjoint(&ran) }
    };
    let is_another_time = level.is_some_and(|level| {
        let failed: BTreeSet<u64> = base.iter().filter(|run| run.failed()).map(|run| level(run.run)).collect();
        !tail.iter().any(|run| failed.contains(&level(run.run)))
    });
    missed(Dimension::Env) || Dimension::Seed.recurs(runs) && missed(Dimension::Seed) || is_another_time
}

/// The levels that ran, or that failed.
fn levels(runs: &[Counted], dimension: Dimension, failing: bool) -> BTreeSet<u32> {
    let attempts = runs.iter().flat_map(|run| &run.attempts);
    attempts.filter(|attempt| attempt.2 || !failing).map(|attempt| dimension.of(*attempt)).collect()
}
