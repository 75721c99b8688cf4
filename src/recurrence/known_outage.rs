//! An outage whose runs are gone: known from the output of an earlier sweep alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What an outage is known from, where not from runs.
    KnownFrom {
        /// The output of the sweep that this one is compared with.
        Baseline => "baseline",
    }
}

/// Such an outage. It counts among the times before, and changes no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub struct KnownOutage {
    /// Where it is known from.
    pub source: KnownFrom,
    /// Its first run.
    pub start_run: String,
    /// Its last failing run.
    pub last_failed_run: String,
    /// When that began; null when no record had a set clock.
    pub last_failed_unix_ms: Option<i64>,
    /// Its runs.
    pub runs: u64,
    /// Those that failed.
    pub failed_runs: u64,
    /// The incidents that failed in four of five of its failing runs.
    pub reasons: Vec<String>,
    /// Whether most of its runs were mass failures.
    pub mass: bool,
}
