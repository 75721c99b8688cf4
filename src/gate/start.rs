//! A policy to start from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::diff::{AnswerError, AnswerFiles, LedgerFile};
use crate::file_names::{INCIDENTS, LEDGER, RECURRENCE};
use crate::recurrence::Standing;
use crate::text::inert::inert;

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
    /// A sweep that came to nothing.
    #[error("failed to make a policy of the sweep in `{}`, which came to nothing: {why}", folder.display())]
    Nothing {
        /// The folder.
        folder: PathBuf,
        /// What it says itself.
        why: String,
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
    signatures: Vec<SignaturePart>,
}

#[derive(Deserialize)]
struct SignaturePart {
    incident_id: String,
    kind: String,
}

#[derive(Deserialize)]
struct IncidentsFile {
    #[serde(default)]
    nothing: Option<String>,
    incidents: Vec<IncidentPart>,
}

#[derive(Deserialize)]
struct IncidentPart {
    incident_id: String,
    severity: String,
    kind: Option<String>,
    standing: Option<Standing>,
}

/// What stood in a sweep's output.
#[derive(Default)]
struct Today {
    runs: u64,
    mass_failure_runs: u64,
    by_kind: BTreeMap<String, u64>,
    by_verdict: BTreeMap<String, u64>,
    /// Open incidents by severity.
    open: BTreeMap<String, u64>,
    rejected_lines: u64,
    damaged_archives: u64,
    unreadable_archives: u64,
    unknown_outcomes: u64,
    benchmark_lines: u64,
    lacking: Option<String>,
}

fn report<T: for<'d> Deserialize<'d>>(folder: &Path, files: &AnswerFiles, name: &str) -> Result<T, StartError> {
    let file = BufReader::with_capacity(1 << 18, files.file(name)?);
    serde_json::from_reader(file).map_err(|source| StartError::Unreadable { path: folder.join(name), source })
}

impl Today {
    fn read(folder: &Path) -> Result<Self, StartError> {
        let files = AnswerFiles::open(folder)?;
        let RecurrenceFile { summary, scenarios } = report(folder, &files, RECURRENCE)?;
        let IncidentsFile { incidents, nothing } = report(folder, &files, INCIDENTS)?;
        if let Some(why) = nothing {
            return Err(StartError::Nothing { folder: folder.to_owned(), why });
        }
        let ledger: LedgerFile = report(folder, &files, LEDGER)?;
        let mut today = Self {
            runs: summary.runs,
            mass_failure_runs: summary.mass_failure_runs.len() as u64,
            rejected_lines: ledger.totals.rejected,
            damaged_archives: ledger.totals.damaged_archives,
            unreadable_archives: ledger.unreadable_archives(),
            unknown_outcomes: ledger.totals.unknown_outcomes,
            benchmark_lines: ledger.totals.benchmark_lines,
            lacking: ledger.lacking(),
            ..Self::default()
        };
        // As a gate counts them: by the scenarios, on several branches open when open on one.
        let mut judged = BTreeSet::new();
        for scenario in scenarios.into_iter().filter(|scenario| !scenario.stale) {
            *today.by_verdict.entry(scenario.verdict).or_default() += 1;
            *today.by_kind.entry(scenario.kind).or_default() += 1;
            let is_open = |way: &SignaturePart| OPEN.contains(&way.kind.as_str());
            judged.extend(scenario.signatures.into_iter().filter(is_open).map(|way| way.incident_id));
        }
        for incident in incidents {
            // What gets no verdict may be open, unless it happened on branches alone that are not judged.
            if incident.kind.is_none() && incident.standing != Some(Standing::Elsewhere)
                || judged.contains(&incident.incident_id)
            {
                *today.open.entry(incident.severity).or_default() += 1;
            }
        }
        Ok(today)
    }
}

/// The kinds of what is not over.
const OPEN: [&str; 3] = ["deterministic", "flaky", "unproven"];

/// A commented policy whose ceilings are what stood in a sweep's output, so that it passes today and nothing gets
/// worse; without one, ceilings of none.
///
/// # Errors
/// When the output cannot be read.
pub fn starting_policy(from: Option<&Path>) -> Result<String, StartError> {
    let today = from.map(Today::read).transpose()?;
    let known = today.as_ref();
    let none = Today::default();
    let today = known.unwrap_or(&none);
    let of = |kind: &str| today.by_kind.get(kind).copied().unwrap_or(0);
    let verdict = |verdict: &str| today.by_verdict.get(verdict).copied().unwrap_or(0);
    let open = |severity: &str| today.open.get(severity).copied().unwrap_or(0);
    let others: Vec<String> = today
        .open
        .iter()
        .filter(|(name, _)| *name != "critical")
        .map(|(name, number)| format!("{name} = {number}"))
        .collect();
    let others = if others.is_empty() { String::new() } else { format!("; also open: {}", others.join(", ")) };
    let lost = today.rejected_lines + today.damaged_archives + today.unreadable_archives + today.unknown_outcomes;
    let loss = if lost > 0 {
        "Input that is lost fails the gate, beyond what was lost when this was written."
    } else {
        "Lost input fails the gate."
    };
    // Whether a benchmark is regressed today does not stand in the reports that this is made of.
    let regressed = if today.benchmark_lines > 0 {
        "\"warn\"          # report.md says what is regressed today: deny once nothing is"
    } else {
        "\"deny\""
    };
    // On one line: a comment ends there.
    let lacking = today
        .lacking
        .as_ref()
        .map_or_else(String::new, |lacking| format!("\n# Of the sweep that they are of, {}.", inert(lacking, 800)));
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

{whence}{lacking}
# Scenarios that were not in the latest runs (stale) count for none of them: see [levels].
[max]
deterministic = {}         # scenarios that fail whenever their cause is there
flaky = {{ at_most = {}, level = "warn" }}
relapsed = {}              # of these, what failed before, was gone, and is back
new_failure = {}           # failed in the last runs only
insufficient_evidence = {{ at_most = {}, level = "warn" }}    # too few runs, or in no order that is known
seed_unidentifiable = {{ at_most = {}, level = "warn" }}      # each seed ran once: a bad seed and a flake look alike
mass_failure_runs = {}     # runs in which a large part of all scenarios failed
severity = {{ critical = {} }}    # open incidents{others}
# class = {{ crash = 0 }}
# owner = {{ "team-checkout" = 0 }}
# failed_entries = 0        # records that failed
# flake_suspects = 0        # scenario ids of which a record passed and another failed
# unknown_reason_codes = 0

# The same ceilings for a part.
# [[scope]]
# name = "checkout"
# packet = "shop"
# suite = "checkout_*"
# scenario = "*/strict:*"
# max = {{ deterministic = 0 }}

# What must have run.
# [[coverage]]
# packet = "shop"
# min_scenarios = 14        # records that passed or failed
# min_pass_ratio = 1.0
# required_suites = ["payments"]

# Verdicts on fewer runs are said, and fail nothing.
[evidence]
min_runs = 5

# {loss}
[loss]
rejected_lines = {}
damaged_archives = {}
unreadable_archives = {}
unknown_outcomes = {}        # records whose outcome their profile does not name

# Failures that are known. What regressed and fails always since is not held back.
# [[quarantine]]
# scenario = "payments/*"
# reason = "wall_clock_*"
# owner = "someone"
# ticket = "T-1"
# expires = 2026-12-31      # the last day on which it holds

# Fixes that were made: the clean runs since are looked at once, and fewer show that one holds.
# [[fix]]
# scenario = "tensor_io/*"
# ticket = "T-2"
# since = "run-0042"        # the first run that has it, or its revision

# What changed since --baseline DIR.
# [baseline]
# new = 0
# returned = 0
# worsened = {{ at_most = 0, level = "warn" }}

[benchmark]
regressed = {regressed}
suspect = "warn"            # as are host_moved and drifting
inconclusive = "allow"      # deny with --strict

# A check as a whole: allow, warn or deny.
[levels]
evidence = "warn"
stale = "warn"              # failures that no ceiling counts, and scopes that hold nothing: what did not run lately

# [hints]
# max = "Ask in the channel of the owner."
"#,
        of("deterministic"),
        of("flaky"),
        verdict("relapsed"),
        verdict("new_failure"),
        verdict("insufficient_evidence"),
        verdict("seed_unidentifiable"),
        today.mass_failure_runs,
        open("critical"),
        today.rejected_lines,
        today.damaged_archives,
        today.unreadable_archives,
        today.unknown_outcomes,
    );
    Ok(text)
}
