//! The benchmark series of the data.

use serde::Serialize;

use super::brief::{Brief, brief};
use super::strings::cut;
use crate::benchmark::{Benchmarks, SeriesRow, Verdict};

/// Series that are shown: the most urgent.
const MOST_SERIES: usize = 300;
/// Points of all series together; each has at least the last fifty.
const MOST_POINTS: usize = 60_000;
const LEAST_POINTS: usize = 50;
/// Events that are shown.
const MOST_EVENTS: usize = 20;
/// What to look at first.
const URGENCY: [Verdict; 7] = [
    Verdict::Regressed,
    Verdict::HostMoved,
    Verdict::Drifting,
    Verdict::Suspect,
    Verdict::Improved,
    Verdict::Inconclusive,
    Verdict::Equivalent,
];

#[derive(Debug, Serialize)]
pub(super) struct Measured<'r> {
    in_all: usize,
    ratio: Option<Brief>,
    by_verdict: Vec<(&'static str, usize)>,
    events: Vec<Event<'r>>,
    series: Vec<Series<'r>>,
}

/// What moved many series at once.
#[derive(Debug, Serialize)]
struct Event<'r> {
    ms: Option<i64>,
    is_host: bool,
    why: &'r str,
}

#[derive(Debug, Serialize)]
struct Series<'r> {
    lane: &'r str,
    metric: &'r str,
    unit: &'r str,
    lower_is_better: bool,
    host: &'r str,
    env: Vec<[&'r str; 2]>,
    verdict: Verdict,
    why: &'r str,
    run: Option<&'r str>,
    ratio: Option<Brief>,
    interval: Option<[Brief; 2]>,
    delta: Option<Brief>,
    points: usize,
    /// The index of the first value in the series.
    from: usize,
    /// Candidate measurements: the last ones, unless a run in the middle was chosen.
    candidate: usize,
    values: Vec<Brief>,
    regimes: Vec<Regime>,
    changes: Vec<Change<'r>>,
    /// The index since which it is worse and not accepted.
    since: Option<usize>,
    /// From which index on the current regime creeps, and by which ratio.
    drift: Option<(usize, Brief, &'r str)>,
}

/// First index, points, median, noise.
#[derive(Debug, Serialize)]
struct Regime(usize, usize, Brief, Brief);

#[derive(Debug, Serialize)]
struct Change<'r> {
    at: usize,
    ms: Option<i64>,
    run: Option<&'r str>,
    worse: bool,
    why: &'r str,
}

pub(super) fn measured(judged: &Benchmarks) -> Measured<'_> {
    let mut rows: Vec<&SeriesRow> = judged.series.iter().collect();
    let urgency = |row: &SeriesRow| URGENCY.iter().position(|verdict| *verdict == row.judgement.verdict);
    rows.sort_by(|a, b| urgency(a).cmp(&urgency(b)).then_with(|| a.key.cmp(&b.key)));
    rows.truncate(MOST_SERIES);
    let points = (MOST_POINTS / rows.len().max(1)).max(LEAST_POINTS);
    let number = |verdict: Verdict| judged.summary.by_verdict.get(verdict.name()).copied().unwrap_or(0);
    Measured {
        in_all: judged.series.len(),
        ratio: brief(judged.summary.ratio),
        by_verdict: URGENCY.into_iter().map(|verdict| (verdict.name(), number(verdict))).collect(),
        events: judged
            .events
            .iter()
            .take(MOST_EVENTS)
            .map(|event| Event { ms: event.unix_ms, is_host: !event.hosts.is_empty(), why: cut(&event.why) })
            .collect(),
        series: rows.into_iter().map(|row| series(row, points)).collect(),
    }
}

fn series(row: &SeriesRow, points: usize) -> Series<'_> {
    let values = &row.values[row.values.len().saturating_sub(points)..];
    let (key, judged) = (&row.key, &row.judgement);
    Series {
        lane: cut(&key.lane),
        metric: cut(&key.metric),
        unit: cut(&key.unit),
        lower_is_better: key.direction.sign() > 0.0,
        host: cut(&key.host),
        env: key.env.iter().map(|(name, value)| [cut(name), cut(value)]).collect(),
        verdict: judged.verdict,
        why: cut(&judged.why),
        run: judged.run.as_deref().map(cut),
        ratio: brief(judged.ratio),
        interval: judged.interval.map(|ends| ends.map(Brief::from)),
        delta: brief(judged.delta),
        points: row.points,
        from: row.points - values.len(),
        candidate: judged.candidate,
        values: values.iter().copied().map(Brief::from).collect(),
        regimes: row
            .history
            .regimes
            .iter()
            .map(|one| Regime(one.from, one.points, one.median.into(), one.noise.into()))
            .collect(),
        changes: row
            .history
            .changes
            .iter()
            .map(|change| Change {
                at: change.at,
                ms: change.unix_ms,
                run: change.run.as_deref().map(cut),
                worse: change.worse,
                why: cut(&change.why),
            })
            .collect(),
        since: judged.standing.as_ref().map(|standing| standing.from),
        drift: row.history.drift.as_ref().map(|drift| (drift.from, drift.ratio.into(), cut(&drift.why))),
    }
}
