//! Where an incident's scenario ran and where it failed, in one sweep.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Output;
use super::change::Counts;
use super::row::Scenario;
use crate::incident::IncidentRow;
use crate::recurrence::{Standing, Verdict};

/// The runs of a scenario that are looked at: an incident may be over on one branch and begin on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'o> {
    /// All, where they are of one branch.
    All,
    /// Those of a branch, or of no known one.
    On(Option<&'o str>),
}

impl<'o> Part<'o> {
    /// Its branch, where it is of one that is known.
    pub(super) fn branch(self) -> Option<&'o str> {
        if let Self::On(branch) = self { branch } else { None }
    }

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
    /// Runs in which each scenario failed, in whatever way.
    failed_in: BTreeMap<[&'o str; 4], BTreeSet<u32>>,
    /// Branches of its runs, and how many each has.
    branches: BTreeMap<Option<&'o str>, usize>,
    /// The branch that others come from, most likely: that of most runs, and of these the one that began first.
    pub(super) main_line: Part<'o>,
    /// Place of each run by its id.
    pub(super) places: BTreeMap<&'o str, u32>,
    /// Place of each run in time: runs of several branches stand together in the output, and take turns here.
    rank: Vec<u32>,
}

impl<'o> Side<'o> {
    pub(super) fn new(output: &'o Output) -> Self {
        let rank = output.ranks();
        let mut branches = BTreeMap::new();
        for run in &output.runs {
            *branches.entry(run.branch.as_deref()).or_default() += 1;
        }
        let mut scenarios: BTreeMap<_, Vec<&Scenario>> = BTreeMap::new();
        for row in &output.scenarios {
            let key: [&str; 4] = [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode];
            scenarios.entry(key).or_default().push(row);
        }
        let mut ways = BTreeMap::new();
        for row in output.incidents.iter().filter(|row| row.verdict.is_some()) {
            *ways.entry(row.names()).or_default() += 1;
        }
        let mut failed_in: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
        for row in &output.incidents {
            failed_in.entry(row.names()).or_default().extend(row.failed_in.iter());
        }
        Self {
            output,
            failed_in,
            branches,
            // What failed on branches only that are not judged is nobody's change.
            incidents: output
                .incidents
                .iter()
                .filter(|row| row.standing() != Standing::Elsewhere)
                .map(|row| (row.incident_id.as_str(), row))
                .collect(),
            scenarios,
            ways,
            main_line: output.main_line(&rank).map_or(Part::All, Part::On),
            places: output.runs.iter().map(|run| run.id.as_str()).zip(0..).collect(),
            rank,
        }
    }

    /// The rows of an incident's scenario, one a branch; none when the sweep does not list it.
    pub(super) fn rows(&self, incident: &'o IncidentRow) -> &[&'o Scenario] {
        self.scenarios.get(&incident.names()).map_or(&[], Vec::as_slice)
    }

    /// The row of its scenario in a part, if that is one row and the scenario fails in this one way: then the row's clean
    /// runs are its own.
    pub(super) fn only_row(&self, incident: &'o IncidentRow, part: Part<'o>) -> Option<&'o Scenario> {
        let of_part = || self.part_rows(incident, part);
        let ways = self.ways.get(&incident.names()).copied().unwrap_or(0);
        of_part().next().filter(|_| of_part().count() == 1 && ways == 1)
    }

    /// The rows of an incident's scenario in a part; its only one where it is on one branch.
    pub(super) fn part_rows(
        &self,
        incident: &'o IncidentRow,
        part: Part<'o>,
    ) -> impl Iterator<Item = &'o Scenario> + use<'_, 'o> {
        let rows = self.rows(incident);
        rows.iter().copied().filter(move |row| rows.len() == 1 || part.holds(self.branch_of(row)))
    }

    /// The verdict on an incident in a part.
    pub(super) fn verdict(&self, incident: &'o IncidentRow, part: Part<'o>) -> Option<Verdict> {
        let row = self.rows(incident).iter().find(|row| part != Part::All && part.holds(self.branch_of(row)));
        let mut ways = row.into_iter().flat_map(|row| &row.signatures);
        let of_part = ways.find(|way| way.incident_id == incident.incident_id).and_then(|way| way.verdict);
        of_part.or_else(|| self.incidents.get(incident.incident_id.as_str())?.verdict)
    }

    /// The part of it that another sweep's part is compared with: the same, else the main line. Branches have their own
    /// histories, and a mix of several is nobody's.
    pub(super) fn beside(&self, part: Part<'o>) -> Part<'o> {
        if self.branches.keys().any(|&branch| part.holds(branch)) { part } else { self.main_line }
    }

    /// Whether a run of it is of that branch, or of no known one.
    pub(super) fn has_branch(&self, branch: Option<&str>) -> bool {
        self.branches.contains_key(&branch)
    }

    /// How many of its runs are of a part.
    pub(super) fn runs_of(&self, part: Part<'o>) -> usize {
        self.branches.iter().filter(|(branch, _)| part.holds(**branch)).map(|(_, runs)| runs).sum()
    }

    /// Whether any of its runs names a branch.
    pub(super) fn has_named(&self) -> bool {
        self.branches.keys().any(Option::is_some)
    }

    /// Whether its runs name several branches.
    pub(super) fn has_several(&self) -> bool {
        self.branches.keys().flatten().count() > 1
    }

    /// The branches of the runs in which an incident's scenario was there.
    pub(super) fn branches(&self, incident: &'o IncidentRow) -> BTreeSet<Option<&'o str>> {
        let History { ran, failed, set_aside, .. } = self.history(incident, Part::All);
        [ran, failed, set_aside].concat().into_iter().map(|run| self.branch(run)).collect()
    }

    /// The branches on which an incident happened.
    pub(super) fn failed_on(&self, incident: &'o IncidentRow) -> BTreeSet<Option<&'o str>> {
        self.history(incident, Part::All).failed.into_iter().map(|run| self.branch(run)).collect()
    }

    /// The branch of a scenario's row, as its runs have it.
    fn branch_of(&self, row: &'o Scenario) -> Option<&'o str> {
        self.output.branch_of(row)
    }

    fn branch(&self, run: u32) -> Option<&'o str> {
        self.output.runs.get(run as usize)?.branch.as_deref()
    }

    /// An incident's history in a part: `incident` names the scenario and may come from the other sweep.
    pub(super) fn history(&self, incident: &'o IncidentRow, part: Part<'o>) -> History {
        let rows = self.rows(incident);
        let place = |id: &String| self.places.get(id.as_str()).copied();
        let aside: BTreeSet<u32> = rows.iter().flat_map(|row| &row.set_aside_runs).filter_map(place).collect();
        let failed = self.incidents.get(incident.incident_id.as_str());
        let of_part = |runs: &mut dyn Iterator<Item = u32>| -> Vec<u32> {
            let mut runs: Vec<u32> = runs.filter(|&run| part.holds(self.branch(run))).collect();
            runs.sort_unstable();
            runs
        };
        let failed = of_part(&mut failed.into_iter().flat_map(|row| row.failed_in.iter()));
        let (set_aside, failed) = failed.into_iter().partition(|run| aside.contains(run));
        // A scenario that never failed on a branch has no row there.
        let own = || rows.iter().filter(|row| row.branch.is_none() || part.holds(self.branch_of(row)));
        let changed = own().filter_map(|row| place(&row.changepoints.last()?.run));
        History {
            is_listed: own().next().is_some(),
            ran: of_part(&mut rows.iter().flat_map(|row| row.ran_in.iter())),
            changed: of_part(&mut changed.into_iter()).pop().filter(|_| own().count() == 1),
            failed,
            set_aside,
        }
    }

    /// Whether a run is that one, or came later.
    pub(super) fn is_since(&self, run: u32, since: u32) -> bool {
        self.rank.get(run as usize) >= self.rank.get(since as usize)
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

    /// Whether a scenario failed in any of its runs.
    pub(super) fn has_failed(&self, scenario: [&str; 4]) -> bool {
        self.failed_in.contains_key(&scenario)
    }

    /// Whether it holds a run of that id, and no failure of a scenario in it.
    pub(super) fn has_without_failure(&self, run: &str, scenario: [&str; 4]) -> bool {
        let fails = |place| self.failed_in.get(&scenario).is_some_and(|runs| runs.contains(place));
        self.places.get(run).is_some_and(|place| !fails(place))
    }

    /// The id of a run.
    pub(super) fn run_id(&self, run: u32) -> String {
        self.output.runs.get(run as usize).map(|run| run.id.clone()).unwrap_or_default()
    }
}

/// An incident in one sweep; runs by their places in its list, increasing.
pub(super) struct History {
    /// Whether the sweep lists the scenario: if not, nothing is known of where it ran.
    pub(super) is_listed: bool,
    /// Runs in which the scenario was counted.
    pub(super) ran: Vec<u32>,
    /// The first of them behind the last changepoint.
    pub(super) changed: Option<u32>,
    /// Runs in which the incident happened by itself.
    pub(super) failed: Vec<u32>,
    /// Those in which a large part of everything failed at once, and which were set aside for its scenario.
    pub(super) set_aside: Vec<u32>,
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

    /// Runs in which it happened, set aside or not.
    pub(super) fn happened(&self) -> impl Iterator<Item = u32> + '_ {
        self.failed.iter().chain(&self.set_aside).copied()
    }

    /// Whether it happened, and every time in a mass-failure run that was set aside.
    pub(super) fn is_set_aside(&self) -> bool {
        self.failed.is_empty() && !self.set_aside.is_empty()
    }

    /// The counts over some runs.
    pub(super) fn counts(&self, within: impl Fn(u32) -> bool) -> Counts {
        let number = |runs: &[u32]| runs.iter().filter(|&&run| within(run)).count() as u64;
        Counts {
            failed_runs: number(&self.failed),
            runs: self.is_listed.then(|| number(&self.present())),
            set_aside_runs: number(&self.set_aside),
        }
    }
}
