//! `ledger.json`: `relapse-ledger-v1`.

use serde::Serialize;

use crate::archive::{ArchiveLedger, Ledger, Skipped, Totals};

/// The ledger with the moment and the arguments of its sweep.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerReport<'l> {
    schema_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    answer: &'l str,
    /// The moment, in milliseconds since 1970.
    pub generated_unix_ms: u64,
    inputs: &'l [String],
    totals: Totals,
    /// Bytes written to a temporary file for want of memory.
    spilled_bytes: u64,
    archives: &'l [ArchiveLedger],
    skipped: &'l [Skipped],
}

impl<'l> LedgerReport<'l> {
    /// The report of a ledger; `inputs` as given, `answer` as of [`crate::analysis::answer_digest`].
    #[must_use]
    pub fn new(
        ledger: &'l Ledger,
        inputs: &'l [String],
        generated_unix_ms: u64,
        spilled_bytes: u64,
        answer: &'l str,
    ) -> Self {
        Self {
            schema_version: "relapse-ledger-v1",
            answer,
            generated_unix_ms,
            inputs,
            totals: ledger.totals(),
            spilled_bytes,
            archives: &ledger.archives,
            skipped: &ledger.skipped,
        }
    }
}
