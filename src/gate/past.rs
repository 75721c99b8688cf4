//! What lies before the window: what it cuts off must not make a scenario look better than it is.

use std::collections::{BTreeMap, BTreeSet};

use super::culprits::Culprits;
use super::facts::{Facts, names};
use super::judge::Judge;
use super::losses::listed;
use super::stale::is_meant_by;
use super::violation::{Category, Level};
use crate::recurrence::{ScenarioJudgement, UNKNOWN_BRANCH};
use crate::tally::{Past, Rule};
use crate::text::terminal::plural;

impl Judge<'_> {
    /// Scenarios that failed when they last ran before the window, and have no result in it.
    pub(super) fn gone(&mut self, rule: Rule) {
        let (facts, policy) = (self.facts, self.policy);
        if facts.outcome.past.is_empty() {
            return;
        }
        let results = Results::new(facts, rule);
        let is_gone = |past: &&Past| {
            let [packet, suite, scenario, _] = past.names.each_ref().map(String::as_str);
            let is_meant = policy.budgets.iter().any(|budget| is_meant_by(budget, [packet, suite, scenario]));
            past.failed_last && is_meant && is_judged(past, facts) && !results.holds(past, [packet, scenario])
        };
        let mut culprits = Culprits::default();
        let mut seen = BTreeSet::new();
        for past in facts.outcome.past.iter().filter(is_gone) {
            let [packet, suite, scenario, _] = &past.names;
            if let Some(entry) = self.entry(scenario, "") {
                self.shelter([packet, suite, scenario], [entry]);
            } else if seen.insert([packet, suite, scenario]) {
                culprits.count += 1;
                culprits.packets.insert(packet.clone());
                culprits.scenarios.insert(scenario.clone());
                culprits.branches.extend(past.branch.clone());
            }
        }
        if culprits.count > 0 {
            let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
            let message = format!(
                "{} failed when last run before the window and neither passed nor failed in it, which no ceiling counts: {}",
                plural(culprits.count, "scenario"),
                listed(&named)
            );
            self.note(Category::Stale, None, "stale:before_window".to_owned(), message, culprits);
        }
    }

    /// Scenarios that the quarantine holds back and that fail always in the window, but passed before: they may have
    /// regressed, which it would not hold back.
    pub(super) fn held_by_a_window(&mut self) {
        let facts = self.facts;
        let passed: Vec<&Past> =
            facts.outcome.past.iter().filter(|past| past.has_passed && is_judged(past, facts)).collect();
        let is_held = |row: &&ScenarioJudgement| {
            row.attempts > 0
                && row.failed_attempts == row.attempts
                && self.sheltered.contains(&names(row).map(str::to_owned))
                && passed.iter().any(|past| is_of(past, row))
        };
        let mut culprits = Culprits::default();
        facts.recurrence.scenarios.iter().filter(is_held).for_each(|row| culprits.scenario(row));
        if culprits.count > 0 {
            let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
            let message = format!(
                "{} held back by the quarantine, always failing in the window and passing before: without the window it may \
                 have regressed, which no quarantine holds back: {}",
                plural(culprits.count, "scenario"),
                listed(&named)
            );
            self.note(Category::Quarantine, Some(Level::Warn), "quarantine:window".to_owned(), message, culprits);
        }
    }
}

/// What passed or failed within the window, as packet and scenario.
struct Results<'f> {
    all: BTreeSet<[&'f str; 2]>,
    /// By branch, where several are judged apart.
    of_branch: BTreeMap<&'f str, BTreeSet<[&'f str; 2]>>,
}

impl<'f> Results<'f> {
    fn new(facts: &Facts<'f>, rule: Rule) -> Self {
        let (entries, runs) = (&facts.outcome.entries, &facts.recurrence.runs);
        let branches = Some(facts.recurrence.branches()).filter(|branches| branches.len() > 1).unwrap_or_default();
        let of = |branch| {
            let own = runs.iter().filter(|run| run.branch.as_deref() == Some(branch));
            let own: BTreeSet<&str> = own.map(|run| run.id.as_str()).collect();
            (branch, entries.results(rule, |run| own.contains(run)))
        };
        Self { all: entries.results(rule, |_| true), of_branch: branches.into_iter().map(of).collect() }
    }

    /// Whether there is one of that scenario since: on its branch, or anywhere where that has no run in the window, since
    /// branches end.
    fn holds(&self, past: &Past, scenario: [&str; 2]) -> bool {
        let own = past.branch.as_deref().and_then(|branch| self.of_branch.get(branch));
        own.unwrap_or(&self.all).contains(&scenario)
    }
}

/// Whether it is of a branch that is judged.
fn is_judged(past: &Past, facts: &Facts<'_>) -> bool {
    !facts.is_narrowed || past.branch.as_deref().is_some_and(|branch| facts.recurrence.branches().contains(branch))
}

/// Whether it is that scenario's.
fn is_of(past: &Past, row: &ScenarioJudgement) -> bool {
    let is_on = |branch: &String| past.branch.as_deref().unwrap_or(UNKNOWN_BRANCH) == branch;
    past.names.each_ref().map(String::as_str) == row.names() && row.branch.as_ref().is_none_or(is_on)
}
