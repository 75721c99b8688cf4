//! Whether the gate passes, and why not.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::doubts::doubts;
use super::facts::{Facts, OpenIncident};
use super::losses;
use super::policy::LossBudget;
use super::reliability::{KNOWN_REASONS, ReliabilityReport, ReliabilityViolation, UNKNOWN_REASONS, is_known};
use super::violation::{Category, Level, Violation};
use crate::analysis::Filter;
use crate::benchmark::Method;
use crate::tally::Rule;

/// Whether the gate passes, and why not.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Decision {
    schema_version: &'static str,
    /// `pass` or `fail`.
    status: &'static str,
    /// Name of the policy.
    pub policy: String,
    /// What was judged, in numbers.
    pub inputs: Inputs,
    /// What fails the gate.
    pub violations: Vec<Violation>,
    /// What does not.
    pub warnings: Vec<Violation>,
}

/// What was judged, in numbers.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Inputs {
    /// Records counted.
    pub records: u64,
    /// Those that failed.
    pub failed_records: u64,
    /// Runs with a record.
    pub runs: u64,
    /// Scenarios by kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Scenarios that are judged and were not in the latest runs.
    pub stale: u64,
    /// Incidents that are neither resolved nor stale.
    pub open_incidents: u64,
    /// Scenarios that the quarantine holds back.
    pub quarantined: u64,
    /// Lines that are no record.
    pub rejected_lines: u64,
    /// Archives with damage.
    pub damaged_archives: u64,
    /// Bytes of text around damage that belong to no whole line.
    pub lost_bytes: u64,
    /// Records whose outcome their profile does not know.
    pub unknown_outcomes: u64,
    /// What filters left, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Series of benchmarks.
    #[serde(skip_serializing_if = "is_none")]
    pub series: u64,
    /// Those of them that were compared with something.
    #[serde(skip_serializing_if = "is_none")]
    pub compared_series: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

impl Inputs {
    /// What filters left, in words; empty where there are none. `show` makes a text from a log fit for where it is shown.
    pub(super) fn filtered(&self, show: impl Fn(&str) -> String) -> String {
        self.filter.as_ref().map_or_else(String::new, |filter| filter.told(show))
    }

    pub(super) fn new(facts: &Facts<'_>, rule: Rule, open_incidents: usize, quarantined: usize) -> Self {
        let totals = facts.outcome.ledger.totals();
        let series = &facts.benchmarks.series;
        Self {
            records: facts.outcome.entries.records(),
            failed_records: facts.outcome.entries.failed(rule),
            runs: facts.recurrence.summary.runs,
            by_kind: facts.recurrence.summary.by_kind.clone(),
            stale: facts.recurrence.scenarios.iter().filter(|scenario| scenario.stale).count() as u64,
            open_incidents: open_incidents as u64,
            quarantined: quarantined as u64,
            rejected_lines: totals.counts.rejected.total(),
            damaged_archives: totals.damaged_archives,
            lost_bytes: totals.counts.lost_bytes,
            unknown_outcomes: totals.unjudged.unknown_outcomes(),
            filter: Some(facts.outcome.filter()).filter(|filter| filter.packet.is_some() || filter.window.is_some()),
            series: series.len() as u64,
            compared_series: series.iter().filter(|row| row.judgement.method != Method::None).count() as u64,
        }
    }
}

/// The open incidents of a violation's scenarios.
fn related<'i>(
    incidents: &'i BTreeMap<String, OpenIncident>,
    found: &'i ReliabilityViolation,
) -> impl Iterator<Item = &'i OpenIncident> {
    let scenarios: BTreeSet<&str> = found.scenario_ids.iter().map(String::as_str).collect();
    let packet = found.packet_id.clone();
    incidents.values().filter(move |incident| {
        let [of, _, scenario] = &incident.scenario;
        packet.as_ref().is_none_or(|packet| packet == of) && scenarios.contains(scenario.as_str())
    })
}

impl Decision {
    pub(super) fn new(policy: String, inputs: Inputs, found: Vec<Violation>) -> Self {
        let (violations, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.level == Level::Deny);
        let status = if violations.is_empty() { "pass" } else { "fail" };
        Self { schema_version: "relapse-gate-report-v1", status, policy, inputs, violations, warnings }
    }

    /// Adds warnings for which a reliability report has no place: of losses that were let pass, and of what is doubtful.
    #[must_use]
    pub fn with_doubts(mut self, facts: &Facts<'_>, allow_loss: bool) -> Self {
        let warning = |category: Category, id: String, message: String| {
            Violation::new(id, category.name(), Level::Warn, message, category.hint())
        };
        if allow_loss {
            for (_, id, message) in losses::found(&facts.outcome.ledger, LossBudget::default(), true) {
                self.warnings.push(warning(Category::Loss, id, message));
            }
        }
        let doubts = doubts(facts).into_iter();
        self.warnings.extend(doubts.map(|(id, message)| warning(Category::Evidence, id.to_owned(), message)));
        self
    }

    /// The same of a reliability report, for formats that know only this one.
    #[must_use]
    pub fn of_reliability(report: &ReliabilityReport, facts: &Facts<'_>) -> Self {
        let incidents = facts.open_incidents();
        let rule = Rule::Reliability;
        let reasons = facts.outcome.entries.reasons(rule);
        let one = |found: &ReliabilityViolation| Violation {
            packet_id: found.packet_id.clone(),
            scenario_ids: found.scenario_ids.clone(),
            replay_commands: related(&incidents, found)
                .filter_map(|incident| incident.replay.clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            reason_codes: if found.category == UNKNOWN_REASONS {
                reasons.iter().filter(|reason| !is_known(reason, &KNOWN_REASONS)).cloned().collect()
            } else {
                related(&incidents, found)
                    .map(|incident| incident.reason.clone())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect()
            },
            artifact_refs: found.artifact_refs.clone(),
            ..Violation::new(
                found.budget_id.clone(),
                found.category,
                Level::Deny,
                found.message.clone(),
                &found.remediation_hint,
            )
        };
        let found = report.violations.iter().map(one).collect();
        Self::new(super::reliability::SCHEMA.to_owned(), Inputs::new(facts, rule, incidents.len(), 0), found)
    }

    /// Whether nothing fails the gate.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.violations.is_empty()
    }
}
