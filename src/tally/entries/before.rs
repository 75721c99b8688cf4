//! What scenarios came to before the window: a gate must hear of what that cuts off.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::rows::sorted;
use super::{Entries, Rule};
use crate::record::Record;
use crate::tally::cell::What;
use crate::tally::symbols::Symbol;
use crate::tally::tally::Tally;

/// Packet, suite, scenario, mode, and the branch.
type Key = ([Symbol; 4], Option<Symbol>);

/// For each scenario of a run, whether it failed and whether it passed.
pub(super) type Seen = HashMap<Key, [bool; 2], RandomState>;

/// What a scenario came to before the window, on one branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Past {
    /// Packet, suite, scenario and mode.
    pub names: [String; 4],
    /// The branch, where that is known.
    pub branch: Option<String>,
    /// Whether it passed in any of its runs there.
    pub has_passed: bool,
    /// Whether it failed in the last of them.
    pub failed_last: bool,
}

impl Entries {
    /// Counts a record from before the window that passed or failed, as [`Entries::add`] does one within.
    pub fn add_before(&mut self, record: &Record<'_>, run: Option<&str>) {
        let symbols = &mut self.symbols;
        let run = record.run.or(run).map(|run| symbols.intern(run));
        let names = [record.packet, record.suite, record.scenario, record.mode].map(|name| symbols.intern(name));
        let key = (names, record.branch.map(|branch| symbols.intern(branch)));
        self.before.entry(run).or_default().entry(key).or_default()[usize::from(!record.failed())] = true;
    }

    /// The same of all that an archive came to, which lies before the window.
    #[must_use]
    pub fn before_of(tally: &Tally) -> Self {
        let mut entries = Self::default();
        let Self { symbols, before, .. } = &mut entries;
        for cell in tally.cells() {
            let names = tally.scenario_names(cell.key.scenario).map(|name| symbols.intern(name));
            let mut see = |run: u32, passed: bool| {
                let branch = tally.branch_of(run).map(|branch| symbols.intern(branch));
                let run = Some(symbols.intern(tally.text(tally.runs()[run as usize].id)));
                before.entry(run).or_default().entry((names, branch)).or_default()[usize::from(passed)] = true;
            };
            cell.passed.iter().for_each(|(run, _)| see(run, true));
            for outcome in tally.outcomes(cell) {
                if let What::Failed(incident) = outcome.what
                    && !tally.incidents()[incident as usize].incident_only
                {
                    outcome.runs.iter().for_each(|(run, _)| see(run, false));
                }
            }
        }
        entries
    }

    /// What scenarios came to before the window, by name; `began`: when a run was.
    #[must_use]
    pub fn past(&self, began: impl Fn(&str) -> Option<i64>) -> Vec<Past> {
        let text = |symbol: Symbol| self.symbols.text(symbol);
        let mut runs: Vec<_> = self.before.iter().map(|(run, seen)| (run.map_or("", text), seen)).collect();
        runs.sort_unstable_by_key(|&(run, _)| (began(run), run));
        let mut found: BTreeMap<([&str; 4], Option<&str>), [bool; 2]> = BTreeMap::new();
        for ((names, branch), &[failed, passed]) in runs.into_iter().flat_map(|(_, seen)| seen) {
            let of = found.entry((names.map(text), branch.map(text))).or_default();
            *of = [failed, of[1] || passed];
        }
        let past = |((names, branch), [failed_last, has_passed]): (([&str; 4], Option<&str>), [bool; 2])| Past {
            names: names.map(str::to_owned),
            branch: branch.map(str::to_owned),
            has_passed,
            failed_last,
        };
        found.into_iter().map(past).collect()
    }

    /// Takes in what another one holds from before the window; `here`: the symbols of its symbols.
    pub(super) fn merge_before(&mut self, other: &Self, here: impl Fn(Symbol) -> Symbol) {
        for (run, seen) in &other.before {
            let mine = self.before.entry(run.map(&here)).or_default();
            for ((names, branch), theirs) in seen {
                let of = mine.entry((names.map(&here), branch.map(&here))).or_default();
                of.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine |= theirs);
            }
        }
    }

    /// Packet and scenario of every record within the window that passed or failed in such a run.
    pub fn results(&self, rule: Rule, is_meant: impl Fn(&str) -> bool) -> BTreeSet<[&str; 2]> {
        let text = |symbol: Symbol| self.symbols.text(symbol);
        let mut found = BTreeSet::new();
        let meant = self.runs.iter().filter(|(run, _)| is_meant(run.map_or("", text)));
        for (&packet, of) in meant.flat_map(|(_, rows)| &rows.packets) {
            let judged = sorted(&of.scenarios).filter(|(_, rules)| **rules & rule.bit() != 0);
            found.extend(judged.map(|(scenario, _)| [text(packet), text(scenario)]));
        }
        found
    }
}
