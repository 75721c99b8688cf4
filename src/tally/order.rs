//! The order of runs.
//!
//! A clock is doubtful that is later than now and a day, that shows no time since 2000, or that contradicts the run's
//! neighbours by name, where names follow clocks. A run with such a clock stands by its name where the names of runs like
//! it follow their clocks, and has no place otherwise.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::clock::{DAY_MS, FIRST_SET_CLOCK_MS};
use super::day::{day_of, moment_of};
use super::doubt::{Doubt, Entry, settle};
use super::outside::Outside;
use super::run::{Run, are_several, is_asked_for};
use super::run_name::{by_number, shape as name_shape};
use super::stopped::Lines;
use super::tally::Tally;
use super::tied::tied;
use crate::text::terminal::{count, listed, plural};

/// What to ask where several runs may have one id.
pub const ONE_OR_SEVERAL: &str = "is it one run, or are several of one id judged as one? What names runs must tell them \
                                  apart: the profile's field of the run, or without one --from-path";
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
    /// The branch of most runs, of several, those included that a window left out; `None` where none has many of all, over weeks.
    pub main_line: Option<String>,
    /// What is wrong with clocks, by run.
    pub warnings: Vec<String>,
    /// The moment after which nothing can have been.
    bound_ms: i64,
    /// When each run began, by its number, as far as its clock is believed.
    clocks: Vec<Option<i64>>,
    /// Whether names and clocks tell two orders of each run and those like it, by its number.
    torn: Vec<bool>,
    /// Of each run that may be several of one id, when the last of them ended, by its number.
    ends: Vec<Option<i64>>,
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

    /// Whether a run is one of those whose names and clocks tell two orders, of which nobody knows the right one.
    #[must_use]
    pub fn is_torn(&self, run: u32) -> bool {
        self.torn[run as usize]
    }

    /// When a run ended, if it may be several of one id: its records may be older or newer than those of others.
    #[must_use]
    pub fn end_of_several(&self, run: u32) -> Option<i64> {
        self.ends[run as usize]
    }

    /// When the newest run of the branches that are asked for began, and its id.
    #[must_use]
    pub fn newest_asked_for<'t>(&self, tally: &'t Tally, asked: Option<&GlobMatcher>) -> Option<(i64, &'t str)> {
        let mut runs = self.runs.iter().rev().filter(|&&run| is_asked_for(asked, tally.branch_of(run)));
        runs.find_map(|&run| Some((self.clock(run)?, tally.text(tally.runs()[run as usize].id))))
    }

    /// The order as it was when only its first runs had been: so many.
    #[must_use]
    pub fn until(&self, runs: usize) -> Self {
        Self { runs: self.runs[..runs.min(self.runs.len())].to_vec(), ..self.clone() }
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
        self.run_order_beside(&BTreeMap::new(), now_ms, None)
    }

    /// The order of the runs, among others that a window left out whole, by their ids: these have no place, but tell
    /// which clocks to believe, and are named where their own are not. Warnings are of the runs of those branches that are
    /// asked for.
    #[must_use]
    pub fn run_order_beside(
        &self,
        left_out: &BTreeMap<String, Outside>,
        now_ms: i64,
        asked: Option<&GlobMatcher>,
    ) -> RunOrder {
        let numbers = 0..super::symbols::count(self.runs.len());
        let own = numbers.zip(&self.runs);
        let own =
            own.map(|(number, run)| Entry::new(self.text(run.id), run.clock.start()).of_branch(self.branch_of(number)));
        let mut entries: Vec<Entry<'_>> = own.collect();
        let known: BTreeSet<&str> = entries.iter().map(|entry| entry.id).collect();
        let others = left_out.iter().filter(|(id, _)| !known.contains(id.as_str()));
        let others = others.map(|(id, outside)| Entry::new(id, outside.clock.start()).of_branch(outside.branch()));
        entries.extend(others);
        let settled = settle(&mut entries, now_ms);
        let (own, others) = entries.split_at(self.runs.len());
        let is_told = |entry: &Entry<'_>| is_asked_for(asked, entry.branch);
        let told: Vec<Told<'_>> = own.iter().zip(&self.runs).filter(|(entry, _)| is_told(entry)).collect();
        let mut warnings = if settled.is_dated {
            let others = others.iter().filter(|entry| is_told(entry));
            [warnings(told.iter().map(|(entry, _)| *entry), false), warnings(others, true)].concat()
        } else if own.len() > 1 {
            vec!["no run has a record that is dated since 2000: runs stand in the order of their names".to_owned()]
        } else {
            Vec::new()
        };
        let lines = Lines::new(own, others, asked);
        let main_line = lines.main_line();
        warnings.extend(lines.stopped(main_line));
        warnings.extend(odd(&told));
        warnings.extend(odd_outside(&told, others.iter().filter(|entry| is_told(entry))));
        warnings.extend(torn(&told));
        warnings.extend(warning(
            "runs of one and the same time, whose names tell no order either, stand in the order of their names; what is \
             flaky, fixed or new depends on it",
            tied(told.iter().map(|(entry, _)| *entry)).into_iter().map(|entry| (entry.id, entry.id.to_owned())).collect(),
        ));
        warnings.extend(unit_warning(&told));
        warnings.extend(apart(&told));
        warnings.extend(pauses(&told));
        warnings.extend(long(&told));
        warnings.extend(cut(&told, left_out));
        let mut numbers: Vec<usize> = (0..own.len()).collect();
        numbers.sort_by(|&a, &b| {
            let (a, b) = (&own[a], &own[b]);
            a.at.cmp(&b.at).then_with(|| by_number(a.id, b.id)).then_with(|| a.id.as_bytes().cmp(b.id.as_bytes()))
        });
        warnings.extend(parts(numbers.iter().rev().map(|&number| (&own[number], &self.runs[number])), asked, left_out));
        let mut order = RunOrder {
            runs: numbers.iter().map(|&number| super::symbols::count(number)).collect(),
            position: vec![0; own.len()],
            unplaced: super::symbols::count(own.iter().filter(|entry| entry.at.is_none()).count()),
            main_line: main_line.map(str::to_owned),
            warnings,
            bound_ms: settled.bound_ms,
            clocks: own.iter().map(|entry| entry.claims.filter(|_| entry.doubt.is_none())).collect(),
            torn: own.iter().map(|entry| entry.is_torn).collect(),
            ends: self.runs.iter().map(|run| run.clock.is_several().then(|| run.clock.end())?).collect(),
        };
        for (at, &number) in numbers.iter().enumerate() {
            order.position[number] = super::symbols::count(at);
        }
        order
    }
}

/// A run that warnings may name.
type Told<'t> = (&'t Entry<'t>, &'t Run);

/// That records of one run are dated far apart.
fn apart(runs: &[Told<'_>]) -> Option<String> {
    let apart = runs.iter().filter_map(|(entry, run)| Some((entry.id, run.clock.apart()?)));
    warning(
        "records of one run are dated more than a week apart (different runs of one id, or a wrong clock)",
        first_with(apart.map(|(id, (first, second))| (id, format!(" ({} and {})", day_of(first), day_of(second))))),
    )
}

/// That runs stop and go on a day later, as several of one id do.
fn pauses(runs: &[Told<'_>]) -> Option<String> {
    let paused = runs.iter().filter(|(_, run)| run.clock.apart().is_none());
    let paused = paused.filter_map(|(entry, run)| Some((entry.id, run.clock.pause()?)));
    warning(
        &format!("records of one run stop and go on most of a day later or more; {ONE_OR_SEVERAL}"),
        first_with(paused.map(|(id, (last, next))| (id, format!(" ({} and {})", moment_of(last), moment_of(next))))),
    )
}

/// That runs last longer than a day, while others of their branch begin: what fails late in one of them is newer than those.
fn long(runs: &[Told<'_>]) -> Option<String> {
    let begins: BTreeSet<(Option<&str>, i64)> =
        runs.iter().filter_map(|(entry, run)| Some((entry.branch, run.clock.start()?))).collect();
    let spans = runs.iter().filter(|(_, run)| !run.clock.is_several()).filter_map(|(entry, run)| {
        let (start, end) = (run.clock.start()?, run.clock.end()?);
        let meanwhile = || begins.range((entry.branch, start + 1)..=(entry.branch, end)).next().is_some();
        (end.saturating_sub(start) > DAY_MS && meanwhile()).then_some((entry.id, start, end))
    });
    warning(
        "runs of more than a day stand by their beginnings, and others began meanwhile: what failed late in one may be newer than \
         clean runs behind it",
        first_with(spans.map(|(id, start, end)| (id, format!(" ({} to {})", moment_of(start), moment_of(end))))),
    )
}

/// That a window left out a part of runs that count, far from the rest of them.
fn cut(runs: &[Told<'_>], left_out: &BTreeMap<String, Outside>) -> Option<String> {
    let is_cut =
        |(entry, run): &&Told<'_>| left_out.get(entry.id).is_some_and(|outside| outside.clock.is_far_from(&run.clock));
    warning(
        "records of runs that count were left out by --since or --until, which go by their own clocks, far from the \
         rest of their runs: their failures are not counted",
        runs.iter().filter(is_cut).map(|(entry, _)| (entry.id, entry.id.to_owned())).collect(),
    )
}

/// That a window left out a part of a newest run, of which the rest alone is judged. Branches are judged apart; `runs` are
/// the newest first.
fn parts<'t>(
    runs: impl Iterator<Item = Told<'t>> + Clone,
    asked: Option<&GlobMatcher>,
    left_out: &BTreeMap<String, Outside>,
) -> Vec<String> {
    let asked = |(entry, _): &Told<'_>| is_asked_for(asked, entry.branch);
    let are_apart = are_several(runs.clone().filter(asked).map(|(entry, _)| entry.branch));
    let mut seen = BTreeSet::new();
    let newest = runs.filter(asked).filter(|(entry, _)| seen.insert(entry.branch.filter(|_| are_apart)));
    let part = |(entry, run): Told<'_>| {
        let outside = left_out.get(entry.id).filter(|outside| !outside.clock.is_far_from(&run.clock))?;
        let out = outside.clock.records();
        let branch =
            entry.branch.filter(|_| are_apart).map_or_else(String::new, |branch| format!(" of branch {branch}"));
        (out > 0).then(|| {
            format!(
                "--since or --until holds only {} of {} of the newest run{branch}, {}: what the others say is not counted",
                count(run.records),
                plural(run.records + out, "record"),
                entry.id,
            )
        })
    };
    newest.filter_map(part).collect()
}

/// Whether times are in another unit than they are read in, most likely.
fn unit_warning(runs: &[Told<'_>]) -> Option<String> {
    let times = runs.iter().filter_map(|(entry, run)| match entry.claims {
        Some(time) => (time >= LIKELY_MS.end).then_some(time),
        // Nothing counts its time from 0.
        None => run.clock.unset_ms().filter(|&time| time > 0),
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

/// That names and clocks of some runs tell different orders.
fn odd(runs: &[Told<'_>]) -> Option<String> {
    let odd = runs.iter().filter(|(entry, _)| entry.is_odd);
    warning(
        "names and clocks tell different orders (run again, dated wrongly, or named anew); runs stand by their clocks, so \
         that what looks fixed may not be",
        odd.map(|(entry, _)| (entry.id, entry.id.to_owned())).collect(),
    )
}

/// That a window left out runs by clocks before it whose names stand behind runs within it.
fn odd_outside<'t>(runs: &[Told<'_>], left_out: impl Iterator<Item = &'t Entry<'t>>) -> Option<String> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for (entry, _) in runs {
        let first = first.entry(name_shape(entry.id)).or_insert(entry.id);
        *first = std::cmp::min_by(*first, entry.id, |a, b| by_number(a, b));
    }
    let is_behind = |entry: &&Entry<'_>| {
        let first = first.get(&name_shape(entry.id)).filter(|_| entry.is_odd);
        first.is_some_and(|first| by_number(first, entry.id).is_lt())
    };
    warning(
        "names and clocks tell different orders of runs that --since or --until left out by their clocks, and whose names stand \
         behind others that count (run again, dated wrongly, or named anew): what failed in them is not counted",
        left_out.filter(is_behind).map(|entry| (entry.id, entry.id.to_owned())).collect(),
    )
}

/// That no order of some runs is known.
fn torn(runs: &[Told<'_>]) -> Option<String> {
    let torn = runs.iter().filter(|(entry, _)| entry.is_torn);
    warning(
        "names and clocks tell two orders, and which is right is not known: runs stand by their clocks, and what is called \
         fixed, recovered, returned or new depends on it",
        torn.map(|(entry, _)| (entry.id, entry.id.to_owned())).collect(),
    )
}

/// Runs by their ids, of which the first alone is told with what is behind its id: they are all alike.
fn first_with<'t>(runs: impl Iterator<Item = (&'t str, String)>) -> Vec<(&'t str, String)> {
    let mut runs: Vec<(&str, String)> = runs.collect();
    runs.sort_by(|(a, _), (b, _)| by_number(a, b).then_with(|| a.cmp(b)));
    let shown = |(at, (id, more)): (usize, (&'t str, String))| {
        (id, if at == 0 { id.to_owned() + &more } else { id.to_owned() })
    };
    runs.into_iter().enumerate().map(shown).collect()
}

/// A warning about some runs, if there are any; each with its id.
fn warning(what: &str, runs: Vec<(&str, String)>) -> Option<String> {
    (!runs.is_empty()).then(|| format!("{what}: {}", named(runs)))
}

/// Runs, each with its id, in the order of these.
fn named(mut runs: Vec<(&str, String)>) -> String {
    runs.sort_by(|(a, _), (b, _)| by_number(a, b).then_with(|| a.cmp(b)));
    listed(runs.iter().map(|(_, shown)| shown), LISTED)
}

/// What is doubtful of some runs, which a window left out or not.
fn warnings<'t>(entries: impl Iterator<Item = &'t Entry<'t>>, are_left_out: bool) -> Vec<String> {
    let mut found: BTreeMap<(Doubt, bool), Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in entries {
        if let Some(doubt) = entry.doubt {
            found.entry((doubt, entry.at.is_some() && !are_left_out)).or_default().push(entry);
        }
    }
    found.into_iter().map(|((doubt, is_placed), runs)| told(doubt, is_placed, are_left_out, &runs)).collect()
}

/// A warning about some runs.
fn told(doubt: Doubt, is_placed: bool, are_left_out: bool, runs: &[&Entry<'_>]) -> String {
    let one = |entry: &&'_ Entry<'_>| match entry.claims {
        Some(claims) => format!("{} ({})", entry.id, day_of(claims)),
        None => entry.id.to_owned(),
    };
    let names = named(runs.iter().map(|entry| (entry.id, one(entry))).collect());
    let why = match doubt {
        Doubt::Ahead => "later than now",
        Doubt::Unset => "without a record dated since 2000",
        Doubt::Away => "further from the runs beside them by name than the history is long",
    };
    let is_one = runs.len() == 1;
    let what = if is_one { "a run whose clock is not believed" } else { "runs whose clocks are not believed" };
    let then = match (are_left_out, is_placed, is_one) {
        (true, _, true) => "it was left out by --since or --until, which go by its clock: its failures are not counted",
        (true, _, false) => {
            "they were left out by --since or --until, which go by their clocks: their failures are not counted"
        }
        (false, true, true) => "it stands by its name",
        (false, true, false) => "they stand by their names",
        (false, false, true) => {
            "its place is not known, so it takes no part in verdicts, which depend on the order of runs"
        }
        (false, false, false) => {
            "their places are not known, so they take no part in verdicts, which depend on the order of runs"
        }
    };
    format!("{what}, {why}: {names}: {then}")
}

/// The moments between which the same clocks are ahead as now: an answer that was made at one of them is that of all.
#[must_use]
pub fn steady(now_ms: i64, times: impl Iterator<Item = i64>) -> (i64, i64) {
    times.fold((i64::MIN, i64::MAX), |(from, until), time| {
        let turns = time.saturating_sub(DAY_MS);
        if turns > now_ms { (from, until.min(turns)) } else { (from.max(turns), until) }
    })
}
