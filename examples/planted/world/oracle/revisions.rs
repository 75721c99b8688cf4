//! What revisions have to do with failing.

use std::collections::{BTreeMap, BTreeSet};

use relapse::stats::Level;
use relapse::stats::permutation::permutation_of_levels;

use super::super::stage::Stage;
use super::counted::Counted;
use super::levels::{Effect, SURE, UNSURE};

/// How failing depends on the revision, of those that ran twice or more.
pub(super) fn effect(runs: &[Counted], stage: &Stage) -> Result<Effect, String> {
    if stage.revisions.is_none() {
        return Ok(Effect::None);
    }
    let mut revisions: BTreeMap<u32, Vec<&Counted>> = BTreeMap::new();
    for run in runs {
        revisions.entry(stage.revision(run.run).unwrap_or_default()).or_default().push(run);
    }
    revisions.retain(|_, runs| runs.len() >= 2);
    let level = |runs: &Vec<&Counted>| Level {
        fails: runs.iter().filter(|run| run.failed()).count() as u64,
        runs: runs.len() as u64,
    };
    let levels: Vec<Level> = revisions.values().map(level).collect();
    let p = permutation_of_levels(&levels, 2).filter(|_| levels.len() >= 2).map_or(1.0, |test| test.p);
    if p > UNSURE {
        return Ok(Effect::None);
    }
    let environments = |run: &Counted| -> BTreeSet<u8> { run.attempts.iter().map(|attempt| attempt.0).collect() };
    let sets: BTreeSet<BTreeSet<u8>> = runs.iter().map(environments).collect();
    if p > SURE || sets.len() > 1 {
        return Err(format!("p = {p} of revisions is near its bound, or the environments explain it"));
    }
    let (fails, all) = levels.iter().fold((0, 0), |(fails, all), level| (fails + level.fails, all + level.runs));
    let is_failing = |level: Level| level.fails * all > fails * level.runs;
    let mut failing = revisions.values().filter(|runs| is_failing(level(runs))).flatten();
    Ok(if failing.all(|run| run.always_failed()) { Effect::Always } else { Effect::Often })
}
