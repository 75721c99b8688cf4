//! One incident as `incidents.json` lists it: written by a sweep, read by comparisons, pages and tickets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::recurrence::{Kind, Standing, Verdict};
use crate::role::Role;
#[cfg(doc)]
use crate::tally::incident_id;
pub use crate::taxonomy::CommandRow;
use crate::taxonomy::Severity;
use crate::text::run_ranges::RunRanges;

/// One incident.
#[derive(Clone, Debug, Default, JsonSchema, Serialize, Deserialize)]
pub struct IncidentRow {
    /// Fixed id; see [`incident_id`].
    pub incident_id: String,
    /// Class.
    pub class: String,
    /// Severity.
    pub severity: Severity,
    /// Owner of the rule that classified the first record.
    pub owner_hint: String,
    /// The line of CODEOWNERS that names the owner; missing where the taxonomy does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_line: Option<u64>,
    /// Group of the scenario.
    pub packet_id: String,
    /// Suite of the scenario.
    pub suite_id: String,
    /// The scenario.
    pub scenario_id: String,
    /// Variant of the scenario.
    pub mode: String,
    /// Why it failed.
    pub reason_code: String,
    /// Command that runs the first record again.
    pub replay_command: Option<String>,
    /// Files that tell more of the first record.
    pub artifact_refs: Vec<String>,
    /// Seed of the first record.
    pub seed: Option<u64>,
    /// Environment of the first record.
    pub env_fingerprint: Option<String>,
    /// Failing records.
    pub occurrences: u64,
    /// Greatest time of a failing record.
    pub last_seen_unix_ms: i64,
    /// Time of the first record.
    pub first_seen_unix_ms: i64,
    /// Run of the first record.
    pub first_run: String,
    /// Last run in which it happened.
    pub last_run: String,
    /// Runs in which it happened.
    pub runs_failed: u64,
    /// These runs, by their places in the list of runs of `recurrence.json`; runs of branches that are not judged are
    /// not in that list.
    pub failed_in: RunRanges,
    /// Runs in which its scenario passed or failed: of the same runs as `runs_failed`, on every branch.
    pub runs_seen: u64,
    /// Distinct seeds with which it happened.
    pub seeds_failed: u64,
    /// Distinct environments in which it happened.
    pub envs_failed: u64,
    /// The recurrence verdict; null for classes that are kept out of recurrence.
    pub verdict: Option<Verdict>,
    /// The verdict's kind; null likewise.
    pub kind: Option<Kind>,
    /// Whether it is still of concern; missing where an earlier version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The branch of the verdict, where runs name several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The branches on which it failed, where runs name one; those that are not judged too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<String>,
    /// Another class that the history speaks for: the taxonomy's for mixed outcomes, where it has one and the scenario
    /// passed and failed with this incident under one revision, with one seed and environment.
    pub effective_class: Option<String>,
    /// The taxonomy that classified the first record.
    #[serde(default)]
    pub taxonomy: String,
    /// Its rule: the rule's code, else `rule 3`; null for the fallback.
    #[serde(default)]
    pub rule: Option<String>,
    /// A second class.
    #[serde(default)]
    pub secondary_class: Option<String>,
    /// The override that raised the severity, as the taxonomy writes its invariant.
    #[serde(default)]
    pub severity_raised_by: Option<String>,
    /// What the class asks for, found or missing.
    #[serde(default)]
    pub evidence: Vec<EvidenceRow>,
    /// Commands by which a person sees it again, as the taxonomy has them.
    #[serde(default)]
    pub reproduce: Vec<CommandRow>,
    /// What else the first record tells, by role: `scenario_id` (only where it is an id), message, invariant, file, test, organization, entities, url, job,
    /// revision, attempt, duration, stack; entities as their JSON text; null where the log carries none of that.
    #[serde(default)]
    pub told: Option<Map<String, Value>>,
    /// What must be true before it is closed; empty but for critical incidents.
    pub closure: Vec<String>,
    /// Where the first record stands.
    pub sample: Sample,
}

/// One thing that a person needs before working on an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// What it is called.
    pub name: String,
    /// Where it was found; null when it is missing.
    pub found: Option<String>,
}

/// The place of a record.
#[derive(Clone, Debug, Default, JsonSchema, Serialize, Deserialize)]
pub struct Sample {
    /// Relative path of its archive without the container's ending.
    pub log: String,
    /// Number of its line, from 1.
    pub line: u64,
}

impl IncidentRow {
    /// The file of its test; where the log names none, its suite, which may be a path or the name of a package.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        let suite = Some(self.suite_id.as_str()).filter(|suite| !suite.is_empty());
        self.told(Role::File).filter(|file| !file.is_empty()).or(suite)
    }

    /// Whether it is still of concern; of an earlier version's row as far as its verdict tells.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing.unwrap_or_else(|| match self.kind {
            Some(kind) => Standing::of(kind, false),
            None => Standing::without_verdict(!self.failed_in.is_empty(), true),
        })
    }

    /// Packet, suite, scenario and mode.
    #[must_use]
    pub fn names(&self) -> [&str; 4] {
        [&self.packet_id, &self.suite_id, &self.scenario_id, &self.mode]
    }

    /// The command by which it is seen again: the log's own, else the first of the taxonomy's.
    #[must_use]
    pub fn replay(&self) -> Option<&str> {
        CommandRow::replay(self.replay_command.as_deref(), &self.reproduce)
    }

    /// The scenario's id; `None` where the log gave none, and the scenario's name was put together.
    #[must_use]
    pub fn own_scenario_id(&self) -> Option<&str> {
        match &self.told {
            // Such logs name their scenarios themselves.
            None => Some(&self.scenario_id),
            Some(_) => self.told(Role::ScenarioId),
        }
    }

    /// What the first record tells of a role, as a text.
    #[must_use]
    pub fn told(&self, role: Role) -> Option<&str> {
        self.told.as_ref()?.get(role.name())?.as_str()
    }
}
