//! What a packet must have at least.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::policy::Coverage;
use crate::tally::{PacketEntries, Rule};
use crate::text::terminal::plural;

/// What is not judged has not run.
const OF_RESULT: &str = " that passed or failed";
/// Runs of a packet from which on it is known how long it pauses.
const LEAST_HOLDING: usize = 5;

/// What met the floors of packets and is in none of the latest runs: ids, and that in words.
pub(super) fn stale(
    asked: &[Coverage],
    packets: &BTreeMap<String, PacketEntries>,
    facts: &Facts<'_>,
    rule: Rule,
) -> Vec<(String, String)> {
    if asked.is_empty() {
        return Vec::new();
    }
    let runs = facts.latest_runs();
    let latest = facts.outcome.entries.packets_in(rule, |run| runs.contains(run));
    let in_latest = facts.in_latest(&runs);
    let mut found = Vec::new();
    for Coverage { packet, required_suites, .. } in asked {
        let Some(entries) = packets.get(packet) else { continue };
        let Some(latest) = latest.get(packet) else {
            let before = format!("its floors count {} of before", plural(entries.total, "record"));
            let message = format!("packet {packet} has no record{OF_RESULT} {in_latest}: {before}");
            found.push((format!("coverage:stale:{packet}"), message));
            continue;
        };
        if let Some(runs) = away(&facts.outcome.entries.runs_of(rule, packet), facts) {
            let message = format!(
                "packet {packet} has no record{OF_RESULT} in the newest {}, longer than it ever had none: its floors count {} of before",
                plural(runs as u64, "run"),
                plural(entries.total, "record")
            );
            found.push((format!("coverage:stale:{packet}"), message));
            continue;
        }
        let has_stopped = |suite: &&String| entries.suites.contains(*suite) && !latest.suites.contains(*suite);
        for suite in required_suites.iter().filter(has_stopped) {
            let message = format!("packet {packet} has no record of suite {suite}{OF_RESULT} {in_latest}, but before");
            found.push((format!("coverage:stale:{packet}:required_suite:{suite}"), message));
        }
    }
    found
}

/// How many of the newest runs lack what these hold, where that is more in a row than ever before, of a branch that holds it often.
fn away(holding: &BTreeSet<&str>, facts: &Facts<'_>) -> Option<usize> {
    let runs = &facts.recurrence.runs;
    let of_branch = facts.recurrence.timelines().into_iter().filter_map(|places| {
        let holds: Vec<bool> = runs[places].iter().map(|run| holding.contains(run.id.as_str())).collect();
        let first = holds.iter().position(|holds| *holds)?;
        let often = holds.iter().filter(|holds| **holds).count() >= LEAST_HOLDING;
        let gaps: Vec<usize> = holds[first..].split(|holds| *holds).map(<[bool]>::len).collect();
        let (last, before) = gaps.split_last()?;
        (often && Some(last) > before.iter().max()).then_some(*last)
    });
    of_branch.max()
}

/// What a packet lacks: an id, and the shortfall in words with its numbers.
pub(super) fn missed(
    asked: &Coverage,
    packets: &BTreeMap<String, PacketEntries>,
    facts: &Facts<'_>,
) -> Vec<(String, String)> {
    let Coverage { packet, min_scenarios, min_pass_ratio, required_suites } = asked;
    let Some(entries) = packets.get(packet).filter(|_| facts.ran(|[of, ..]| of == packet)) else {
        let has_some = facts.outcome.entries.any(None, |[known, ..]| known == packet);
        let message = format!("packet {packet} has no record{}", if has_some { OF_RESULT } else { "" });
        return vec![("missing_packet".to_owned(), message)];
    };
    let mut found = Vec::new();
    let (total, ratio) = (entries.total, entries.pass_ratio());
    if total < *min_scenarios {
        let message = format!("packet {packet} has {total} records, at least {min_scenarios} asked");
        found.push(("min_scenarios".to_owned(), message));
    }
    if ratio < *min_pass_ratio {
        let message = format!("packet {packet} passes {ratio:.3} of its records, at least {min_pass_ratio:.3} asked");
        found.push(("min_pass_ratio".to_owned(), message));
    }
    let ran = |suite: &String| entries.suites.contains(suite) && facts.ran(|[of, one, _]| of == packet && one == suite);
    for suite in required_suites.iter().filter(|suite| !ran(suite)) {
        let message = format!("packet {packet} has no record of suite {suite}");
        found.push((format!("required_suite:{suite}"), message));
    }
    found
}
