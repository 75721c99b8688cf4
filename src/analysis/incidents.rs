//! `incidents.json`: `relapse-incidents-v1`.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use super::filter::{Filter, TimeWindow};
use super::nothing::Nothing;
use crate::archive::strip_container;
use crate::arrange::arrange;
use crate::incident::{CommandRow, EvidenceRow, IncidentRow, Sample};
use crate::recurrence::{Judged, Kind, Recurrence, Standing, is_recent};
use crate::role::Role;
use crate::run_finding::{RunFinding, run_findings};
use crate::sweep::{Taxonomies, Words};
use crate::tally::{Clean, Facet, First, IncidentSummary, RunOrder, Tally, incident_id};
use crate::taxonomy::{Evidence, Known as _, Reproduction, Severity, Taxonomy};

/// What must be true before an incident of critical severity is closed.
const CRITICAL_CLOSURE: [&str; 3] = [
    "escalate at once",
    "attach the linked ticket and the artifact paths",
    "one reproducible replay transcript before closure",
];

/// Every incident of a sweep. The same records give the same report: no clock, no path of the input, no order of
/// arrival is in it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct IncidentReport {
    schema_version: &'static str,
    /// What every file of this answer carries ([`super::answer_digest`]); empty where none is written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// Why there is nothing that could have failed, where that is so: then the rest is no all-clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing: Option<Nothing>,
    /// Names of the taxonomies that classified a failure.
    pub taxonomy: String,
    /// Only this packet's records were counted.
    pub packet_filter: Option<String>,
    /// Only records of these times were; absent where all were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<TimeWindow>,
    /// Records counted.
    pub records: u64,
    /// Records that failed.
    pub failed_records: u64,
    /// Runs with a record.
    pub runs: u64,
    /// Scenarios with a record.
    pub scenarios: u64,
    /// Failed records by class.
    pub class_counts: BTreeMap<String, u64>,
    /// Incidents: gravest first, then by kind, then most runs failed, then id.
    pub incidents: Vec<IncidentRow>,
    /// The same of the judged runs alone.
    #[serde(skip)]
    pub judged: JudgedPart,
    /// What filters left.
    #[serde(skip)]
    pub filter: Filter,
    /// What each profile takes the words of outcomes for.
    #[serde(skip)]
    pub words: Words,
}

/// What the runs of the judged branches hold.
#[derive(Clone, Debug, Default)]
pub struct JudgedPart {
    /// These runs.
    pub runs: u64,
    /// Their records.
    pub records: u64,
    /// Those that failed.
    pub failed_records: u64,
    /// Scenarios with a record.
    pub scenarios: u64,
    /// Those of which one failed.
    pub failed_scenarios: u64,
    /// Incidents that happened in them.
    pub incidents: u64,
    /// Failed records of each incident, in the order of the incidents.
    pub occurrences: Vec<u64>,
}

impl IncidentReport {
    /// The report of a tally; `clean`: the scenarios that are not in it because they never failed. Runs on the rayon pool
    /// that it is called in.
    #[must_use]
    pub fn new(
        tally: &Tally,
        clean: &Clean,
        order: &RunOrder,
        recurrence: &Recurrence,
        taxonomies: &Taxonomies,
        packet_filter: Option<&str>,
    ) -> Self {
        let mut class_counts = BTreeMap::new();
        for incident in tally.incidents() {
            *class_counts.entry(tally.text(incident.class).to_owned()).or_default() += incident.occurrences;
        }
        let shared = Shared {
            tally,
            judged: judged_by_id(recurrence),
            failed_in: failed_in(tally, recurrence),
            recent: recent(recurrence),
            branches: branches(tally),
            taxonomies,
        };
        let part = judged_part(tally, clean, recurrence);
        let summaries = tally.incident_summaries(order);
        let mut incidents: Vec<(IncidentRow, u64)> = summaries
            .par_iter()
            .map(|summary| (shared.row(summary), part.occurrences[summary.incident as usize]))
            .collect();
        arrange(&mut incidents, |rows, a, b| {
            let kind = |row: &IncidentRow| row.kind.unwrap_or(Kind::None);
            let key = |row: &IncidentRow| (row.severity.rank(), kind(row), std::cmp::Reverse(row.runs_failed));
            let (a, b) = (&rows[a].0, &rows[b].0);
            key(a).cmp(&key(b)).then_with(|| a.incident_id.cmp(&b.incident_id))
        });
        let (incidents, occurrences): (Vec<IncidentRow>, Vec<u64>) = incidents.into_iter().unzip();
        let happened = || incidents.iter().filter(|row| !row.failed_in.is_empty());
        let failed: BTreeSet<[&str; 4]> = happened().map(IncidentRow::names).collect();
        let judged = JudgedPart {
            failed_scenarios: failed.len() as u64,
            incidents: happened().count() as u64,
            occurrences,
            ..part
        };
        Self {
            judged,
            schema_version: "relapse-incidents-v1",
            answer: String::new(),
            nothing: None,
            taxonomy: taxonomies.names(|name| incidents.iter().any(|row| row.taxonomy == name), ", "),
            packet_filter: packet_filter.map(str::to_owned),
            window: None,
            filter: Filter::default(),
            words: Words::new(),
            records: tally.runs().iter().map(|run| run.records).sum(),
            failed_records: tally.incidents().iter().map(|incident| incident.occurrences).sum(),
            runs: tally.runs().len() as u64,
            scenarios: tally.scenarios().len() as u64 + clean.scenarios,
            class_counts,
            incidents,
        }
    }
}

impl IncidentReport {
    /// What failed only where a large part of everything failed.
    #[must_use]
    pub fn run_findings(&self, recurrence: &Recurrence) -> Vec<RunFinding> {
        let runs = recurrence.runs.iter().map(|run| run.id.as_str());
        run_findings(&self.incidents, runs, &recurrence.summary.mass_failure_runs)
    }

    /// Hands the taxonomy's commands to the scenarios, each those of the incident that its verdict is about: judging knows no
    /// taxonomy.
    pub fn hand_commands(&self, recurrence: &mut Recurrence) {
        let with_commands = self.incidents.iter().filter(|row| !row.reproduce.is_empty());
        let commands: BTreeMap<&str, &[CommandRow]> =
            with_commands.map(|row| (row.incident_id.as_str(), &row.reproduce[..])).collect();
        for scenario in &mut recurrence.scenarios {
            let of_incident = scenario.incident_id.as_deref().and_then(|id| commands.get(id));
            if let (Some(reproduce), Some(commands)) = (&mut scenario.reproduce, of_incident) {
                reproduce.commands = commands.to_vec();
            }
        }
    }
}

/// What the judged runs hold; failed records by the numbers of the incidents.
fn judged_part(tally: &Tally, clean: &Clean, recurrence: &Recurrence) -> JudgedPart {
    let runs = recurrence.runs.len() as u64;
    let all = tally.runs().len() as u64;
    let judged = recurrence.run_ids();
    let is_judged: Vec<bool> =
        tally.runs().iter().map(|run| runs == all || judged.contains(tally.text(run.id))).collect();
    let wanted = |run: u32| is_judged[run as usize];
    let records = tally.runs().iter().zip(&is_judged).filter(|(_, is)| **is).map(|(run, _)| run.records).sum();
    let (occurrences, scenarios) = if runs == all {
        let occurrences: Vec<u64> = tally.incidents().iter().map(|incident| incident.occurrences).collect();
        (occurrences, tally.scenarios().len() as u64 + clean.scenarios)
    } else {
        let within = tally.within(wanted);
        (within.failed, within.scenarios + clean.passed_on(wanted))
    };
    let failed_records = occurrences.iter().sum();
    JudgedPart { runs, records, failed_records, scenarios, occurrences, ..JudgedPart::default() }
}

/// What its history shows of an incident.
#[derive(Clone, Copy)]
struct Known<'r> {
    judged: &'r Judged,
    standing: Standing,
    /// Where there are several, the branch of the verdict.
    branch: Option<&'r str>,
    /// A pass and a failure under one revision.
    mixed: Option<&'r str>,
}

/// What its history shows of each incident; on several branches the most urgent, then the first by kind, and mixed where
/// it is on one.
fn judged_by_id(recurrence: &Recurrence) -> BTreeMap<&str, Known<'_>> {
    let mut judged: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for scenario in &recurrence.scenarios {
        for signature in &scenario.signatures {
            let this = Known {
                judged: &signature.judged,
                standing: signature.standing,
                branch: scenario.branch.as_deref(),
                mixed: signature.mixed_outcomes.as_deref(),
            };
            let known = judged.entry(&signature.incident_id).or_insert(this);
            let mixed = known.mixed.or(this.mixed);
            // A regression before what always failed: somebody's latest change is at fault.
            let urgency = |of: &Known<'_>| (of.standing, of.judged.kind, of.judged.verdict.urgency());
            if urgency(&this) < urgency(known) {
                *known = this;
            }
            known.mixed = mixed;
        }
    }
    judged
}

/// Each incident by its number, with each listed run in which it happened, by its place in the list; sorted.
fn failed_in(tally: &Tally, recurrence: &Recurrence) -> Vec<(u32, u32)> {
    let places: BTreeMap<&str, u32> = recurrence.runs.iter().map(|run| run.id.as_str()).zip(0..).collect();
    let places: Vec<Option<u32>> = tally.runs().iter().map(|run| places.get(tally.text(run.id)).copied()).collect();
    let place = |first: &First| Some((first.incident, places[first.run as usize]?));
    let mut failed_in: Vec<(u32, u32)> = tally.firsts().iter().filter_map(place).collect();
    failed_in.par_sort_unstable();
    failed_in
}

/// Of each listed run, whether it is one of the latest of its branch.
fn recent(recurrence: &Recurrence) -> Vec<bool> {
    let of = |runs: std::ops::Range<usize>| (0..runs.len()).map(move |place| is_recent(place, runs.len()));
    recurrence.timelines().into_iter().flat_map(of).collect()
}

/// Each incident by its number, with each branch on which it failed, sorted.
fn branches(tally: &Tally) -> Vec<(u32, &str)> {
    let branch = |first: &First| match tally.runs()[first.run as usize].branch {
        Facet::One(branch) => Some((first.incident, tally.text(branch))),
        Facet::Unknown | Facet::Several => None,
    };
    let mut branches: Vec<(u32, &str)> = tally.firsts().iter().filter_map(branch).collect();
    branches.par_sort_unstable();
    branches.dedup();
    branches
}

/// The rows of a list of pairs whose first is that number; the list is sorted.
fn of_incident<T: Copy>(pairs: &[(u32, T)], incident: u32) -> impl Iterator<Item = T> {
    let start = pairs.partition_point(|&(other, _)| other < incident);
    pairs[start..].iter().take_while(move |(other, _)| *other == incident).map(|&(_, value)| value)
}

/// What the rows are made of.
struct Shared<'r> {
    tally: &'r Tally,
    judged: BTreeMap<&'r str, Known<'r>>,
    failed_in: Vec<(u32, u32)>,
    recent: Vec<bool>,
    branches: Vec<(u32, &'r str)>,
    taxonomies: &'r Taxonomies,
}

impl Shared<'_> {
    fn row(&self, summary: &IncidentSummary<'_>) -> IncidentRow {
        let (tally, taxonomies) = (self.tally, self.taxonomies);
        let failed_in = || of_incident(&self.failed_in, summary.incident);
        let incident = &tally.incidents()[summary.incident as usize];
        let first = summary.first;
        let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
        let (reason, class) = (tally.text(incident.reason), tally.text(incident.class));
        let run = |number: u32| tally.text(tally.runs()[number as usize].id).to_owned();
        let severity = Severity::from_rank(incident.severity);
        let id = incident_id([packet, suite, scenario, mode, reason, class]);
        let known = self.judged.get(id.as_str());
        // Without a verdict is what is kept out of recurrence, and what happened on branches only that are not judged.
        let last = failed_in().last().map(|run| self.recent[run as usize]);
        let standing =
            known.map_or_else(|| Standing::without_verdict(last.is_some(), last == Some(true)), |known| known.standing);
        let ruling = tally.ruling(first);
        let told = first.told.and_then(|told| serde_json::from_str(tally.text(told)).ok());
        let mut row = IncidentRow {
            verdict: known.map(|known| known.judged.verdict),
            kind: known.map(|known| known.judged.kind),
            standing: Some(standing),
            branch: known.and_then(|known| known.branch).map(str::to_owned),
            branches: of_incident(&self.branches, summary.incident).map(str::to_owned).collect(),
            incident_id: id,
            class: class.to_owned(),
            severity,
            owner_hint: ruling.owner,
            owner_line: None,
            packet_id: packet.to_owned(),
            suite_id: suite.to_owned(),
            scenario_id: scenario.to_owned(),
            mode: mode.to_owned(),
            reason_code: reason.to_owned(),
            replay_command: first.replay.map(|replay| tally.text(replay).to_owned()),
            artifact_refs: tally.artifacts(first),
            seed: first.seed,
            env_fingerprint: first.env.map(|env| tally.text(env).to_owned()),
            occurrences: incident.occurrences,
            last_seen_unix_ms: summary.last_seen_ms.unwrap_or(incident.last_seen_ms),
            first_seen_unix_ms: first.time_ms,
            first_run: run(first.run),
            last_run: run(summary.last_run),
            runs_failed: summary.runs_failed,
            failed_in: failed_in().collect(),
            runs_seen: summary.runs_seen,
            seeds_failed: summary.seeds_failed,
            envs_failed: summary.envs_failed,
            effective_class: ruling.mixed_class.filter(|_| known.is_some_and(|known| known.mixed.is_some())),
            taxonomy: ruling.taxonomy,
            rule: ruling.rule,
            secondary_class: ruling.secondary_class,
            severity_raised_by: ruling.severity_raised_by,
            evidence: Vec::new(),
            reproduce: Vec::new(),
            told,
            closure: if severity == Severity::Critical {
                CRITICAL_CLOSURE.map(str::to_owned).to_vec()
            } else {
                Vec::new()
            },
            sample: Sample { log: strip_container(tally.text(first.place.log)).to_owned(), line: first.place.line },
        };
        if let Some(taxonomy) = taxonomies.named(&row.taxonomy) {
            let (evidence, reproduce) = advise(taxonomy, &row, known.and_then(|known| known.mixed));
            (row.evidence, row.reproduce) = (evidence, reproduce);
            // Who is asked about what nobody has a rule for knows less than who owns the file.
            if row.owner_hint == taxonomy.fallback().owner
                && let Some(owner) = taxonomies.codeowners().and_then(|codeowners| codeowners.of(row.file()?))
            {
                row.owner_hint = owner.owners.to_owned();
                row.owner_line = Some(owner.line as u64);
            }
        }
        row
    }
}

/// What the taxonomy says to whoever looks into an incident: what its class asks for, found or missing, and commands.
fn advise(taxonomy: &Taxonomy, row: &IncidentRow, mixed: Option<&str>) -> (Vec<EvidenceRow>, Vec<CommandRow>) {
    let seed = row.seed.map(|seed| seed.to_string());
    let known = Sources { row, seed, mixed };
    let look = |evidence: &Evidence| EvidenceRow {
        name: evidence.name.clone(),
        found: evidence.find(&known).map(str::to_owned),
    };
    let command = |way: &Reproduction| {
        let command = way.command(|role| known.field(role))?;
        Some(CommandRow { name: way.name.clone(), command })
    };
    let evidence = taxonomy.class(&row.class).map_or_else(Vec::new, |class| class.evidence.iter().map(look).collect());
    (evidence, taxonomy.reproductions().iter().filter_map(command).collect())
}

/// Where evidence is looked for.
struct Sources<'r> {
    row: &'r IncidentRow,
    seed: Option<String>,
    mixed: Option<&'r str>,
}

impl crate::taxonomy::Known for Sources<'_> {
    fn field(&self, role: Role) -> Option<&str> {
        match role {
            Role::Packet => Some(&self.row.packet_id),
            Role::Suite => Some(&self.row.suite_id),
            Role::Scenario => Some(&self.row.scenario_id),
            Role::ScenarioId => self.row.own_scenario_id(),
            Role::Mode => Some(&self.row.mode),
            Role::Reason => Some(&self.row.reason_code),
            Role::Replay => self.row.replay_command.as_deref(),
            Role::Env => self.row.env_fingerprint.as_deref(),
            Role::Seed => self.seed.as_deref(),
            role => self.row.told(role),
        }
    }

    fn artifacts(&self) -> &[String] {
        &self.row.artifact_refs
    }

    fn history(&self) -> Option<&str> {
        self.mixed
    }
}
