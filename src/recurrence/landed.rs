//! The fixes that were named, on timelines: where they landed, and what became of them.

use super::judgement::ScenarioJudgement;
use super::options::Options;
use super::planned_fix::PlannedFix;
use super::planned_look::{FixState, Landed, PlannedFixRow, PlannedLook};
use super::timeline::Timeline;
use super::timeline_judge::TimelineJudge;
use super::verdict::{Kind, Verdict};
use crate::tally::{Facet, Tally};
use crate::text::terminal::listed;

/// Characters that are enough of a revision.
const ENOUGH: usize = 7;
/// Scenarios that a warning names.
const NAMED: usize = 4;

/// The fixes of which a timeline has a run, each with its place.
pub(super) fn landed(tally: &Tally, timeline: &Timeline, options: &Options) -> Vec<Landed> {
    let of =
        |(fix, planned): (usize, &PlannedFix)| Some(Landed { fix, since: place(tally, timeline, &planned.since)? });
    options.fixes.iter().enumerate().filter_map(of).collect()
}

/// The first run of this name or, without one, of this revision, or of the only one that begins so.
fn place(tally: &Tally, timeline: &Timeline, since: &str) -> Option<u32> {
    let placed = || (0..).zip(&timeline.runs).skip(timeline.unplaced as usize);
    let revision = |number: u32| match tally.runs()[number as usize].revision {
        Facet::One(revision) => tally.text(revision),
        Facet::Unknown | Facet::Several => "",
    };
    // One revision of all runs tells nothing.
    let revisions = || placed().filter(|(_, run)| run.revision.is_some()).map(|(at, run)| (at, revision(run.number)));
    let begins = || revisions().filter(|(_, revision)| since.len() >= ENOUGH && revision.starts_with(since));
    let first = begins().next();
    let only = first.filter(|(_, of_first)| begins().all(|(_, revision)| revision == *of_first));
    placed()
        .find(|(_, run)| tally.text(tally.runs()[run.number as usize].id) == since)
        .map(|(at, _)| at)
        .or_else(|| revisions().find(|(_, revision)| *revision == since).or(only).map(|(at, _)| at))
}

impl TimelineJudge<'_> {
    /// The latest fix of a scenario: what failed since an earlier one was fixed again.
    pub(super) fn landed_of(&self, scenario: &str) -> Option<Landed> {
        let own = self.landed.iter().filter(|landed| self.options.fixes[landed.fix].holds(scenario));
        own.max_by_key(|landed| landed.since).copied()
    }

    pub(super) fn planned_fix_row(&self, look: &PlannedLook, verdict: Verdict) -> PlannedFixRow {
        PlannedFixRow {
            fix: look.landed.fix,
            ticket: self.options.fixes[look.landed.fix].ticket.clone(),
            since_run: self.run_name(look.landed.since),
            state: look.state(verdict),
            failed_run: look.failed.map(|run| self.run_name(run)),
            clean_runs: look.clean,
            needed_95: look.needed_95,
            needed_99: look.needed_99,
        }
    }
}

/// What became of a fix on all timelines.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    /// Whether any has a run of it.
    has_landed: bool,
    /// Whether what it names failed.
    is_of_any: bool,
    /// What failed since, and is not fixed since then.
    failed: Vec<String>,
}

/// Looks for fixes among the scenarios of a timeline.
pub(super) fn follow(fates: &mut [Fate], fixes: &[PlannedFix], landed: &[Landed], scenarios: &[ScenarioJudgement]) {
    for landed in landed {
        fates[landed.fix].has_landed = true;
    }
    for (at, (fate, fix)) in fates.iter_mut().zip(fixes).enumerate() {
        for row in
            scenarios.iter().filter(|row| row.judged.verdict != Verdict::NoFailure && fix.holds(&row.scenario_id))
        {
            fate.is_of_any = true;
            let own = row.planned_fix.as_ref().filter(|own| own.fix == at && own.state == FixState::Failed);
            if let Some(run) = own.filter(|_| row.judged.kind != Kind::Resolved).and_then(|own| own.failed_run.as_ref())
            {
                fate.failed.push(format!("{} in {run}", row.scenario_id));
            }
        }
    }
}

/// What is wrong with fixes: those of nothing that was read, and those that did not hold.
pub(super) fn warnings(fixes: &[PlannedFix], fates: &[Fate]) -> Vec<String> {
    let warning = |(fix, fate): (&PlannedFix, &Fate)| {
        let (told, since) = (fix.told(), &fix.since);
        if !fate.has_landed {
            Some(format!(
                "the fix of {told} is in no run: none that is judged is called `{since}`, or is of such a revision"
            ))
        } else if !fate.is_of_any {
            Some(format!("the fix of {told} is of nothing that failed: mend its pattern, or remove it if it is done"))
        } else if fate.failed.is_empty() {
            None
        } else {
            let failed = listed(fate.failed.iter(), NAMED);
            Some(format!("the fix of {told} did not hold; failed since `{since}`: {failed}"))
        }
    };
    fixes.iter().zip(fates).filter_map(warning).collect()
}
