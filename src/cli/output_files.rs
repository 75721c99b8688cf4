//! The names of the files that a sweep writes.

use std::path::{Path, PathBuf};

use crate::report::Table;

pub(super) const INCIDENTS: &str = "incidents.json";
pub(super) const RECURRENCE: &str = "recurrence.json";
pub(super) const LEDGER: &str = "ledger.json";
pub(super) const PAGE: &str = "report.html";
pub(super) const MARKDOWN: &str = "report.md";
/// The files of an output.
pub(super) const FILES: [&str; 5] = [INCIDENTS, RECURRENCE, LEDGER, PAGE, MARKDOWN];

/// The files of an output that other commands read.
pub(super) fn judged_files(folder: &Path) -> [PathBuf; 3] {
    [INCIDENTS, RECURRENCE, LEDGER].map(|name| folder.join(name))
}

/// The file of a table.
pub(super) fn table_file(table: Table) -> String {
    format!("{}.parquet", table.name())
}
