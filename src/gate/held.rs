//! What the quarantine holds back and may not be what it is for: what fails always where it is looked at, and passes elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::culprits::Culprits;
use super::facts::names;
use super::failing_on::fails_on;
use super::judge::Judge;
use super::losses::listed;
use super::past::is_judged;
use super::violation::{Category, Level};
use crate::diff::{Change, ChangeKind};
use crate::recurrence::{ScenarioJudgement, UNKNOWN_BRANCH, Verdict};
use crate::tally::Past;
use crate::text::terminal::plural;

/// Runs from which on what failed in each fails always on its branch.
const ALWAYS: u64 = 3;

impl Judge<'_> {
    /// Scenarios that the quarantine holds back and that fail always in the window, but passed before: they may have
    /// regressed, which it would not hold back.
    pub(super) fn held_by_a_window(&mut self) {
        let facts = self.facts;
        let mut passed: BTreeMap<[&str; 4], Vec<&Past>> = BTreeMap::new();
        for past in facts.outcome.past.iter().filter(|past| past.has_passed && is_judged(past, facts)) {
            passed.entry(past.names.each_ref().map(String::as_str)).or_default().push(past);
        }
        let is_held = |row: &ScenarioJudgement| {
            let has_passed =
                || passed.get(&row.names()).is_some_and(|passed| passed.iter().any(|past| is_on(past, row)));
            (always(row) || fails_on(row, 1)) && has_passed()
        };
        let what = "failing on in the window, and passing before: without the window it may have regressed, which no quarantine \
                    holds back";
        self.note_held("quarantine:window", what, is_held);
    }

    /// Scenarios that it holds back and that fail always on a branch, though they pass on another: a branch that never held a
    /// pass shows no regression.
    pub(super) fn held_on_a_branch(&mut self) {
        let rows = self.facts.recurrence.scenarios.iter();
        // Of what fails always itself, so that it is another branch that passes.
        let mut passing: BTreeSet<[&str; 4]> =
            rows.filter(|row| row.failed_attempts < row.attempts).map(ScenarioJudgement::names).collect();
        passing.extend(self.facts.pass_elsewhere());
        let is_held = |row: &ScenarioJudgement| {
            let is_one_of_several = row.branch.is_some() || self.facts.is_narrowed;
            row.runs >= ALWAYS && always(row) && is_one_of_several && passing.contains(&row.names())
        };
        let what =
            "always failing on a branch and passing on another: it may have broken there, which no quarantine is for";
        self.note_held("quarantine:branch", what, is_held);
    }

    /// What it holds back that is new, by entries that name no reason: since the baseline or, without one, by the verdict. An
    /// entry that names one scenario, of which nothing is known but what is new, was made for that.
    pub(super) fn held_new(&mut self) {
        let facts = self.facts;
        let mut known = BTreeSet::new();
        let mut held = Culprits::default();
        let since = if let Some(comparison) = facts.changes {
            let (new, others): (Vec<&Change>, Vec<&Change>) =
                comparison.changes.iter().partition(|change| change.kind == ChangeKind::New);
            known.extend(others.iter().filter_map(|change| self.entry(&change.scenario_id, &change.reason_code)));
            for change in new.into_iter().filter(|change| !change.new.is_set_aside()) {
                let names = [&change.packet_id, &change.suite_id, &change.scenario_id].map(String::clone);
                if self.is_held_new(&names, &change.reason_code, &known) {
                    held.change(change);
                }
            }
            format!("{} since the baseline", plural(held.count, "new incident"))
        } else {
            let rows = || facts.recurrence.scenarios.iter().filter(|row| row.failed_runs > 0);
            for row in rows().filter(|row| !is_new(row)) {
                let reasons = row.signatures.iter().map(|way| &way.reason_code);
                known.extend(reasons.filter_map(|reason| self.entry(&row.scenario_id, reason)));
            }
            for row in rows().filter(|row| is_new(row)) {
                let names = names(row).map(str::to_owned);
                if row.signatures.iter().any(|way| self.is_held_new(&names, &way.reason_code, &known)) {
                    held.scenario(row);
                }
            }
            format!("{} that failed in the last runs only", plural(held.count, "scenario"))
        };
        if held.count > 0 {
            let named: Vec<String> = held.scenarios.iter().cloned().collect();
            let message = format!(
                "{since} held back by entries of the quarantine that name no reason, and may be made for another test, or another \
                 way to fail: {}",
                listed(&named)
            );
            self.note(Category::Quarantine, Some(Level::Warn), "quarantine:new".to_owned(), message, held);
        }
    }

    /// Whether a new failure is held back by an entry that may be made for another; `known` holds others.
    fn is_held_new(&self, names: &[String; 3], reason: &str, known: &BTreeSet<usize>) -> bool {
        self.sheltered.contains(names)
            && self.entry(&names[2], reason).is_some_and(|number| {
                let entry = &self.policy.quarantine[number];
                !entry.names_reason() && (known.contains(&number) || !entry.names_scenario(&names[2]))
            })
    }

    fn note_held(&mut self, id: &str, what: &str, is_held: impl Fn(&ScenarioJudgement) -> bool) {
        let mut culprits = Culprits::default();
        for row in &self.facts.recurrence.scenarios {
            if self.sheltered.contains(&names(row).map(str::to_owned)) && is_held(row) {
                culprits.scenario(row);
            }
        }
        if culprits.count > 0 {
            let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
            let message = format!(
                "{} held back by the quarantine, {what}: {}",
                plural(culprits.count, "scenario"),
                listed(&named)
            );
            self.note(Category::Quarantine, Some(Level::Warn), id.to_owned(), message, culprits);
        }
    }
}

fn always(row: &ScenarioJudgement) -> bool {
    row.attempts > 0 && row.failed_attempts == row.attempts
}

/// Whether a scenario failed for the first time in its last runs.
fn is_new(row: &ScenarioJudgement) -> bool {
    row.judged.verdict == Verdict::NewFailure && row.judged.label.is_none()
}

/// Whether it is of that scenario's branch.
fn is_on(past: &Past, row: &ScenarioJudgement) -> bool {
    row.branch.as_ref().is_none_or(|branch| past.branch.as_deref().unwrap_or(UNKNOWN_BRANCH) == branch)
}
