//! The reports of a sweep: for programs as JSON, for people as a page and as Markdown.

use std::path::Path;

use rayon::ThreadPool;

use super::error::CliError;
use super::output;
use crate::benchmark::{Benchmarks, Options, REPORT_PERMUTATIONS, judge};
use crate::gate::{ChangeKind, Comparison};
use crate::report::{IncidentChange, KindOfChange, LedgerReport, RecurrenceReport, Since, Weekly};
use crate::tally::Collector;

/// Writes all reports into a folder; those that take longest side by side.
pub(super) fn write(
    folder: &Path,
    pool: &ThreadPool,
    weekly: &Weekly<'_>,
    ledger: &LedgerReport<'_>,
) -> Result<(), CliError> {
    let text = |name: &str, text: String| output::write_file(&folder.join(name), |out| out.write_all(text.as_bytes()));
    let page = || -> Result<(), CliError> {
        text("report.html", weekly.html()?)?;
        text("report.md", weekly.markdown()?)?;
        Ok(())
    };
    let data = || -> Result<(), CliError> {
        output::write_json(&folder.join("incidents.json"), weekly.incidents)?;
        output::write_json(&folder.join("recurrence.json"), &RecurrenceReport::new(weekly.recurrence))?;
        output::write_json(&folder.join("ledger.json"), ledger)?;
        Ok(())
    };
    let (page, data) = pool.join(page, data);
    data.and(page)
}

/// The verdicts of the benchmark lines among the records, where there are any.
pub(super) fn benchmarks(measured: Collector, pool: &ThreadPool) -> Option<Benchmarks> {
    let mut series = measured.into_series();
    series.retain(|series| !series.points.is_empty() || series.rejected > 0);
    series.sort_by(|a, b| a.key.cmp(&b.key));
    let options = Options { permutations: REPORT_PERMUTATIONS, ..Options::default() };
    (!series.is_empty()).then(|| pool.install(|| judge(&series, &options)))
}

/// A comparison as reports for people show it.
pub(super) fn since(comparison: Comparison) -> Since {
    let Comparison { summary, notes, warnings, changes, .. } = comparison;
    let kinds = ChangeKind::ALL.into_iter().map(|kind| KindOfChange {
        name: kind.name(),
        meaning: kind.meaning(),
        is_news: kind.is_news(),
        incidents: summary.by_kind.of(kind),
    });
    Since {
        baseline_runs: summary.baseline_runs,
        kinds: kinds.collect(),
        compared_runs: summary.compared_runs,
        notes,
        warnings,
        changes: changes
            .into_iter()
            .map(|change| IncidentChange {
                kind: change.kind as usize,
                incident_id: change.incident_id,
                class: change.class,
                severity: change.severity,
                owner_hint: change.owner_hint,
                names: [change.packet_id, change.suite_id, change.scenario_id, change.mode],
                reason_code: change.reason_code,
                why: change.why,
            })
            .collect(),
    }
}
