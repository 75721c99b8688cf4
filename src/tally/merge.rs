//! Merging tallies.

use super::cell::{CellKey, What};
use super::incident::{First, Incident, Place};
use super::symbols::{Symbol, count};
use super::tally::Tally;

impl Tally {
    /// Takes in everything that another tally holds.
    pub fn merge(&mut self, mut other: Self) {
        if other.cells.len() > self.cells.len() {
            // Which of the two takes in the other changes the numbers only.
            std::mem::swap(self, &mut other);
        }
        let symbols = self.symbols.absorb(&other.symbols);
        let symbol = |old: Symbol| symbols[old.0 as usize];

        let runs: Vec<u32> = other
            .runs
            .iter()
            .map(|theirs| {
                let run = self.run(other.symbols.text(theirs.id));
                self.runs[run as usize].join(theirs, &symbols);
                run
            })
            .collect();
        let scenarios: Vec<u32> = (0..count(other.scenarios.keys().len()))
            .map(|scenario| self.scenarios.number(&mut self.symbols, other.scenario_names(scenario)))
            .collect();
        let incidents: Vec<u32> = other
            .incidents
            .iter()
            .map(|theirs| {
                self.incident(Incident {
                    scenario: scenarios[theirs.scenario as usize],
                    reason: symbol(theirs.reason),
                    class: symbol(theirs.class),
                    ..*theirs
                })
            })
            .collect();

        let number = |run: u32| runs[run as usize];
        let (cells, hasher) = (&self.cells, &self.hasher);
        let rehash = |&cell: &u32| std::hash::BuildHasher::hash_one(hasher, cells[cell as usize].key);
        self.cell_index.reserve(other.cells.len().saturating_sub(self.cells.len() / 2), rehash);
        for theirs in &other.cells {
            let key = theirs.key;
            let key = CellKey::new(scenarios[key.scenario as usize], key.env().map(symbol), key.seed());
            let cell = self.cell(key);
            self.cells[cell].passed.merge(&theirs.passed, number);
            for outcome in other.outcomes(theirs) {
                let what = match outcome.what {
                    What::Failed(incident) => What::Failed(incidents[incident as usize]),
                    What::Excluded => What::Excluded,
                };
                self.outcome(cell, what).merge(&outcome.runs, number);
            }
        }
        for theirs in &other.firsts {
            self.keep_first(First {
                incident: incidents[theirs.incident as usize],
                run: number(theirs.run),
                place: Place { log: symbol(theirs.place.log), ..theirs.place },
                owner: symbol(theirs.owner),
                env: theirs.env.map(symbol),
                replay: theirs.replay.map(symbol),
                artifacts: theirs.artifacts.map(symbol),
                ..*theirs
            });
        }
    }
}
