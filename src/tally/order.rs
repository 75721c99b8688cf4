//! The order of runs, and which clocks it does not believe.
//!
//! A clock is doubtful that is later than now and a day, that shows no time since 2000, or that lies further from the
//! run's neighbours by name than all other runs are apart, on the wrong side of them. A run with such a clock stands by
//! its name where the names of runs like it follow their clocks, and has no place otherwise.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::clock::{DAY_MS, FIRST_SET_CLOCK_MS};
use super::run_name::{by_number, shape};
use super::tally::Tally;

/// Runs of like names that must be dated before one of them is said to be dated wrongly.
const LEAST_LIKE: usize = 4;
/// Names that a warning lists.
const LISTED: usize = 5;
/// 2010-01-01T00:00:00Z and 2100-01-01T00:00:00Z, for guesses at a unit.
const LIKELY_MS: std::ops::Range<i64> = 1_262_304_000_000..4_102_444_800_000;

/// The runs of a tally in order: those without a known place first, of which no verdict that depends on order may make
/// anything, then the others by their clocks (or, where a clock is doubtful, by name), then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOrder {
    /// Numbers of the runs, first to last.
    pub runs: Vec<u32>,
    /// Position of each run, by its number.
    pub position: Vec<u32>,
    /// Runs whose place is not known: so many at the start.
    pub unplaced: u32,
    /// What is wrong with clocks, by run.
    pub warnings: Vec<String>,
    /// The moment after which nothing can have been.
    bound_ms: i64,
    /// When each run began, by its number, as far as its clock is believed.
    clocks: Vec<Option<i64>>,
}

/// Why a clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// It is later than now and a day.
    Ahead,
    /// No record is dated since 2000.
    Unset,
    /// It is far from its neighbours by name.
    Away,
}

/// A run on its way into order.
struct Entry<'t> {
    number: u32,
    id: &'t str,
    claims: Option<i64>,
    doubt: Option<Doubt>,
    /// Its time, as believed or taken from a neighbour, and whether it stands before or behind that one.
    at: Option<(i64, i8)>,
}

impl RunOrder {
    /// When a run began, as far as its clock is believed.
    #[must_use]
    pub fn clock(&self, run: u32) -> Option<i64> {
        self.clocks[run as usize]
    }

    /// Whether a run has a known place.
    #[must_use]
    pub fn is_placed(&self, run: u32) -> bool {
        self.position[run as usize] >= self.unplaced
    }

    /// Whether a record can be of this time.
    #[must_use]
    pub fn can_be(&self, time: i64) -> bool {
        time <= self.bound_ms
    }

    /// The latest clock that is believed.
    #[must_use]
    pub fn latest_ms(&self) -> Option<i64> {
        self.clocks.iter().copied().flatten().max()
    }
}

impl Tally {
    /// The order of the runs; `now_ms`: the moment, in milliseconds since 1970, after which no run can have been.
    #[must_use]
    pub fn run_order(&self, now_ms: i64) -> RunOrder {
        let entry = |(number, run): (u32, &super::run::Run)| Entry {
            number,
            id: self.text(run.id),
            claims: run.clock.start(),
            doubt: None,
            at: None,
        };
        let mut entries: Vec<Entry<'_>> = (0..).zip(&self.runs).map(entry).collect();
        let bound_ms = doubt(&mut entries, now_ms);
        let mut warnings = Vec::new();
        place(&mut entries, &mut warnings);
        warnings.extend(self.unit_warning(&entries));
        entries.sort_by(|a, b| {
            let tie = if a.doubt.or(b.doubt).is_some() { by_number(a.id, b.id) } else { Ordering::Equal };
            a.at.cmp(&b.at).then(tie).then_with(|| a.id.as_bytes().cmp(b.id.as_bytes()))
        });
        let mut order = RunOrder {
            runs: entries.iter().map(|entry| entry.number).collect(),
            position: vec![0; entries.len()],
            unplaced: super::symbols::count(entries.iter().filter(|entry| entry.at.is_none()).count()),
            warnings,
            bound_ms,
            clocks: vec![None; entries.len()],
        };
        for (at, entry) in entries.iter().enumerate() {
            order.position[entry.number as usize] = super::symbols::count(at);
            order.clocks[entry.number as usize] = entry.claims.filter(|_| entry.doubt.is_none());
        }
        order
    }

    /// Whether times are in another unit than they are read in, most likely.
    fn unit_warning(&self, entries: &[Entry<'_>]) -> Option<String> {
        let times = entries.iter().filter_map(|entry| match entry.claims {
            Some(time) => (time >= LIKELY_MS.end).then_some(time),
            // Nothing counts its time from 0.
            None => self.runs[entry.number as usize].clock.unset_ms().filter(|&time| time > 0),
        });
        let other = |time: i64, factor: i64| {
            let in_other = if time < FIRST_SET_CLOCK_MS { time.checked_mul(factor) } else { Some(time / factor) };
            Some((time, factor, in_other.filter(|time| LIKELY_MS.contains(time))?))
        };
        let guesses = times.filter_map(|time| [1000, 1_000_000].into_iter().find_map(|factor| other(time, factor)));
        let (time, factor, likely) = guesses.min()?;
        Some(format!(
            "times of {}: in a unit {factor} times as {} they would be of {}; is the `unit` of the profile's time right?",
            day_of(time),
            if time < likely { "long" } else { "short" },
            day_of(likely),
        ))
    }
}

/// Finds the clocks that are not to be believed; the moment after which nothing can have been.
fn doubt(entries: &mut [Entry<'_>], now_ms: i64) -> i64 {
    let latest = now_ms.saturating_add(DAY_MS);
    let is_ahead = |entry: &Entry<'_>| entry.claims.is_some_and(|claims| claims > latest);
    let ahead = entries.iter().filter(|entry| is_ahead(entry)).count();
    let dated = entries.iter().filter(|entry| entry.claims.is_some()).count();
    // Where most are, it is the clock of this machine that is wrong, or the unit of the times.
    let latest = if ahead * 2 > dated { i64::MAX } else { latest };
    for entry in &mut *entries {
        entry.doubt = match entry.claims {
            None => Some(Doubt::Unset),
            Some(claims) if claims > latest => Some(Doubt::Ahead),
            Some(_) => None,
        };
    }
    // The latest first: they do most harm, and a history is as long as what is left.
    for from_the_latest in [true, false, true] {
        for away in runs_away(entries, from_the_latest) {
            entries[away].doubt = Some(Doubt::Away);
        }
    }
    latest
}

/// The runs at one end of the history that lie further from their neighbours by name than the rest is long, and on the
/// wrong side of them.
fn runs_away(entries: &[Entry<'_>], latest: bool) -> Vec<usize> {
    let dated = entries.iter().enumerate().filter(|(_, entry)| entry.doubt.is_none());
    let mut by_clock: Vec<(i64, usize)> = dated.filter_map(|(at, entry)| Some((entry.claims?, at))).collect();
    by_clock.sort_by(|&(a, one), &(b, other)| a.cmp(&b).then_with(|| entries[one].id.cmp(entries[other].id)));
    if latest {
        by_clock.reverse();
    }
    // Several at one end are away together or not at all: a bad clock may have met more runs than one.
    for few in 1..=by_clock.len() / 4 {
        let (away, rest) = by_clock.split_at(few);
        let (Some(&(nearest, _)), Some(&(first, _)), Some(&(last, _))) = (away.last(), rest.first(), rest.last())
        else {
            break;
        };
        if nearest.abs_diff(first) <= first.abs_diff(last).max(DAY_MS.unsigned_abs()) {
            continue;
        }
        let likes = likes(entries, rest.iter().map(|&(_, at)| at));
        let contradicts = |&(_, at): &(i64, usize)| {
            likes.get(&shape(entries[at].id)).is_some_and(|like| {
                let behind_it = like.by_name.len() - like.before(entries, entries[at].id);
                let on_the_wrong_side = if latest { behind_it > 0 } else { behind_it < like.by_name.len() };
                like.by_name.len() >= LEAST_LIKE && like.follows_clocks && on_the_wrong_side
            })
        };
        if away.iter().all(contradicts) {
            return away.iter().map(|&(_, at)| at).collect();
        }
    }
    Vec::new()
}

/// Dated runs whose names are alike but for their numbers.
struct Like {
    by_name: Vec<usize>,
    /// Whether, but for one in ten neighbours, their names are in the order of their clocks.
    follows_clocks: bool,
}

/// Runs by the shape of their names.
fn likes(entries: &[Entry<'_>], runs: impl Iterator<Item = usize>) -> BTreeMap<String, Like> {
    let mut of_shape: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in runs {
        of_shape.entry(shape(entries[at].id)).or_default().push(at);
    }
    of_shape.into_iter().map(|(shape, runs)| (shape, Like::new(entries, runs))).collect()
}

impl Like {
    fn new(entries: &[Entry<'_>], mut by_name: Vec<usize>) -> Self {
        by_name.sort_by(|&a, &b| {
            let (a, b) = (&entries[a], &entries[b]);
            by_number(a.id, b.id).then(a.claims.cmp(&b.claims)).then_with(|| a.id.cmp(b.id))
        });
        let descend = by_name.windows(2).filter(|pair| entries[pair[0]].claims > entries[pair[1]].claims).count();
        let follows_clocks = descend * 10 < by_name.len().max(1);
        Self { by_name, follows_clocks }
    }

    /// How many have lesser names.
    fn before(&self, entries: &[Entry<'_>], id: &str) -> usize {
        self.by_name.partition_point(|&at| by_number(entries[at].id, id).is_lt())
    }

    /// The place of a run by its name: behind the one before it, or before the first.
    fn place(&self, entries: &[Entry<'_>], id: &str) -> Option<(i64, i8)> {
        let before = self.before(entries, id);
        let side = if before > 0 { 1 } else { -1 };
        let neighbour = *self.by_name.get(before.saturating_sub(1)).filter(|_| self.follows_clocks)?;
        Some((entries[neighbour].claims?, side))
    }
}

/// Gives every run its time, of its clock or of its neighbours by name, and says what is doubtful.
fn place(entries: &mut [Entry<'_>], warnings: &mut Vec<String>) {
    let dated: Vec<usize> = (0..entries.len()).filter(|&at| entries[at].doubt.is_none()).collect();
    if dated.is_empty() {
        // Names are all there is.
        for entry in &mut *entries {
            (entry.at, entry.doubt) = (Some((0, 0)), None);
        }
        if entries.len() > 1 {
            warnings.push(
                "no run has a record that is dated since 2000: runs stand in the order of their names".to_owned(),
            );
        }
        return;
    }
    let likes = likes(entries, dated.into_iter());
    let mut found: BTreeMap<(Doubt, bool), Vec<usize>> = BTreeMap::new();
    for at in 0..entries.len() {
        let Some(doubt) = entries[at].doubt else {
            entries[at].at = entries[at].claims.map(|claims| (claims, 0));
            continue;
        };
        let id = entries[at].id;
        entries[at].at = likes.get(&shape(id)).and_then(|like| like.place(entries, id));
        found.entry((doubt, entries[at].at.is_some())).or_default().push(at);
    }
    warnings.extend(found.into_iter().map(|((doubt, is_placed), runs)| told(entries, doubt, is_placed, runs)));
}

/// A warning about some runs.
fn told(entries: &[Entry<'_>], doubt: Doubt, is_placed: bool, mut runs: Vec<usize>) -> String {
    runs.sort_by(|&a, &b| by_number(entries[a].id, entries[b].id).then_with(|| entries[a].id.cmp(entries[b].id)));
    let one = |&at: &usize| match entries[at].claims {
        Some(claims) => format!("{} ({})", entries[at].id, day_of(claims)),
        None => entries[at].id.to_owned(),
    };
    let names: Vec<String> = runs.iter().take(LISTED).map(one).collect();
    let more = if runs.len() > LISTED { format!(" and {} more", runs.len() - LISTED) } else { String::new() };
    let why = match doubt {
        Doubt::Ahead => "later than now",
        Doubt::Unset => "without a record dated since 2000",
        Doubt::Away => "dated further from the runs beside them by name than the history is long",
    };
    let what = if runs.len() == 1 { "a run whose clock is not believed" } else { "runs whose clocks are not believed" };
    let (then, take) = match (is_placed, runs.len()) {
        (true, 1) => ("it stands", "by its name"),
        (true, _) => ("they stand", "by their names"),
        (false, 1) => ("its place is not known", "so it takes no part in verdicts, which depend on the order of runs"),
        (false, _) => {
            ("their places are not known", "so they take no part in verdicts, which depend on the order of runs")
        }
    };
    let join = if is_placed { " " } else { ", " };
    format!("{what}, {why}: {}{more}: {then}{join}{take}", names.join(", "))
}

/// A time as a day; beyond the calendar in milliseconds.
fn day_of(time: i64) -> String {
    match Timestamp::from_millisecond(time) {
        Ok(moment) => moment.strftime("%Y-%m-%d").to_string(),
        Err(_) => format!("{time} ms since 1970"),
    }
}

/// The moments between which the same clocks are ahead as now: an answer that was made at one of them is that of all.
#[must_use]
pub fn steady(now_ms: i64, times: impl Iterator<Item = i64>) -> (i64, i64) {
    times.fold((i64::MIN, i64::MAX), |(from, until), time| {
        let turns = time.saturating_sub(DAY_MS);
        if turns > now_ms { (from, until.min(turns)) } else { (from.max(turns), until) }
    })
}
