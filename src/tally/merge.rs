//! Merging tallies, whole or in part.

use super::cell::{CellKey, Pass, What};
use super::incident::{First, Incident, Place};
use super::symbols::Symbol;
use super::tally::Tally;

impl Tally {
    /// Takes in everything that another tally holds.
    pub fn merge(&mut self, mut other: Self) {
        if other.cells.len() + other.passes.len() > self.cells.len() + self.passes.len() {
            // Which of the two takes in the other changes the numbers only.
            std::mem::swap(self, &mut other);
        }
        let runs = self.merge_runs(&other);
        let mut carrier = Carrier::new(&other, &runs);
        carrier.cells(self, 0..other.cells.len());
        carrier.passes(self, 0..other.passes.len());
        carrier.firsts(self, 0..other.firsts.len());
    }

    /// Takes in the runs of another tally: what their numbers are here.
    pub(super) fn merge_runs(&mut self, other: &Self) -> Vec<u32> {
        let take = |(number, theirs): (u32, &super::run::Run)| {
            let run = if other.own_run == Some(number) { self.own_run() } else { self.run(other.text(theirs.id)) };
            let mut symbol = |old: Symbol| self.symbols.intern(other.text(old));
            let [revision, branch] = [theirs.revision, theirs.branch].map(|facet| facet.map(&mut symbol));
            let mine = &mut self.runs[run as usize];
            let before = mine.clock.heap();
            mine.join(&super::run::Run { revision, branch, ..theirs.clone() });
            self.heap = self.heap + mine.clock.heap() - before;
            run
        };
        (0..).zip(&other.runs).map(take).collect()
    }
}

const UNKNOWN: u32 = u32::MAX;

/// Carries cells, passes, and the firsts of their incidents, from one tally into others.
///
/// All that is of one scenario must go into one tally: an incident is counted there when it is met first.
pub(super) struct Carrier<'o> {
    from: &'o Tally,
    /// What the numbers of runs are in every tally that is carried to.
    runs: &'o [u32],
    /// What symbols are in the tally of this number among those carried to.
    symbols: Vec<(u32, Symbol)>,
    target: u32,
    scenarios: Vec<u32>,
    incidents: Vec<u32>,
}

impl<'o> Carrier<'o> {
    pub(super) fn new(from: &'o Tally, runs: &'o [u32]) -> Self {
        Self {
            from,
            runs,
            symbols: vec![(0, Symbol(UNKNOWN)); from.symbols.len()],
            target: 1,
            scenarios: vec![UNKNOWN; from.scenarios.len()],
            incidents: vec![UNKNOWN; from.incidents.len()],
        }
    }

    /// Says that another tally is carried to from now on.
    pub(super) fn turn(&mut self) {
        self.target += 1;
    }

    pub(super) fn cells(&mut self, to: &mut Tally, cells: impl Iterator<Item = usize>) {
        for cell in cells {
            let theirs = &self.from.cells[cell];
            let key = theirs.key;
            let env = key.env().map(|env| self.symbol(to, env));
            let scenario = self.scenario(to, key.scenario);
            let cell = to.cell(CellKey::new(scenario, env, key.seed()));
            let runs = self.runs;
            let number = |run: u32| runs[run as usize];
            to.heap += to.cells[cell].passed.merge(&theirs.passed, number);
            for outcome in self.from.outcomes(theirs) {
                let what = match outcome.what {
                    What::Failed(incident) => What::Failed(self.incident(to, incident)),
                    What::Excluded => What::Excluded,
                };
                to.heap += to.outcome(cell, what).merge(&outcome.runs, number);
            }
        }
    }

    pub(super) fn passes(&mut self, to: &mut Tally, passes: impl ExactSizeIterator<Item = usize>) {
        to.passes.reserve(passes.len());
        for pass in passes {
            let Pass { key, run } = self.from.passes[pass];
            let env = key.env().map(|env| self.symbol(to, env));
            let key = CellKey::new(self.scenario(to, key.scenario), env, key.seed());
            to.passes.push(Pass { key, run: self.runs[run as usize] });
        }
    }

    pub(super) fn firsts(&mut self, to: &mut Tally, firsts: impl Iterator<Item = usize>) {
        for first in firsts {
            let theirs = &self.from.firsts[first];
            let mut symbol = |old: Symbol| self.symbol(to, old);
            let place = Place { log: symbol(theirs.place.log), ..theirs.place };
            let ruling = symbol(theirs.ruling);
            let [env, replay, artifacts, told] =
                [theirs.env, theirs.replay, theirs.artifacts, theirs.told].map(|text| text.map(&mut symbol));
            let incident = self.incident(to, theirs.incident);
            let run = self.runs[theirs.run as usize];
            to.keep_first(First { incident, run, place, ruling, env, replay, artifacts, told, ..*theirs });
        }
    }

    fn symbol(&mut self, to: &mut Tally, old: Symbol) -> Symbol {
        let known = &mut self.symbols[old.0 as usize];
        if known.0 != self.target {
            *known = (self.target, to.symbols.intern(self.from.text(old)));
        }
        known.1
    }

    fn scenario(&mut self, to: &mut Tally, old: u32) -> u32 {
        if self.scenarios[old as usize] == UNKNOWN {
            let Tally { scenarios, symbols, .. } = self.from;
            let hash = scenarios.hash_of(symbols, old);
            let [packet, suite, name, mode] = scenarios.keys()[old as usize];
            let shared = [packet, suite, mode].map(|text| self.symbol(to, text));
            let name = self.from.text(name);
            self.scenarios[old as usize] = to.scenarios.number_hashed(&mut to.symbols, shared, name, hash);
        }
        self.scenarios[old as usize]
    }

    fn incident(&mut self, to: &mut Tally, old: u32) -> u32 {
        if self.incidents[old as usize] == UNKNOWN {
            let theirs = self.from.incidents[old as usize];
            let scenario = self.scenario(to, theirs.scenario);
            let (reason, class) = (self.symbol(to, theirs.reason), self.symbol(to, theirs.class));
            self.incidents[old as usize] = to.incident(Incident { scenario, reason, class, ..theirs });
        }
        self.incidents[old as usize]
    }
}
