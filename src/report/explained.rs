//! One scenario for programs, from what a sweep wrote.

use std::collections::BTreeSet;
use std::io::{self, Read};

use serde_json::{Value, json};

use crate::rows::each_row;

/// What is known of the scenarios that a name means, for programs: their rows of `recurrence.json` and those of their incidents
/// of `incidents.json`, `relapse-explain-v1`. `recurrence`: as [`meant`](super::meant) gives it.
///
/// # Errors
/// When the incidents cannot be read or are no JSON.
pub fn explained_json(recurrence: &Value, incidents: impl Read, name: &str) -> io::Result<Value> {
    let scenarios = recurrence["scenarios"].as_array().map_or(&[][..], Vec::as_slice);
    // Those that are only near have no signatures.
    let scenarios: Vec<&Value> = scenarios.iter().filter(|row| row["signatures"].is_array()).collect();
    let signatures = scenarios.iter().filter_map(|row| row["signatures"].as_array()).flatten();
    let wanted: BTreeSet<&str> = signatures.filter_map(|signature| signature["incident_id"].as_str()).collect();
    let mut rows = Vec::new();
    each_row(incidents, "incidents", |row| -> io::Result<()> {
        let row: Value = serde_json::from_slice(row)?;
        let is = |field: &str| row[field] == name;
        if row["incident_id"].as_str().is_some_and(|id| wanted.contains(id)) || is("incident_id") || is("scenario_id") {
            rows.push(row);
        }
        Ok(())
    })?;
    Ok(json!({"schema_version": "relapse-explain-v1", "name": name, "scenarios": scenarios, "incidents": rows}))
}
