//! Benchmark lines among the lines of an archive.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::findings::{Findings, hull};
use super::rules::Rules;
use crate::record::{BenchmarkLine, Metric, Rejection};
use crate::repair::Repairs;
use crate::tally::{Point, SeriesKey};

/// Reads a line that is no record of a log as a benchmark line, and counts it; `also` is what was repaired before.
///
/// # Errors
/// Why it is neither.
#[cold]
pub(super) fn measured(
    line: &[u8],
    rejection: Rejection,
    also: Repairs,
    rules: &Rules<'_>,
    found: &mut Findings,
) -> Result<(), Rejection> {
    let (parsed, repairs) = rules.profiles.benchmark(line, rejection)?;
    let counts = &mut found.counts;
    counts.parsed += 1;
    counts.repaired.count(repairs | also);
    counts.benchmark_lines += 1;
    counts.rejected_metrics += parsed.metrics.iter().filter(|metric| !metric.is_valid()).count() as u64;
    counts.duplicate_fields += parsed.repeated;
    // Lines without a time stand before all others, and are no packet's.
    let time = parsed.unix_ms.unwrap_or(i64::MIN);
    found.times = hull(found.times, Some((time, time)));
    let is_left_out = !rules.span.holds_dated(time);
    if rules.packet.is_some() || is_left_out {
        counts.filtered += 1;
    }
    if rules.packet.is_none() {
        found.measured.extend(points(parsed, xxh3_64(line.trim_ascii()), is_left_out));
    }
    Ok(())
}

/// A point for each metric of a line.
fn points(line: BenchmarkLine, identity: u64, is_left_out: bool) -> impl Iterator<Item = (SeriesKey, Point)> {
    let BenchmarkLine { lane, host, env, unix_ms, run, rounds, metrics, .. } = line;
    let run: Option<Arc<str>> = run.map(Arc::from);
    metrics.into_iter().map(move |Metric { name, unit, direction, value, incumbent }| {
        let (lane, host, env) = (lane.clone(), host.clone(), env.clone());
        let key = SeriesKey { lane, metric: name, unit, direction, host, env };
        (key, Point { unix_ms, value, incumbent, rounds, run: run.clone(), identity: Some(identity), is_left_out })
    })
}
