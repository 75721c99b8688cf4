//! `incidents.json`: `relapse-incidents-v1`.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::archive::strip_container;
use crate::recurrence::{Judged, Kind, Recurrence, Verdict};
use crate::run_ranges::RunRanges;
use crate::tally::{Clean, First, IncidentSummary, RunOrder, Tally, incident_id};
use crate::taxonomy::Severity;

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
    /// Name of the taxonomy.
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

/// One incident.
#[derive(Clone, Debug, Serialize)]
pub struct IncidentRow {
    /// Fixed id; see [`incident_id`].
    pub incident_id: String,
    /// Class.
    pub class: String,
    /// Severity.
    pub severity: Severity,
    /// Owner of the rule that classified the first record.
    pub owner_hint: String,
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
    /// Runs with a counted attempt of its scenario.
    pub runs_seen: u64,
    /// Distinct seeds with which it happened.
    pub seeds_failed: u64,
    /// Distinct environments in which it happened.
    pub envs_failed: u64,
    /// The recurrence verdict; null for classes that are kept out of recurrence.
    pub verdict: Option<Verdict>,
    /// The verdict's kind; null likewise.
    pub kind: Option<Kind>,
    /// Another class that the history speaks for; null where the taxonomy asks for none.
    pub effective_class: Option<String>,
    /// What must be true before it is closed; empty but for critical incidents.
    pub closure: Vec<&'static str>,
    /// Where the first record stands.
    pub sample: Sample,
}

/// The place of a record.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Relative path of its archive without the container's ending.
    pub log: String,
    /// Number of its line, from 1.
    pub line: u64,
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
        taxonomy: &str,
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
            .map(|summary| row(tally, summary, &failed_in, &judged))
            .collect();
        incidents.sort_by(|a, b| {
            let kind = |row: &IncidentRow| row.kind.unwrap_or(Kind::None);
            let key = |row: &IncidentRow| (row.severity.rank(), kind(row), std::cmp::Reverse(row.runs_failed));
            key(a).cmp(&key(b)).then_with(|| a.incident_id.cmp(&b.incident_id))
        });
        Self {
            schema_version: "relapse-incidents-v1",
            taxonomy: taxonomy.to_owned(),
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

/// The judgement of each incident and the runs of its scenario; on several branches the first by kind.
fn judged_by_id(recurrence: &Recurrence) -> BTreeMap<&str, (&Judged, u64)> {
    let mut judged: BTreeMap<&str, (&Judged, u64)> = BTreeMap::new();
    for scenario in &recurrence.scenarios {
        for signature in &scenario.signatures {
            let this = (&signature.judged, scenario.runs);
            let known = judged.entry(&signature.incident_id).or_insert(this);
            if signature.judged.kind < known.0.kind {
                *known = this;
            }
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
    judged: &BTreeMap<&str, (&Judged, u64)>,
) -> IncidentRow {
    let start = failed_in.partition_point(|&(incident, _)| incident < summary.incident);
    let failed_in = failed_in[start..].iter().take_while(|(incident, _)| *incident == summary.incident);
    let incident = &tally.incidents()[summary.incident as usize];
    let first = summary.first;
    let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
    let (reason, class) = (tally.text(incident.reason), tally.text(incident.class));
    let run = |number: u32| tally.text(tally.runs()[number as usize].id).to_owned();
    let severity = Severity::ALL.into_iter().find(|s| s.rank() == incident.severity).unwrap_or(Severity::Other);
    let id = incident_id([packet, suite, scenario, mode, reason, class]);
    let judged = judged.get(id.as_str());
    IncidentRow {
        verdict: judged.map(|(judged, _)| judged.verdict),
        kind: judged.map(|(judged, _)| judged.kind),
        incident_id: id,
        class: class.to_owned(),
        severity,
        owner_hint: tally.text(first.owner).to_owned(),
        packet_id: packet.to_owned(),
        suite_id: suite.to_owned(),
        scenario_id: scenario.to_owned(),
        mode: mode.to_owned(),
        reason_code: reason.to_owned(),
        replay_command: first.replay.map(|replay| tally.text(replay).to_owned()),
        artifact_refs: first
            .artifacts
            .and_then(|artifacts| serde_json::from_str(tally.text(artifacts)).ok())
            .unwrap_or_default(),
        seed: first.seed,
        env_fingerprint: first.env.map(|env| tally.text(env).to_owned()),
        occurrences: incident.occurrences,
        last_seen_unix_ms: incident.last_seen_ms,
        first_seen_unix_ms: first.time_ms,
        first_run: run(first.run),
        last_run: run(summary.last_run),
        runs_failed: summary.runs_failed,
        failed_in: failed_in.map(|(_, run)| *run).collect(),
        runs_seen: judged.map_or(summary.runs_seen, |(_, runs)| *runs),
        seeds_failed: summary.seeds_failed,
        envs_failed: summary.envs_failed,
        effective_class: None,
        closure: if severity == Severity::Critical { CRITICAL_CLOSURE.to_vec() } else { Vec::new() },
        sample: Sample { log: strip_container(tally.text(first.place.log)).to_owned(), line: first.place.line },
    }
}
