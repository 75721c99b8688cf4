//! One incident with all that is known of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use thiserror::Error;

use super::escalation::{self, Escalation};
use crate::diff::{Output, Scenario};
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, RegressionRange, Standing};
use crate::report::Apart;
use crate::role::Role;
use crate::run_finding::{RunFinding, finding_of, folded};
use crate::text::inert::inert;
use crate::text::terminal::plural;

/// An incident, its scenario's history, and who must hear of it.
#[derive(Clone, Debug)]
pub struct Case<'o> {
    /// The incident.
    pub row: &'o IncidentRow,
    /// What its history shows, in a sentence; empty for classes that are kept out of recurrence.
    pub why: Cow<'o, str>,
    /// Where the verdict is about it, the revisions between which it broke.
    pub range: Option<&'o RegressionRange>,
    /// Whether the last run that it failed in is not judged: what its history shows is of others.
    pub is_last_elsewhere: bool,
    /// A pass and a failure under one revision, in words.
    pub mixed_outcomes: Option<&'o str>,
    /// Who must hear of it, and when.
    pub escalation: Escalation,
    /// What tells it from other incidents of that scenario's name: packet, suite, mode, branch.
    pub beside: Vec<&'o str>,
    /// The finding of whole runs that it stands for, with the ids of all incidents of that; of a case that is asked for by
    /// its name, the finding that it is a part of.
    pub finding: Option<Whole<'o>>,
}

/// A finding of whole runs, and its incidents, which share both.
#[derive(Clone, Debug)]
pub struct Whole<'o> {
    /// The finding.
    pub finding: Arc<RunFinding>,
    /// Its incidents, the one that stands for all first.
    pub rows: Arc<[&'o IncidentRow]>,
    /// Whether the case stands for all of them.
    pub stands: bool,
}

/// A scenario, and an incident's mixed outcomes in words.
type Told<'o> = (&'o Scenario, Option<&'o str>);

/// The incidents of a sweep's output.
#[derive(Clone, Debug)]
pub struct Cases<'o> {
    output: &'o Output,
    /// Ids of the judged runs.
    runs: BTreeSet<&'o str>,
    /// By incident and branch.
    scenarios: BTreeMap<(&'o str, Option<&'o str>), Told<'o>>,
    /// The packets that failed in each run, by the run's place.
    families: Vec<BTreeSet<&'o str>>,
    findings: Vec<Whole<'o>>,
    /// Place of the finding that each incident is of.
    finding_of: Vec<Option<usize>>,
    apart: Apart<'o>,
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

/// Incidents that nobody has to act on, by their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Those that are resolved.
    pub resolved: u64,
    /// Those of branches that are not judged.
    pub elsewhere: u64,
}

impl LeftOut {
    /// What they are, in words; `None` where there are none.
    #[must_use]
    pub fn told(self) -> Option<String> {
        let parts =
            [(self.resolved, "that the sweep counts as resolved"), (self.elsewhere, "of branches that are not judged")];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, what)| format!("{} {what}", plural(number, "incident"))).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
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
                let key = (signature.incident_id.as_str(), scenario.branch.as_deref());
                scenarios.entry(key).or_insert((scenario, mixed));
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
        let findings = output.run_findings();
        let finding_of = finding_of(&findings, output.incidents.len());
        let whole = |finding: RunFinding| {
            let rows = finding.incidents.iter().map(|&member| &output.incidents[member]).collect();
            Whole { finding: Arc::new(finding), rows, stands: false }
        };
        let findings = findings.into_iter().map(whole).collect();
        let apart = Apart::new(output.incidents.iter().map(IncidentRow::names));
        let runs = output.runs.iter().map(|run| run.id.as_str()).collect();
        Ok(Self { output, runs, scenarios, families, findings, finding_of, apart })
    }

    /// What somebody may have to act on: no incidents that are resolved or of branches that are not judged. What is not over
    /// comes first, then the gravest; the incidents of a finding of whole runs are one.
    pub fn open(&self) -> impl Iterator<Item = Case<'o>> {
        let is_open = |row: &IncidentRow| row.kind != Some(Kind::Resolved) && row.standing() != Standing::Elsewhere;
        let rows = &self.output.incidents;
        let mut places: Vec<usize> = (0..rows.len()).filter(|&place| is_open(&rows[place])).collect();
        // So that the first of each finding is the one that stands for it.
        let stands =
            |place: &usize| self.finding_of[*place].map_or(*place, |of| self.findings[of].finding.incidents[0]);
        places.sort_by_key(|place| (stands(place), stands(place) != *place));
        let shown = folded(&places, |&place| self.finding_of[place], |&place| rows[place].standing());
        let shown: Vec<(usize, bool)> = shown.iter().map(|row| (places[row.place], row.finding.is_some())).collect();
        shown.into_iter().map(|(place, stands)| self.case(place, stands))
    }

    /// Those that [`Self::open`] leaves out.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        let open: Vec<Case<'o>> = self.open().collect();
        let shown: BTreeSet<&str> = open.iter().flat_map(Case::ids).collect();
        let mut left_out = LeftOut::default();
        for row in self.output.incidents.iter().filter(|row| !shown.contains(row.incident_id.as_str())) {
            let of =
                if row.standing() == Standing::Elsewhere { &mut left_out.elsewhere } else { &mut left_out.resolved };
            *of += 1;
        }
        left_out
    }

    /// The incidents of that id, or of that scenario.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(&self, name: &str) -> Result<Vec<Case<'o>>, UnknownId> {
        let is_meant = |(_, row): &(usize, &IncidentRow)| row.incident_id == name || row.scenario_id == name;
        let rows = self.output.incidents.iter().enumerate().filter(is_meant);
        // The one that stands for a finding of whole runs, by its id, is all of it.
        let stands = |place: usize, row: &IncidentRow| {
            let leads = self.finding_of[place].is_some_and(|of| self.findings[of].finding.incidents[0] == place);
            leads && row.incident_id == name
        };
        let mut meant: Vec<_> = rows.map(|(place, row)| self.case(place, stands(place, row))).collect();
        meant.sort_by_key(|case| case.row.standing());
        if !meant.is_empty() {
            return Ok(meant);
        }
        let rows = self.output.incidents.iter().filter(|row| row.scenario_id.contains(name));
        let near = rows.take(CANDIDATES).map(|row| format!("{}  {}", row.incident_id, inert(&row.scenario_id, 120)));
        Err(UnknownId { name: inert(name, 200).into_owned(), near: near.collect() })
    }

    /// `stands`: whether it stands for all of its finding.
    fn case(&self, place: usize, stands: bool) -> Case<'o> {
        let row = &self.output.incidents[place];
        let finding = self.finding_of[place].map(|of| Whole { stands, ..self.findings[of].clone() });
        let scenario = self.scenarios.get(&(row.incident_id.as_str(), row.branch.as_deref()));
        let nothing = BTreeSet::new();
        let last = row.failed_in.last().and_then(|run| self.families.get(run as usize));
        Case {
            row,
            why: scenario.map_or(Cow::Borrowed(""), |(scenario, _)| why(row, scenario)),
            range: scenario.and_then(|(scenario, _)| range(row, scenario)),
            is_last_elsewhere: !self.runs.contains(row.last_run.as_str()),
            mixed_outcomes: scenario.and_then(|(_, mixed)| *mixed),
            escalation: Escalation::of(row, last.unwrap_or(&nothing)),
            beside: self.apart.beside(row.names(), row.branch.as_deref()),
            finding,
        }
    }
}

/// What its scenario's verdict says, which may be about another way to fail.
fn why<'o>(row: &IncidentRow, scenario: &'o Scenario) -> Cow<'o, str> {
    match &scenario.incident_id {
        Some(other) if *other != row.incident_id => format!("its scenario, of {other}: {}", scenario.why).into(),
        _ => scenario.why.as_str().into(),
    }
}

/// The revisions between which its scenario broke, unless that is by another way to fail.
fn range<'o>(row: &IncidentRow, scenario: &'o Scenario) -> Option<&'o RegressionRange> {
    let is_own = scenario.incident_id.as_ref().is_none_or(|incident| *incident == row.incident_id);
    scenario.regression_range.as_ref().filter(|_| is_own)
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

    /// Whether an invariant is to be named: tests of a tool's own format have none.
    #[must_use]
    pub fn wants_invariant(&self) -> bool {
        self.invariant_id().is_some() || self.row.taxonomy != "tests"
    }

    /// The ids of all incidents that it stands for.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let others = self.finding.iter().filter(|whole| whole.stands).flat_map(|whole| whole.rows.iter());
        let own = std::iter::once(self.row.incident_id.as_str());
        own.chain(others.map(|row| row.incident_id.as_str()).filter(|id| *id != self.row.incident_id))
    }

    /// The scenario's name with what tells it from others of that name.
    #[must_use]
    pub fn name(&self) -> String {
        let beside = if self.beside.is_empty() { String::new() } else { format!(" [{}]", self.beside.join(", ")) };
        format!("{}{beside}", self.row.scenario_id)
    }

    /// What it stands for where that is a finding of whole runs, in a sentence; `show` makes a text from a log fit.
    #[must_use]
    pub fn whole(&self, show: impl Fn(&str) -> String + Copy) -> Option<String> {
        let finding = &self.finding.as_ref().filter(|whole| whole.stands)?.finding;
        Some(format!("{}: {}; {}", finding.title(show), finding.shared(show), finding.state()))
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
            "{} in {} of {}, first in {}, last in {}{}",
            plural(row.occurrences, "failing record"),
            row.runs_failed,
            plural(row.runs_seen, "run"),
            name(&row.first_run),
            name(&row.last_run),
            if self.is_last_elsewhere { ", which is not judged" } else { "" }
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
            _ if self.row.standing() == Standing::Elsewhere => "none: its branches are not judged".to_owned(),
            _ => "none: this class is kept out of recurrence".to_owned(),
        }
    }
}
