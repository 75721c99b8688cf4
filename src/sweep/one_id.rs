//! One id for the runs of all archives, as a job gives that names itself instead of its build.

use crate::tally::{Clean, ONE_OR_SEVERAL, Tally};
use crate::text::terminal::plural;

/// Archives from which on they are told.
const LEAST_ARCHIVES: usize = 10;
/// The least pause between two of them: what a job does again and again by itself follows sooner.
const LEAST_PAUSE_MS: u64 = 10 * 60_000;

/// That all is one run, though its archives, by the times of their records, lie one behind the other with pauses longer than
/// they are, and hold each scenario again and again. Shards share no scenario, and what goes on for days has no such pauses.
pub(super) fn judged_as_one(tally: &Tally, clean: &Clean, times: impl Iterator<Item = (i64, i64)>) -> Option<String> {
    // Where it pauses for a day that is told.
    let [run] = tally.runs() else { return None };
    if run.clock.is_several() {
        return None;
    }
    let mut times: Vec<(i64, i64)> = times.collect();
    times.sort_unstable();
    let length = |(first, last): (i64, i64)| first.abs_diff(last);
    let is_apart = |pair: &&[(i64, i64)]| {
        let pause = u64::try_from(pair[1].0.saturating_sub(pair[0].1)).unwrap_or(0);
        pause >= LEAST_PAUSE_MS && pause > length(pair[0]).max(length(pair[1]))
    };
    let (archives, apart) = (times.len(), times.windows(2).filter(is_apart).count());
    let scenarios = clean.scenarios + u64::from(tally.cells_by_scenario().scenarios());
    let are_repeated = run.records * 10 >= scenarios * archives as u64 * 8;
    (archives >= LEAST_ARCHIVES && apart * 10 >= (archives - 1) * 9 && are_repeated).then(|| {
        format!(
            "all is one run, {}, though {} with pauses between them hold the same scenarios again and again; {ONE_OR_SEVERAL}",
            tally.text(run.id),
            plural(archives as u64, "archive"),
        )
    })
}
