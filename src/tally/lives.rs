//! When scenarios ran for the first time and for the last: what has no result any more, though others go on.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::DAY_MS;
use super::symbols::count;
use super::tally::Tally;

/// Runs that must have come behind the last one of a scenario before anybody asks when it ran.
const LEAST_BEHIND: usize = 10;
/// Runs of a scenario that tell how long it pauses, and the least time from its first to its last.
const LEAST_RUNS: usize = 3;
const LEAST_MS: i64 = 7 * DAY_MS;
/// Suites that are kept by name.
const NAMED: usize = 5;

/// The runs that have a clock, in its order; of one moment, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    /// When each began, and its number.
    pub runs: Vec<(i64, u32)>,
    /// For each run, its place among these.
    places: Vec<Option<u32>>,
}

impl Dated {
    /// Those of a tally.
    #[must_use]
    pub fn new(tally: &Tally) -> Self {
        let numbered = (0..count(tally.runs().len())).zip(tally.runs());
        let mut runs: Vec<(i64, u32)> =
            numbered.filter_map(|(number, run)| Some((run.clock.start()?, number))).collect();
        runs.sort_unstable_by_key(|&(began, number)| (began, tally.text(tally.runs()[number as usize].id)));
        let mut places = vec![None; tally.runs().len()];
        for (place, &(_, number)) in (0..).zip(&runs) {
            places[number as usize] = Some(place);
        }
        Self { runs, places }
    }

    /// Whether so many runs came behind one that what it was the last of may have stopped.
    fn is_early(&self, place: u32) -> bool {
        place as usize + LEAST_BEHIND < self.runs.len()
    }
}

/// Scenarios by the place of their first run and of their last one among the dated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// How many ran for the first time in a run.
    pub began: BTreeMap<u32, u64>,
    /// Those that ran in one for the last time, where many runs came behind it.
    pub ended: BTreeMap<u32, Ended>,
}

/// Scenarios that ran for the last time in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many.
    pub scenarios: u64,
    /// The longest time that each of them had once stayed away for, of the one that did so for the shortest.
    pub pause_ms: i64,
    /// The first of their suites by name.
    pub suites: BTreeSet<String>,
}

impl Lives {
    /// Adds a scenario by the runs in which it has a result, in any order and as often as may be.
    pub fn add<I: Iterator<Item = u32>>(&mut self, dated: &Dated, suite: &str, runs: impl Fn() -> I) {
        let places = || runs().filter_map(|run| *dated.places.get(run as usize)?);
        let Some((first, last)) = places().fold(None, |ends: Option<(u32, u32)>, place| {
            Some(ends.map_or((place, place), |(first, last)| (first.min(place), last.max(place))))
        }) else {
            return;
        };
        if dated.is_early(last) {
            let mut distinct: Vec<u32> = places().collect();
            distinct.sort_unstable();
            distinct.dedup();
            let began = |place: u32| dated.runs[place as usize].0;
            // What ran once or twice, as under an id that differs in every run, never went on; nor did what ran on a day or two.
            if distinct.len() < LEAST_RUNS || began(last) - began(first) < LEAST_MS {
                return;
            }
            let pause_ms = distinct.windows(2).map(|pair| began(pair[1]) - began(pair[0])).max().unwrap_or(0);
            let suites = BTreeSet::from([suite.to_owned()]);
            self.end(last, Ended { scenarios: 1, pause_ms, suites });
        }
        *self.began.entry(first).or_default() += 1;
    }

    fn end(&mut self, place: u32, ended: Ended) {
        let Some(known) = self.ended.get_mut(&place) else {
            self.ended.insert(place, ended);
            return;
        };
        known.join(ended);
    }

    /// Takes over those of another.
    pub fn join(&mut self, other: Self) {
        for (place, scenarios) in other.began {
            *self.began.entry(place).or_default() += scenarios;
        }
        for (place, ended) in other.ended {
            self.end(place, ended);
        }
    }
}

impl Ended {
    /// Takes over those of another run.
    pub fn join(&mut self, other: Self) {
        self.scenarios += other.scenarios;
        self.pause_ms = self.pause_ms.min(other.pause_ms);
        self.suites.extend(other.suites);
        while self.suites.len() > NAMED {
            self.suites.pop_last();
        }
    }
}
