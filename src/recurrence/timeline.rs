//! The runs of one branch, in order.

use std::collections::{BTreeMap, BTreeSet};

use super::options::Options;
use crate::tally::{DAY_MS, Facet, RunOrder, Symbol, Tally, is_asked_for};
use crate::text::terminal::{listed, plural};

/// How runs of no known branch are called where others name several.
pub(crate) const UNKNOWN_BRANCH: &str = "(unknown)";

/// Runs and days from which on one revision in all of them is no revision.
const LEAST_OF_ONE_REVISION: (usize, i64) = (10, 3);
/// Runs that a warning names.
const NAMED: usize = 4;

/// One run on a timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimelineRun {
    /// Its number in the tally.
    pub(super) number: u32,
    /// When it began; `None` where its clock is not believed.
    pub(super) unix_ms: Option<i64>,
    /// What it tested, as a number; `None` when unknown.
    pub(super) revision: Option<u32>,
    /// Whether its name and its clock tell two orders, of which nobody knows the right one.
    pub(super) is_torn: bool,
    /// When it ended, if it may be several of one id.
    pub(super) end_of_several: Option<i64>,
    /// Whether a large part of all scenarios failed in it: no failure there is a witness of a flake.
    pub(super) is_mass: bool,
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

impl Timeline {
    /// With these runs, of its places, marked as mass failures.
    pub(super) fn with_mass(&self, runs: &[u32]) -> Self {
        let mut marked = self.clone();
        for &run in runs {
            marked.runs[run as usize].is_mass = true;
        }
        marked
    }
}

/// One timeline a branch; a single one where runs name at most one, since a run that names none says nothing of another.
/// Beside them what is doubtful about it.
pub(super) fn timelines(tally: &Tally, order: &RunOrder, options: &Options) -> (Vec<Timeline>, Vec<String>) {
    let wanted = |run: &u32| is_asked_for(options.branch.as_ref(), tally.branch_of(*run));
    let runs: Vec<u32> = order.runs.iter().copied().filter(wanted).collect();
    let branches: BTreeSet<Option<&str>> = runs.iter().map(|&run| tally.branch_of(run)).collect();
    let constant = constant_revision(tally, order, &runs);
    let timeline = |branch, runs| timeline(tally, order, branch, runs, constant.is_some());
    let mut doubts = Vec::new();
    doubts.extend(constant.map(|revision| {
        format!(
            "every run names the revision `{}`, which tells nothing of what changed: it is taken as unknown",
            tally.text(revision)
        )
    }));
    let mut named = branches.iter().flatten();
    if let (Some(_), Some(_)) = (named.next(), named.next()) {
        let of_branch = |branch| runs.iter().copied().filter(|&run| tally.branch_of(run) == branch).collect();
        let name = |branch: Option<&str>| Some(branch.unwrap_or(UNKNOWN_BRANCH).to_owned());
        return (branches.iter().map(|&branch| timeline(name(branch), of_branch(branch))).collect(), doubts);
    }
    doubts.extend(branches.iter().flatten().next().and_then(|branch| judged_along(tally, order, &runs, branch)));
    (vec![timeline(None, runs)], doubts)
}

/// That runs of no branch are judged as those of the only one, and may be of another. Those before its first run are from
/// before the field.
fn judged_along(tally: &Tally, order: &RunOrder, runs: &[u32], branch: &str) -> Option<String> {
    let placed = runs.iter().copied().filter(|&run| order.is_placed(run));
    let since = placed.skip_while(|&run| tally.branch_of(run).is_none());
    let of_none = since.filter(|&run| tally.runs()[run as usize].branch == Facet::Unknown);
    let mut names: Vec<&str> = of_none.map(|run| tally.text(tally.runs()[run as usize].id)).collect();
    names.reverse();
    let (name, are) = if names.len() == 1 { ("names", "is") } else { ("name", "are") };
    (!names.is_empty()).then(|| {
        format!(
            "{} {name} no branch and {are} judged as `{branch}`: {}; --branch {branch} leaves out what names none",
            plural(names.len() as u64, "run"),
            listed(names.iter(), NAMED),
        )
    })
}

/// The revision that all of many runs name: a word such as `HEAD`, or that of the harness.
fn constant_revision(tally: &Tally, order: &RunOrder, runs: &[u32]) -> Option<Symbol> {
    let (least, days) = LEAST_OF_ONE_REVISION;
    let Facet::One(revision) = tally.runs()[*runs.first()? as usize].revision else { return None };
    let is_same = runs.iter().all(|&run| tally.runs()[run as usize].revision == Facet::One(revision));
    let clocks = || runs.iter().filter_map(|&run| order.clock(run));
    let is_long = clocks().max()?.saturating_sub(clocks().min()?) >= days * DAY_MS;
    (is_same && is_long && runs.len() >= least).then_some(revision)
}

fn timeline(
    tally: &Tally,
    order: &RunOrder,
    branch: Option<String>,
    runs: Vec<u32>,
    is_one_revision: bool,
) -> Timeline {
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
            Facet::One(revision) if !is_one_revision => {
                let next = u32::try_from(revisions.len()).unwrap_or(u32::MAX);
                Some(*revisions.entry(revision.number()).or_insert(next))
            }
            _ => None,
        };
        let (is_torn, end_of_several) = (order.is_torn(number), order.end_of_several(number));
        TimelineRun { number, unix_ms: order.clock(number), revision, is_torn, end_of_several, is_mass: false }
    });
    Timeline { branch, runs: runs.collect(), unplaced: u32::try_from(unplaced).unwrap_or(u32::MAX), place }
}
