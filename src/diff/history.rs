//! Where an incident's scenario ran and where it failed, in one sweep.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{Output, Scenario};
use super::change::Counts;
use crate::incident::IncidentRow;
use crate::recurrence::{Standing, UNKNOWN_BRANCH, Verdict};

/// The runs of a scenario that are looked at: an incident may be over on one branch and begin on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'o> {
    /// All, where they are of one branch.
    All,
    /// Those of a branch, or of no known one.
    On(Option<&'o str>),
}

impl Part<'_> {
    fn holds(self, branch: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::On(own) => own == branch,
        }
    }
}

/// One of the two sweeps, with its ways in.
pub(super) struct Side<'o> {
    pub(super) output: &'o Output,
    pub(super) incidents: BTreeMap<&'o str, &'o IncidentRow>,
    scenarios: BTreeMap<[&'o str; 4], Vec<&'o Scenario>>,
    /// Ways to fail of each scenario that get a verdict.
    ways: BTreeMap<[&'o str; 4], usize>,
    /// Branches of its runs.
    branches: BTreeSet<Option<&'o str>>,
    /// Place of each run by its id.
    pub(super) places: BTreeMap<&'o str, u32>,
    /// Place of each run in time: runs of several branches stand together in the output, and take turns here.
    rank: Vec<u32>,
}

impl<'o> Side<'o> {
    pub(super) fn new(output: &'o Output) -> Self {
        let mut order: Vec<usize> = (0..output.runs.len()).collect();
        order.sort_by_key(|&place| {
            let run = &output.runs[place];
            (run.first_unix_ms.unwrap_or(i64::MAX), &run.id)
        });
        let mut rank = vec![0; order.len()];
        for (at, place) in (0..).zip(order) {
            rank[place] = at;
        }
        let mut scenarios: BTreeMap<_, Vec<&Scenario>> = BTreeMap::new();
        for row in &output.scenarios {
            let key: [&str; 4] = [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode];
            scenarios.entry(key).or_default().push(row);
        }
        let mut ways = BTreeMap::new();
        for row in output.incidents.iter().filter(|row| row.verdict.is_some()) {
            *ways.entry(key(row)).or_default() += 1;
        }
        Self {
            output,
            branches: output.runs.iter().map(|run| run.branch.as_deref()).collect(),
            // What failed on branches only that are not judged is nobody's change.
            incidents: output
                .incidents
                .iter()
                .filter(|row| row.standing() != Standing::Elsewhere)
                .map(|row| (row.incident_id.as_str(), row))
                .collect(),
            scenarios,
            ways,
            places: output.runs.iter().map(|run| run.id.as_str()).zip(0..).collect(),
            rank,
        }
    }

    /// The rows of an incident's scenario, one a branch; none when the sweep does not list it.
    pub(super) fn rows(&self, incident: &'o IncidentRow) -> &[&'o Scenario] {
        self.scenarios.get(&key(incident)).map_or(&[], Vec::as_slice)
    }

    /// The row of its scenario in a part, if that is one row and the scenario fails in this one way: then the row's clean
    /// runs are its own.
    pub(super) fn only_row(&self, incident: &'o IncidentRow, part: Part<'o>) -> Option<&'o Scenario> {
        let rows = self.rows(incident);
        let of_part = || rows.iter().copied().filter(|row| rows.len() == 1 || part.holds(self.branch_of(row)));
        let ways = self.ways.get(&key(incident)).copied().unwrap_or(0);
        of_part().next().filter(|_| of_part().count() == 1 && ways == 1)
    }

    /// The verdict on an incident in a part.
    pub(super) fn verdict(&self, incident: &'o IncidentRow, part: Part<'o>) -> Option<Verdict> {
        let row = self.rows(incident).iter().find(|row| part != Part::All && part.holds(self.branch_of(row)));
        let mut ways = row.into_iter().flat_map(|row| &row.signatures);
        let of_part = ways.find(|way| way.incident_id == incident.incident_id).and_then(|way| way.verdict);
        of_part.or_else(|| self.incidents.get(incident.incident_id.as_str())?.verdict)
    }

    /// Whether it has a run of this part.
    pub(super) fn has(&self, part: Part<'o>) -> bool {
        self.branches.iter().any(|&branch| part.holds(branch))
    }

    /// The branches of the runs in which an incident's scenario was there.
    pub(super) fn branches(&self, incident: &'o IncidentRow) -> BTreeSet<Option<&'o str>> {
        self.history(incident, Part::All).present().into_iter().map(|run| self.branch(run)).collect()
    }

    /// The branch of a scenario's row, as its runs have it.
    fn branch_of(&self, row: &'o Scenario) -> Option<&'o str> {
        let is_name = |name: &&str| *name != UNKNOWN_BRANCH || self.branches.contains(&Some(UNKNOWN_BRANCH));
        row.branch.as_deref().filter(is_name)
    }

    fn branch(&self, run: u32) -> Option<&'o str> {
        self.output.runs.get(run as usize)?.branch.as_deref()
    }

    /// An incident's history in a part: `incident` names the scenario and may come from the other sweep.
    pub(super) fn history(&self, incident: &'o IncidentRow, part: Part<'o>) -> History {
        let rows = self.rows(incident);
        let aside = rows.iter().flat_map(|row| &row.set_aside_runs);
        let aside = aside.filter_map(|id| self.places.get(id.as_str()).copied());
        let failed = self.incidents.get(incident.incident_id.as_str());
        let of_part = |runs: &mut dyn Iterator<Item = u32>| -> Vec<u32> {
            let mut runs: Vec<u32> = runs.filter(|&run| part.holds(self.branch(run))).collect();
            runs.sort_unstable();
            runs
        };
        History {
            // A scenario that never failed on a branch has no row there.
            is_listed: rows.iter().any(|row| rows.len() == 1 || part.holds(self.branch_of(row))),
            ran: of_part(&mut rows.iter().flat_map(|row| row.ran_in.iter())),
            aside: of_part(&mut aside.into_iter()),
            failed: of_part(&mut failed.into_iter().flat_map(|row| row.failed_in.iter())),
        }
    }

    /// Some runs, newest first.
    pub(super) fn newest_first(&self, mut runs: Vec<u32>) -> Vec<u32> {
        runs.sort_by_key(|&run| Reverse(self.rank.get(run as usize)));
        runs
    }

    /// The counted runs of an incident's scenario since the last one that it failed in, oldest first; none where it failed in
    /// none of them.
    pub(super) fn since_last_failure(&self, history: &History) -> Vec<u32> {
        let mut since = self.newest_first(history.ran.clone());
        let last = since.iter().position(|run| history.failed.binary_search(run).is_ok());
        since.truncate(last.unwrap_or(0));
        since.reverse();
        since
    }

    /// The id of a run.
    pub(super) fn run_id(&self, run: u32) -> String {
        self.output.runs.get(run as usize).map(|run| run.id.clone()).unwrap_or_default()
    }
}

fn key(incident: &IncidentRow) -> [&str; 4] {
    [&incident.packet_id, &incident.suite_id, &incident.scenario_id, &incident.mode]
}

/// An incident in one sweep; runs by their places in its list, increasing.
pub(super) struct History {
    /// Whether the sweep lists the scenario: if not, nothing is known of where it ran.
    pub(super) is_listed: bool,
    /// Runs in which the scenario was counted.
    pub(super) ran: Vec<u32>,
    /// Mass-failure runs that were set aside for it.
    aside: Vec<u32>,
    /// Runs in which the incident happened, set aside or not.
    pub(super) failed: Vec<u32>,
}

impl History {
    /// Runs in which the scenario was there. A failure that is kept out of the scenario's series, of an infrastructure
    /// class, shows that it was.
    pub(super) fn present(&self) -> Vec<u32> {
        let mut runs = [&self.ran[..], &self.failed].concat();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    /// Whether it happened, and every time in a mass-failure run that was set aside.
    pub(super) fn is_set_aside(&self) -> bool {
        !self.failed.is_empty() && self.failed.iter().all(|run| self.aside.binary_search(run).is_ok())
    }

    /// The counts over some runs.
    pub(super) fn counts(&self, within: impl Fn(u32) -> bool) -> Counts {
        let is_aside = |run: &u32| self.aside.binary_search(run).is_ok();
        let inside = |run: &&u32| within(**run);
        let failed = self.failed.iter().filter(inside).filter(|run| !is_aside(run)).count() as u64;
        let aside = self.failed.iter().filter(inside).filter(|run| is_aside(run)).count() as u64;
        let runs = self.present().iter().filter(inside).filter(|run| !is_aside(run)).count() as u64;
        Counts { failed_runs: failed, runs: self.is_listed.then_some(runs), set_aside_runs: aside }
    }
}
