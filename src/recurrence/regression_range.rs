//! The revisions between which something broke.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::series::{Series, SeriesRun};
use super::timeline_judge::TimelineJudge;
use super::verdict::{Label, Verdict};
use crate::stats::interval::clopper_pearson;
use crate::stats::planning::replays_needed;
use crate::text::shell::posix;
use crate::text::terminal::plural;

/// A level of 90 % leaves 5 % below the interval.
const ONE_SIDED_95: f64 = 0.9;

/// The last revision of which all runs passed, all before the 99 % interval of a change, and the first of which all failed, all
/// behind it.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct RegressionRange {
    /// The one that passed.
    pub passed_revision: String,
    /// The last run of it.
    pub passed_run: String,
    /// The one that failed.
    pub failed_revision: String,
    /// The first run of it.
    pub failed_run: String,
    /// Revisions of the runs between these two at which the scenario was not run.
    pub untested_revisions: u64,
    /// The one of them that would halve the range; null without any.
    pub halving_revision: Option<String>,
    /// The first run of it.
    pub halving_run: Option<String>,
    /// Passes in a row that show, at 95 %, that the halving revision is none that fails at the rate of since:
    /// `ceil(ln .05 / ln(1 - p_low))`, with the lower bound of Clopper and Pearson (5 % below it) for `p_low`.
    pub halving_repeats: Option<u64>,
    /// All of it in words.
    pub told: String,
    /// What lists the changes of the code; null where a revision would be an option of it.
    pub log_command: Option<String>,
}

/// The runs of a revision in a series.
struct Revision<'s> {
    first: &'s SeriesRun,
    last: &'s SeriesRun,
    failed: usize,
    runs: usize,
}

impl TimelineJudge<'_> {
    /// Of what regressed or relapsed since its last change.
    pub(super) fn regression_range(&self, draft: &Draft, series: &Series) -> Option<RegressionRange> {
        if !matches!(draft.decided, Some((Verdict::Regressed | Verdict::Relapsed, label)) if label != Some(Label::SameCode))
        {
            return None;
        }
        let change = draft.changes.last()?;
        let mut revisions: BTreeMap<u32, Revision<'_>> = BTreeMap::new();
        for run in &series.runs {
            let Some(revision) = self.timeline.runs[run.run as usize].revision else { continue };
            let of = revisions.entry(revision).or_insert(Revision { first: run, last: run, failed: 0, runs: 0 });
            (of.last, of.failed, of.runs) = (run, of.failed + usize::from(run.failed), of.runs + 1);
        }
        let passed = revisions.iter().filter(|(_, of)| of.failed == 0 && of.last.run < change.from);
        let (&passed, good) = passed.max_by_key(|(_, of)| of.last.run)?;
        // What failed along with everything may be sound.
        let is_own = |run: &SeriesRun| !self.timeline.runs[run.run as usize].is_mass;
        let failed = revisions.iter().filter(|(_, of)| of.failed == of.runs && of.first.run >= change.to);
        let (&failed, bad) = failed.filter(|(_, of)| is_own(of.first)).min_by_key(|(_, of)| of.first.run)?;
        let mut seen = BTreeSet::new();
        let untested = (good.last.run + 1..bad.first.run).filter(|&run| {
            let revision = self.timeline.runs[run as usize].revision;
            revision.is_some_and(|revision| !revisions.contains_key(&revision) && seen.insert(revision))
        });
        let untested: Vec<u32> = untested.collect();
        let halving = untested.get(untested.len() / 2).copied();
        let rate = clopper_pearson(draft.current.x, draft.current.n, ONE_SIDED_95).map(|interval| interval.low);
        let range = RegressionRange {
            passed_revision: self.revision_name(passed)?,
            passed_run: self.run_name(good.last.run),
            failed_revision: self.revision_name(failed)?,
            failed_run: self.run_name(bad.first.run),
            untested_revisions: untested.len() as u64,
            halving_revision: halving.and_then(|run| self.run_row(self.timeline.runs[run as usize].number).revision),
            halving_run: halving.map(|run| self.run_name(run)),
            halving_repeats: halving.and(rate).and_then(|rate| replays_needed(1.0 - rate)),
            told: String::new(),
            log_command: None,
        };
        Some(RegressionRange { told: range.told(), log_command: range.log_command(), ..range })
    }
}

impl RegressionRange {
    fn told(&self) -> String {
        let halving = match (&self.halving_revision, &self.halving_run, self.halving_repeats) {
            (Some(revision), Some(run), Some(repeats)) => {
                format!("; {revision} ({run}) would halve them, run {}", plural(repeats, "time"))
            }
            _ => String::new(),
        };
        format!(
            "all runs of {} passed, the last in {}, and all of {} failed, the first in {}; {} between them {} not tested{halving}",
            self.passed_revision,
            self.passed_run,
            self.failed_revision,
            self.failed_run,
            plural(self.untested_revisions, "revision"),
            if self.untested_revisions == 1 { "was" } else { "were" },
        )
    }

    fn log_command(&self) -> Option<String> {
        let range = format!("{}..{}", self.passed_revision, self.failed_revision);
        (!range.starts_with('-')).then(|| format!("git log {}", posix(&range)))
    }
}
