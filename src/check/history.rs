//! The ways into an output: what a scenario did on the base branch, and how a signature failed there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Output, Run, Scenario, Signature};
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, RunRow};

/// Usual names of the branch that others come from.
const MAIN_LINES: [&str; 3] = ["main", "master", "trunk"];
/// Runs that are named.
const NAMED: usize = 5;

/// An output of a sweep, as a check asks it.
pub(super) struct History<'o> {
    pub(super) output: &'o Output,
    /// The branch that failures are looked up on; `None` where its runs name none.
    pub(super) base: Option<&'o str>,
    /// Runs of it, but for those of the result itself.
    pub(super) runs: u64,
    pub(super) newest: Option<&'o str>,
    incidents: BTreeMap<&'o str, &'o IncidentRow>,
    scenarios: BTreeMap<[&'o str; 4], Vec<&'o Scenario>>,
    /// Runs that are the result's own: what failed there is no history.
    own: BTreeSet<u32>,
}

/// What a signature did before, on the base branch.
pub(super) struct Signed<'o> {
    pub(super) row: &'o Scenario,
    pub(super) signature: Option<&'o Signature>,
    /// Counted runs of the scenario, in order.
    pub(super) ran: Vec<u32>,
    /// Those that failed so.
    pub(super) failed: Vec<u32>,
}

impl<'o> History<'o> {
    /// `base`: the branch that is asked for; else one of the usual names of a main line, else that of most runs. `fresh`: the result's
    /// runs; one of the same id, or that began at the same moment, is the result itself.
    ///
    /// # Errors
    /// When no run is of that branch: the branches that there are.
    pub(super) fn new(output: &'o Output, base: Option<&str>, fresh: &[RunRow]) -> Result<Self, Vec<&'o str>> {
        let mut scenarios: BTreeMap<_, Vec<&Scenario>> = BTreeMap::new();
        for row in &output.scenarios {
            let key: [&str; 4] = [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode];
            scenarios.entry(key).or_default().push(row);
        }
        let ranks = output.ranks();
        let branches: BTreeSet<&str> = output.runs.iter().filter_map(|run| run.branch.as_deref()).collect();
        let base = match base {
            Some(asked) => match branches.get(asked) {
                Some(branch) => Some(*branch),
                None => return Err(branches.into_iter().collect()),
            },
            None => match MAIN_LINES.iter().find_map(|name| branches.get(name)) {
                Some(main) => Some(*main),
                None => output.main_line(&ranks).flatten(),
            },
        };
        let is_own = |run: &Run| {
            fresh
                .iter()
                .any(|own| own.id == run.id || own.first_unix_ms.is_some() && own.first_unix_ms == run.first_unix_ms)
        };
        let own = (0..).zip(&output.runs).filter(|(_, run)| is_own(run));
        let own: BTreeSet<u32> = own.map(|(place, _)| place).collect();
        // Where runs name one branch only, those that name none are judged with them.
        let is_base = |branch: Option<&str>| branch == base || branches.len() < 2;
        let of_base =
            (0..).zip(&output.runs).filter(|(place, run)| is_base(run.branch.as_deref()) && !own.contains(place));
        let mut runs = 0;
        let mut newest: Option<(u32, &str)> = None;
        for (place, run) in of_base {
            runs += 1;
            let rank = ranks[place as usize];
            newest = newest.filter(|(known, _)| *known > rank).or(Some((rank, &run.id)));
        }
        let incidents = output.incidents.iter().map(|row| (row.incident_id.as_str(), row)).collect();
        Ok(Self { output, base, runs, newest: newest.map(|(_, id)| id), incidents, scenarios, own })
    }

    /// Whether some of its runs are the result's own.
    pub(super) fn holds_result(&self) -> Option<&'o str> {
        self.own.first().map(|&place| self.output.runs[place as usize].id.as_str())
    }

    /// Whether any run has the scenario.
    pub(super) fn has_test(&self, names: [&str; 4]) -> bool {
        self.scenarios.contains_key(&names) || self.output.never_failed.holds(names)
    }

    /// How many tests it knows.
    pub(super) fn tests(&self) -> u64 {
        let listed = self.scenarios.keys().filter(|names| !self.output.never_failed.holds(**names)).count() as u64;
        listed + self.output.never_failed.len().max(if self.knows_tests() { 0 } else { self.output.unlisted })
    }

    /// Whether the output tells tests that never failed from those that are unknown.
    pub(super) fn knows_tests(&self) -> bool {
        self.output.unlisted == 0 || !self.output.never_failed.is_empty()
    }

    /// An incident, on whatever branch.
    pub(super) fn incident(&self, id: &str) -> Option<&'o IncidentRow> {
        // Of branches that are not judged no run is listed.
        let is_of_others =
            |row: &&IncidentRow| row.failed_in.is_empty() || row.failed_in.iter().any(|run| !self.own.contains(&run));
        self.incidents.get(id).copied().filter(is_of_others)
    }

    /// What a scenario did on the base branch, in the way of an incident; `None` where it has no row there.
    pub(super) fn signed(&self, names: [&str; 4], incident: &str) -> Option<Signed<'o>> {
        let rows = self.scenarios.get(&names)?;
        let row = *rows.iter().find(|row| self.is_of_base(row))?;
        let ran: Vec<u32> = row.ran_in.iter().filter(|run| !self.own.contains(run)).collect();
        let failed_in = self.incidents.get(incident).map(|row| &row.failed_in);
        // In runs in which a large part of everything failed it is no failure of its own.
        let is_alone = |run: &u32| !self.output.mass_failure_runs.iter().any(|mass| mass == self.id(*run));
        let failed = ran
            .iter()
            .copied()
            .filter(|run| failed_in.is_some_and(|failed| failed.holds(*run)) && is_alone(run))
            .collect();
        let signature = row.signatures.iter().find(|signature| signature.incident_id == incident);
        Some(Signed { row, signature, ran, failed })
    }

    /// Whether a scenario's row is of the base branch.
    fn is_of_base(&self, row: &Scenario) -> bool {
        row.branch.is_none() || self.output.branch_of(row) == self.base
    }

    /// The most flaky scenarios that failed in one run of the base branch.
    pub(super) fn most_flaky_at_once(&self) -> u64 {
        let mut failing: BTreeMap<u32, u64> = BTreeMap::new();
        let rows = self.scenarios.values().flatten();
        for row in rows.filter(|row| row.kind == Some(Kind::Flaky) && self.is_of_base(row)) {
            let ways = row.signatures.iter().filter_map(|way| self.incidents.get(way.incident_id.as_str()));
            let runs: BTreeSet<u32> = ways.flat_map(|way| way.failed_in.iter()).collect();
            for run in runs.into_iter().filter(|run| row.ran_in.holds(*run) && !self.own.contains(run)) {
                *failing.entry(run).or_default() += 1;
            }
        }
        failing.into_values().max().unwrap_or(0)
    }

    /// Whether its runs name branches beside the base.
    pub(super) fn has_other_branches(&self) -> bool {
        self.output.runs.iter().any(|run| run.branch.is_some() && run.branch.as_deref() != self.base)
    }

    /// The branches on which an incident failed, but for the base.
    pub(super) fn other_branches(&self, incident: &IncidentRow) -> BTreeSet<&'o str> {
        let places = incident.failed_in.iter().filter(|run| !self.own.contains(run));
        let branches = places.filter_map(|run| self.output.runs.get(run as usize)?.branch.as_deref());
        branches.filter(|branch| Some(*branch) != self.base).collect()
    }

    /// Ids of some runs, the newest first.
    pub(super) fn named(&self, places: &[u32]) -> Vec<String> {
        places.iter().rev().take(NAMED).map(|&place| self.id(place).to_owned()).collect()
    }

    pub(super) fn id(&self, place: u32) -> &'o str {
        self.output.runs.get(place as usize).map_or("", |run| run.id.as_str())
    }
}

impl Signed<'_> {
    /// Counted runs behind the last one that failed so.
    pub(super) fn clean(&self) -> u64 {
        let last = self.failed.last().copied();
        self.ran.iter().filter(|&&run| last.is_none_or(|last| run > last)).count() as u64
    }
}
