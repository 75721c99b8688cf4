//! What the archives of a sweep measured, in order: whose run each measurement is of, and when it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::clock::{DAY_MS, FIRST_SET_CLOCK_MS};
use super::doubt::{Doubt, Entry, settle};
use super::order::steady;
use super::run_name::by_number;
use super::series::{Collector, Point, SeriesKey};
use crate::text::terminal::{listed, plural};

/// Archives that a warning names.
const LISTED: usize = 5;

/// What the archives of a sweep measured.
#[derive(Debug)]
pub struct Measurements {
    /// The measurements, each with the id of its run. One whose clock is not believed (see [`super::RunOrder`]) has the
    /// time of the one before it, by the names of archives and the order of lines, where that order follows the clocks
    /// of the others, and is left out otherwise: it must be neither the newest nor the oldest by chance.
    pub points: Collector,
    /// What is doubtful, in words.
    pub doubts: Vec<String>,
    /// Between which moments the same clocks are believed.
    pub steady: (i64, i64),
}

impl Default for Measurements {
    fn default() -> Self {
        Self { points: Collector::default(), doubts: Vec::new(), steady: (i64::MIN, i64::MAX) }
    }
}

impl Measurements {
    /// What archives measured, each with its path and the id of its run, in the order of their paths; `now_ms`: the moment,
    /// in milliseconds since 1970, after which nothing can have been.
    #[must_use]
    pub fn of_archives(archives: Vec<(&str, Arc<str>, Collector)>, now_ms: i64) -> Self {
        let points = archives.iter().flat_map(|(.., measured)| measured.points());
        let steady = steady(now_ms, points.filter_map(|point| point.unix_ms));
        let mut series: BTreeMap<SeriesKey, Vec<Stretch<'_>>> = BTreeMap::new();
        for (path, run, measured) in archives {
            let of_run = xxh3_64(run.as_bytes());
            for (key, mut points) in measured.into_points() {
                // Without a time, what two runs measured may well be the same.
                for point in points.iter_mut().filter(|point| point.unix_ms.is_none()) {
                    point.identity = point.identity.map(|identity| identity ^ of_run);
                }
                series.entry(key).or_default().push(Stretch { path, run: Arc::clone(&run), points });
            }
        }
        let mut found = Found::default();
        let mut all = Collector::default();
        for (key, mut stretches) in series {
            if stretches.iter().any(|stretch| stretch.run != stretches[0].run) {
                for Stretch { run, points, .. } in &mut stretches {
                    for point in points {
                        point.run.get_or_insert_with(|| Arc::clone(run));
                    }
                }
            }
            for point in found.believed(stretches, now_ms) {
                all.add(key.clone(), point);
            }
        }
        Self { points: all, doubts: found.told(), steady }
    }
}

/// The measurements of a series in one archive.
struct Stretch<'a> {
    path: &'a str,
    run: Arc<str>,
    points: Vec<Point>,
}

/// What was found of measurements.
#[derive(Default)]
struct Found<'a> {
    /// How many there are of each doubt, and in which archives: what became of them.
    doubted: BTreeMap<(Doubt, Fate), (u64, BTreeSet<&'a str>)>,
    /// How many are odd.
    odd: u64,
    /// How many stand in series of which none has a date.
    undated: u64,
}

/// What becomes of a measurement whose clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Placed,
    Unplaced,
    /// A window left it out, by its own clock.
    LeftOut,
}

impl<'a> Found<'a> {
    /// The points of a series, in the order of its archives, with times that can be believed.
    fn believed(&mut self, stretches: Vec<Stretch<'a>>, now_ms: i64) -> Vec<Point> {
        let times = || stretches.iter().flat_map(|stretch| &stretch.points).map(|point| point.unix_ms);
        let latest = now_ms.saturating_add(DAY_MS);
        let is_sound = |time: Option<i64>| time.is_some_and(|time| (FIRST_SET_CLOCK_MS..=latest).contains(&time));
        // Nearly all are left here.
        if times().all(is_sound) && times().is_sorted() {
            let points = stretches.into_iter().flat_map(|stretch| stretch.points);
            return points.filter(|point| !point.is_left_out).collect();
        }
        let mut ids = Vec::new();
        let mut points = Vec::new();
        for Stretch { path, points: of_archive, .. } in stretches {
            ids.extend((0..of_archive.len()).map(|at| (path, format!("{path}\0{at}"))));
            points.extend(of_archive);
        }
        let claims = |point: &Point| point.unix_ms.filter(|&time| time >= FIRST_SET_CLOCK_MS);
        let named = ids.iter().zip(&points);
        let mut entries: Vec<Entry<'_>> = named.map(|((_, id), point)| Entry::new(id, claims(point))).collect();
        if !settle(&mut entries, now_ms).is_dated {
            points.retain(|point| !point.is_left_out);
            self.undated += if points.len() > 1 { points.len() as u64 } else { 0 };
            return points;
        }
        self.odd +=
            entries.iter().zip(&points).filter(|(entry, point)| entry.is_odd && !point.is_left_out).count() as u64;
        let mut doubted: Vec<usize> = (0..entries.len()).filter(|&at| entries[at].doubt.is_some()).collect();
        doubted.sort_by(|&a, &b| by_number(entries[a].id, entries[b].id));
        let mut times: Vec<Option<i64>> = entries.iter().map(|entry| entry.claims).collect();
        let mut last = None;
        for at in doubted {
            let Entry { doubt, claims, at: place, .. } = entries[at];
            let Some(doubt) = doubt else { continue };
            let fate = match place {
                _ if points[at].is_left_out => Fate::LeftOut,
                Some(_) => Fate::Placed,
                None => Fate::Unplaced,
            };
            let (number, archives) = self.doubted.entry((doubt, fate)).or_default();
            *number += 1;
            archives.insert(ids[at].0);
            // Points of one time may be of one run, which these are only among themselves.
            let beside = match last {
                Some((other, beside, same)) if other == place => {
                    if same == claims && claims.is_some() {
                        beside
                    } else {
                        beside + 1
                    }
                }
                _ => 1,
            };
            last = Some((place, beside, claims));
            times[at] = place.map(|(time, side)| time.saturating_add(i64::from(side) * beside));
        }
        let timed = points.into_iter().zip(times).filter(|(point, _)| !point.is_left_out);
        timed.filter_map(|(point, time)| Some(Point { unix_ms: Some(time?), ..point })).collect()
    }

    fn told(self) -> Vec<String> {
        let mut said: Vec<String> =
            self.doubted.into_iter().map(|(why, (number, archives))| told(why, number, &archives)).collect();
        if self.odd > 0 {
            let measurements = plural(self.odd, "measurement");
            said.push(format!(
                "{measurements} of benchmarks out of the order of the archives' paths and of the lines (run again, dated \
                 wrongly, or joined anew): they stand by their clocks"
            ));
        }
        if self.undated > 0 {
            let measurements = plural(self.undated, "measurement");
            said.push(format!(
                "{measurements} of benchmarks without a date since 2000, beside none that has one: they stand in the order \
                 of the archives' paths and of the lines"
            ));
        }
        said
    }
}

fn told((doubt, fate): (Doubt, Fate), number: u64, archives: &BTreeSet<&str>) -> String {
    let why = match doubt {
        Doubt::Ahead => "later than now",
        Doubt::Unset => "without a date since 2000",
        Doubt::Away => "further from those beside them than the history is long",
    };
    let then = match fate {
        Fate::Placed => "each stands behind the one before it, by the paths of archives and the order of lines",
        Fate::Unplaced => "their places are not known, so that they are left out",
        Fate::LeftOut => "they were left out by --since or --until, which go by their clocks",
    };
    format!(
        "{} of benchmarks whose clocks are not believed, {why}, in {}: {then}",
        plural(number, "measurement"),
        listed(archives.iter(), LISTED)
    )
}
