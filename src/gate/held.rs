//! What the quarantine holds back and may not be what it is for: what fails always where it is looked at, and passes elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::culprits::Culprits;
use super::facts::names;
use super::judge::Judge;
use super::losses::listed;
use super::past::is_judged;
use super::violation::{Category, Level};
use crate::recurrence::{ScenarioJudgement, UNKNOWN_BRANCH};
use crate::stats::streak::is_no_chance;
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
            fails_on(row) && has_passed()
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

/// Whether it fails always, or in more of its last runs in a row than chance makes of the rate of those before.
fn fails_on(row: &ScenarioJudgement) -> bool {
    let streak = if row.clean_runs == 0 { row.recurrence.streak } else { 0 };
    let before = (row.failed_runs.saturating_sub(streak), row.runs.saturating_sub(streak));
    always(row) || is_no_chance(1, before, streak)
}

/// Whether it is of that scenario's branch.
fn is_on(past: &Past, row: &ScenarioJudgement) -> bool {
    row.branch.as_ref().is_none_or(|branch| past.branch.as_deref().unwrap_or(UNKNOWN_BRANCH) == branch)
}
