//! The quarantine overlay, replayed run by run.

use super::judgement::Quarantine;
use super::options::Release;
use super::series::Series;
use super::timeline::Timeline;
use super::witness;
use crate::stats::planning::{clean_runs_needed, unfixed_pass_chance};
use crate::text::number::Rounded;

/// A failure so soon after the release reopens the quarantine.
const REOPENS_WITHIN_MS: i64 = 5 * 24 * 3_600_000;
/// Witnesses that put a scenario in.
const WITNESSES: u32 = 2;

enum State {
    Out { witnesses: u32, released: Option<usize> },
    In { since: usize, clean: u64 },
}

/// Replays a series. `name` gives the id of a run by its place on the timeline; `bounds`: the runs at which a stretch of its
/// path begins, so that a relapse is no witness.
pub(super) fn replay(
    series: &Series,
    timeline: &Timeline,
    cells: usize,
    bounds: &[u32],
    release: Release,
    name: impl Fn(u32) -> String,
) -> Quarantine {
    let events = witness::events(series, timeline, cells, bounds);
    let mut record =
        Quarantine { state: "none", since_run: None, released_run: None, false_release: false, unfixed_chance: None };
    let mut state = State::Out { witnesses: 0, released: None };
    let (mut n, mut x) = (0u64, 0u64);
    let time = |at: usize| timeline.runs[series.runs[at].run as usize].unix_ms;
    for (at, (run, witness)) in series.runs.iter().zip(events).enumerate() {
        n += 1;
        x += u64::from(run.failed);
        state = match state {
            State::Out { released: Some(released), .. }
                if run.failed
                    && time(released).zip(time(at)).is_some_and(|(from, to)| to - from <= REOPENS_WITHIN_MS) =>
            {
                record.false_release = true;
                (record.state, record.since_run) = ("quarantined", Some(name(run.run)));
                State::In { since: at, clean: 0 }
            }
            State::Out { witnesses, released } => {
                let witnesses = witnesses + u32::from(witness);
                if witnesses >= WITNESSES {
                    (record.state, record.since_run) = ("quarantined", Some(name(run.run)));
                    State::In { since: at, clean: 0 }
                } else {
                    State::Out { witnesses, released }
                }
            }
            State::In { since, clean } => {
                let clean = if run.failed { 0 } else { clean + 1 };
                let before = n - clean;
                let needed = needed(release, x, before);
                if clean >= needed {
                    (record.state, record.released_run) = ("released", Some(name(run.run)));
                    State::Out { witnesses: 0, released: Some(at) }
                } else {
                    State::In { since, clean }
                }
            }
        };
        if let State::In { clean, .. } = state {
            let before = n - clean;
            record.unfixed_chance = unfixed_pass_chance(x, before, needed(release, x, before)).map(Rounded);
        }
    }
    record
}

/// Clean runs that end a quarantine after so many failures in so many runs.
fn needed(release: Release, x: u64, n: u64) -> u64 {
    match release {
        Release::AfterClean(runs) => runs,
        Release::Statistical => clean_runs_needed(x, n, 0.95).unwrap_or(3).max(3),
    }
}
