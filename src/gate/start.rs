//! A policy to start from.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::answer::{AnswerError, AnswerFiles};

/// Why there is no policy to start from.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Files that cannot be read, or do not belong together.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A report that is not what a sweep writes.
    #[error("failed to read `{}`", path.display())]
    Unreadable {
        /// The report.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

#[derive(Deserialize)]
struct RecurrenceFile {
    summary: SummaryPart,
    scenarios: Vec<ScenarioPart>,
}

#[derive(Deserialize)]
struct SummaryPart {
    runs: u64,
    mass_failure_runs: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct ScenarioPart {
    kind: String,
    verdict: String,
    stale: bool,
}

#[derive(Deserialize)]
struct IncidentsFile {
    incidents: Vec<IncidentPart>,
}

#[derive(Deserialize)]
struct IncidentPart {
    severity: String,
    kind: Option<String>,
}

/// What stood in a sweep's output.
#[derive(Default)]
struct Today {
    runs: u64,
    mass_failure_runs: u64,
    by_kind: BTreeMap<String, u64>,
    new_failures: u64,
    critical: u64,
}

fn report<T: for<'d> Deserialize<'d>>(folder: &Path, files: &AnswerFiles, name: &str) -> Result<T, StartError> {
    let file = BufReader::with_capacity(1 << 18, files.file(name)?);
    serde_json::from_reader(file).map_err(|source| StartError::Unreadable { path: folder.join(name), source })
}

impl Today {
    fn read(folder: &Path) -> Result<Self, StartError> {
        let files = AnswerFiles::open(folder)?;
        let RecurrenceFile { summary, scenarios } = report(folder, &files, "recurrence.json")?;
        let IncidentsFile { incidents } = report(folder, &files, "incidents.json")?;
        let mut today =
            Self { runs: summary.runs, mass_failure_runs: summary.mass_failure_runs.len() as u64, ..Self::default() };
        for scenario in scenarios.into_iter().filter(|scenario| !scenario.stale) {
            today.new_failures += u64::from(scenario.verdict == "new_failure");
            *today.by_kind.entry(scenario.kind).or_default() += 1;
        }
        let is_open = |incident: &&IncidentPart| incident.kind.as_deref() != Some("resolved");
        let critical = incidents.iter().filter(is_open).filter(|incident| incident.severity == "critical");
        today.critical = critical.count() as u64;
        Ok(today)
    }
}

/// A commented policy whose ceilings are what stood in a sweep's output, so that it passes today and nothing gets
/// worse; without one, ceilings of none.
///
/// # Errors
/// When the output cannot be read.
pub fn starting_policy(from: Option<&Path>) -> Result<String, StartError> {
    let today = from.map(Today::read).transpose()?;
    let known = today.as_ref();
    let today = known.map_or_else(Today::default, |known| Today { by_kind: known.by_kind.clone(), ..*known });
    let of = |kind: &str| today.by_kind.get(kind).copied().unwrap_or(0);
    let mut text = String::new();
    let whence = match known {
        Some(today) => {
            format!("# Ceilings are what {} runs held when this was written: lower them as you mend.", today.runs)
        }
        None => {
            "# Ceilings are none of all: raise them to what you can live with, and lower them as you mend.".to_owned()
        }
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        r#"schema = "relapse-policy-v1"
name = "weekly"
description = "What may ship."

{whence}
# Scenarios that were not in the latest runs (stale) count for none of them: see [levels].
[max]
deterministic = {}         # scenarios that fail whenever their cause is there
flaky = {{ at_most = {}, level = "warn" }}
new_failure = {}           # failed in the last runs only
mass_failure_runs = {}     # runs in which a large part of all scenarios failed
severity = {{ critical = {} }}    # open incidents
# class = {{ autograd_state = 0 }}
# owner = {{ "ft-dispatch-owners" = 0 }}
# failed_entries = 0        # records whose outcome is not `pass`
# flake_suspects = 0        # scenario ids of which a record passed and another did not
# unknown_reason_codes = 0

# The same ceilings for a part.
# [[scope]]
# name = "scheduler"
# packet = "FT-P2C-004"
# suite = "autograd_*"
# scenario = "*/strict:*"
# max = {{ deterministic = 0 }}

# What must have run.
# [[coverage]]
# packet = "FT-P2C-001"
# min_scenarios = 14        # records
# min_pass_ratio = 1.0
# required_suites = ["scalar_dac"]

# Verdicts on fewer runs are said, and fail nothing.
[evidence]
min_runs = 5

# Lost input fails the gate.
[loss]
rejected_lines = 0
damaged_archives = 0
unreadable_archives = 0

# Failures that are known. What regressed and fails always since is not held back.
# [[quarantine]]
# scenario = "autograd_scheduler/*"
# reason = "wall_clock_*"
# owner = "someone"
# ticket = "T-1"
# expires = 2026-12-31      # the last day on which it holds

# What changed since --baseline DIR.
# [baseline]
# new = 0
# returned = 0
# worsened = {{ at_most = 0, level = "warn" }}

[benchmark]
regressed = "deny"
suspect = "warn"
inconclusive = "allow"      # deny with --strict

# A check as a whole: allow, warn or deny.
[levels]
evidence = "warn"
stale = "warn"              # failures that no ceiling counts, since they were not in the latest runs

# [hints]
# max = "Ask in the channel of the owner."
"#,
        of("deterministic"),
        of("flaky"),
        today.new_failures,
        today.mass_failure_runs,
        today.critical,
    );
    Ok(text)
}
