//! A fresh result against the history, as plain data.

use schemars::JsonSchema;
use serde::Serialize;

use super::known::Known;
use crate::recurrence::{Label, Verdict};
use crate::taxonomy::Severity;
use crate::text::number::Rounded;

/// What is known of each failure of a fresh result, `relapse-check-v1`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Checked {
    /// `relapse-check-v1`.
    pub schema_version: &'static str,
    /// Whether each failure is known.
    pub passes: bool,
    /// Runs of the history on the base branch.
    pub base_runs: u64,
    /// The newest of them.
    pub newest_run: Option<String>,
    /// The base branch, where runs name one.
    pub base: Option<String>,
    /// Scenarios of the result that passed or failed.
    pub scenarios: u64,
    /// Those that failed.
    pub failed_scenarios: u64,
    /// What failed, first what stops.
    pub failures: Vec<Failure>,
    /// What is doubtful about all of it.
    pub warnings: Vec<String>,
}

/// A failure of the result: one scenario in one way.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Failure {
    /// What the history says of it.
    pub known: Known,
    /// Whether it stops the change.
    pub stops: bool,
    /// That in a sentence, with its numbers.
    pub why: String,
    /// Group of the scenario.
    pub packet_id: String,
    /// Suite of the scenario.
    pub suite_id: String,
    /// The scenario.
    pub scenario_id: String,
    /// Variant of the scenario.
    pub mode: String,
    /// Id of the incident, as in the history's `incidents.json`.
    pub incident_id: String,
    /// Class.
    pub class: String,
    /// Severity.
    pub severity: Severity,
    /// Why it failed.
    pub reason_code: String,
    /// What it said, as the log has it.
    pub message: Option<String>,
    /// Whose it is.
    pub owner_hint: String,
    /// File of the test.
    pub file: Option<String>,
    /// Attempts of the scenario in the result.
    pub attempts: u64,
    /// Those that failed so.
    pub failed_attempts: u64,
    /// What it did before, on the base branch; null where its scenario did not fail there.
    pub past: Option<Past>,
    /// Chance that a flake of its rate fails so often in a row; null but for flakes.
    pub chance: Option<Rounded>,
    /// Where a fix or a failure of it is written down.
    pub ticket: Option<String>,
    /// What to run again, and how often.
    pub rerun: Rerun,
}

/// What failed so before, on the base branch.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Past {
    /// The verdict on this way to fail.
    pub verdict: Option<Verdict>,
    /// Its label.
    pub label: Option<Label>,
    /// Counted runs of the scenario.
    pub runs: u64,
    /// Those that failed so.
    pub failed_runs: u64,
    /// Their share, and Jeffreys' 95 % interval of it.
    pub rate_95: Option<[Rounded; 2]>,
    /// Runs that it failed in, the newest five, newest first.
    pub newest_failed_runs: Vec<String>,
    /// Counted runs behind the last of them.
    pub clean_runs: u64,
    /// Since which run it fails, where it does so since a change.
    pub since_run: Option<String>,
}

/// What to run again, and how often.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Rerun {
    /// The command, where the log tells one.
    pub command: Option<String>,
    /// How often; null where no number would decide.
    pub times: Option<u64>,
    /// What the results would mean.
    pub meaning: String,
}

impl Checked {
    /// How many failures stop, and how many do not.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let stopping = self.failures.iter().filter(|failure| failure.stops).count() as u64;
        (stopping, self.failures.len() as u64 - stopping)
    }
}

impl Failure {
    /// Packet, suite, scenario and mode.
    #[must_use]
    pub fn names(&self) -> [&str; 4] {
        [&self.packet_id, &self.suite_id, &self.scenario_id, &self.mode]
    }
}
