//! What is doubtful in runs and archives.

use super::facts::Facts;
use super::losses::listed;

/// What is doubtful, each with the id of its finding.
pub(super) fn doubts(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let empty = facts.recurrence.summary.empty_newest.iter().map(|warning| ("evidence:newest_run", warning.clone()));
    let summary = &facts.recurrence.summary;
    let fixes = summary.of_fixes.iter().map(|warning| ("evidence:fix", warning.clone()));
    let is_doubt = |warning: &&String| {
        let apart = summary.judged_apart.iter().chain(&summary.empty_newest).chain(&summary.of_fixes);
        !apart.into_iter().any(|other| other == *warning)
    };
    let doubtful = summary.warnings.iter().filter(is_doubt).map(|warning| ("evidence:runs", warning.clone()));
    let elsewhere = facts.elsewhere.map(|told| ("evidence:branches", told.to_owned()));
    let mut found: Vec<_> = empty.chain(fixes).chain(doubtful).chain(elsewhere).collect();
    let of_archives = facts.outcome.ledger.warnings().map(|(path, warning)| format!("{path}: {warning}"));
    let of_archives: Vec<String> = of_archives.collect();
    if !of_archives.is_empty() {
        found.push(("evidence:archives", listed(&of_archives)));
    }
    found
}
