//! Scenarios that never failed, in sum.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::groups::Groups;
use super::lives::{Dated, Lives};
use super::run::{Facet, Run};
use super::symbols::count;
use super::tally::Tally;
use crate::fingerprints::Fingerprints;

/// The scenarios that never failed: all that anything asks of them, once no record can come any more.
///
/// Most scenarios of most suites never fail, and what they leave here does not grow with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clean {
    /// How many there are, those with excluded attempts only among them.
    pub scenarios: u64,
    /// For each run, by its number in the tally, how many passed in it; runs behind the end have none.
    ran: Vec<u64>,
    /// How many passed in exactly these branches. A branch is named by the least number of its runs.
    by_branches: BTreeMap<Vec<u32>, u64>,
    /// When they ran for the first time and for the last.
    pub lives: Lives,
    /// Their names.
    pub names: Fingerprints,
}

impl Clean {
    /// How many passed in a run, given by its number in the tally.
    #[must_use]
    pub fn ran(&self, run: u32) -> u64 {
        self.ran.get(run as usize).copied().unwrap_or(0)
    }

    /// How many passed in any run of some branches: those of which `is_asked` says so for the number of any of their
    /// runs. Runs that name no branch, or several, are one branch here.
    pub fn passed_on(&self, is_asked: impl Fn(u32) -> bool) -> u64 {
        let asked = self.by_branches.iter().filter(|(branches, _)| branches.iter().any(|&run| is_asked(run)));
        asked.map(|(_, scenarios)| scenarios).sum()
    }

    pub(super) fn join(mut self, other: Self) -> Self {
        self.scenarios += other.scenarios;
        if self.ran.len() < other.ran.len() {
            self.ran.resize(other.ran.len(), 0);
        }
        for (mine, theirs) in self.ran.iter_mut().zip(other.ran) {
            *mine += theirs;
        }
        for (branches, scenarios) in other.by_branches {
            *self.by_branches.entry(branches).or_default() += scenarios;
        }
        self.lives.join(other.lives);
        self.names.join(&other.names);
        self
    }
}

/// For each run, the first run of its branch.
pub(super) fn branches(runs: &[Run]) -> Vec<u32> {
    let mut first = HashMap::<Option<_>, u32, foldhash::quality::RandomState>::default();
    let branch = |run: &Run| match run.branch {
        Facet::One(branch) => Some(branch),
        Facet::Unknown | Facet::Several => None,
    };
    (0..count(runs.len())).zip(runs).map(|(number, run)| *first.entry(branch(run)).or_insert(number)).collect()
}

/// Sums up scenarios one by one.
pub(super) struct Sum<'b> {
    branches: &'b [u32],
    dated: &'b Dated,
    clean: Clean,
    /// The scenario that last met each run, and each branch by its first run.
    met: Vec<(u64, u64)>,
    /// The branches of the scenario at hand.
    of_scenario: Vec<u32>,
}

impl<'b> Sum<'b> {
    /// `branches`: as [`branches()`] gives them.
    pub(super) fn new(branches: &'b [u32], dated: &'b Dated) -> Self {
        let clean = Clean { ran: vec![0; branches.len()], ..Clean::default() };
        Self { branches, dated, clean, met: vec![(0, 0); branches.len()], of_scenario: Vec::new() }
    }

    /// Sums up the scenarios of a tally that never failed, but for units; the cells of those that have, whose passes they count
    /// already.
    pub(super) fn add(&mut self, tally: &Tally, have_failed: &[bool], units: &[bool]) -> Vec<usize> {
        let mut kept = Vec::new();
        let cells = Groups::new(have_failed.len(), tally.cells().map(|cell| cell.key.scenario));
        let passes = Groups::new(have_failed.len(), tally.passes.iter().map(|pass| pass.key.scenario));
        for (scenario, &has_failed) in have_failed.iter().enumerate() {
            if has_failed {
                kept.extend(cells.of(scenario));
            } else if !units[scenario] {
                let passed = || {
                    let counted =
                        cells.of(scenario).flat_map(|cell| tally.cells[cell].passed.iter().map(|(run, _)| run));
                    counted.chain(passes.of(scenario).map(|pass| tally.passes[pass].run))
                };
                let names = tally.scenario_names(count(scenario));
                let [_, suite, ..] = names;
                self.clean.names.add(names);
                self.clean.lives.add(self.dated, suite, passed);
                self.scenario(passed());
            }
        }
        kept
    }

    fn scenario(&mut self, passed: impl Iterator<Item = u32>) {
        self.clean.scenarios += 1;
        let this = self.clean.scenarios;
        let branches = &mut self.of_scenario;
        branches.clear();
        for run in passed {
            if std::mem::replace(&mut self.met[run as usize].0, this) != this {
                self.clean.ran[run as usize] += 1;
                let branch = self.branches[run as usize];
                if std::mem::replace(&mut self.met[branch as usize].1, this) != this {
                    branches.push(branch);
                }
            }
        }
        branches.sort_unstable();
        match self.clean.by_branches.get_mut(branches.as_slice()) {
            Some(scenarios) => *scenarios += 1,
            None if branches.is_empty() => {}
            None => {
                self.clean.by_branches.insert(branches.clone(), 1);
            }
        }
    }

    pub(super) fn total(self) -> Clean {
        self.clean
    }
}
