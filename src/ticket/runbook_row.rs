//! Runbooks for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::case::Case;
use super::runbook::Runbook;
use crate::incident::IncidentRow;

/// The pages by which a person responds to incidents, beside what they are made of.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RunbookReport<'c> {
    /// `relapse-runbook-v1`.
    schema_version: &'static str,
    /// What the sweep could not read, or does not know the meaning of; null where that is nothing.
    lacking: Option<&'c str>,
    /// An incident each, the gravest first.
    runbooks: Vec<RunbookRow<'c>>,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
struct RunbookRow<'c> {
    /// As in `incidents.json`.
    incident: &'c IncidentRow,
    /// The verdict on the scenario, with its label.
    verdict: String,
    /// The verdict in a sentence.
    why: &'c str,
    /// The page, in Markdown. What comes from logs is quoted in it, and is not to be trusted.
    page: String,
}

impl<'c> RunbookReport<'c> {
    /// Of some incidents; `from` and `lacking` as of [`Runbook`].
    #[must_use]
    pub fn new(cases: &'c [Case<'c>], from: &str, lacking: Option<&'c str>) -> Self {
        let row = |case: &'c Case<'c>| RunbookRow {
            incident: case.row,
            verdict: case.verdict(),
            why: &case.why,
            page: Runbook { case, from, lacking }.to_string(),
        };
        Self { schema_version: "relapse-runbook-v1", lacking, runbooks: cases.iter().map(row).collect() }
    }
}
