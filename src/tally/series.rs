//! Measured values by what makes them comparable, in order.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::wire::{Broken, In, Out, one_of};
use crate::record::{Direction, is_measured};

/// A series' key: declared fields only. A measured reading (clock speed, load) would split one series into many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, Serialize)]
pub struct SeriesKey {
    /// The benchmark.
    pub lane: String,
    /// The field that was measured.
    pub metric: String,
    /// Its unit, e.g. `ms`; empty when unknown.
    pub unit: String,
    /// Which way is good.
    pub direction: Direction,
    /// Declared class of the host; empty when none is declared.
    pub host: String,
    /// Other declared environment fields with their values, in the profile's order.
    pub env: Vec<(String, String)>,
}

impl SeriesKey {
    /// A number that seeds permutations: the same wherever and whenever the series is judged.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let mut text = [&self.lane, &self.metric, &self.unit, &self.host].map(String::as_str).join("\0");
        for (name, value) in &self.env {
            text.extend(["\0", name, "\0", value]);
        }
        xxh3_64(text.as_bytes())
    }
}

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
    /// Id of the run that recorded it: its line's, else its archive's where the series has points in archives of several
    /// runs. Without one, points of one time are a run: an archive may hold the history of many.
    pub run: Option<Arc<str>>,
    /// Hash of the line it came from: points of one identity count once. `None` for what is never the same twice.
    pub identity: Option<u64>,
    /// Whether a window leaves it out, so that it only tells which clocks to believe.
    pub is_left_out: bool,
}

impl Point {
    fn is_valid(&self) -> bool {
        is_measured(self.value) && self.incumbent.is_none_or(is_measured)
    }

    /// Whether both were recorded by one run.
    #[must_use]
    pub fn is_of_the_run_of(&self, other: &Self) -> bool {
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
    /// Index of the first point of the candidate, where candidate and baseline were read apart.
    pub candidate_from: Option<usize>,
}

impl Series {
    /// Whether a point is of this run.
    #[must_use]
    pub fn holds_run(&self, run: &str) -> bool {
        self.points.iter().any(|point| point.run.as_deref() == Some(run))
    }

    /// The series of points in input order.
    #[must_use]
    pub fn new(key: SeriesKey, points: impl IntoIterator<Item = Point>) -> Self {
        let mut series = Self { key, points: Vec::new(), rejected: 0, duplicates: 0, candidate_from: None };
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

    /// All points of `candidate` to be judged against all of `baseline`, whenever they were recorded; a line that both
    /// have is the baseline's.
    #[must_use]
    pub fn apart(baseline: Self, mut candidate: Self) -> Self {
        let known: HashSet<u64> = baseline.points.iter().filter_map(|point| point.identity).collect();
        let all = candidate.points.len();
        candidate.points.retain(|point| point.identity.is_none_or(|identity| !known.contains(&identity)));
        let mut series = Self { candidate_from: Some(baseline.points.len()), ..baseline };
        series.duplicates += candidate.duplicates + (all - candidate.points.len()) as u64;
        series.rejected += candidate.rejected;
        series.points.append(&mut candidate.points);
        series
    }
}

/// Points on their way into series. Appending is associative, and an empty collector is neutral: the parts of an input
/// are collected apart and appended in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collector {
    points: BTreeMap<SeriesKey, Vec<Point>>,
}

impl Collector {
    /// Takes the next point of the input.
    pub fn add(&mut self, key: SeriesKey, point: Point) {
        self.points.entry(key).or_default().push(point);
    }

    /// Takes the points that stand behind these in the input.
    pub fn append(&mut self, later: Self) {
        for (key, mut points) in later.points {
            self.points.entry(key).or_default().append(&mut points);
        }
    }

    /// Leaves all points out.
    pub(super) fn leave_out(&mut self) {
        self.points.values_mut().flatten().for_each(|point| point.is_left_out = true);
    }

    /// The points, by key, in input order.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.points.values().flatten()
    }

    pub(super) fn into_points(self) -> impl Iterator<Item = (SeriesKey, Vec<Point>)> {
        self.points.into_iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The series, by key.
    #[must_use]
    pub fn into_series(self) -> Vec<Series> {
        self.points.into_iter().map(|(key, points)| Series::new(key, points)).collect()
    }

    /// The series, by key, of points that are judged against others: [`Series::apart`].
    #[must_use]
    pub fn into_series_against(self, baseline: Self) -> Vec<Series> {
        let mut series: BTreeMap<SeriesKey, Series> =
            baseline.into_series().into_iter().map(|one| (one.key.clone(), one)).collect();
        for candidate in self.into_series() {
            let key = candidate.key.clone();
            let baseline = series.remove(&key).unwrap_or_else(|| Series::new(key.clone(), []));
            series.insert(key, Series::apart(baseline, candidate));
        }
        for one in series.values_mut() {
            one.candidate_from.get_or_insert(one.points.len());
        }
        series.into_values().collect()
    }
}

const DIRECTIONS: [Direction; 2] = [Direction::LowerIsBetter, Direction::HigherIsBetter];

impl Collector {
    pub(super) fn write<W: Write>(&self, out: &mut Out<'_, W>) -> io::Result<()> {
        out.len(self.points.len())?;
        for (key, points) in &self.points {
            [&key.lane, &key.metric, &key.unit, &key.host]
                .into_iter()
                .try_for_each(|text| out.bytes(text.as_bytes()))?;
            out.number(key.direction as u64)?;
            out.len(key.env.len())?;
            for text in key.env.iter().flat_map(|(name, value)| [name, value]) {
                out.bytes(text.as_bytes())?;
            }
            // What a window left out is no part of what is kept.
            let points: Vec<&Point> = points.iter().filter(|point| !point.is_left_out).collect();
            out.len(points.len())?;
            for point in points {
                out.option(point.unix_ms.map(i64::cast_unsigned))?;
                out.number(point.value.to_bits())?;
                out.option(point.incumbent.map(f64::to_bits))?;
                out.option(point.rounds)?;
                out.option(point.identity)?;
                out.number(u64::from(point.run.is_some()))?;
                out.bytes(point.run.as_deref().unwrap_or_default().as_bytes())?;
            }
        }
        Ok(())
    }

    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Broken> {
        let mut read = Self::default();
        for _ in 0..input.len()? {
            let [lane, metric, unit, host] =
                [input.text()?, input.text()?, input.text()?, input.text()?].map(str::to_owned);
            let direction = one_of(&DIRECTIONS, input.number()?)?;
            let env = (0..input.len()?).map(|_| Ok((input.text()?.to_owned(), input.text()?.to_owned())));
            let env = env.collect::<Result<_, Broken>>()?;
            let points = (0..input.len()?).map(|_| {
                let unix_ms = input.option()?.map(u64::cast_signed);
                let (value, incumbent) = (f64::from_bits(input.number()?), input.option()?.map(f64::from_bits));
                let (rounds, identity) = (input.option()?, input.option()?);
                let (has_run, run) = (input.number()? != 0, input.text()?);
                Ok(Point {
                    unix_ms,
                    value,
                    incumbent,
                    rounds,
                    run: has_run.then(|| run.into()),
                    identity,
                    is_left_out: false,
                })
            });
            let points = points.collect::<Result<_, Broken>>()?;
            read.points.insert(SeriesKey { lane, metric, unit, direction, host, env }, points);
        }
        Ok(read)
    }
}

#[cfg(test)]
impl Point {
    /// A value of some moment, and nothing else.
    pub(crate) fn at(unix_ms: i64, value: f64) -> Self {
        Self {
            unix_ms: Some(unix_ms),
            value,
            incumbent: None,
            rounds: None,
            run: None,
            identity: None,
            is_left_out: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(lane: u8) -> SeriesKey {
        SeriesKey {
            lane: format!("lane {lane}"),
            metric: "x_ms".into(),
            unit: "ms".into(),
            direction: Direction::LowerIsBetter,
            host: String::new(),
            env: Vec::new(),
        }
    }

    fn collector(points: &[(u8, i64)]) -> Collector {
        let mut collector = Collector::default();
        for &(lane, at) in points {
            collector.add(key(lane), Point::at(at, 1.0));
        }
        collector
    }

    proptest! {
        /// Parts of an input may be collected apart, cut anywhere.
        #[test]
        fn appending_is_associative_with_an_identity(
            points in prop::collection::vec((0_u8..4, 0_i64..9), 0..40),
            cuts in [0_usize..40, 0_usize..40],
        ) {
            let [first, second] = { let mut cuts = cuts.map(|cut| cut.min(points.len())); cuts.sort_unstable(); cuts };
            let parts = [&points[..first], &points[first..second], &points[second..]].map(collector);
            let [mut left, middle, right] = parts.clone();
            left.append(middle);
            left.append(right);
            let [mut whole, mut rest, last] = parts;
            rest.append(last);
            whole.append(rest);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&left, &collector(&points));
            let mut empty = Collector::default();
            empty.append(left.clone());
            left.append(Collector::default());
            prop_assert_eq!(&left, &empty);
        }
    }

    #[test]
    fn series_apart_keep_their_sides_whatever_their_times() {
        let identified = |at, identity| Point { identity: Some(identity), ..Point::at(at, 1.0) };
        let (mut baseline, mut candidate) = (Collector::default(), Collector::default());
        for (at, identity) in [(50, 1), (40, 2)] {
            baseline.add(key(0), identified(at, identity));
        }
        for (at, identity) in [(10, 3), (40, 2)] {
            candidate.add(key(0), identified(at, identity));
        }
        baseline.add(key(1), Point::at(1, 1.0));
        candidate.add(key(2), Point::at(1, 1.0));
        let series = candidate.into_series_against(baseline);
        let rows: Vec<_> = series.iter().map(|one| (one.points.len(), one.candidate_from, one.duplicates)).collect();
        assert_eq!(rows, [(3, Some(2), 1), (1, Some(1), 0), (1, Some(0), 0)]);
        let times: Vec<_> = series[0].points.iter().map(|point| point.unix_ms).collect();
        assert_eq!(times, [Some(40), Some(50), Some(10)]);
    }
}
