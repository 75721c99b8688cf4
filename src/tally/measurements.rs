//! What the archives of a sweep measured, in order: whose run each measurement is of, and when it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::clock::{DAY_MS, FIRST_SET_CLOCK_MS};
use super::doubt::{Doubt, Entry, settle};
use super::order::steady;
use super::run_name::by_number;
use super::series::{Collector, Point, SeriesKey};
use crate::text::terminal::plural;

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

/// A measurement with what tells its place.
struct Located {
    /// Number of its archive.
    archive: usize,
    /// Sorts as archives by name, then as lines.
    id: String,
    point: Point,
}

impl Default for Measurements {
    fn default() -> Self {
        Self { points: Collector::default(), doubts: Vec::new(), steady: (i64::MIN, i64::MAX) }
    }
}

impl Measurements {
    /// What archives measured, each with the id of its run, in the order of their names; `now_ms`: the moment, in
    /// milliseconds since 1970, after which nothing can have been.
    #[must_use]
    pub fn of_archives(archives: Vec<(Arc<str>, Collector)>, now_ms: i64) -> Self {
        let points = archives.iter().flat_map(|(_, measured)| measured.points());
        let steady = steady(now_ms, points.filter_map(|point| point.unix_ms));
        let mut names = Vec::with_capacity(archives.len());
        let mut series: BTreeMap<SeriesKey, Vec<Vec<Point>>> = BTreeMap::new();
        for (number, (name, measured)) in archives.into_iter().enumerate() {
            names.push(name);
            for (key, points) in measured.into_points() {
                let of_key = series.entry(key).or_default();
                of_key.resize(number, Vec::new());
                of_key.push(points);
            }
        }
        let mut found = BTreeMap::new();
        let mut all = Collector::default();
        for (key, mut archives) in series {
            let runs = archives.iter().zip(&names).filter(|(points, _)| !points.is_empty()).map(|(_, name)| name);
            if runs.collect::<BTreeSet<_>>().len() > 1 {
                for (points, name) in archives.iter_mut().zip(&names) {
                    for point in points {
                        point.run.get_or_insert_with(|| Arc::clone(name));
                    }
                }
            }
            for point in believed(archives, &names, now_ms, &mut found) {
                all.add(key.clone(), point);
            }
        }
        let doubts = found.into_iter().map(|(why, (number, archives))| told(why, number, &archives, &names));
        Self { points: all, doubts: doubts.collect(), steady }
    }
}

/// What was found of measurements: how many there are of each doubt, with a place or without, and in which archives.
type Found = BTreeMap<(Doubt, bool), (u64, BTreeSet<usize>)>;

/// The points of a series, by archive, with times that can be believed.
fn believed(archives: Vec<Vec<Point>>, names: &[Arc<str>], now_ms: i64, found: &mut Found) -> Vec<Point> {
    let times = || archives.iter().flatten().map(|point| point.unix_ms);
    let latest = now_ms.saturating_add(DAY_MS);
    let is_sound = |time: Option<i64>| time.is_some_and(|time| (FIRST_SET_CLOCK_MS..=latest).contains(&time));
    // Nearly all are left here.
    if times().all(is_sound) && times().is_sorted() {
        return archives.into_iter().flatten().collect();
    }
    let locate = |(archive, points): (usize, Vec<Point>)| {
        let name = &names[archive];
        points.into_iter().enumerate().map(move |(at, point)| Located {
            archive,
            id: format!("{name}\0{archive}\0{at}"),
            point,
        })
    };
    let mut located: Vec<Located> = archives.into_iter().enumerate().flat_map(locate).collect();
    let claims = |point: &Point| point.unix_ms.filter(|&time| time >= FIRST_SET_CLOCK_MS);
    let mut entries: Vec<Entry<'_>> = located.iter().map(|one| Entry::new(&one.id, claims(&one.point))).collect();
    if !settle(&mut entries, now_ms).is_dated {
        return located.into_iter().map(|one| one.point).collect();
    }
    let mut doubted: Vec<usize> = (0..entries.len()).filter(|&at| entries[at].doubt.is_some()).collect();
    doubted.sort_by(|&a, &b| by_number(entries[a].id, entries[b].id));
    let mut times: Vec<Option<i64>> = entries.iter().map(|entry| entry.claims).collect();
    let mut last = None;
    for at in doubted {
        let Entry { doubt, claims, at: place, .. } = entries[at];
        let Some(doubt) = doubt else { continue };
        let (number, archives) = found.entry((doubt, place.is_some())).or_default();
        *number += 1;
        archives.insert(located[at].archive);
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
    drop(entries);
    let timed = located.drain(..).zip(times);
    timed.filter_map(|(one, time)| Some(Point { unix_ms: Some(time?), ..one.point })).collect()
}

fn told((doubt, is_placed): (Doubt, bool), number: u64, archives: &BTreeSet<usize>, names: &[Arc<str>]) -> String {
    let named: Vec<&str> = archives.iter().take(LISTED).map(|&archive| &*names[archive]).collect();
    let more = if archives.len() > LISTED { format!(" and {} more", archives.len() - LISTED) } else { String::new() };
    let why = match doubt {
        Doubt::Ahead => "later than now",
        Doubt::Unset => "without a date since 2000",
        Doubt::Away => "dated further from those beside them than the history is long",
    };
    let then = if is_placed {
        "each stands behind the one before it, by the names of archives and the order of lines"
    } else {
        "their places are not known, so that they are left out"
    };
    format!(
        "{} of benchmarks whose clocks are not believed, {why}, in {}{more}: {then}",
        plural(number, "measurement"),
        named.join(", ")
    )
}
