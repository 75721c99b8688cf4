//! What is doubtful in runs and archives.

use super::facts::Facts;
use super::losses::listed;

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
