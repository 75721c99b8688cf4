//! `ledger.json`: `relapse-ledger-v1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::archive::{ArchiveLedger, Ledger, Skipped, Totals};
use crate::sweep::{Sweep, Words};

/// The ledger with the moment and the arguments of its sweep.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct LedgerReport<'l> {
    schema_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    answer: &'l str,
    /// The moment, in milliseconds since 1970.
    pub generated_unix_ms: u64,
    inputs: &'l [String],
    /// What each profile took the words of outcomes for; absent where partials do not say.
    #[serde(skip_serializing_if = "Words::is_empty")]
    profiles: Words,
    totals: Totals,
    /// Bytes written to a temporary file for want of memory.
    spilled_bytes: u64,
    archives: &'l [ArchiveLedger],
    skipped: &'l [Skipped],
}

impl<'l> LedgerReport<'l> {
    /// The report of a sweep's ledger; `answer` as of [`crate::analysis::answer_digest`].
    #[must_use]
    pub fn new(
        ledger: &'l Ledger,
        sweep: &'l Sweep,
        generated_unix_ms: u64,
        spilled_bytes: u64,
        answer: &'l str,
    ) -> Self {
        Self {
            schema_version: "relapse-ledger-v1",
            answer,
            generated_unix_ms,
            inputs: &sweep.inputs,
            profiles: sweep.words(),
            totals: ledger.totals(),
            spilled_bytes,
            archives: &ledger.archives,
            skipped: &ledger.skipped,
        }
    }
}
