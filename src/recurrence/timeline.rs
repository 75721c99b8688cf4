//! The runs of one branch, in order.

use std::collections::{BTreeMap, BTreeSet};

use super::options::Options;
use crate::tally::{Facet, RunOrder, Tally};

/// How runs of no known branch are called where others name several.
pub(crate) const UNKNOWN_BRANCH: &str = "(unknown)";

/// One run on a timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimelineRun {
    /// Its number in the tally.
    pub(super) number: u32,
    /// When it began; `None` where its clock is not believed.
    pub(super) unix_ms: Option<i64>,
    /// What it tested, as a number; `None` when unknown.
    pub(super) revision: Option<u32>,
}

/// Runs that can be compared with each other.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    /// The branch, where runs name several.
    pub(super) branch: Option<String>,
    pub(super) runs: Vec<TimelineRun>,
    /// Runs whose place is not known: so many at the start. They are in no series.
    pub(super) unplaced: u32,
    /// Place of each run on the timeline, by its number in the tally.
    pub(super) place: Vec<Option<u32>>,
}

/// One timeline a branch; a single one where runs name at most one, since a run that names none says nothing of another.
pub(super) fn timelines(tally: &Tally, order: &RunOrder, options: &Options) -> Vec<Timeline> {
    let branch_of = |run: u32| match tally.runs()[run as usize].branch {
        Facet::One(branch) => Some(tally.text(branch)),
        Facet::Unknown | Facet::Several => None,
    };
    let wanted = |run: u32| options.branch.as_ref().is_none_or(|glob| branch_of(run).is_some_and(|b| glob.is_match(b)));
    let runs: Vec<u32> = order.runs.iter().copied().filter(|&run| wanted(run)).collect();
    let branches: BTreeSet<Option<&str>> = runs.iter().map(|&run| branch_of(run)).collect();
    if branches.iter().flatten().count() < 2 {
        return vec![timeline(tally, order, None, runs)];
    }
    branches
        .into_iter()
        .map(|branch| {
            let of_branch = runs.iter().copied().filter(|&run| branch_of(run) == branch).collect();
            timeline(tally, order, Some(branch.unwrap_or(UNKNOWN_BRANCH).to_owned()), of_branch)
        })
        .collect()
}

fn timeline(tally: &Tally, order: &RunOrder, branch: Option<String>, runs: Vec<u32>) -> Timeline {
    let unplaced = runs.iter().filter(|&&run| !order.is_placed(run)).count();
    let mut place = vec![None; tally.runs().len()];
    for (at, &run) in (0..).zip(&runs) {
        place[run as usize] = Some(at);
    }
    // Numbered in run order: the numbers of symbols follow the order of arrival, and strata are taken in the order of
    // these.
    let mut revisions: BTreeMap<u32, u32> = BTreeMap::new();
    let runs = runs.into_iter().map(|number| {
        let run = &tally.runs()[number as usize];
        let revision = match run.revision {
            Facet::One(revision) => {
                let next = u32::try_from(revisions.len()).unwrap_or(u32::MAX);
                Some(*revisions.entry(revision.number()).or_insert(next))
            }
            Facet::Unknown | Facet::Several => None,
        };
        TimelineRun { number, unix_ms: order.clock(number), revision }
    });
    Timeline { branch, runs: runs.collect(), unplaced: u32::try_from(unplaced).unwrap_or(u32::MAX), place }
}
