//! What the reports for people and the tables are made of besides what was found.

use std::collections::HashMap;
use std::path::Path;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::output::{OutputError, Outputs};
use super::output_files::table_file;
use crate::analysis::IncidentReport;
use crate::benchmark::{Benchmarks, Options, REPORT_PERMUTATIONS, judge};
use crate::diff::{Change, ChangeKind, Comparison};
use crate::incident::IncidentRow;
use crate::recurrence::Recurrence;
use crate::report::{IncidentChange, KindOfChange, Since, Table, Tables};
use crate::run_finding::finding_of;
use crate::tally::{Collector, Series};

/// Writes every table into a folder, side by side.
pub(super) fn write_tables(folder: &Path, pool: &ThreadPool, tables: &Tables<'_>) -> Result<(), OutputError> {
    Outputs::write(folder, |out| {
        let write = |table: Table| out.file(&table_file(table), |out| tables.write(table, out));
        pool.install(|| Table::ALL.into_par_iter().try_for_each(write))
    })
}

/// The benchmark lines among the records and their verdicts, where there are any.
pub(super) fn benchmarks(measured: Collector, pool: &ThreadPool) -> Option<(Vec<Series>, Benchmarks)> {
    let mut series = measured.into_series();
    series.retain(|series| !series.points.is_empty() || series.rejected > 0);
    series.sort_by(|a, b| a.key.cmp(&b.key));
    let options = Options { permutations: REPORT_PERMUTATIONS, ..Options::default() };
    let judged = (!series.is_empty()).then(|| pool.install(|| judge(&series, &options)))?;
    Some((series, judged))
}

/// A comparison as reports for people show it; `found`: the incidents of the new sweep.
pub(super) fn since(comparison: &Comparison, found: &IncidentReport, recurrence: &Recurrence) -> Since {
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
    Since {
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
