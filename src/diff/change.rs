//! What became of each incident since a baseline.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::recurrence::{Kind, Standing, Verdict};
use crate::taxonomy::Severity;
use crate::text::number::Rounded;
use crate::words::words;

words! {
    /// What became of an incident since the baseline; in the order of reports.
    ChangeKind {
        /// It fails, and the baseline does not know it on this branch, or only from mass-failure runs that were set aside.
        New => "new",
        /// It fails again: the baseline called it fixed, or it is a further outage behind a time without it.
        Returned => "returned",
        /// It fails more often than in the baseline since its failure rate last changed there.
        Worsened => "worsened",
        /// It fails, otherwise.
        Recurring => "recurring",
        /// Its scenario ran without it, and nothing shows yet that it is fixed.
        Quiet => "quiet",
        /// Its verdict is that it is fixed, whether it failed since the baseline or not.
        Resolved => "resolved",
        /// Its scenario did not run, as far as can be told.
        Absent => "absent",
    }
}

words! {
    /// What shows that an incident returned.
    Proof {
        /// Of the runs of both sweeps in one row, its last outage is one of several, and begins in the new ones.
        Relapsed => "relapsed",
        /// The baseline's verdict was that it is fixed.
        Reopened => "reopened",
    }
}

impl ChangeKind {
    /// The kind in some words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::New => "they fail where the baseline did not",
            Self::Returned => "they were fixed, or gone as between two outages, and are here again",
            Self::Worsened => "they fail more often than before",
            Self::Recurring => "they fail as before, as far as the runs can show",
            Self::Quiet => "they did not fail, which does not show yet that they are fixed",
            Self::Resolved => "fixed: clean for long enough since they last failed",
            Self::Absent => "their scenario did not run, as far as can be told",
        }
    }

    /// Whether it is something to act on: it fails as the baseline did not.
    #[must_use]
    pub const fn is_news(self) -> bool {
        matches!(self, Self::New | Self::Returned | Self::Worsened)
    }
}

const SCHEMA: &str = "relapse-diff-v1";

const fn version() -> &'static str {
    SCHEMA
}

/// How two sweeps differ: `relapse-diff-v1`.
#[derive(Clone, Debug, JsonSchema, Serialize, Deserialize)]
pub struct Comparison {
    /// `relapse-diff-v1`.
    #[serde(skip_deserializing, default = "version")]
    pub schema_version: &'static str,
    /// Whether it was made by an earlier sweep and stands, since there are no new runs since. Only said where it is so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stands: bool,
    /// The whole in numbers.
    pub summary: Summary,
    /// What a reader should know of the runs.
    pub notes: Vec<String>,
    /// What makes the comparison doubtful or empty.
    pub warnings: Vec<String>,
    /// Each incident that the baseline knows or that failed in the runs compared, once, or once a kind where it became
    /// something else on another branch: by kind, then gravest first, then id. Empty when there is no run to compare.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Reads one back; `None` where it is of another schema.
    pub(super) fn of(value: Value) -> Option<Self> {
        value
            .get("schema_version")
            .is_some_and(|schema| schema == SCHEMA)
            .then(|| serde_json::from_value(value).ok())?
    }

    /// How many incidents changed.
    pub(super) fn incidents(&self) -> usize {
        self.changes.iter().map(|change| &change.incident_id).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Of those runs and changes.
    pub(super) fn new(summary: Summary, notes: Vec<String>, warnings: Vec<String>, changes: Vec<Change>) -> Self {
        Self { schema_version: SCHEMA, stands: false, summary, notes, warnings, changes }
    }
}

/// A comparison in numbers.
#[derive(Clone, Debug, Default, JsonSchema, Serialize, Deserialize)]
pub struct Summary {
    /// Runs of the baseline.
    pub baseline_runs: u64,
    /// When the last of them began, in milliseconds since 1970; null when no run had a set clock.
    pub baseline_last_unix_ms: Option<i64>,
    /// Ids of the runs that are compared with it, in run order: those that it does not hold.
    pub compared_runs: Vec<String>,
    /// Runs that both hold: the baseline's, and not compared.
    pub runs_in_both: u64,
    /// Runs of the baseline that the new sweep does not hold.
    pub runs_gone: u64,
    /// Changes by kind; every kind is there.
    pub by_kind: ByKind,
    /// Incidents tested for failing more often.
    pub tested: u64,
    /// Those of them that could have been significant, which are the family of the false discovery rate.
    pub kept: u64,
}

/// A number for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByKind([u64; 7]);

impl ByKind {
    /// The number of a kind.
    #[must_use]
    pub const fn of(&self, kind: ChangeKind) -> u64 {
        self.0[kind as usize]
    }

    pub(super) fn count(changes: &[Change]) -> Self {
        let mut counts = Self::default();
        for change in changes {
            counts.0[change.kind as usize] += 1;
        }
        counts
    }
}

impl<'de> Deserialize<'de> for ByKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts = BTreeMap::<ChangeKind, u64>::deserialize(deserializer)?;
        Ok(Self(ChangeKind::ALL.map(|kind| counts.get(&kind).copied().unwrap_or(0))))
    }
}

crate::written::written_as!(ByKind, BTreeMap<String, u64>);

impl Serialize for ByKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ChangeKind::ALL.into_iter().map(|kind| (kind.name(), self.of(kind))))
    }
}

/// One incident's change.
#[derive(Clone, Debug, JsonSchema, Serialize, Deserialize)]
pub struct Change {
    /// Fixed id of the incident.
    pub incident_id: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// Of one that returned, by what that is known; null for all others.
    #[serde(default)]
    pub proof: Option<Proof>,
    /// Class.
    pub class: String,
    /// Severity, as the new sweep has it where it holds the incident.
    pub severity: Severity,
    /// Owner, likewise.
    pub owner_hint: String,
    /// Group of the scenario.
    pub packet_id: String,
    /// Suite.
    pub suite_id: String,
    /// Scenario.
    pub scenario_id: String,
    /// Variant.
    pub mode: String,
    /// Why it failed.
    pub reason_code: String,
    /// Its failures in the baseline.
    pub old: Counts,
    /// Its failures in the runs compared.
    pub new: Counts,
    /// Whether its scenario ran in the runs compared; null when that cannot be told.
    pub ran: Option<bool>,
    /// First run compared in which it failed.
    pub first_failed_run: Option<String>,
    /// Last run compared in which it failed.
    pub last_failed_run: Option<String>,
    /// First run without it after its last failure, in the new sweep: since then it is clean. Null where its scenario did not
    /// run since, and of incidents that the new sweep does not hold.
    #[serde(default)]
    pub clean_since_run: Option<String>,
    /// Fisher's exact one-sided p that it fails more often than in the baseline since its scenario's rate last changed
    /// there; null where not tested.
    pub p: Option<Rounded>,
    /// The same, adjusted for all incidents tested; null where no table of its counts could have been significant.
    pub q: Option<Rounded>,
    /// Whether its scenario fails always in what is left of its runs, and had regressed by what the baseline knows, or one that
    /// this was itself compared with: there were runs that passed. Only said where it is so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub regressed_before: bool,
    /// The branch that it is told of, where its scenario has runs of several: the first of those on which it became this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Other branches on which it became the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_on: Vec<String>,
    /// The branch of the baseline that it is compared with, where that has no run of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_branch: Option<String>,
    /// The new sweep's verdict; null where it holds no such incident, or gives it none.
    pub verdict: Option<Verdict>,
    /// That verdict's kind.
    pub headline: Option<Kind>,
    /// Whether it is still of concern in the new sweep; what that does not hold is stale.
    pub standing: Standing,
    /// Why it is of this kind, in a sentence with its numbers.
    pub why: String,
    /// Command that runs it again, as the new sweep has it where it holds the incident.
    pub replay_command: Option<String>,
    /// Files that tell more, likewise.
    pub artifact_refs: Vec<String>,
}

impl Change {
    /// Packet, suite, scenario and mode.
    #[must_use]
    pub fn names(&self) -> [&str; 4] {
        [&self.packet_id, &self.suite_id, &self.scenario_id, &self.mode]
    }
}

/// Failures among some runs. Mass-failure runs that were set aside for the scenario are in neither of the first two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct Counts {
    /// Runs in which it failed.
    pub failed_runs: u64,
    /// Runs in which its scenario counted; null when the sweep does not list the scenario.
    pub runs: Option<u64>,
    /// Mass-failure runs in which it failed and that were set aside.
    pub set_aside_runs: u64,
}

impl Counts {
    /// Whether it failed, and every time in a mass-failure run that was set aside.
    #[must_use]
    pub fn is_set_aside(&self) -> bool {
        self.failed_runs == 0 && self.set_aside_runs > 0
    }
}
