//! Reading a tally.

use super::cell::{Cell, Outcome};
use super::groups::Groups;
use super::incident::{First, Incident};
use super::run::{Facet, Run};
use super::scenarios::ScenarioKey;
use super::symbols::Symbol;
use super::tally::Tally;

/// The cells of a tally, those of each scenario side by side.
#[derive(Clone, Debug)]
pub struct CellsByScenario<'t> {
    cells: Vec<&'t Cell>,
    by_scenario: Groups,
}

impl<'t> CellsByScenario<'t> {
    /// Number of scenarios.
    #[must_use]
    pub fn scenarios(&self) -> u32 {
        super::symbols::count(self.by_scenario.len())
    }

    /// The cells of a scenario by its number, in no order.
    #[must_use]
    pub fn of(&self, scenario: u32) -> &[&'t Cell] {
        &self.cells[self.by_scenario.range(scenario as usize)]
    }
}

impl Tally {
    /// The string of a symbol.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// All runs, by number.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The branch of a run, where its records name one.
    #[must_use]
    pub fn branch_of(&self, run: u32) -> Option<&str> {
        match self.runs[run as usize].branch {
            Facet::One(branch) => Some(self.text(branch)),
            Facet::Unknown | Facet::Several => None,
        }
    }

    /// All scenarios, by number.
    #[must_use]
    pub fn scenarios(&self) -> &[ScenarioKey] {
        self.scenarios.keys()
    }

    /// A scenario's packet, suite, scenario and mode.
    #[must_use]
    pub fn scenario_names(&self, scenario: u32) -> [&str; 4] {
        self.scenarios.keys()[scenario as usize].map(|symbol| self.text(symbol))
    }

    /// All cells, in no order.
    #[must_use]
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &Cell> + Clone {
        self.cells.iter()
    }

    /// All cells by scenario.
    #[must_use]
    pub fn cells_by_scenario(&self) -> CellsByScenario<'_> {
        let by_scenario = Groups::new(self.scenarios.len(), self.cells().map(|cell| cell.key.scenario));
        CellsByScenario { cells: by_scenario.all().map(|cell| &self.cells[cell]).collect(), by_scenario }
    }

    /// What a cell did besides passing.
    pub fn outcomes(&self, cell: &Cell) -> impl Iterator<Item = &Outcome> {
        let mut link = cell.outcomes;
        std::iter::from_fn(move || {
            let outcome = self.outcomes.get((link as usize).checked_sub(1)?)?;
            link = outcome.next;
            Some(outcome)
        })
    }

    /// All incidents, by number.
    #[must_use]
    pub fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    /// The first record of each incident in each run, in no order.
    #[must_use]
    pub fn firsts(&self) -> &[First] {
        &self.firsts
    }
}
