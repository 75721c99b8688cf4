//! A sweep in memory beside an earlier one's output.

use super::baseline::Output;
use super::change::Comparison;
use super::row::{Changepoint, CleanRunsNeeded, LevelTable, Remembered, Run, Scenario, Signature};
use super::standing::compare_or_keep;
use crate::analysis::{Analysis, AnalysisError, IncidentReport};
use crate::recurrence::{Options, Recurrence, ScenarioJudgement, SignatureJudgement, Verdict};
use crate::sweep::Outcome;

/// What comes of a baseline that is not whole.
const BASELINE: &str = "of the baseline, so that what failed there without being seen is called new here";
/// What comes of a newer sweep that is not whole.
const NEW: &str = "of the newer sweep, so that what is told as quiet, resolved or absent may fail on";

impl Outcome {
    /// As [`Self::analyse`], and what changed since an earlier sweep; nothing is compared where nothing was found that could
    /// have failed.
    ///
    /// A scenario that did not fail is told from one that did not run, so that [`crate::sweep::Sweep::keep_clean`] is to be
    /// set; those that never failed are listed only if `options` says so. Outages that the earlier sweep alone knows count among the times
    /// that what came back was there before.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn analyse_since(
        self,
        options: &Options,
        old: &Output,
    ) -> Result<(Analysis, Option<Comparison>), AnalysisError> {
        let mut analysis = self.analyse_unsealed(&Options { all: true, ..options.clone() })?;
        let is_any = analysis.incidents.nothing.is_none();
        let comparison = is_any.then(|| Comparison::since(old, &analysis.incidents, &analysis.recurrence));
        old.recall(&mut analysis.recurrence);
        if !options.all {
            analysis.recurrence.scenarios.retain(|row| row.judged.verdict != Verdict::NoFailure);
        }
        Ok((analysis.seal()?, comparison))
    }
}

impl Comparison {
    /// How a sweep, every scenario of it judged, differs from an earlier one; without new runs, what that one said.
    #[must_use]
    pub fn since(old: &Output, incidents: &IncidentReport, recurrence: &Recurrence) -> Self {
        let mut comparison = compare_or_keep(old, &Output::of(incidents, recurrence));
        comparison.warn_of(old, None);
        comparison
    }

    /// Adds as warnings what the outputs say that they lack.
    pub fn warn_of(&mut self, old: &Output, new: Option<&Output>) {
        let sides = [(Some(old), BASELINE), (new, NEW)];
        for (lacking, then) in sides.into_iter().filter_map(|(side, then)| Some((side?.lacking.as_ref()?, then))) {
            let warning = format!("{lacking}; that is {then}");
            // What stands from an earlier comparison may say so already.
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}

impl Output {
    fn of(incidents: &IncidentReport, recurrence: &Recurrence) -> Self {
        let run = |id: &String, first_unix_ms, branch: &Option<String>| Run {
            id: id.clone(),
            first_unix_ms,
            branch: branch.clone(),
        };
        let listed = recurrence.scenarios.len() as u64;
        Self {
            words: incidents.words.clone(),
            taxonomy: incidents.taxonomy.clone(),
            packet_filter: incidents.packet_filter.clone(),
            window: incidents.window.clone(),
            runs: recurrence.runs.iter().map(|row| run(&row.id, row.first_unix_ms, &row.branch)).collect(),
            incidents: incidents.incidents.clone(),
            scenarios: recurrence.scenarios.iter().map(scenario).collect(),
            never_failed: recurrence.never_failed.clone(),
            comparison: None,
            mass_failure_runs: recurrence.summary.mass_failure_runs.clone(),
            relapse_odds: recurrence.summary.relapse_odds,
            // Whoever swept says so.
            lacking: None,
            unlisted: recurrence.summary.by_verdict.values().sum::<u64>().saturating_sub(listed),
        }
    }
}

fn signature(row: &SignatureJudgement) -> Signature {
    Signature {
        incident_id: row.incident_id.clone(),
        failed_runs: row.failed_runs,
        reason_code: row.reason_code.clone(),
        kind: Some(row.judged.kind),
        verdict: Some(row.judged.verdict),
        label: row.judged.label,
        mixed_outcomes: None,
        // Of the sweep that is compared: only what was before is recalled.
        past: Remembered::default(),
    }
}

fn scenario(row: &ScenarioJudgement) -> Scenario {
    Scenario {
        packet_id: row.packet_id.clone(),
        suite_id: row.suite_id.clone(),
        scenario_id: row.scenario_id.clone(),
        mode: row.mode.clone(),
        branch: row.branch.clone(),
        verdict: Some(row.judged.verdict),
        label: row.judged.label,
        kind: Some(row.judged.kind),
        incident_id: row.incident_id.clone(),
        ran_in: row.ran_in.clone(),
        stale: row.stale,
        set_aside_runs: row.set_aside_runs.clone(),
        clean_runs: row.clean_runs,
        clean_runs_needed: CleanRunsNeeded { k95: row.clean_runs_needed.k95 },
        planned_fix: row.planned_fix.clone(),
        regression_range: row.regression_range.clone(),
        envs: LevelTable { table: row.envs.table.clone(), rest: row.envs.rest.clone() },
        changepoints: row.changepoints.iter().map(|change| Changepoint { run: change.run.clone() }).collect(),
        past: Remembered::default(),
        signatures: row.signatures.iter().map(signature).collect(),
        why: row.why.clone(),
    }
}
