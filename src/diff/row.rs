//! Rows of `recurrence.json`, as far as comparing needs them.

use serde::Deserialize;

use crate::recurrence::{Kind, KnownOutage, Label, LevelRow, PlannedFixRow, RegressionRange, Shape, Verdict};
use crate::text::run_ranges::RunRanges;

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// When it began; `None` when no record had a set clock.
    pub first_unix_ms: Option<i64>,
    /// On which branch.
    #[serde(default)]
    pub branch: Option<String>,
}

/// One scenario; the fields are those of `recurrence.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "documented where they are written, in recurrence::ScenarioJudgement")]
pub struct Scenario {
    pub packet_id: String,
    pub suite_id: String,
    pub scenario_id: String,
    pub mode: String,
    #[serde(default)]
    pub branch: Option<String>,
    #[serde(default)]
    pub verdict: Option<Verdict>,
    #[serde(default)]
    pub label: Option<Label>,
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub incident_id: Option<String>,
    pub ran_in: RunRanges,
    #[serde(default)]
    pub stale: bool,
    pub set_aside_runs: Vec<String>,
    pub clean_runs: u64,
    pub clean_runs_needed: CleanRunsNeeded,
    #[serde(default)]
    pub planned_fix: Option<PlannedFixRow>,
    pub regression_range: Option<RegressionRange>,
    #[serde(default)]
    pub envs: LevelTable,
    #[serde(default)]
    pub changepoints: Vec<Changepoint>,
    #[serde(flatten)]
    pub past: Remembered,
    pub signatures: Vec<Signature>,
    pub why: String,
}

/// One way to fail of a scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "documented where they are written, in recurrence::SignatureJudgement")]
pub struct Signature {
    pub incident_id: String,
    pub failed_runs: u64,
    #[serde(default)]
    pub reason_code: String,
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub verdict: Option<Verdict>,
    #[serde(default)]
    pub label: Option<Label>,
    #[serde(default)]
    pub mixed_outcomes: Option<String>,
    #[serde(flatten)]
    pub past: Remembered,
}

/// The outages of a scenario, or of a way to fail; none where an earlier version wrote the output.
#[derive(Clone, Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "documented where they are written, in recurrence::PastRow")]
pub struct Remembered {
    #[serde(default)]
    pub pattern: Option<Pattern>,
    #[serde(default)]
    pub outages: Vec<ListedOutage>,
    #[serde(default)]
    pub earlier_outages: Vec<KnownOutage>,
}

/// What the failures look like.
#[derive(Clone, Debug, Deserialize)]
pub struct Pattern {
    /// Its name.
    pub name: Shape,
}

/// One outage.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "documented where they are written, in recurrence::OutageRow")]
pub struct ListedOutage {
    pub start: Start,
    pub last_failed_run: String,
    pub runs: u64,
    pub failed_runs: u64,
    pub reasons: Vec<String>,
    pub mass: bool,
}

/// The run at which an outage began.
#[derive(Clone, Debug, Deserialize)]
pub struct Start {
    /// Its id.
    pub run: String,
}

/// What a scenario did in each environment.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LevelTable {
    /// The worst ones.
    #[serde(default)]
    pub table: Vec<LevelRow>,
    /// The others together; none where these are all.
    #[serde(default)]
    pub rest: Option<LevelRow>,
}

/// A change of the failure rate.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Changepoint {
    /// First run behind it.
    pub run: String,
}

/// Clean runs that would show a fix.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct CleanRunsNeeded {
    /// At 95 %.
    pub k95: Option<u64>,
}
