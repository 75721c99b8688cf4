//! What the reports for people are made of: a page for browsers, and a text for a chat or an issue.

use thiserror::Error;

use super::since::Since;
use crate::analysis::IncidentReport;
use crate::archive::Ledger;
use crate::benchmark::Benchmarks;
use crate::recurrence::Recurrence;
use crate::text::dates::minute;

/// All that a report for people is made of, but for the moment ([`stamped`]). The same parts give the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Weekly<'r> {
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// What the failures are.
    pub recurrence: &'r Recurrence,
    /// What was read and lost.
    pub ledger: &'r Ledger,
    /// What the benchmark lines among the records show, where there are any.
    pub benchmarks: Option<&'r Benchmarks>,
    /// What changed since an earlier sweep, where it was compared with one.
    pub since: Option<&'r Since>,
}

/// Stands in a report for the moment at which it is made; no text from a log holds a control character there.
pub(super) const MADE: char = '\u{1}';

/// A report with the moment at which it is made.
#[must_use]
pub fn stamped(report: &str, generated_unix_ms: u64) -> String {
    report.replace(MADE, &minute(i64::try_from(generated_unix_ms).unwrap_or(i64::MAX)))
}

/// Why a report could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeeklyError {
    /// A template failed.
    #[error("failed to fill the template of a report")]
    Template(#[from] minijinja::Error),
    /// The data could not be written as JSON.
    #[error("failed to write the data of a report")]
    Data(#[from] serde_json::Error),
}
