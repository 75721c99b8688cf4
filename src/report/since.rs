//! What changed since an earlier sweep, as reports for people show it.

use std::collections::HashMap;

use serde::Serialize;

use super::apart::Apart;
use crate::analysis::IncidentReport;
use crate::diff::{Change, ChangeKind, Comparison};
use crate::incident::IncidentRow;
use crate::recurrence::{Recurrence, Standing};
use crate::run_finding::{RunFinding, finding_of, folded};
use crate::taxonomy::Severity;
use crate::text::dates::day;
use crate::text::terminal::plural;

/// How this sweep differs from an earlier one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Since {
    /// Runs of the earlier sweep.
    pub baseline_runs: u64,
    /// When the last of them began, in milliseconds since 1970; `None` when no run had a set clock.
    pub baseline_last_unix_ms: Option<i64>,
    /// Ids of the runs that it does not hold, in run order: only these are compared.
    pub compared_runs: Vec<String>,
    /// Whether an earlier sweep made it, and it stands since there are no new runs since.
    pub stands: bool,
    /// What a reader should know of the runs.
    pub notes: Vec<String>,
    /// What makes the comparison doubtful or empty.
    pub warnings: Vec<String>,
    /// Kinds of change with the number of each, in order of urgency.
    pub kinds: Vec<KindOfChange>,
    /// The changes, by kind in that order, then gravest first.
    pub changes: Vec<IncidentChange>,
    /// What failed only where a large part of everything failed.
    #[serde(skip)]
    pub findings: Vec<RunFinding>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KindOfChange {
    /// Its word.
    pub name: &'static str,
    /// What it means, in a clause.
    pub meaning: &'static str,
    /// Whether it is something to act on.
    pub is_news: bool,
    /// Incidents of it.
    pub incidents: u64,
}

/// What became of one incident.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentChange {
    /// Place of its kind among [`Since::kinds`].
    pub kind: usize,
    /// Its id.
    pub incident_id: String,
    /// Its class.
    pub class: String,
    /// Its severity.
    pub severity: Severity,
    /// Its owner.
    pub owner_hint: String,
    /// Packet, suite, scenario and mode.
    pub names: [String; 4],
    /// Why it failed.
    pub reason_code: String,
    /// Why it is of this kind, in a sentence with its numbers.
    pub why: String,
    /// Whether it is still of concern.
    pub standing: Standing,
    /// The branches on which it failed, where runs name some.
    pub branches: Vec<String>,
    /// Place of the finding of whole runs that it is of.
    pub finding: Option<usize>,
}

impl IncidentChange {
    /// What tells its row from others of its scenario's name.
    pub(super) fn beside(&self, apart: &Apart<'_>) -> Vec<&str> {
        let branch = self.branches.first().map(String::as_str).filter(|_| self.branches.len() == 1);
        apart.beside(self.names.each_ref().map(String::as_str), branch)
    }
}

impl Since {
    /// A comparison as reports for people show it; `found`: the incidents of the new sweep.
    #[must_use]
    pub fn new(comparison: &Comparison, found: &IncidentReport, recurrence: &Recurrence) -> Self {
        let findings = found.run_findings(recurrence);
        let of = finding_of(&findings, found.incidents.len());
        let rows: HashMap<&str, (usize, &IncidentRow)> =
            found.incidents.iter().enumerate().map(|(place, row)| (row.incident_id.as_str(), (place, row))).collect();
        let with_row = |change: &Change| match rows.get(change.incident_id.as_str()) {
            Some(&(place, row)) => one(change, row.branches.clone(), of[place]),
            None => one(change, Vec::new(), None),
        };
        let Comparison { stands, summary, notes, warnings, changes, .. } = comparison;
        let kinds = ChangeKind::ALL.into_iter().map(|kind| KindOfChange {
            name: kind.name(),
            meaning: kind.meaning(),
            is_news: kind.is_news(),
            incidents: summary.by_kind.of(kind),
        });
        Self {
            baseline_runs: summary.baseline_runs,
            baseline_last_unix_ms: summary.baseline_last_unix_ms,
            stands: *stands,
            kinds: kinds.collect(),
            compared_runs: summary.compared_runs.clone(),
            notes: notes.clone(),
            warnings: warnings.clone(),
            changes: changes.iter().map(with_row).collect(),
            findings,
        }
    }

    /// From when on, for behind "since": the day of the baseline's last run in UTC, where that is known.
    pub(super) fn begin(&self) -> String {
        let day = self.baseline_last_unix_ms.map(day).filter(|day| !day.is_empty());
        day.unwrap_or_else(|| "the baseline".to_owned())
    }

    /// What is compared with what, in a clause.
    pub(super) fn runs(&self, beside: &str) -> String {
        let since = if self.stands { ", no new runs since" } else { "" };
        let compared = plural(self.compared_runs.len() as u64, "new run");
        format!("{compared} beside {beside}{}{since}", plural(self.baseline_runs, "run"))
    }

    /// What to act on as rows: what is not over first, and a finding of whole runs as one with what stands for it.
    pub(super) fn news_rows(&self) -> Vec<(&IncidentChange, Option<&RunFinding>)> {
        let news: Vec<&IncidentChange> = self.changes.iter().filter(|change| self.kinds[change.kind].is_news).collect();
        let rows = folded(&news, |change| change.finding, |change| change.standing);
        rows.into_iter().map(|row| (news[row.place], row.finding.map(|place| &self.findings[place]))).collect()
    }

    /// What tells the scenarios of the changes apart.
    pub(super) fn apart(&self) -> Apart<'_> {
        Apart::new(self.changes.iter().map(|change| change.names.each_ref().map(String::as_str)))
    }

    /// Incidents of a kind.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.kinds.iter().find(|kind| kind.name == name).map_or(0, |kind| kind.incidents)
    }

    /// Changes to act on.
    #[must_use]
    pub fn news(&self) -> u64 {
        self.kinds.iter().filter(|kind| kind.is_news).map(|kind| kind.incidents).sum()
    }
}

fn one(change: &Change, branches: Vec<String>, finding: Option<usize>) -> IncidentChange {
    let names = [&change.packet_id, &change.suite_id, &change.scenario_id, &change.mode];
    IncidentChange {
        kind: change.kind as usize,
        incident_id: change.incident_id.clone(),
        class: change.class.clone(),
        severity: change.severity,
        owner_hint: change.owner_hint.clone(),
        names: names.map(String::clone),
        reason_code: change.reason_code.clone(),
        why: change.why.clone(),
        standing: change.standing,
        branches,
        finding,
    }
}
