//! What no ceiling counts and nobody should miss: failures that are stale, and what is doubtful in runs and archives.

use super::culprits::Culprits;
use super::facts::{Facts, names};
use super::losses::listed;
use super::measure::Measure;
use super::policy::Budget;
use crate::recurrence::{Kind, ScenarioJudgement};

/// Whether a scenario failed, was not in the latest runs, and would count for a ceiling had it been.
pub(super) fn escapes(scenario: &ScenarioJudgement, budgets: &[Budget]) -> bool {
    let is_open = matches!(scenario.judged.kind, Kind::Deterministic | Kind::Flaky | Kind::Unproven);
    let counts = |budget: &Budget| {
        let is_meant = match &budget.measure {
            Measure::Kind(kind) => scenario.judged.kind == *kind,
            Measure::Verdict(verdict) => scenario.judged.verdict == *verdict,
            Measure::Class(_) | Measure::Severity(_) | Measure::Owner(_) => true,
            _ => false,
        };
        is_meant && budget.scope.as_ref().is_none_or(|scope| scope.holds(names(scenario)))
    };
    scenario.stale && scenario.failed_runs > 0 && is_open && budgets.iter().any(counts)
}

/// Stale failures in words.
pub(super) fn told(culprits: &Culprits) -> String {
    let (scenarios, them) =
        if culprits.count == 1 { ("scenario that failed was", "it") } else { ("scenarios that failed were", "them") };
    let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
    format!(
        "{} {scenarios} not in the latest runs, so that no ceiling counts {them}: {}",
        culprits.count,
        listed(&named)
    )
}

/// What is doubtful, each with the id of its finding.
pub(super) fn doubts(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let empty = facts.recurrence.summary.empty_newest.iter().map(|warning| ("evidence:newest_run", warning.clone()));
    let summary = &facts.recurrence.summary;
    let is_doubt =
        |warning: &&String| summary.judged_apart.as_ref() != Some(warning) && !summary.empty_newest.contains(warning);
    let doubtful = summary.warnings.iter().filter(is_doubt).map(|warning| ("evidence:runs", warning.clone()));
    let elsewhere = facts.elsewhere.map(|told| ("evidence:branches", told.to_owned()));
    let mut found: Vec<_> = empty.chain(doubtful).chain(elsewhere).collect();
    let of_archives = facts.outcome.ledger.warnings().map(|(path, warning)| format!("{path}: {warning}"));
    let of_archives: Vec<String> = of_archives.collect();
    if !of_archives.is_empty() {
        found.push(("evidence:archives", listed(&of_archives)));
    }
    found
}
