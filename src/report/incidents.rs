//! `incidents.json`: `relapse-incidents-v1`.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::archive::strip_container;
use crate::arrange::arrange;
use crate::incident::{CommandRow, EvidenceRow, IncidentRow, Sample};
use crate::recurrence::{Judged, Kind, Recurrence};
use crate::role::Role;
use crate::sweep::Taxonomies;
use crate::tally::{Clean, First, IncidentSummary, RunOrder, Tally, incident_id};
use crate::taxonomy::{Evidence, Known as _, Reproduction, Severity, Taxonomy};

/// What must be true before an incident of critical severity is closed.
const CRITICAL_CLOSURE: [&str; 3] = [
    "escalate at once",
    "attach the linked ticket and the artifact paths",
    "one reproducible replay transcript before closure",
];

/// Every incident of a sweep. The same records give the same report: no clock, no path of the input, no order of
/// arrival is in it.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentReport {
    schema_version: &'static str,
    /// What every file of this answer carries ([`super::answer_digest`]); empty where none is written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// Names of the taxonomies that classified a failure.
    pub taxonomy: String,
    /// Only this packet's records were counted.
    pub packet_filter: Option<String>,
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
        let judged = judged_by_id(recurrence);
        let mut class_counts = BTreeMap::new();
        for incident in tally.incidents() {
            *class_counts.entry(tally.text(incident.class).to_owned()).or_default() += incident.occurrences;
        }
        let failed_in = failed_in(tally, recurrence);
        let mut incidents: Vec<IncidentRow> = tally
            .incident_summaries(order)
            .par_iter()
            .map(|summary| row(tally, summary, &failed_in, &judged, taxonomies))
            .collect();
        arrange(&mut incidents, |rows, a, b| {
            let kind = |row: &IncidentRow| row.kind.unwrap_or(Kind::None);
            let key = |row: &IncidentRow| (row.severity.rank(), kind(row), std::cmp::Reverse(row.runs_failed));
            let (a, b) = (&rows[a], &rows[b]);
            key(a).cmp(&key(b)).then_with(|| a.incident_id.cmp(&b.incident_id))
        });
        Self {
            schema_version: "relapse-incidents-v1",
            answer: String::new(),
            taxonomy: taxonomies.names(|name| incidents.iter().any(|row| row.taxonomy == name), ", "),
            packet_filter: packet_filter.map(str::to_owned),
            records: tally.runs().iter().map(|run| run.records).sum(),
            failed_records: tally.incidents().iter().map(|incident| incident.occurrences).sum(),
            runs: tally.runs().len() as u64,
            scenarios: tally.scenarios().len() as u64 + clean.scenarios,
            class_counts,
            incidents,
        }
    }
}

/// What its history shows of an incident.
#[derive(Clone, Copy)]
struct Known<'r> {
    judged: &'r Judged,
    /// Runs of its scenario.
    runs: u64,
    /// A pass and a failure under one revision.
    mixed: Option<&'r str>,
}

/// What its history shows of each incident; on several branches the first by kind, and mixed where it is on one.
fn judged_by_id(recurrence: &Recurrence) -> BTreeMap<&str, Known<'_>> {
    let mut judged: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for scenario in &recurrence.scenarios {
        for signature in &scenario.signatures {
            let this =
                Known { judged: &signature.judged, runs: scenario.runs, mixed: signature.mixed_outcomes.as_deref() };
            let known = judged.entry(&signature.incident_id).or_insert(this);
            let mixed = known.mixed.or(this.mixed);
            if this.judged.kind < known.judged.kind {
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

fn row(
    tally: &Tally,
    summary: &IncidentSummary<'_>,
    failed_in: &[(u32, u32)],
    judged: &BTreeMap<&str, Known<'_>>,
    taxonomies: &Taxonomies,
) -> IncidentRow {
    let start = failed_in.partition_point(|&(incident, _)| incident < summary.incident);
    let failed_in = failed_in[start..].iter().take_while(|(incident, _)| *incident == summary.incident);
    let incident = &tally.incidents()[summary.incident as usize];
    let first = summary.first;
    let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
    let (reason, class) = (tally.text(incident.reason), tally.text(incident.class));
    let run = |number: u32| tally.text(tally.runs()[number as usize].id).to_owned();
    let severity = Severity::from_rank(incident.severity);
    let id = incident_id([packet, suite, scenario, mode, reason, class]);
    let known = judged.get(id.as_str());
    let ruling = tally.ruling(first);
    let told = first.told.and_then(|told| serde_json::from_str(tally.text(told)).ok());
    let mut row = IncidentRow {
        verdict: known.map(|known| known.judged.verdict),
        kind: known.map(|known| known.judged.kind),
        incident_id: id,
        class: class.to_owned(),
        severity,
        owner_hint: ruling.owner,
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
        failed_in: failed_in.map(|(_, run)| *run).collect(),
        runs_seen: known.map_or(summary.runs_seen, |known| known.runs),
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
        closure: if severity == Severity::Critical { CRITICAL_CLOSURE.map(str::to_owned).to_vec() } else { Vec::new() },
        sample: Sample { log: strip_container(tally.text(first.place.log)).to_owned(), line: first.place.line },
    };
    if let Some(taxonomy) = taxonomies.named(&row.taxonomy) {
        let (evidence, reproduce) = advise(taxonomy, &row, known.and_then(|known| known.mixed));
        (row.evidence, row.reproduce) = (evidence, reproduce);
    }
    row
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
