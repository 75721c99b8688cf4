//! A pass and a fail that nothing recorded can tell apart.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::stage::Stage;
use super::counted::Counted;

/// Whether the runs hold a witness. `borders`: the runs at which a stretch of the path begins.
pub(super) fn exists(runs: &[Counted], stage: &Stage, borders: &[usize]) -> bool {
    let mut cells: BTreeMap<(u8, u32), Vec<(usize, bool)>> = BTreeMap::new();
    for run in runs {
        for &(env, seed, failed) in run.attempts.iter().filter(|attempt| !(attempt.2 && stage.is_mass(run.run))) {
            cells.entry((env, seed)).or_default().push((run.run, failed));
        }
    }
    cells.values().any(|attempts| within_a_run(attempts) || across_runs(attempts, stage, borders))
}

/// Whether a cell of one revision passed at some places and failed at others.
pub(super) fn crosses(runs: &[Counted], stage: &Stage, passed: Range<usize>, failed: Range<usize>) -> bool {
    let seen = |is_failure: bool, places: Range<usize>| -> BTreeSet<(Option<u32>, u8, u32)> {
        let attempts = runs[places].iter().flat_map(|run| run.attempts.iter().map(|attempt| (run.run, *attempt)));
        let wanted = attempts.filter(|(run, attempt)| {
            attempt.2 == is_failure && stage.revision(*run).is_some() && !(is_failure && stage.is_mass(*run))
        });
        wanted.map(|(run, (env, seed, _))| (stage.revision(run), env, seed)).collect()
    };
    !seen(false, passed).is_disjoint(&seen(true, failed))
}

fn within_a_run(attempts: &[(usize, bool)]) -> bool {
    attempts.iter().any(|one| attempts.iter().any(|other| one.0 == other.0 && one.1 != other.1))
}

fn across_runs(attempts: &[(usize, bool)], stage: &Stage, borders: &[usize]) -> bool {
    if stage.revisions.is_some() {
        let same = |one: usize, other: usize| stage.revision(one) == stage.revision(other);
        return attempts.iter().any(|one| attempts.iter().any(|other| one.1 != other.1 && same(one.0, other.0)));
    }
    let mut stretches: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
    for attempt in attempts {
        stretches.entry(borders.iter().filter(|border| **border <= attempt.0).count()).or_default().push(*attempt);
    }
    stretches.values().any(|attempts| alternates(attempts))
}

/// Fail, pass, fail: a pass between the first and the last failure.
fn alternates(attempts: &[(usize, bool)]) -> bool {
    let fails = || attempts.iter().filter(|attempt| attempt.1).map(|attempt| attempt.0);
    let (Some(first), Some(last)) = (fails().min(), fails().max()) else {
        return false;
    };
    attempts.iter().any(|attempt| !attempt.1 && first < attempt.0 && attempt.0 < last)
}
