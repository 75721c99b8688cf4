//! The measurements of one key, in order.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::key::SeriesKey;

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When it was recorded, in ms since 1970; points without a time stand first, in input order.
    pub unix_ms: Option<i64>,
    /// The value in the metric's unit; the challenger's, where the line holds both.
    pub value: f64,
    /// The incumbent's value in the same line, which pairs them.
    pub incumbent: Option<f64>,
    /// Rounds that it is an estimate of.
    pub rounds: Option<u64>,
    /// Id of the run that recorded it; without one, points of one time are a run.
    pub run: Option<Arc<str>>,
    /// Hash of the line it came from: points of one identity count once. `None` for what is never the same twice.
    pub identity: Option<u64>,
}

impl Point {
    fn is_valid(&self) -> bool {
        let valid = |value: f64| value.is_finite() && value > 0.0;
        valid(self.value) && self.incumbent.is_none_or(valid)
    }

    /// Whether both were recorded by one run.
    pub(super) fn is_of_the_run_of(&self, other: &Self) -> bool {
        match (&self.run, &other.run) {
            (Some(run), Some(other)) => run == other,
            (None, None) => self.unix_ms.is_some() && self.unix_ms == other.unix_ms,
            _ => false,
        }
    }
}

/// The measurements of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What they have in common.
    pub key: SeriesKey,
    /// By recorded time, then in input order.
    pub points: Vec<Point>,
    /// Points left out because a value is not finite or not above 0.
    pub rejected: u64,
    /// Points left out because their line was there already.
    pub duplicates: u64,
}

impl Series {
    /// The series of points in input order.
    #[must_use]
    pub fn new(key: SeriesKey, points: impl IntoIterator<Item = Point>) -> Self {
        let mut series = Self { key, points: Vec::new(), rejected: 0, duplicates: 0 };
        let mut seen = HashSet::new();
        for point in points {
            if !point.is_valid() {
                series.rejected += 1;
            } else if point.identity.is_some_and(|identity| !seen.insert(identity)) {
                series.duplicates += 1;
            } else {
                series.points.push(point);
            }
        }
        // Stable: equal times keep their input order.
        series.points.sort_by_key(|point| point.unix_ms);
        series
    }

    /// Logarithms of the values.
    pub(super) fn logs(points: &[Point]) -> Vec<f64> {
        points.iter().map(|point| point.value.ln()).collect()
    }
}

/// Least and greatest number of rounds of points that tell; `None` when none does.
pub(super) fn rounds<'p>(points: impl IntoIterator<Item = &'p Point>) -> Option<[u64; 2]> {
    points.into_iter().filter_map(|point| point.rounds).fold(None, |range: Option<[u64; 2]>, rounds| {
        Some(range.map_or([rounds; 2], |[least, most]| [least.min(rounds), most.max(rounds)]))
    })
}

/// Points on their way into series.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    points: BTreeMap<SeriesKey, Vec<Point>>,
}

impl Collector {
    /// Takes the next point of the input.
    pub fn add(&mut self, key: SeriesKey, point: Point) {
        self.points.entry(key).or_default().push(point);
    }

    /// The series, by key.
    #[must_use]
    pub fn into_series(self) -> Vec<Series> {
        self.points.into_iter().map(|(key, points)| Series::new(key, points)).collect()
    }
}
