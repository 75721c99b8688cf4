//! What lies before the window: what it cuts off must not make a scenario look better than it is.

use std::collections::{BTreeMap, BTreeSet};

use super::culprits::Culprits;
use super::facts::Facts;
use super::judge::Judge;
use super::losses::listed;
use super::stale::is_meant_by;
use super::violation::Category;
use crate::tally::{Condition, Past, What, is_asked_for};
use crate::text::terminal::plural;

impl Judge<'_> {
    /// Scenarios that failed when they last ran before the window, and have no result in it, or failed in an environment or with
    /// a seed and have none there.
    pub(super) fn gone(&mut self) {
        let (facts, policy) = (self.facts, self.policy);
        if facts.outcome.past.is_empty() {
            return;
        }
        let results = Results::new(facts);
        let is_meant = |past: &&Past| {
            let [packet, suite, scenario, _] = past.names.each_ref().map(String::as_str);
            policy.budgets.iter().any(|budget| is_meant_by(budget, [packet, suite, scenario])) && is_judged(past, facts)
        };
        let (mut gone, mut without) = (Culprits::default(), Culprits::default());
        let mut seen = BTreeSet::new();
        for past in facts.outcome.past.iter().filter(is_meant) {
            let [packet, suite, scenario, _] = &past.names;
            let within = results.beside(past);
            let is_gone = !within.is_any(past, None);
            if is_gone && !past.failed_last
                || !is_gone && !past.failing_in.iter().any(|level| !within.is_any(past, Some(level)))
            {
                continue;
            }
            if let Some(entry) = self.entry(scenario, "") {
                self.shelter([packet, suite, scenario], [entry]);
            } else if seen.insert(([packet, suite, scenario], is_gone)) {
                let culprits = if is_gone { &mut gone } else { &mut without };
                culprits.count += 1;
                culprits.packets.insert(packet.clone());
                culprits.scenarios.insert(scenario.clone());
                culprits.branches.extend(past.branch.clone());
            }
        }
        let no_result =
            "failed when last run before the window and neither passed nor failed in it, which no ceiling counts";
        let no_level = "failed before the window in an environment or with a seed in which there is no result since, and ran in \
                        others, so that no ceiling counts that";
        for (id, what, culprits) in
            [("stale:before_window", no_result, gone), ("stale:not_rerun_in_window", no_level, without)]
        {
            if culprits.count > 0 {
                let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
                let message = format!("{} {what}: {}", plural(culprits.count, "scenario"), listed(&named));
                self.note(Category::Stale, None, id.to_owned(), message, culprits);
            }
        }
    }
}

/// What passed or failed within the window.
struct Results<'f> {
    all: Within<'f>,
    /// By branch, where several are judged apart, and the main line though it has no run in the window: branches end, and that
    /// one does not.
    of_branch: BTreeMap<&'f str, Within<'f>>,
}

/// What passed or failed in some of its runs, of the scenarios that ran before it: names, and each environment and seed.
#[derive(Default)]
struct Within<'f>(BTreeSet<([&'f str; 4], Option<Condition>)>);

impl<'f> Results<'f> {
    fn new(facts: &Facts<'f>) -> Self {
        let tally = &facts.outcome.tally;
        let judged = facts.recurrence.run_ids();
        let mut branches = facts.recurrence.branches();
        branches.extend(facts.order.main_line.as_deref());
        let branches = Some(branches).filter(|branches| branches.len() > 1).unwrap_or_default();
        let mut results = Self {
            all: Within::default(),
            of_branch: branches.into_iter().map(|branch| (branch, Within::default())).collect(),
        };
        let wanted: BTreeSet<[&str; 4]> =
            facts.outcome.past.iter().map(|past| past.names.each_ref().map(String::as_str)).collect();
        for cell in tally.cells() {
            let names = tally.scenario_names(cell.key.scenario);
            if !wanted.contains(&names) {
                continue;
            }
            let environment = cell.key.env().map(|name| Condition::Environment(tally.text(name).to_owned()));
            let conditions = [environment, cell.key.seed().map(Condition::Seed)].into_iter().flatten();
            let conditions: Vec<Option<Condition>> = std::iter::once(None).chain(conditions.map(Some)).collect();
            let failed = tally.outcomes(cell).filter(|outcome| matches!(outcome.what, What::Failed(_)));
            let runs = cell.passed.iter().chain(failed.flat_map(|outcome| outcome.runs.iter())).map(|(run, _)| run);
            // Once a branch: few are many runs'.
            let of_runs: BTreeSet<Option<&str>> = runs
                .filter(|&run| judged.contains(tally.text(tally.runs()[run as usize].id)))
                .map(|run| tally.branch_of(run))
                .collect();
            for branch in of_runs {
                let own = branch.and_then(|branch| results.of_branch.get_mut(branch));
                for within in own.into_iter().chain([&mut results.all]) {
                    within.0.extend(conditions.iter().map(|condition| (names, condition.clone())));
                }
            }
        }
        results
    }

    /// Those that what was before belongs to: of its branch, or all where that has no run in the window, since branches end.
    fn beside(&self, past: &Past) -> &Within<'f> {
        past.branch.as_deref().and_then(|branch| self.of_branch.get(branch)).unwrap_or(&self.all)
    }
}

impl Within<'_> {
    /// Whether there is one of its scenario, in all or under a condition.
    fn is_any(&self, past: &Past, condition: Option<&Condition>) -> bool {
        self.0.contains(&(past.names.each_ref().map(String::as_str), condition.cloned()))
    }
}

/// Whether it is of a branch that is judged.
pub(super) fn is_judged(past: &Past, facts: &Facts<'_>) -> bool {
    is_asked_for(facts.outcome.sweep.branch.as_ref(), past.branch.as_deref())
}
