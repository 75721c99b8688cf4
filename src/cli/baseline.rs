//! A sweep in memory beside an earlier one's output.

use std::path::Path;

use crate::gate::{self, BaselineError, CleanRunsNeeded, Comparison, Output, Scenario};
use crate::recurrence::{Recurrence, ScenarioJudgement};
use crate::report::{IncidentReport, IncidentRow};

/// How a sweep, every scenario of it judged, differs from the one whose output stands in `folder`.
pub(super) fn compare(
    folder: &Path,
    incidents: &IncidentReport,
    recurrence: &Recurrence,
) -> Result<Comparison, BaselineError> {
    let old = Output::read(folder)?;
    let listed = recurrence.scenarios.len() as u64;
    let new = Output {
        taxonomy: incidents.taxonomy.clone(),
        packet_filter: incidents.packet_filter.clone(),
        runs: recurrence
            .runs
            .iter()
            .map(|run| gate::Run { id: run.id.clone(), first_unix_ms: run.first_unix_ms })
            .collect(),
        incidents: incidents.incidents.iter().map(incident).collect(),
        scenarios: recurrence.scenarios.iter().map(scenario).collect(),
        unlisted: recurrence.summary.by_verdict.values().sum::<u64>().saturating_sub(listed),
    };
    Ok(gate::compare(&old, &new))
}

fn incident(row: &IncidentRow) -> gate::Incident {
    gate::Incident {
        incident_id: row.incident_id.clone(),
        class: row.class.clone(),
        severity: row.severity,
        owner_hint: row.owner_hint.clone(),
        packet_id: row.packet_id.clone(),
        suite_id: row.suite_id.clone(),
        scenario_id: row.scenario_id.clone(),
        mode: row.mode.clone(),
        reason_code: row.reason_code.clone(),
        replay_command: row.replay_command.clone(),
        artifact_refs: row.artifact_refs.clone(),
        first_run: row.first_run.clone(),
        last_run: row.last_run.clone(),
        runs_failed: row.runs_failed,
        failed_in: row.failed_in.clone(),
        verdict: row.verdict,
        kind: row.kind,
    }
}

fn scenario(row: &ScenarioJudgement) -> Scenario {
    Scenario {
        packet_id: row.packet_id.clone(),
        suite_id: row.suite_id.clone(),
        scenario_id: row.scenario_id.clone(),
        mode: row.mode.clone(),
        ran_in: row.ran_in.clone(),
        set_aside_runs: row.set_aside_runs.clone(),
        clean_runs: row.clean_runs,
        clean_runs_needed: CleanRunsNeeded { k95: row.clean_runs_needed.k95 },
        // They only tell whether two files are of one sweep.
        signatures: Vec::new(),
    }
}
