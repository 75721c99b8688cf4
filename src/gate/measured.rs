//! What a gate's benchmarks do not tell, so that no silence of theirs reads as an all-clear.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::losses::listed;
use crate::benchmark::{Method, SeriesRow};
use crate::text::terminal::plural;

/// Newer runs of benchmarks from which on a series that is in none of them is missed.
const MISSED_RUNS: usize = 10;

/// What is doubtful in the benchmarks, each with the id of its finding. `is_told`: whether each series that decides nothing
/// is told by itself; `alone`: whether there is no record beside them.
pub(super) fn doubts(facts: &Facts<'_>, is_told: bool, alone: bool) -> Vec<(&'static str, String)> {
    let series = &facts.benchmarks.series;
    let mut found = Vec::new();
    if !series.is_empty() && !is_told && series.iter().all(|row| row.judgement.method == Method::None) {
        found.push(("benchmark:not_compared", not_compared(series)));
    }
    let stopped: Vec<&SeriesRow> = series.iter().filter(|row| row.newer_runs >= MISSED_RUNS).collect();
    if !stopped.is_empty() {
        let one = |row: &&SeriesRow| {
            let host = if row.key.host.is_empty() { String::new() } else { format!(" on {}", row.key.host) };
            format!("{} {}{host} ({} newer)", row.key.lane, row.key.metric, plural(row.newer_runs as u64, "run"))
        };
        let named: Vec<String> = stopped.iter().map(one).collect();
        found.push((
            "benchmark:stopped",
            format!(
                "{} series of benchmarks not measured in the newest {MISSED_RUNS} runs of benchmarks, or in more, and \
                 judged as of then: {}",
                stopped.len(),
                listed(&named)
            ),
        ));
    }
    if facts.is_narrowed && alone && !series.is_empty() {
        let what = "benchmark lines name no branch: all of them are judged, whatever --branch says";
        found.push(("benchmark:branch", what.to_owned()));
    }
    found
}

/// That no series was compared, and why: the most common reason first.
fn not_compared(series: &[SeriesRow]) -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for row in series {
        *reasons.entry(row.judgement.reasons.join(", ")).or_default() += 1;
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let reasons: Vec<String> = reasons.into_iter().map(|(reason, number)| format!("{number}: {reason}")).collect();
    format!("none of {} series of benchmarks was compared: {}", series.len(), listed(&reasons))
}
