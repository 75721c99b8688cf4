//! `ft-reliability-budget-policy-v1`: floors and ceilings on the rows of a log, and its report.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::tally::{Entries, PacketEntries, Rule};

/// The policy's schema.
pub const SCHEMA: &str = "ft-reliability-budget-policy-v1";

/// What a reason code must contain one of to be known; letter case counts.
pub const KNOWN_REASONS: [&str; 19] = [
    "parity",
    "mismatch",
    "expected_error_observed",
    "legacy_oracle_unavailable",
    "oracle_guard",
    "policy_match",
    "reentrant",
    "dependency",
    "unknown_node",
    "serialization",
    "dispatch",
    "tensor_meta",
    "scheduler",
    "op_schema",
    "nn_state",
    "fail_closed",
    "checksum",
    "version",
    "invalid_json",
];

/// Category of the ceiling on unknown reason codes.
pub(super) const UNKNOWN_REASONS: &str = "reason_taxonomy";

/// A policy as its file has it; fields that are not named here are ignored.
#[derive(Clone, Debug, Deserialize)]
pub struct ReliabilityPolicy {
    schema_version: String,
    coverage_floors: BTreeMap<String, Floor>,
    flake_budget: FlakeBudget,
    global_budgets: GlobalBudgets,
    remediation_hints: BTreeMap<String, String>,
    artifact_refs: BTreeMap<String, String>,
}

/// What a packet must have at least.
#[derive(Clone, Debug, Deserialize)]
struct Floor {
    min_scenarios: u64,
    min_pass_ratio: f64,
    required_suites: Vec<String>,
}

/// How many scenarios may pass and fail in one window. All but the number is for people, and must be there.
#[derive(Clone, Debug, Deserialize)]
#[expect(dead_code, reason = "required, and read by people")]
struct FlakeBudget {
    max_flake_suspects: u64,
    detection_rule: String,
    retry_limit: u64,
    quarantine_label: String,
    de_flake_owner_workflow: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct GlobalBudgets {
    max_failed_entries: u64,
    max_unknown_reason_codes: u64,
}

/// Why a policy cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReliabilityError {
    /// It is no JSON, or a field is missing or of the wrong type.
    #[error("failed to read the policy")]
    Malformed(#[from] serde_json::Error),
    /// It is another schema.
    #[error("unknown policy schema `{0}`, known: {SCHEMA}, relapse-policy-v1 (TOML)")]
    UnknownSchema(String),
}

/// The report, in the order of its fields.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ReliabilityReport {
    schema_version: &'static str,
    generated_unix_ms: u64,
    policy_path: String,
    e2e_path: String,
    status: &'static str,
    summary: ReliabilitySummary,
    /// Every violation: packets by name, then the ceilings on all rows.
    pub violations: Vec<ReliabilityViolation>,
}

/// The rows in numbers.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ReliabilitySummary {
    /// All rows that passed or failed.
    pub total_entries: u64,
    /// Rows that failed.
    pub failed_entries: u64,
    /// Scenario ids with a row that passed and one that did not.
    pub flake_suspect_count: u64,
    /// Distinct reason codes that contain no known word.
    pub unknown_reason_code_count: u64,
    packet_metrics: BTreeMap<String, PacketMetrics>,
}

#[derive(Clone, Debug, JsonSchema, Serialize)]
struct PacketMetrics {
    total_entries: u64,
    passed_entries: u64,
    pass_ratio: f64,
    suites_present: BTreeSet<String>,
    scenario_ids: BTreeSet<String>,
}

/// One violation.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ReliabilityViolation {
    /// The budget, such as `pass_ratio:FT-P2C-001`.
    pub budget_id: String,
    /// What kind of budget.
    pub category: &'static str,
    /// What is wrong, with its numbers.
    pub message: String,
    /// The packet, where the budget is one packet's.
    pub packet_id: Option<String>,
    /// The scenarios that it is about.
    pub scenario_ids: Vec<String>,
    /// Files that tell more, of the policy.
    pub artifact_refs: Vec<String>,
    /// What to do, of the policy.
    pub remediation_hint: String,
}

/// What a report says of its making.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// When, in milliseconds since 1970.
    pub generated_unix_ms: u64,
    /// The policy's path as given.
    pub policy_path: &'a str,
    /// The first input's path as given.
    pub e2e_path: &'a str,
}

/// Whether a reason code contains a known word.
#[must_use]
pub fn is_known(reason: &str, known: &[impl AsRef<str>]) -> bool {
    known.iter().any(|word| reason.contains(word.as_ref()))
}

impl ReliabilityPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it is no JSON, a field is missing or of the wrong type, or the schema is another one.
    pub fn parse(text: &str) -> Result<Self, ReliabilityError> {
        #[derive(Deserialize)]
        struct Schema {
            schema_version: String,
        }
        // First, since another schema has other fields.
        let Schema { schema_version } = serde_json::from_str(text)?;
        if schema_version == SCHEMA {
            Ok(serde_json::from_str(text)?)
        } else {
            Err(ReliabilityError::UnknownSchema(schema_version))
        }
    }

    /// The report on rows; `failed` are the scenarios of those that failed, in input order.
    #[must_use]
    pub fn judge(&self, entries: &Entries, failed: Vec<String>, origin: Origin<'_>) -> ReliabilityReport {
        debug_assert_eq!(self.schema_version, SCHEMA);
        let rule = Rule::Reliability;
        let packets = entries.packets(rule);
        let suspects: Vec<String> = entries.flake_suspects(rule).into_iter().collect();
        let unknown = entries.reasons(rule).iter().filter(|reason| !is_known(reason, &KNOWN_REASONS)).count() as u64;
        let mut violations = Vec::new();
        for (name, floor) in &self.coverage_floors {
            self.check_floor(name, floor, packets.get(name), &mut violations);
        }
        let GlobalBudgets { max_failed_entries, max_unknown_reason_codes } = self.global_budgets;
        let failed_entries = entries.failed(rule);
        if failed_entries > max_failed_entries {
            let message = format!("failed entries {failed_entries} exceed budget {max_failed_entries}");
            violations.push(ReliabilityViolation {
                scenario_ids: failed,
                ..self.violation("global:max_failed_entries", "global_failure_ceiling", "pass_ratio", message)
            });
        }
        let (count, most) = (suspects.len() as u64, self.flake_budget.max_flake_suspects);
        if count > most {
            let message = format!("flake suspects {count} exceed budget {most}");
            violations.push(ReliabilityViolation {
                scenario_ids: suspects,
                ..self.violation("flake_budget:max_flake_suspects", "flake_budget", "flake_budget", message)
            });
        }
        if unknown > max_unknown_reason_codes {
            let message = format!("unknown reason codes {unknown} exceed budget {max_unknown_reason_codes}");
            violations.push(self.violation(
                "global:max_unknown_reason_codes",
                UNKNOWN_REASONS,
                "unknown_reason",
                message,
            ));
        }
        ReliabilityReport {
            schema_version: "ft-reliability-gate-report-v1",
            generated_unix_ms: origin.generated_unix_ms,
            policy_path: origin.policy_path.to_owned(),
            e2e_path: origin.e2e_path.to_owned(),
            status: if violations.is_empty() { "pass" } else { "fail" },
            summary: ReliabilitySummary {
                total_entries: entries.judged(rule),
                failed_entries,
                flake_suspect_count: count,
                unknown_reason_code_count: unknown,
                packet_metrics: packets.into_iter().map(|(name, packet)| (name, PacketMetrics::new(packet))).collect(),
            },
            violations,
        }
    }

    /// Adds that nothing was judged, and why.
    pub fn add_nothing(&self, report: &mut ReliabilityReport, why: &str) {
        let message = nothing_was_judged(why);
        report.violations.push(self.violation("coverage:nothing", "coverage_floor", "coverage_floor", message));
        report.status = "fail";
    }

    fn check_floor(
        &self,
        name: &str,
        floor: &Floor,
        packet: Option<&PacketEntries>,
        violations: &mut Vec<ReliabilityViolation>,
    ) {
        let of_packet = |budget_id: String, check, message, scenarios: Option<&BTreeSet<String>>| {
            let scenario_ids = scenarios.into_iter().flatten().cloned().collect();
            let packet_id = Some(name.to_owned());
            ReliabilityViolation { packet_id, scenario_ids, ..self.violation(&budget_id, check, check, message) }
        };
        let Some(packet) = packet else {
            let message = format!("missing packet {name} in e2e forensic logs");
            let id = format!("coverage_floor:{name}:missing_packet");
            violations.push(of_packet(id, "coverage_floor", message, None));
            return;
        };
        let scenarios = Some(&packet.scenarios);
        let (count, least) = (packet.total, floor.min_scenarios);
        if count < least {
            let message = format!("packet {name} has {count} scenarios, below floor {least}");
            let id = format!("coverage_floor:{name}:scenario_count");
            violations.push(of_packet(id, "coverage_floor", message, scenarios));
        }
        let (ratio, least) = (packet.pass_ratio(), floor.min_pass_ratio);
        if ratio < least {
            let message = format!("packet {name} pass ratio {ratio:.3} below floor {least:.3}");
            violations.push(of_packet(format!("pass_ratio:{name}"), "pass_ratio", message, scenarios));
        }
        for suite in floor.required_suites.iter().filter(|suite| !packet.suites.contains(*suite)) {
            let message = format!("packet {name} missing required suite {suite}");
            let id = format!("required_suite:{name}:{suite}");
            violations.push(of_packet(id, "required_suite", message, scenarios));
        }
    }

    fn violation(&self, id: &str, category: &'static str, hint: &str, message: String) -> ReliabilityViolation {
        let hint = self.remediation_hints.get(hint);
        ReliabilityViolation {
            budget_id: id.to_owned(),
            category,
            message,
            packet_id: None,
            scenario_ids: Vec::new(),
            artifact_refs: self.artifact_refs.values().cloned().collect(),
            remediation_hint: hint.map_or_else(|| "No remediation hint configured".to_owned(), Clone::clone),
        }
    }
}

impl ReliabilityReport {
    /// Whether nothing is violated.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.violations.is_empty()
    }

    /// The rows in numbers.
    #[must_use]
    pub fn summary(&self) -> &ReliabilitySummary {
        &self.summary
    }
}

impl PacketMetrics {
    fn new(packet: PacketEntries) -> Self {
        let pass_ratio = packet.pass_ratio();
        let PacketEntries { total, passed, suites, scenarios } = packet;
        Self {
            total_entries: total,
            passed_entries: passed,
            pass_ratio,
            suites_present: suites,
            scenario_ids: scenarios,
        }
    }
}

/// That nothing was judged, and why, which may begin with it.
pub(super) fn nothing_was_judged(why: &str) -> String {
    let head = "nothing was judged: ";
    format!("{head}{}", why.strip_prefix(head).unwrap_or(why))
}

#[cfg(test)]
#[path = "reliability_tests.rs"]
mod tests;
