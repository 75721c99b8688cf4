//! The regimes of a series and the changes between them.

use schemars::JsonSchema;
use serde::Serialize;

use super::drift::{self, Drift};
use super::options::Options;
use super::series::{self, Witnesses};
use crate::stats::location::{MAD_TO_SD, mad, median};
use crate::stats::scan;
use crate::tally::Series;
use crate::text::number::Rounded;

/// What a series did.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct History {
    /// Its stretches between changes, in order; none of an empty series.
    pub regimes: Vec<Regime>,
    /// The changes between them.
    pub changes: Vec<ChangeRow>,
    /// That the current regime creeps.
    pub drift: Option<Drift>,
}

/// A stretch without a change.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Regime {
    /// Index of its first point in the series.
    pub from: usize,
    /// Points.
    pub points: usize,
    /// When its first point was recorded.
    pub from_unix_ms: Option<i64>,
    /// When its last was.
    pub to_unix_ms: Option<i64>,
    /// Median value.
    pub median: Rounded,
    /// 1.4826 MAD of the logarithms: its noise, as a share of the value.
    pub noise: Rounded,
}

/// A change between two regimes.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ChangeRow {
    /// Index of the first point after it.
    pub at: usize,
    /// When that was recorded.
    pub unix_ms: Option<i64>,
    /// By which run.
    pub run: Option<String>,
    /// Median of the regime before.
    pub from: Rounded,
    /// Median of the regime after.
    pub to: Rounded,
    /// Median ratio of the regime after to the one before.
    pub ratio: Rounded,
    /// Two-sided p that the two regimes are alike, by ranks.
    pub p: Rounded,
    /// Correlation of neighbouring points that p and the search reckoned with.
    pub correlation: Rounded,
    /// Whether it is a change for the worse.
    pub worse: bool,
    /// The change in a sentence; empty until the judgement is worded.
    pub why: String,
}

/// The history of a series; its changes are sought among its last thousand points.
pub(super) fn history(series: &Series, options: &Options) -> History {
    let points = &series.points;
    let logs = series::logs(points);
    let witnesses = Witnesses::of(points);
    let mut found = scan::changes(&witnesses.logs, options.delta);
    for change in &mut found {
        change.at = witnesses.point(change.at);
    }
    let mut starts: Vec<usize> = found.iter().map(|change| change.at).collect();
    starts.insert(0, 0);
    let end = |regime: usize| starts.get(regime + 1).copied().unwrap_or(points.len());
    let stretches: Vec<(usize, usize)> = (0..starts.len()).map(|regime| (starts[regime], end(regime))).collect();
    let values = |from: usize, to: usize| points[from..to].iter().map(|point| point.value).collect::<Vec<_>>();
    let regimes: Vec<Regime> = stretches
        .iter()
        .filter(|(from, to)| from < to)
        .map(|&(from, to)| Regime {
            from,
            points: to - from,
            from_unix_ms: points[from].unix_ms,
            to_unix_ms: points[to - 1].unix_ms,
            median: Rounded(median(&values(from, to)).unwrap_or(0.0)),
            noise: Rounded(MAD_TO_SD * mad(&logs[from..to]).unwrap_or(0.0)),
        })
        .collect();
    let changes = found
        .iter()
        .zip(regimes.windows(2))
        .map(|(change, pair)| ChangeRow {
            at: change.at,
            unix_ms: pair[1].from_unix_ms,
            run: points[change.at].run.as_deref().map(str::to_owned),
            from: pair[0].median,
            to: pair[1].median,
            ratio: Rounded(change.shift.exp()),
            p: Rounded(change.p),
            correlation: Rounded(change.correlation),
            worse: change.shift * series.key.direction.sign() > 0.0,
            why: String::new(),
        })
        .collect();
    let current = witnesses.among(starts[starts.len() - 1], points.len());
    let current = &current[current.len().saturating_sub(scan::MOST_VALUES)..];
    let from = witnesses.logs.len() - current.len();
    let drift = drift::drift(current, from, &series.key, options).map(|drift| {
        let from = witnesses.point(from);
        let run = points[from].run.as_deref().map(str::to_owned);
        Drift { from, from_unix_ms: points[from].unix_ms, run, ..drift }
    });
    History { regimes, changes, drift }
}
