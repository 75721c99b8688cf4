//! A plain model of the strict triage: derived structs, `str::lines`, and the taxonomies' tables as code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One record.
#[derive(Deserialize)]
struct Entry {
    #[allow(dead_code, reason = "required, and not used")]
    schema_version: String,
    ts_unix_ms: u128,
    suite_id: String,
    scenario_id: String,
    #[allow(dead_code, reason = "required, and not used")]
    fixture_id: String,
    packet_id: String,
    mode: String,
    seed: u64,
    env_fingerprint: String,
    artifact_refs: Vec<String>,
    replay_command: String,
    outcome: String,
    reason_code: String,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as the report calls them")]
struct Incident {
    incident_id: String,
    class: String,
    severity: String,
    owner_hint: String,
    packet_id: String,
    suite_id: String,
    scenario_id: String,
    mode: String,
    reason_code: String,
    replay_command: String,
    artifact_refs: Vec<String>,
    seed: u64,
    env_fingerprint: String,
    occurrences: u64,
    last_seen_unix_ms: u128,
}

#[derive(Serialize)]
struct Report {
    schema_version: String,
    generated_unix_ms: u128,
    input_log_path: String,
    packet_filter: Option<String>,
    total_entries: usize,
    failed_entries: usize,
    class_counts: BTreeMap<String, usize>,
    incidents: Vec<Incident>,
}

type Row = (&'static str, &'static str, &'static str);

/// Class, severity and owner by `crash-triage-v1`.
fn v1(reason: &str) -> Row {
    let reason = reason.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if any(&["oracle"]) {
        ("oracle_infra", "medium", "ft-conformance-infra-owners")
    } else if any(&["reentrant", "dependency", "unknown_node", "scheduler"]) {
        ("autograd_state", "critical", "ft-autograd-owners")
    } else if any(&["dispatch", "keyset", "fallback"]) {
        ("dispatch_routing", "high", "ft-dispatch-owners")
    } else if any(&["serialization", "decode", "checksum", "unknown_field", "invalid_json", "version_mismatch"]) {
        ("serialization_parser", "high", "ft-serialize-and-durability-owners")
    } else if any(&["tensor_meta", "rank", "index", "stride"]) {
        ("tensor_meta_state", "high", "ft-core-owners")
    } else {
        ("unclassified", "high", "crash-triage-owner")
    }
}

/// Class, severity and owner by `crash-triage-v2`.
fn v2(reason: &str) -> Row {
    let low = reason.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| low.contains(word));
    let old = v1(&low.replace("oracle", "\0"));
    if any(&["oracle"]) && any(&["unavailable", "timeout"]) {
        ("oracle_infra", "medium", "ft-conformance-infra-owners")
    } else if old.0 == "autograd_state" {
        old
    } else if any(&["op_schema"]) || any(&["schema"]) && any(&["parse", "variant", "alias", "metadata"]) {
        ("op_schema_contract", "high", "ft-dispatch-owners")
    } else if old.0 != "unclassified" {
        old
    } else if any(&["scalar", "tensor_binary", "tensor_unary", "tensor_reduction", "tensor_join", "math"]) {
        ("kernel_math", "critical", "ft-kernel-cpu-owners")
    } else if any(&["nn_state"]) {
        ("nn_module_state", "high", "ft-nn-owners")
    } else if any(&["optimizer"]) {
        ("optimizer_state", "high", "ft-optim-owners")
    } else {
        old
    }
}

/// The id of an incident.
fn id(parts: [&str; 6]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("triage64:{hash:016x}")
}

/// The report as the reference writes it, or the line that it refuses.
pub(crate) fn report(raw: &str, taxonomy: &str, path: &str, packet: Option<&str>, now: u128) -> Result<String, usize> {
    let classify = if taxonomy == "crash-triage-v2" { v2 } else { v1 };
    let mut report = Report {
        schema_version: "ft-crash-triage-v1".into(),
        generated_unix_ms: now,
        input_log_path: path.into(),
        packet_filter: packet.map(str::to_owned),
        total_entries: 0,
        failed_entries: 0,
        class_counts: BTreeMap::new(),
        incidents: Vec::new(),
    };
    let mut incidents: BTreeMap<String, Incident> = BTreeMap::new();
    for (number, line) in raw.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let entry: Entry = serde_json::from_str(line).map_err(|_| number + 1)?;
        report.total_entries += 1;
        if packet.is_some_and(|packet| packet != entry.packet_id) || entry.outcome == "pass" {
            continue;
        }
        report.failed_entries += 1;
        let (class, severity, owner) = classify(&entry.reason_code);
        *report.class_counts.entry(class.to_owned()).or_default() += 1;
        let Entry { packet_id, suite_id, scenario_id, mode, reason_code, .. } = &entry;
        let id = id([packet_id, suite_id, scenario_id, mode, reason_code, class]);
        let incident = incidents.entry(id.clone()).or_insert_with(|| Incident {
            incident_id: id,
            class: class.into(),
            severity: severity.into(),
            owner_hint: owner.into(),
            packet_id: entry.packet_id,
            suite_id: entry.suite_id,
            scenario_id: entry.scenario_id,
            mode: entry.mode,
            reason_code: entry.reason_code,
            replay_command: entry.replay_command,
            artifact_refs: entry.artifact_refs,
            seed: entry.seed,
            env_fingerprint: entry.env_fingerprint,
            occurrences: 0,
            last_seen_unix_ms: 0,
        });
        incident.occurrences += 1;
        incident.last_seen_unix_ms = incident.last_seen_unix_ms.max(entry.ts_unix_ms);
    }
    report.incidents = incidents.into_values().collect();
    let rank = |severity: &str| ["critical", "high", "medium", "low"].iter().position(|known| *known == severity);
    report.incidents.sort_by_key(|incident| rank(&incident.severity));
    Ok(serde_json::to_string_pretty(&report).expect("a report is JSON"))
}
