//! A sweep in memory beside an earlier one's output.

use std::path::Path;

use super::output_files::INCIDENTS;
use super::{lacking, output};
use crate::analysis::IncidentReport;
use crate::diff::{self, BaselineError, CleanRunsNeeded, Comparison, Output, Scenario};
use crate::recurrence::{Recurrence, ScenarioJudgement, SignatureJudgement};
use crate::text::inert::inert;

/// What comes of a baseline that is not whole.
pub(super) const BASELINE: &str = "of the baseline, so that what failed there without being seen is called new here";

/// The output of an earlier sweep; none where the reports of this one go to the same folder, and are its first.
pub(super) fn read(baseline: Option<&Path>, out: Option<&Path>) -> Result<Option<Output>, BaselineError> {
    let Some(folder) = baseline else { return Ok(None) };
    let read = Output::read(folder).map(Some);
    if let Ok(Some(output)) = &read {
        lacking::warn_of(folder, output.lacking.as_deref());
    }
    if out != Some(folder) {
        return read;
    }
    // Every week after would fail, too: this sweep writes them anew.
    read.or_else(|error| {
        let shown = folder.display().to_string();
        let why = if folder.join(INCIDENTS).exists() { error.to_string() } else { "there is none yet".to_owned() };
        let why = inert(&why, 400);
        output::say(&format!("note: nothing is compared with the earlier sweep in `{}`: {why}", inert(&shown, 200)));
        Ok(None)
    })
}

/// How a sweep, every scenario of it judged, differs from an earlier one; without new runs, what that one said.
pub(super) fn compare(old: &Output, incidents: &IncidentReport, recurrence: &Recurrence) -> Comparison {
    let listed = recurrence.scenarios.len() as u64;
    let new = Output {
        taxonomy: incidents.taxonomy.clone(),
        packet_filter: incidents.packet_filter.clone(),
        runs: recurrence
            .runs
            .iter()
            .map(|run| diff::Run { id: run.id.clone(), first_unix_ms: run.first_unix_ms, branch: run.branch.clone() })
            .collect(),
        incidents: incidents.incidents.clone(),
        scenarios: recurrence.scenarios.iter().map(scenario).collect(),
        comparison: None,
        mass_failure_runs: recurrence.summary.mass_failure_runs.clone(),
        // Whoever swept says so.
        lacking: None,
        unlisted: recurrence.summary.by_verdict.values().sum::<u64>().saturating_sub(listed),
    };
    let mut comparison = diff::compare_or_keep(old, &new);
    lacking::add(&mut comparison, old.lacking.as_deref(), BASELINE);
    comparison
}

fn signature(row: &SignatureJudgement) -> diff::Signature {
    diff::Signature {
        incident_id: row.incident_id.clone(),
        failed_runs: row.failed_runs,
        verdict: Some(row.judged.verdict),
        mixed_outcomes: None,
    }
}

fn scenario(row: &ScenarioJudgement) -> Scenario {
    Scenario {
        packet_id: row.packet_id.clone(),
        suite_id: row.suite_id.clone(),
        scenario_id: row.scenario_id.clone(),
        mode: row.mode.clone(),
        branch: row.branch.clone(),
        incident_id: row.incident_id.clone(),
        ran_in: row.ran_in.clone(),
        set_aside_runs: row.set_aside_runs.clone(),
        clean_runs: row.clean_runs,
        clean_runs_needed: CleanRunsNeeded { k95: row.clean_runs_needed.k95 },
        signatures: row.signatures.iter().map(signature).collect(),
        why: row.why.clone(),
    }
}
