//! Witnesses: a pass and a failure of one cell that no change of the code explains. What fails in a run in which a large part of
//! everything did is none.

use super::attempts::Attempts;
use super::series::{Series, SeriesRun};
use super::timeline::{Timeline, TimelineRun};

/// What makes a pass and a failure comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// They stand in one run.
    SameRun,
    /// Their runs tested one known revision.
    SameRevision,
    /// Revisions are unknown, but the cell failed, passed and failed again: a land and its revert is pass, fail, pass.
    Interleaved,
}

/// A pass and a failure of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Witness {
    pub(super) failed: u32,
    pub(super) passed: u32,
    pub(super) cell: u32,
    pub(super) ground: Ground,
}

/// One cell in one run.
#[derive(Clone, Copy, Debug)]
struct Seen {
    run: u32,
    code: Code,
    passed: bool,
    failed: bool,
}

/// What a run is comparable by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Code {
    /// The stretch that it stands in, of unknown revision: what alternates between an outage and the clean runs behind it
    /// proves nothing.
    Unknown(usize),
    /// Its revision.
    Revision(u32),
}

/// The witness to show: the newest failing run of a cell that has one, and the nearest pass of that cell (the earlier
/// of two equally near). `bounds`: the runs at which a stretch begins.
pub(super) fn find(series: &Series, runs: &[SeriesRun], timeline: &Timeline, bounds: &[u32]) -> Option<Witness> {
    let mut seen: Vec<(u32, Seen)> = runs
        .iter()
        .flat_map(|run| {
            let TimelineRun { revision, is_mass, .. } = timeline.runs[run.run as usize];
            let code = match revision {
                Some(revision) => Code::Revision(revision),
                None => Code::Unknown(stretch_of(run.run, bounds)),
            };
            series.trials(run).iter().map(move |trial| {
                let (passed, failed) = (trial.passes > 0, trial.fails > 0 && !is_mass);
                (trial.cell, Seen { run: run.run, code, passed, failed })
            })
        })
        .collect();
    seen.sort_by_key(|(cell, seen)| (*cell, seen.run));
    seen.chunk_by(|a, b| a.0 == b.0)
        .filter_map(|of_cell| {
            let history: Vec<Seen> = of_cell.iter().map(|(_, seen)| *seen).collect();
            of(&history, of_cell[0].0)
        })
        // The last of equal ones is the one of the highest cell; reversed, the lowest.
        .rev()
        .max_by_key(|witness| (witness.failed, std::cmp::Reverse(witness.failed.abs_diff(witness.passed))))
}

fn of(history: &[Seen], cell: u32) -> Option<Witness> {
    let interleaved = interleaved(history);
    // By revision, so that a failure looks at no pass but the nearest two: most cells of known revisions have no witness.
    let passes = history.iter().filter(|seen| seen.passed);
    let mut passes: Vec<(Code, u32)> = passes.map(|seen| (seen.code, seen.run)).collect();
    passes.sort_unstable();
    let nearest = |failed: &Seen| {
        if failed.passed {
            return Some((failed.run, Ground::SameRun));
        }
        let ground = match failed.code {
            Code::Revision(_) => Ground::SameRevision,
            Code::Unknown(_) if interleaved.contains(&failed.code) => Ground::Interleaved,
            Code::Unknown(_) => return None,
        };
        let next = passes.partition_point(|&pass| pass < (failed.code, failed.run));
        let beside = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|at| passes.get(at));
        let comparable = beside.filter(|(code, _)| *code == failed.code).map(|(_, run)| *run);
        Some((comparable.min_by_key(|&run| (run.abs_diff(failed.run), run))?, ground))
    };
    let failures = history.iter().rev().filter(|seen| seen.failed);
    failures
        .filter_map(|failed| Some((failed.run, nearest(failed)?)))
        .map(|(failed, (passed, ground))| Witness { failed, passed, cell, ground })
        .next()
}

/// For each way to fail, its newest failure that has a pass of the same cell in its run or in another run of its known
/// revision, and the nearest such pass; whatever else the scenario failed with there. `aside`: runs that say nothing.
pub(super) fn under_one_revision(attempts: &Attempts, timeline: &Timeline, aside: &[u32]) -> Vec<Option<Witness>> {
    let mut found = vec![None; attempts.signatures.len()];
    // A run of unknown revision is comparable with itself alone.
    let code = |run: u32| match timeline.runs[run as usize].revision {
        Some(revision) => u64::from(revision),
        None => (1 << 32) | u64::from(run),
    };
    let ticks = || attempts.ticks.iter().filter(|tick| aside.binary_search(&tick.run).is_err());
    let passes = ticks().filter(|tick| tick.signature.is_none());
    let mut passes: Vec<(u32, u64, u32)> = passes.map(|tick| (tick.cell, code(tick.run), tick.run)).collect();
    passes.sort_unstable();
    if passes.is_empty() {
        return found;
    }
    let failures = ticks().filter(|tick| !timeline.runs[tick.run as usize].is_mass);
    for tick in failures.collect::<Vec<_>>().into_iter().rev() {
        let Some(slot) = tick.signature.map(|way| &mut found[way as usize]).filter(|slot| slot.is_none()) else {
            continue;
        };
        let (cell, code) = (tick.cell, code(tick.run));
        let next = passes.partition_point(|&pass| pass < (cell, code, tick.run));
        let beside = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|at| passes.get(at));
        let comparable = beside.filter(|pass| (pass.0, pass.1) == (cell, code)).map(|pass| pass.2);
        let nearest = comparable.min_by_key(|&run| (run.abs_diff(tick.run), run));
        *slot = nearest.map(|passed| Witness {
            failed: tick.run,
            passed,
            cell: tick.cell,
            ground: if passed == tick.run { Ground::SameRun } else { Ground::SameRevision },
        });
    }
    found
}

/// The stretches in which runs of unknown revision hold fail, pass, fail in that order.
fn interleaved(history: &[Seen]) -> Vec<Code> {
    let unknown: Vec<&Seen> = history.iter().filter(|seen| matches!(seen.code, Code::Unknown(_))).collect();
    let stretches = unknown.chunk_by(|a, b| a.code == b.code);
    let alternates = |stretch: &&[&Seen]| {
        let mut seen = stretch.iter();
        seen.by_ref().any(|seen| seen.failed) && seen.by_ref().any(|seen| seen.passed) && seen.any(|seen| seen.failed)
    };
    stretches.filter(alternates).map(|stretch| stretch[0].code).collect()
}

/// The number of the stretch that a run stands in.
fn stretch_of(run: u32, bounds: &[u32]) -> usize {
    bounds.partition_point(|&bound| bound <= run)
}

/// For each run of a series, whether it adds a witness to what the runs before it showed. `bounds`: as in [`find`].
pub(super) fn events(series: &Series, timeline: &Timeline, cells: usize, bounds: &[u32]) -> Vec<bool> {
    #[derive(Clone, Copy, Default, PartialEq)]
    enum Unknown {
        #[default]
        Nothing,
        Failed,
        FailedThenPassed,
    }
    let mut unknown = vec![Unknown::Nothing; cells];
    let mut known: std::collections::BTreeMap<(u32, u32), (bool, bool)> = std::collections::BTreeMap::new();
    let mut events = Vec::with_capacity(series.runs.len());
    let mut stretch = 0;
    for run in &series.runs {
        let TimelineRun { revision, is_mass, .. } = timeline.runs[run.run as usize];
        let mut witness = false;
        if stretch != stretch_of(run.run, bounds) {
            stretch = stretch_of(run.run, bounds);
            unknown.fill(Unknown::Nothing);
        }
        for trial in series.trials(run) {
            let (passed, failed) = (trial.passes > 0, trial.fails > 0 && !is_mass);
            witness |= passed && failed;
            if let Some(revision) = revision {
                let (was_passed, was_failed) = known.entry((trial.cell, revision)).or_default();
                witness |= (failed && *was_passed) || (passed && *was_failed);
                *was_passed |= passed;
                *was_failed |= failed;
                continue;
            }
            let state = &mut unknown[trial.cell as usize];
            witness |= failed && *state == Unknown::FailedThenPassed;
            if failed {
                *state = Unknown::Failed;
            } else if passed && *state == Unknown::Failed {
                *state = Unknown::FailedThenPassed;
            }
        }
        events.push(witness);
    }
    events
}
