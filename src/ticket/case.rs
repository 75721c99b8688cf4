//! One incident with all that is known of it.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::escalation::{self, Escalation};
use crate::gate::{Output, Scenario};
use crate::incident::IncidentRow;
use crate::inert::inert;
use crate::recurrence::Kind;
use crate::role::Role;
use crate::terminal::plural;

/// An incident, its scenario's history, and who must hear of it.
#[derive(Clone, Debug)]
pub struct Case<'o> {
    /// The incident.
    pub row: &'o IncidentRow,
    /// What its history shows, in a sentence; empty for classes that are kept out of recurrence.
    pub why: &'o str,
    /// A pass and a failure under one revision, in words.
    pub mixed_outcomes: Option<&'o str>,
    /// Who must hear of it, and when.
    pub escalation: Escalation,
}

/// The incidents of a sweep's output.
#[derive(Clone, Debug)]
pub struct Cases<'o> {
    output: &'o Output,
    scenarios: BTreeMap<&'o str, (&'o Scenario, Option<&'o str>)>,
    /// The packets that failed in each run, by the run's place.
    families: Vec<BTreeSet<&'o str>>,
}

/// The output lacks what pages and tickets are made of.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "failed to read the sweep's output: its incidents have no `taxonomy`, since an earlier version wrote it; sweep the logs again with this one"
)]
pub struct Outdated;

/// No incident is meant.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("no incident `{name}`{}", if near.is_empty() { String::new() } else { format!("; near it:\n  {}", near.join("\n  ")) })]
pub struct UnknownId {
    /// What was asked for.
    pub name: String,
    /// Incidents of scenarios whose names hold it.
    pub near: Vec<String>,
}

/// Candidates named when a name is not clear.
const CANDIDATES: usize = 12;

impl<'o> Cases<'o> {
    /// The incidents of an output.
    ///
    /// # Errors
    /// When a version wrote it that did not say who decided.
    pub fn new(output: &'o Output) -> Result<Self, Outdated> {
        if output.incidents.iter().any(|row| row.taxonomy.is_empty()) {
            return Err(Outdated);
        }
        let mut scenarios = BTreeMap::new();
        for scenario in &output.scenarios {
            for signature in &scenario.signatures {
                let mixed = signature.mixed_outcomes.as_deref();
                scenarios.entry(signature.incident_id.as_str()).or_insert((scenario, mixed));
            }
        }
        let mut families = vec![BTreeSet::new(); output.runs.len()];
        for row in output.incidents.iter().filter(|row| escalation::counts_as_family(row)) {
            for run in row.failed_in.iter() {
                if let Some(failed) = families.get_mut(run as usize) {
                    failed.insert(row.packet_id.as_str());
                }
            }
        }
        Ok(Self { output, scenarios, families })
    }

    /// Every incident, gravest first.
    pub fn all(&self) -> impl Iterator<Item = Case<'o>> {
        self.output.incidents.iter().map(|row| self.case(row))
    }

    /// The incidents that are not resolved.
    pub fn open(&self) -> impl Iterator<Item = Case<'o>> {
        self.all().filter(|case| case.row.kind != Some(Kind::Resolved))
    }

    /// The incidents of that id, or of that scenario.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(&self, name: &str) -> Result<Vec<Case<'o>>, UnknownId> {
        let is_meant = |row: &&IncidentRow| row.incident_id == name || row.scenario_id == name;
        let meant: Vec<_> = self.output.incidents.iter().filter(is_meant).map(|row| self.case(row)).collect();
        if !meant.is_empty() {
            return Ok(meant);
        }
        let rows = self.output.incidents.iter().filter(|row| row.scenario_id.contains(name));
        let near = rows.take(CANDIDATES).map(|row| format!("{}  {}", row.incident_id, inert(&row.scenario_id, 120)));
        Err(UnknownId { name: inert(name, 200).into_owned(), near: near.collect() })
    }

    fn case(&self, row: &'o IncidentRow) -> Case<'o> {
        let scenario = self.scenarios.get(row.incident_id.as_str());
        let nothing = BTreeSet::new();
        let last = row.failed_in.last().and_then(|run| self.families.get(run as usize));
        Case {
            row,
            why: scenario.map_or("", |(scenario, _)| scenario.why.as_str()),
            mixed_outcomes: scenario.and_then(|(_, mixed)| *mixed),
            escalation: Escalation::of(row, last.unwrap_or(&nothing)),
        }
    }
}

impl Case<'_> {
    /// The scenario's id, unless the log gave none and its name was put together.
    #[must_use]
    pub fn scenario_id(&self) -> Option<&str> {
        self.row.own_scenario_id()
    }

    /// The invariant's id.
    #[must_use]
    pub fn invariant_id(&self) -> Option<&str> {
        self.row.told(Role::Invariant)
    }

    /// What happened in a few words: the first line of the message, else the reason.
    #[must_use]
    pub fn symptom(&self) -> &str {
        let message = self.row.told(Role::Message).unwrap_or_default();
        let first = message.lines().map(str::trim).find(|line| !line.is_empty());
        let invariant = self.invariant_id().unwrap_or_default();
        // The invariant stands in the title already.
        let behind = |line: &'_ str| line.strip_prefix(invariant)?.trim_start().strip_prefix(':').map(str::len);
        let short = first.map(|line| line[line.len() - behind(line).unwrap_or(line.len())..].trim_start());
        short.filter(|line| !line.is_empty()).unwrap_or(&self.row.reason_code)
    }

    /// How often it was seen and when; `name` shows the name of a run.
    #[must_use]
    pub fn seen(&self, name: fn(&str) -> String) -> String {
        let row = self.row;
        format!(
            "{} in {} of {}, first in {}, last in {}",
            plural(row.occurrences, "failing record"),
            row.runs_failed,
            plural(row.runs_seen, "run"),
            name(&row.first_run),
            name(&row.last_run)
        )
    }

    /// Who decided: `rule api_regression of integration`.
    #[must_use]
    pub fn decided_by(&self) -> String {
        match &self.row.rule {
            Some(rule) => format!("rule {} of {}", rule.trim_start_matches("rule "), self.row.taxonomy),
            None => format!("no rule of {}", self.row.taxonomy),
        }
    }

    /// The verdict with its kind, `flaky` or `regressed (deterministic)`; for classes that are kept out, why there is
    /// none.
    #[must_use]
    pub fn verdict(&self) -> String {
        match (self.row.verdict, self.row.kind) {
            (Some(verdict), Some(kind)) if verdict.name() != kind.name() => {
                format!("{} ({})", verdict.name(), kind.name())
            }
            (Some(verdict), _) => verdict.name().to_owned(),
            _ => "none: this class is kept out of recurrence".to_owned(),
        }
    }
}
