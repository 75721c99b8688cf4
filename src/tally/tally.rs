//! The mergeable state of a sweep.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashTable};

use super::blocks::Blocks;
use super::cell::{Cell, CellKey, Outcome, Pass, What};
use super::incident::{At, First, Incident, Place};
use super::run::Run;
use super::run_set::RunSet;
use super::scenarios::Scenarios;
use super::symbols::{Near, Symbol, Symbols, count};
use crate::archive::strip_container;
use crate::taxonomy::Ruling;

pub(super) type Index<K> = HashMap<K, u32, RandomState>;

/// Everything that a sweep knows about the records it read: runs, cells and incidents.
///
/// Tallies of any parts of the input, merged in any order, hold the same: merging is associative and commutative, and
/// the empty tally changes nothing. Numbers (of scenarios, runs, incidents, symbols) are only names within one tally,
/// so nothing may depend on their order.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub(super) symbols: Symbols,
    pub(super) runs: Vec<Run>,
    pub(super) run_index: Index<Symbol>,
    /// The run of records that name none, while it has no id: [`Tally::name_run`] gives it one.
    pub(super) own_run: Option<u32>,
    pub(super) scenarios: Scenarios,
    pub(super) cells: Blocks<Cell>,
    pub(super) cell_index: HashTable<u32>,
    /// Passes that no cell counts yet.
    pub(super) passes: Vec<Pass>,
    pub(super) outcomes: Blocks<Outcome>,
    pub(super) outcome_index: HashTable<u32>,
    pub(super) incidents: Vec<Incident>,
    pub(super) incident_index: Index<(u32, Symbol, Symbol)>,
    pub(super) firsts: Vec<First>,
    pub(super) first_index: Index<(u32, u32)>,
    pub(super) hasher: RandomState,
    /// Bytes that the sets of runs, and the clocks of runs, take on the heap.
    pub(super) heap: usize,
    pub(super) recent: Recent,
}

/// The last values of each field that neighbouring records share.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recent {
    pub(super) packet: Near,
    pub(super) suite: Near,
    pub(super) mode: Near,
    pub(super) env: Near,
    pub(super) revision: Near,
    pub(super) branch: Near,
    /// The last run's id and number.
    run: Option<(Symbol, u32)>,
}

impl Tally {
    /// Which scenarios failed, by their numbers.
    pub(super) fn have_failed(&self) -> Vec<bool> {
        let mut failed = vec![false; self.scenarios.len()];
        for incident in &self.incidents {
            failed[incident.scenario as usize] = true;
        }
        failed
    }

    /// Turns every place that counts within a part into one that counts from the archive's start.
    pub fn place_lines(&mut self, number: impl Fn(&str, u64, u64) -> u64) {
        for first in &mut self.firsts {
            let place = &mut first.place;
            place.line = number(self.symbols.text(place.log), place.part, place.line);
            place.part = 0;
        }
    }

    pub(super) fn run(&mut self, id: &str) -> u32 {
        if let Some((symbol, run)) = self.recent.run
            && self.symbols.bytes_of(symbol) == id.as_bytes()
        {
            return run;
        }
        let id = self.symbols.intern(id);
        let run = *self.run_index.entry(id).or_insert_with(|| {
            self.runs.push(Run::new(id));
            count(self.runs.len() - 1)
        });
        self.recent.run = Some((id, run));
        run
    }

    /// The run of records that name none.
    pub(super) fn own_run(&mut self) -> u32 {
        if let Some(run) = self.own_run {
            return run;
        }
        let id = self.symbols.intern("");
        self.runs.push(Run::new(id));
        *self.own_run.insert(count(self.runs.len() - 1))
    }

    /// Gives the run of records that name none its id. Another run may have the same one: they are one run for whoever
    /// takes this tally in, and nothing else is to be done with it.
    pub fn name_run(&mut self, id: &str) {
        if let Some(run) = self.own_run.take() {
            self.runs[run as usize].id = self.symbols.intern(id);
        }
    }

    /// Says where the archive stands that all records came from.
    pub fn name_log(&mut self, log: &str) {
        if !self.firsts.is_empty() {
            let log = self.symbols.intern(log);
            for first in &mut self.firsts {
                first.place.log = log;
            }
        }
    }

    pub(super) fn cell(&mut self, key: CellKey) -> usize {
        let hash = self.hasher.hash_one(key);
        if let Some(&cell) = self.cell_index.find(hash, |&cell| self.cells[cell as usize].key == key) {
            return cell as usize;
        }
        let cell = self.cells.len();
        self.cells.push(Cell { key, passed: RunSet::default(), outcomes: 0 });
        let (cells, hasher) = (&self.cells, &self.hasher);
        self.cell_index.insert_unique(hash, count(cell), |&other| hasher.hash_one(cells[other as usize].key));
        cell
    }

    /// The runs in which a cell had an outcome.
    pub(super) fn outcome(&mut self, cell: usize, what: What) -> &mut RunSet {
        let cell = count(cell);
        let hash = self.hasher.hash_one((cell, what));
        let outcomes = &self.outcomes;
        let is_it = |&other: &u32| outcomes[other as usize].cell == cell && outcomes[other as usize].what == what;
        if let Some(&found) = self.outcome_index.find(hash, is_it) {
            return &mut self.outcomes[found as usize].runs;
        }
        let number = count(outcomes.len());
        let next = std::mem::replace(&mut self.cells[cell as usize].outcomes, number + 1);
        self.outcomes.push(Outcome { what, runs: RunSet::default(), cell, next });
        let (outcomes, hasher) = (&self.outcomes, &self.hasher);
        self.outcome_index.insert_unique(hash, number, |&other| {
            let other = &outcomes[other as usize];
            hasher.hash_one((other.cell, other.what))
        });
        &mut self.outcomes[number as usize].runs
    }

    /// Joins an incident with what is known of it; its number.
    pub(super) fn incident(&mut self, seen: Incident) -> u32 {
        let key = (seen.scenario, seen.reason, seen.class);
        if let Some(&number) = self.incident_index.get(&key) {
            let known = &mut self.incidents[number as usize];
            known.occurrences += seen.occurrences;
            known.last_seen_ms = known.last_seen_ms.max(seen.last_seen_ms);
            known.severity = known.severity.min(seen.severity);
            known.incident_only |= seen.incident_only;
            return number;
        }
        let number = count(self.incidents.len());
        self.incidents.push(seen);
        self.incident_index.insert(key, number);
        number
    }

    /// Keeps a first record if it is the first of its incident and run.
    pub(super) fn keep_first(&mut self, first: First) {
        let key = (first.incident, first.run);
        match self.first_index.get(&key).copied() {
            None => {
                self.first_index.insert(key, count(self.firsts.len()));
                self.firsts.push(first);
            }
            Some(number) if self.is_before(first.time_ms, self.at(first.place), &self.firsts[number as usize]) => {
                self.firsts[number as usize] = first;
            }
            Some(_) => {}
        }
    }

    /// What its taxonomy said of an incident's first record.
    #[must_use]
    pub fn ruling(&self, first: &First) -> Ruling {
        serde_json::from_str(self.symbols.text(first.ruling)).unwrap_or_default()
    }

    /// The artifacts that an incident's first record names.
    #[must_use]
    pub fn artifacts(&self, first: &First) -> Vec<String> {
        let text = first.artifacts.map(|artifacts| self.symbols.text(artifacts));
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    fn at(&self, place: Place) -> At<'_> {
        At { log: self.symbols.text(place.log), part: place.part, line: place.line }
    }

    pub(super) fn is_before(&self, time: i64, at: At<'_>, other: &First) -> bool {
        // By the name without its container, so that packing an archive changes no answer.
        fn order(at: At<'_>) -> (&[u8], &[u8], u64, u64) {
            (strip_container(at.log).as_bytes(), at.log.as_bytes(), at.part, at.line)
        }
        time < other.time_ms || time == other.time_ms && order(at) < order(self.at(other.place))
    }
}
