//! The data of a page.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::Serialize;
use serde_json::{Value, json};

use super::brief::{Brief, brief};
use super::incidents::{Counted, Incidents};
use super::kept::{Extent, Kept, Numbers};
use super::measured::{Measured, measured};
use super::names::Names;
use super::scenarios::Scenarios;
use super::strings::{Strings, cut, short_id};
use crate::archive::Totals;
use crate::incident::IncidentRow;
use crate::recurrence::{Label, ScenarioJudgement};
use crate::report::Since;
use crate::report::outcomes;
use crate::report::runs::{RunPlaces, failing};
use crate::report::unknown::Unknown;
use crate::report::weekly::Weekly;
use crate::run_finding::RunFinding;
use crate::text::inert::invisible_class;
use crate::text::run_ranges::RunRanges;

/// Runs that are compared and listed; changes listed of a kind, archives with losses, groups, their members.
const MOST_COMPARED: usize = 50;
const MOST_CHANGES: usize = 500;
const MOST_LOSSES: usize = 200;
const MOST_GROUPS: usize = 500;
const MOST_MEMBERS: usize = 100;
/// Runs and reasons of a finding of whole runs.
const MOST_NAMED: usize = 8;

/// All that a page shows, as its script reads it.
#[derive(Debug, Serialize)]
pub(super) struct Data<'r> {
    schema_version: &'static str,
    /// Ranges of a regular expression's class.
    invisible: String,
    incidents_in_all: usize,
    in_all: Option<&'r Numbers>,
    since: Option<Value>,
    ledger: Value,
    warnings: Vec<&'r str>,
    mass_failures: Vec<u32>,
    groups_in_all: usize,
    groups: Vec<Group<'r>>,
    at_once: Vec<Value>,
    closure: &'r [String],
    runs: Runs<'r>,
    names: Names<'r>,
    incidents: Incidents<'r>,
    scenarios: Scenarios<'r>,
    benchmarks: Option<Measured<'r>>,
    strings: Strings<'r>,
}

/// The runs in columns; of each the failing scenarios by kind, and those that were set aside.
#[derive(Debug, Default, Serialize)]
struct Runs<'r> {
    id: Vec<&'r str>,
    ms: Vec<Option<i64>>,
    revision: Vec<Option<&'r str>>,
    branch: Vec<Option<&'r str>>,
    failing: [Vec<u32>; 5],
}

#[derive(Debug, Serialize)]
struct Group<'r> {
    id: &'r str,
    names: Vec<u32>,
    members: usize,
    failed: u64,
    jaccard: Option<Brief>,
    q: Option<Brief>,
    since: Option<&'r str>,
}

impl<'r> Data<'r> {
    pub(super) fn new(weekly: &Weekly<'r>, kept: &'r Kept<'r>, extent: Extent) -> Self {
        let Weekly { incidents, recurrence, .. } = *weekly;
        let mut strings = Strings::default();
        let mut names = Names::default();
        let runs = RunPlaces::new(recurrence);
        let counted = counted(weekly, kept, &runs);
        let mut rows = Incidents::default();
        for (&(row, change), counted) in kept.rows.iter().zip(counted) {
            rows.add(row, change, counted, &mut names, &mut strings);
        }
        let of_shown = names.places.clone();
        let mut scenarios = Scenarios::default();
        let unknown = Unknown::of(recurrence);
        for row in &recurrence.scenarios {
            if of_shown.contains_key(&key(row)) {
                scenarios.add((row, unknown.why(row)), extent.levels, &mut names, &runs, &mut strings);
            }
        }
        let groups = recurrence.groups.iter().take(MOST_GROUPS).map(|group| Group {
            id: &group.id,
            names: group
                .scenarios
                .iter()
                .take(MOST_MEMBERS)
                .map(|key| names.place([&key[0], &key[1], &key[2], &key[3]], &mut strings))
                .collect(),
            members: group.scenarios.len(),
            failed: group.failed_runs,
            jaccard: brief(group.jaccard),
            q: brief(group.q),
            since: group.since.as_ref().map(|since| since.run.as_str()),
        });
        Self {
            schema_version: "relapse-report-v1",
            invisible: invisible_class(),
            incidents_in_all: incidents.incidents.len(),
            in_all: kept.in_all.as_ref(),
            since: weekly.since.map(|since| compared(since, kept, MOST_CHANGES.min(extent.incidents))),
            ledger: account(weekly),
            warnings: recurrence.summary.warnings.iter().take(MOST_LOSSES).map(|text| cut(text)).collect(),
            mass_failures: recurrence.summary.mass_failure_runs.iter().map(|run| runs.of(run)).collect(),
            groups_in_all: recurrence.groups.len(),
            groups: groups.collect(),
            at_once: at_once(weekly),
            closure: kept.rows.iter().find(|(row, _)| !row.closure.is_empty()).map_or(&[], |(row, _)| &row.closure),
            runs: listed(weekly),
            names,
            incidents: rows,
            scenarios,
            benchmarks: weekly.benchmarks.map(measured),
            strings,
        }
    }
}

fn key(row: &ScenarioJudgement) -> [&str; 4] {
    [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode]
}

/// What the judged runs show of each incident of the page.
fn counted(weekly: &Weekly<'_>, kept: &Kept<'_>, places: &RunPlaces<'_>) -> Vec<Counted> {
    let signatures = weekly.recurrence.scenarios.iter().flat_map(|scenario| {
        scenario.signatures.iter().map(move |signature| {
            ((signature.incident_id.as_str(), scenario.branch.as_deref()), (scenario, signature.judged.label))
        })
    });
    let judged: HashMap<_, (&ScenarioJudgement, Option<Label>), RandomState> = signatures.collect();
    let one = |&(row, _): &(&IncidentRow, _)| {
        let finding = kept.finding_of.get(row.incident_id.as_str()).copied();
        let Some(&(scenario, label)) = judged.get(&(row.incident_id.as_str(), row.branch.as_deref())) else {
            return Counted { failed: row.runs_failed, seen: row.runs_seen, finding, ..Counted::default() };
        };
        // Those that were set aside too: it happened in them.
        let aside: Vec<u32> = scenario.set_aside_runs.iter().map(|run| places.of(run)).collect();
        let mut ran: Vec<u32> = scenario.ran_in.iter().chain(aside.iter().copied()).collect();
        ran.sort_unstable();
        ran.dedup();
        let ran: RunRanges = ran.into_iter().collect();
        let newest = scenario.ran_in.last().filter(|_| !scenario.stale);
        Counted {
            label,
            failed: row.failed_in.shared(&ran),
            seen: scenario.runs + aside.len() as u64,
            finding,
            now: newest.is_some_and(|newest| row.failed_in.holds(newest)),
        }
    };
    kept.rows.iter().map(one).collect()
}

/// The findings of whole runs, in words of ours and texts of the log.
fn at_once(weekly: &Weekly<'_>) -> Vec<Value> {
    let findings = weekly.incidents.run_findings(weekly.recurrence);
    let one = |finding: &RunFinding| {
        json!({
            "runs": finding.runs.iter().take(MOST_NAMED).map(|run| cut(run)).collect::<Vec<_>>(),
            "runs_in_all": finding.runs.len(),
            "scenarios": finding.scenarios,
            "severity": finding.severity.rank(),
            "standing": finding.standing,
            "state": finding.state(),
            "reasons_in_all": finding.reasons.len(),
            "reasons": finding.reasons.iter().take(MOST_NAMED).map(|reason| {
                json!([cut(&reason.class), cut(&reason.reason_code), reason.scenarios])
            }).collect::<Vec<_>>(),
        })
    };
    findings.iter().map(one).collect()
}

fn listed<'r>(weekly: &Weekly<'r>) -> Runs<'r> {
    let Weekly { incidents, recurrence, .. } = *weekly;
    let mut runs = Runs::default();
    for run in &recurrence.runs {
        runs.id.push(cut(&run.id));
        runs.ms.push(run.first_unix_ms);
        runs.revision.push(run.revision.as_deref().map(cut));
        runs.branch.push(run.branch.as_deref().map(cut));
    }
    runs.failing = failing(recurrence, &incidents.incidents);
    runs
}

/// A change by the place of its incident, or with what is known of one that has none here; of each kind so many.
fn compared(since: &Since, kept: &Kept<'_>, most: usize) -> Value {
    let places: HashMap<&str, usize, RandomState> =
        kept.rows.iter().enumerate().map(|(at, (row, _))| (row.incident_id.as_str(), at)).collect();
    let mut listed = vec![0; since.kinds.len()];
    let changes: Vec<Value> = since
        .changes
        .iter()
        .filter(|change| {
            listed[change.kind] += 1;
            listed[change.kind] <= most
        })
        .map(|change| match places.get(change.incident_id.as_str()) {
            Some(place) => json!(place),
            None => json!({
                "kind": change.kind,
                "id": short_id(&change.incident_id),
                "class": cut(&change.class),
                "severity": change.severity.rank(),
                "owner": cut(&change.owner_hint),
                "names": change.names.each_ref().map(|name| cut(name)),
                "reason": cut(&change.reason_code),
                "why": cut(&change.why),
                "standing": change.standing as usize,
                "beside": [cut(&change.names[3])],
                "branches": change.branches.iter().take(8).map(|branch| cut(branch)).collect::<Vec<_>>(),
                "finding": change.finding,
            }),
        })
        .collect();
    let compared = &since.compared_runs[since.compared_runs.len().saturating_sub(MOST_COMPARED)..];
    json!({
        "begin": since.begin(),
        "baseline_runs": since.baseline_runs,
        "compared": since.compared_runs.len(),
        "compared_runs": compared.iter().map(|run| cut(run)).collect::<Vec<_>>(),
        "notes": since.notes.iter().map(|note| cut(note)).collect::<Vec<_>>(),
        "warnings": since.warnings.iter().map(|warning| cut(warning)).collect::<Vec<_>>(),
        "kinds": since.kinds,
        "changes": changes,
    })
}

/// The ledger: its totals, and every archive of which something is missing.
fn account(weekly: &Weekly<'_>) -> Value {
    let ledger = weekly.ledger;
    let totals: Totals = ledger.totals();
    let losing = || ledger.archives.iter().filter(|archive| archive.loses());
    let archives: Vec<Value> = losing()
        .take(MOST_LOSSES)
        .map(|archive| {
            json!({
                "path": cut(&archive.path),
                "damage_count": archive.damage_count,
                "damage": archive.damage.iter().take(5).collect::<Vec<_>>(),
                "rejected": archive.counts.rejected,
                "lost_bytes": archive.counts.lost_bytes,
                "unknown": outcomes::unknown_words(&archive.unjudged),
                "rejects": archive.rejects.iter().take(3).map(|reject| {
                    json!({"line": reject.line, "reason": reject.reason.name(), "message": cut(&reject.message)})
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    let unreadable = || ledger.skipped.iter().filter(|skipped| skipped.is_loss);
    json!({
        "has_loss": ledger.has_loss(),
        "unknown": outcomes::unknown_words(&totals.unjudged),
        "totals": totals,
        "losing": losing().count(),
        "archives": archives,
        "unreadable_in_all": unreadable().count(),
        "unreadable": unreadable().take(MOST_LOSSES).map(|one| [cut(&one.path), cut(&one.why)]).collect::<Vec<_>>(),
        "skipped": ledger.skipped.len() - unreadable().count(),
        "warnings_in_all": ledger.warnings().count(),
        "warnings": ledger.warnings().take(MOST_LOSSES).map(|(path, why)| [cut(path), cut(why)]).collect::<Vec<_>>(),
    })
}
