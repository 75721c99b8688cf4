//! A pass and a fail that nothing recorded can tell apart.

use std::collections::BTreeMap;

use super::super::stage::Stage;
use super::counted::Counted;

/// Whether the runs hold a witness.
pub(super) fn exists(runs: &[Counted], stage: &Stage) -> bool {
    let mut cells: BTreeMap<(u8, u32), Vec<(usize, bool)>> = BTreeMap::new();
    for run in runs {
        for &(env, seed, failed) in &run.attempts {
            cells.entry((env, seed)).or_default().push((run.run, failed));
        }
    }
    cells.values().any(|attempts| within_a_run(attempts) || across_runs(attempts, stage))
}

fn within_a_run(attempts: &[(usize, bool)]) -> bool {
    attempts.iter().any(|one| attempts.iter().any(|other| one.0 == other.0 && one.1 != other.1))
}

fn across_runs(attempts: &[(usize, bool)], stage: &Stage) -> bool {
    if stage.revisions.is_some() {
        let same = |one: usize, other: usize| stage.revision(one) == stage.revision(other);
        return attempts.iter().any(|one| attempts.iter().any(|other| one.1 != other.1 && same(one.0, other.0)));
    }
    // Fail, pass, fail: a pass between the first and the last failure.
    let fails = || attempts.iter().filter(|attempt| attempt.1).map(|attempt| attempt.0);
    let (Some(first), Some(last)) = (fails().min(), fails().max()) else {
        return false;
    };
    attempts.iter().any(|attempt| !attempt.1 && first < attempt.0 && attempt.0 < last)
}
