//! `ft-crash-triage-v1`, byte for byte.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::sweep::{TriageIncident, TriageLog};

#[derive(JsonSchema, Serialize)]
pub(super) struct Report<'t> {
    schema_version: &'static str,
    generated_unix_ms: u128,
    input_log_path: &'t str,
    packet_filter: Option<&'t str>,
    total_entries: u64,
    failed_entries: u64,
    class_counts: &'t BTreeMap<String, u64>,
    incidents: Vec<Row<'t>>,
}

#[derive(JsonSchema, Serialize)]
struct Row<'t> {
    incident_id: &'t str,
    class: &'t str,
    severity: &'t str,
    owner_hint: &'t str,
    packet_id: &'t str,
    suite_id: &'t str,
    scenario_id: &'t str,
    mode: &'t str,
    reason_code: &'t str,
    replay_command: &'t str,
    artifact_refs: &'t [String],
    seed: u64,
    env_fingerprint: &'t str,
    occurrences: u64,
    last_seen_unix_ms: u128,
}

/// The report as JSON with two spaces and no final newline.
///
/// # Errors
/// None that a caller could mend: serialising these types into memory does not fail.
pub fn triage_json(
    log: &TriageLog,
    input_log_path: &str,
    packet_filter: Option<&str>,
    generated_unix_ms: u128,
) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Report {
        schema_version: "ft-crash-triage-v1",
        generated_unix_ms,
        input_log_path,
        packet_filter,
        total_entries: log.total_entries,
        failed_entries: log.failed_entries,
        class_counts: &log.class_counts,
        incidents: log.incidents.iter().map(row).collect(),
    })
}

fn row(incident: &TriageIncident) -> Row<'_> {
    let [packet_id, suite_id, scenario_id, mode, reason_code] = &incident.key;
    Row {
        incident_id: &incident.incident_id,
        class: &incident.class,
        severity: incident.severity.name(),
        owner_hint: &incident.owner_hint,
        packet_id,
        suite_id,
        scenario_id,
        mode,
        reason_code,
        replay_command: &incident.replay_command,
        artifact_refs: &incident.artifact_refs,
        seed: incident.seed,
        env_fingerprint: &incident.env_fingerprint,
        occurrences: incident.occurrences,
        last_seen_unix_ms: incident.last_seen_unix_ms,
    }
}
