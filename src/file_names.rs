//! The names of the files that a sweep writes.

/// What was found, as [`crate::analysis::IncidentReport`].
pub const INCIDENTS: &str = "incidents.json";
/// The verdicts, as [`crate::report::RecurrenceReport`].
pub const RECURRENCE: &str = "recurrence.json";
/// What was read and lost, as [`crate::report::LedgerReport`].
pub const LEDGER: &str = "ledger.json";
/// Where all of what is cut short stands, in words: not every command writes it.
pub(crate) const ALL_IN_LEDGER: &str = "ledger.json of `relapse sweep --out DIR` has all";
/// The report for browsers.
pub const PAGE: &str = "report.html";
/// The report for a chat or an issue.
pub const MARKDOWN: &str = "report.md";
/// The files of an output.
pub const FILES: [&str; 5] = [INCIDENTS, RECURRENCE, LEDGER, PAGE, MARKDOWN];
/// Those for programs, and their schemas.
pub(crate) const SCHEMAS: [(&str, &str); 3] =
    [(INCIDENTS, "relapse-incidents-v1"), (RECURRENCE, "relapse-recurrence-v1"), (LEDGER, "relapse-ledger-v1")];
