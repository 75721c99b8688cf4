//! What a sweep found, as a gate looks at it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::benchmark::Benchmarks;
use crate::diff::{Change, Comparison};
use crate::recurrence::{Kind, Recurrence, ScenarioJudgement, is_recent};
use crate::sweep::{Outcome, Taxonomies};
use crate::tally::{First, Rule, Run, RunOrder, RunSet, What, incident_id};
use crate::taxonomy::{Severity, Taxonomy};

/// Latest runs of an environment from which on failures that do not count are all that it does.
const SEVERAL: usize = 3;
/// The very newest runs of a branch.
const NEWEST: usize = 5;

/// What a sweep found.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// What was read.
    pub outcome: &'f Outcome,
    /// Its runs in order.
    pub order: &'f RunOrder,
    /// What its histories show.
    pub recurrence: &'f Recurrence,
    /// By what failures were classified.
    pub taxonomies: &'f Taxonomies,
    /// Its benchmarks, judged.
    pub benchmarks: &'f Benchmarks,
    /// How it differs from a baseline, where there is one.
    pub changes: Option<&'f Comparison>,
    /// Why nothing was judged and what there is instead, where that is so.
    pub nothing: Option<&'f str>,
    /// Incidents that happened only, or last, on other branches than those that are judged, in words, where there are any.
    pub elsewhere: Option<&'f str>,
    /// Whether only some branches are judged; every scenario that ran on them is then listed.
    pub is_narrowed: bool,
}

/// An incident that is neither resolved nor stale.
#[derive(Clone, Debug)]
pub(super) struct OpenIncident {
    pub(super) class: String,
    pub(super) severity: Severity,
    pub(super) owner: String,
    /// Packet, suite, scenario.
    pub(super) scenario: [String; 3],
    pub(super) reason: String,
    pub(super) replay: Option<String>,
    pub(super) artifacts: Vec<String>,
    /// Whether its scenario is a regressed deterministic one.
    pub(super) is_sure: bool,
    /// Whether it gets no verdict, and nothing of its scenario in the latest runs does, or of an environment's.
    pub(super) is_unjudged: bool,
}

/// Scenarios that fail always and of which a baseline knows that they once passed.
type RegressedBefore<'f> = BTreeSet<[&'f str; 4]>;

/// Whether a scenario fails always since a change, or since it came back, in all or in some environments or with some seeds, though the runs before it
/// may be gone: no quarantine holds that back.
pub(super) fn is_sure(scenario: &ScenarioJudgement, before: &RegressedBefore<'_>) -> bool {
    scenario.judged.verdict.is_regressed_for_good(scenario.judged.label)
        || scenario.judged.kind == Kind::Deterministic && before.contains(&scenario.names())
}

/// The part of a scenario's key that patterns look at.
pub(super) fn names(scenario: &ScenarioJudgement) -> [&str; 3] {
    [&scenario.packet_id, &scenario.suite_id, &scenario.scenario_id]
}

impl<'f> Facts<'f> {
    /// The scenario of every record that failed, in input order.
    #[must_use]
    pub fn failed_scenarios(&self, rule: Rule) -> Vec<String> {
        let tally = &self.outcome.tally;
        let id = |&run: &u32| tally.text(tally.runs()[run as usize].id);
        let position: BTreeMap<&str, usize> = self.order.runs.iter().map(id).zip(0..).collect();
        self.outcome.entries.failed_scenarios(rule, |run| position.get(run).copied().unwrap_or(usize::MAX))
    }

    /// The ids of the latest runs of each branch: what is in none of them is stale.
    pub(super) fn latest_runs(&self) -> BTreeSet<&str> {
        self.runs_of_each(is_recent)
    }

    /// The ids of the runs of each branch that are meant by their place among how many.
    fn runs_of_each(&self, is_meant: impl Fn(usize, usize) -> bool + Copy) -> BTreeSet<&str> {
        let of = |runs: Range<usize>| runs.clone().filter(move |&run| is_meant(run - runs.start, runs.len()));
        let meant = self.recurrence.timelines().into_iter().flat_map(of);
        meant.map(|run| self.recurrence.runs[run].id.as_str()).collect()
    }

    /// The scenarios, by their numbers, that failed in several of the very newest runs of a branch by classes that get no verdict, and
    /// neither passed nor failed otherwise in these: of long histories the latest runs are many.
    fn unjudged_now(&self) -> BTreeSet<u32> {
        let tally = &self.outcome.tally;
        let newest = self.runs_of_each(|place, runs| place + NEWEST >= runs);
        let mut kept_out: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for first in tally.firsts() {
            let incident = &tally.incidents()[first.incident as usize];
            if incident.incident_only && newest.contains(tally.text(tally.runs()[first.run as usize].id)) {
                kept_out.entry(incident.scenario).or_default().insert(first.run);
            }
        }
        kept_out.retain(|_, runs| runs.len() >= SEVERAL);
        let scenarios: BTreeSet<u32> = kept_out.into_keys().collect();
        let counted = self.counted(&scenarios, &newest);
        &scenarios - &counted
    }

    /// How many of all these are, behind what happened in them.
    pub(super) fn in_latest(&self, latest: &BTreeSet<&str>) -> String {
        format!("in the latest {} of {} runs", latest.len(), self.recurrence.runs.len())
    }

    /// Scenarios that fail always in what is left of their runs, and that regressed by what a baseline knows.
    pub(super) fn regressed_before(&self) -> RegressedBefore<'f> {
        let changes = self.changes.into_iter().flat_map(|comparison| &comparison.changes);
        changes.filter(|change| change.regressed_before).map(Change::names).collect()
    }

    /// The open incidents, by id.
    pub(super) fn open_incidents(&self) -> BTreeMap<String, OpenIncident> {
        let before = self.regressed_before();
        // On several branches an incident is open when it is on one of them.
        let mut judged: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        for scenario in &self.recurrence.scenarios {
            for signature in &scenario.signatures {
                let open = signature.standing.is_live();
                let known = judged.entry(&signature.incident_id).or_default();
                known.0 |= open;
                known.1 |= open && is_sure(scenario, &before);
            }
        }
        let tally = &self.outcome.tally;
        let judged_runs = self.recurrence.run_ids();
        let latest = self.latest_runs();
        // As histories are stale; of runs whose place is not known nobody knows.
        let is_recent = |(number, run): (u32, &Run)| {
            let id = tally.text(run.id);
            latest.contains(id) || !self.order.is_placed(number) && judged_runs.contains(id)
        };
        let is_recent: Vec<bool> = (0..).zip(tally.runs()).map(is_recent).collect();
        let of = |first: &First| &tally.incidents()[first.incident as usize];
        let kept_out = tally.firsts().iter().filter(|first| of(first).incident_only && is_recent[first.run as usize]);
        let (recent, scenarios) = kept_out.map(|first| (first.incident, of(first).scenario)).unzip();
        let (recent, scenarios): (BTreeSet<u32>, BTreeSet<u32>) = (recent, scenarios);
        let judged_lately = &self.counted(&scenarios, &latest) - &self.unjudged_now();
        let mut incidents = BTreeMap::new();
        for summary in tally.incident_summaries(self.order) {
            let incident = &tally.incidents()[summary.incident as usize];
            let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
            let (reason, class) = (tally.text(incident.reason), tally.text(incident.class));
            let id = incident_id([packet, suite, scenario, mode, reason, class]);
            // Without a verdict is what is kept out of recurrence, and what happened on other branches only.
            let known = judged.get(id.as_str()).copied();
            let (open, is_sure) = known.unwrap_or((recent.contains(&summary.incident), false));
            if !open {
                continue;
            }
            let first = summary.first;
            let open = OpenIncident {
                class: class.to_owned(),
                severity: Severity::from_rank(incident.severity),
                owner: tally.ruling(first).owner,
                scenario: [packet, suite, scenario].map(str::to_owned),
                reason: reason.to_owned(),
                replay: first.replay.map(|replay| tally.text(replay).to_owned()),
                artifacts: tally.artifacts(first),
                is_sure,
                is_unjudged: incident.incident_only && !judged_lately.contains(&incident.scenario),
            };
            incidents.insert(id, open);
        }
        incidents
    }

    /// Those of some scenarios, by their numbers, that passed or failed in some runs so that it counts, in each environment that
    /// failed in several of them.
    fn counted(&self, scenarios: &BTreeSet<u32>, runs: &BTreeSet<&str>) -> BTreeSet<u32> {
        let tally = &self.outcome.tally;
        let is_meant: Vec<bool> = tally.runs().iter().map(|run| runs.contains(tally.text(run.id))).collect();
        let meant = |set: &RunSet| -> BTreeSet<u32> {
            set.iter().map(|(run, _)| run).filter(|&run| is_meant[run as usize]).collect()
        };
        // By scenario and environment, whether it counted, and the runs in which it failed by what is kept out.
        let mut found: BTreeMap<u32, BTreeMap<_, (bool, BTreeSet<u32>)>> = BTreeMap::new();
        for cell in tally.cells().filter(|cell| scenarios.contains(&cell.key.scenario)) {
            let (counts, kept_out) = found.entry(cell.key.scenario).or_default().entry(cell.key.env()).or_default();
            *counts |= !meant(&cell.passed).is_empty();
            for outcome in tally.outcomes(cell) {
                match outcome.what {
                    What::Failed(incident) if tally.incidents()[incident as usize].incident_only => {
                        kept_out.append(&mut meant(&outcome.runs));
                    }
                    What::Failed(_) => *counts |= !meant(&outcome.runs).is_empty(),
                    What::Excluded => {}
                }
            }
        }
        let is_counted = |environments: &BTreeMap<_, (bool, BTreeSet<u32>)>| {
            environments.values().any(|(counts, _)| *counts)
                && environments.values().all(|(counts, kept_out)| *counts || kept_out.len() < SEVERAL)
        };
        found.into_iter().filter(|(_, environments)| is_counted(environments)).map(|(scenario, _)| scenario).collect()
    }

    /// The scenarios that pass in runs that are not judged, where branches are asked for.
    pub(super) fn pass_elsewhere(&self) -> BTreeSet<[&str; 4]> {
        if !self.is_narrowed {
            return BTreeSet::new();
        }
        let (tally, judged) = (&self.outcome.tally, self.recurrence.run_ids());
        let is_elsewhere: Vec<bool> = tally.runs().iter().map(|run| !judged.contains(tally.text(run.id))).collect();
        let passes = tally.cells().filter(|cell| cell.passed.iter().any(|(run, _)| is_elsewhere[run as usize]));
        passes.map(|cell| tally.scenario_names(cell.key.scenario)).collect()
    }

    /// Whether a scenario that is meant ran on the branches that are judged; `true` where all are.
    pub(super) fn ran(&self, is_meant: impl Fn([&str; 3]) -> bool) -> bool {
        !self.is_narrowed || self.recurrence.scenarios.iter().any(|row| row.runs > 0 && is_meant(names(row)))
    }

    /// Every owner that a taxonomy names.
    pub(super) fn owners(&self) -> BTreeSet<&'f str> {
        let of = |taxonomy: &'f Taxonomy| {
            let rules = taxonomy.rules().iter().map(|rule| rule.owner.as_str());
            rules.chain([taxonomy.fallback().owner.as_str()])
        };
        self.taxonomies.list().iter().flat_map(of).collect()
    }

    /// Every class that a taxonomy gives.
    pub(super) fn classes(&self) -> BTreeSet<&str> {
        let classes = self.taxonomies.list().iter().flat_map(Taxonomy::classes);
        classes.map(|class| class.name.as_str()).collect()
    }
}
