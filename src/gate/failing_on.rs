//! What is called flaky by its history and fails on: a regression that hides in a flake, since no ceiling on what always fails
//! counts it, and a quarantine may hold it back.

use super::culprits::Culprits;
use super::facts::names;
use super::judge::Judge;
use super::losses::listed;
use super::stale::of_verdicts;
use super::violation::{Category, Level};
use crate::recurrence::{Kind, ScenarioJudgement};
use crate::stats::streak::is_no_chance;
use crate::text::terminal::plural;

/// Runs that must have failed in a row.
const LEAST_STREAK: u64 = 3;

impl Judge<'_> {
    /// Flaky scenarios that failed in each of their last runs, in more than chance makes of the runs before.
    pub(super) fn failing_on(&mut self) {
        let scenarios = &self.facts.recurrence.scenarios;
        let flaky = || scenarios.iter().filter(|row| row.judged.kind == Kind::Flaky && !row.stale);
        let looked_at = flaky().count();
        let (mut open, mut held) = (Culprits::default(), Culprits::default());
        for row in flaky().filter(|row| row.recurrence.streak >= LEAST_STREAK && fails_on(row, looked_at)) {
            if self.sheltered.contains(&names(row).map(str::to_owned)) {
                held.scenario(row);
            } else if of_verdicts(&self.policy.budgets, names(row)).next().is_some() {
                open.scenario(row);
            }
        }
        for (category, level, id, culprits) in [
            (Category::Evidence, None, "evidence:failing_on", open),
            (Category::Quarantine, Some(Level::Warn), "quarantine:failing_on", held),
        ] {
            if culprits.count > 0 {
                let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
                let message = format!(
                    "{} failed in each of the last runs, more in a row than chance makes of the runs before, so that what broke may \
                     hide in a flake: {}",
                    plural(culprits.count, "flaky scenario"),
                    listed(&named)
                );
                self.note(category, level, id.to_owned(), message, culprits);
            }
        }
    }
}

/// Whether a scenario, one of so many, failed in more of its last runs in a row than chance makes of the rate of those before.
pub(super) fn fails_on(row: &ScenarioJudgement, of: usize) -> bool {
    let streak = if row.clean_runs == 0 { row.recurrence.streak } else { 0 };
    let before = (row.failed_runs.saturating_sub(streak), row.runs.saturating_sub(streak));
    is_no_chance(of, before, streak)
}
