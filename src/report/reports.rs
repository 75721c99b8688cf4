//! The reports of an analysis as files.

use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::ThreadPool;
use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

use super::file_names::{INCIDENTS, LEDGER, MARKDOWN, PAGE, RECURRENCE};
use super::html::html_page;
use super::ledger::LedgerReport;
use super::markdown::markdown_page;
use super::recurrence::RecurrenceReport;
use super::since::Since;
use super::weekly::{Weekly, WeeklyError, stamped};
use crate::analysis::{Analysis, IncidentReport};
use crate::benchmark::Benchmarks;
use crate::diff::Comparison;
use crate::files::{FileSet, WriteError};
use crate::text::json::pretty;

/// The reports of an analysis, for machines and, once they are made, for people.
#[derive(Debug)]
pub struct Reports<'a> {
    /// What was found.
    pub analysis: &'a Analysis,
    /// What changed since an earlier sweep, where it was compared with one.
    pub since: Option<Since>,
    comparison: Option<&'a Comparison>,
    /// By name.
    pages: Vec<(&'static str, String)>,
}

/// Why reports could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportsError {
    /// One could not be made.
    #[error(transparent)]
    Weekly(#[from] WeeklyError),
    /// One could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Analysis {
    /// Writes all reports into a folder, which is made, all of them or none: [`super::FILES`]. They are of the sweep's moment.
    ///
    /// # Errors
    /// When the folder cannot be written to, or somebody else writes there for too long.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<(), ReportsError> {
        Reports::new(self, None).write_to(folder)
    }
}

impl<'a> Reports<'a> {
    /// The reports for machines.
    #[must_use]
    pub fn new(analysis: &'a Analysis, comparison: Option<&'a Comparison>) -> Self {
        let Analysis { incidents, recurrence, .. } = analysis;
        let since = comparison.map(|comparison| Since::new(comparison, incidents, recurrence));
        Self { analysis, since, comparison, pages: Vec::new() }
    }

    /// And those for people.
    ///
    /// # Errors
    /// When they cannot be made, which no input brings about.
    pub fn with_pages(mut self, benchmarks: Option<&Benchmarks>) -> Result<Self, WeeklyError> {
        let Analysis { found, incidents, recurrence, .. } = self.analysis;
        let weekly = Weekly { incidents, recurrence, ledger: &found.ledger, benchmarks, since: self.since.as_ref() };
        let (page, text) = self.analysis.pool().join(|| html_page(&weekly), || markdown_page(&weekly));
        self.pages = vec![(PAGE, page?), (MARKDOWN, text?)];
        Ok(self)
    }

    /// As [`Analysis::write_to`].
    ///
    /// # Errors
    /// When the folder cannot be written to, or somebody else writes there for too long.
    pub fn write_to(self, folder: impl AsRef<Path>) -> Result<(), ReportsError> {
        let benchmarks = self.analysis.benchmarks();
        let reports = self.with_pages(benchmarks.as_ref())?;
        let Analysis { found, incidents, .. } = reports.analysis;
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let made =
            if found.sweep.now_ms == i64::MAX { clock() } else { found.sweep.now_ms.max(0).unsigned_abs().into() };
        let made = u64::try_from(made).unwrap_or(u64::MAX);
        let ledger = LedgerReport::new(&found.ledger, &found.sweep, made, found.spilled, &incidents.answer);
        let write = |name: &str, out: &mut dyn Write| reports.write(name, out);
        Ok(write_reports(folder.as_ref(), reports.analysis.pool(), &ledger, &write, &|| ())?)
    }

    /// Writes one of them as its file has it, but for the ledger and the moment of those for people ([`stamped`]).
    ///
    /// # Errors
    /// When `out` fails, or there is no report of this name: those for people are there once they are made.
    pub fn write(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        let Analysis { incidents, recurrence, .. } = self.analysis;
        match name {
            INCIDENTS => pretty(&IncidentFile { report: incidents, comparison: self.comparison }, out),
            RECURRENCE => {
                let report = RecurrenceReport::new(recurrence, &incidents.answer);
                pretty(&report.with_nothing(incidents.nothing.as_ref()), out)
            }
            page => {
                let text = self.pages.iter().find(|(name, _)| *name == page).map(|(_, text)| text.as_bytes());
                out.write_all(text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no report {page}")))?)
            }
        }
    }
}

/// `incidents.json`: beside the report what changed since the baseline, so that it is still known when the same runs are swept
/// again with this output as the baseline.
#[derive(JsonSchema, Serialize)]
pub(super) struct IncidentFile<'f> {
    #[serde(flatten)]
    report: &'f IncidentReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'f Comparison>,
}

/// Writes the files of an answer into a folder together. `report` writes the one of a name, as [`Reports::write`] does;
/// `waiting` is called when somebody else who is writing there is waited for.
///
/// # Errors
/// When the folder cannot be written to, or somebody else writes there for too long.
pub fn write_reports(
    folder: &Path,
    pool: &ThreadPool,
    ledger: &LedgerReport<'_>,
    report: &(dyn Fn(&str, &mut dyn Write) -> io::Result<()> + Sync),
    waiting: &dyn Fn(),
) -> Result<(), WriteError> {
    FileSet::write(folder, waiting, |set| {
        let file = |name: &str| set.file(name, |out| report(name, out));
        let page = |name: &str| {
            let mut text = Vec::new();
            let written = report(name, &mut text);
            let text = stamped(&String::from_utf8_lossy(&text), ledger.generated_unix_ms);
            set.file(name, |out| written.and_then(|()| out.write_all(text.as_bytes())))
        };
        let (one, others) = pool
            .join(|| file(INCIDENTS), || file(RECURRENCE).and_then(|()| set.file(LEDGER, |out| pretty(ledger, out))));
        one.and(others)?;
        page(PAGE)?;
        page(MARKDOWN)
    })
}
