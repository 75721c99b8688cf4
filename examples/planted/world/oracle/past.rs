//! What the outages of a series come to: times, reasons, revisions and the calendar looked at (relapse.md, sections 3 to 7).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use relapse::stats::planning::clean_runs_needed;

use super::super::stage::Stage;
use super::counted::Counted;
use super::likelihood::independent;
use super::outages::{Outages, Pattern};
use super::witness::crosses;

/// The outages of a series.
#[derive(Clone, Debug)]
pub(super) struct Past {
    outages: Outages,
    /// What explains them as well: a level of each run.
    pub(super) calendar: Option<fn(&Stage, usize) -> u64>,
    /// Whether one cell of one revision crossed a boundary.
    pub(super) is_carried: bool,
    /// Whether none of the reasons of the last was seen in an earlier one.
    pub(super) is_another: bool,
}

impl Past {
    pub(super) fn of(runs: &[Counted], stage: &Stage) -> Result<Self, String> {
        let mut outages = Outages::of(runs)?;
        let may_be = matches!(outages.pattern, Pattern::Outages | Pattern::Bursts);
        let calendar = may_be.then(|| explained(&outages, runs, stage)).flatten();
        let is_mass = |outage: &Range<usize>| {
            let own = &runs[outage.clone()];
            own.iter().filter(|run| stage.is_mass(run.run)).count() * 2 > own.len()
        };
        // What everything had is no earlier outage of what it had alone, nor the reverse.
        if let (Pattern::Outages, [earlier @ .., last]) = (outages.pattern, outages.path.as_slice())
            && earlier.iter().all(|outage| is_mass(outage) != is_mass(last))
        {
            outages.pattern = Pattern::Unclear;
        }
        let came_back = outages.pattern == Pattern::Outages && calendar.is_none();
        Ok(Self {
            is_carried: came_back && is_carried(&outages, runs, stage),
            is_another: came_back && is_another(&outages.path, runs),
            outages,
            calendar,
        })
    }

    /// The last of several outages, where it came back.
    pub(super) fn last(&self) -> Option<&Range<usize>> {
        self.outages.path.last().filter(|_| self.is(Pattern::Outages))
    }

    /// Whether it comes in bursts, by their look or since no change of the code brings it back.
    pub(super) fn is_bursty(&self, runs: &[Counted]) -> bool {
        self.is(Pattern::Bursts) || self.is_carried && !self.is_over(runs)
    }

    /// Whether the last outage alone is clean for long enough.
    pub(super) fn is_over(&self, runs: &[Counted]) -> bool {
        self.last().is_some_and(|last| (runs.len() - last.end) as u64 >= needed(&runs[last.clone()], 0.95))
    }

    /// The longest time that it stayed away between two outages, in runs.
    pub(super) fn longest_away(&self) -> usize {
        self.outages.path.windows(2).map(|pair| pair[1].start - pair[0].end).max().unwrap_or(0)
    }

    /// The clean runs between each two failures of one outage; `of_last`: of the last outage only.
    pub(super) fn spells_inside(&self, runs: &[Counted], of_last: bool) -> Vec<u64> {
        let path = &self.outages.path;
        let inside = &path[if of_last { path.len().saturating_sub(1) } else { 0 }..];
        inside.iter().flat_map(|outage| spells(&runs[outage.clone()])).collect()
    }

    /// Whether the newest failures come behind an outage that was over, or are of a second one that is not proven.
    pub(super) fn is_again(&self, runs: &[Counted]) -> bool {
        let failing = runs.iter().rev().take_while(|run| run.failed()).count();
        let Some(last) = self.outages.path.last().filter(|_| failing > 0) else { return false };
        if last.end == runs.len() {
            return self.is(Pattern::Unclear) && self.outages.path.len() > 1;
        }
        let away = &runs[last.end..runs.len() - failing];
        !self.is(Pattern::Bursts)
            && self.calendar.is_none()
            && away.iter().all(|run| !run.failed())
            && away.len() as u64 >= needed(&runs[last.clone()], 0.99)
    }

    /// The runs at which a stretch of the path begins: what stands in two of them is no alternation. A calendar explains all
    /// stretches in one.
    pub(super) fn borders(&self, runs: &[Counted]) -> Vec<usize> {
        if self.calendar.is_some() {
            return Vec::new();
        }
        self.outages.path.iter().flat_map(|outage| [runs[outage.start].run, runs[outage.end - 1].run + 1]).collect()
    }

    fn is(&self, pattern: Pattern) -> bool {
        self.outages.pattern == pattern && self.calendar.is_none()
    }
}

/// The clean runs between each two failing ones.
pub(super) fn spells(runs: &[Counted]) -> Vec<u64> {
    let failing: Vec<usize> = (0..runs.len()).filter(|place| runs[*place].failed()).collect();
    failing.windows(2).map(|pair| (pair[1] - pair[0] - 1) as u64).collect()
}

/// Clean runs that an unfixed failure of such runs seldom passes.
fn needed(runs: &[Counted], level: f64) -> u64 {
    let fails = runs.iter().filter(|run| run.failed()).count();
    clean_runs_needed(fails as u64, runs.len() as u64, level).unwrap_or(u64::MAX)
}

/// The weekday or the hour, where a rate for each explains the failures as well as the outages do.
fn explained(outages: &Outages, runs: &[Counted], stage: &Stage) -> Option<fn(&Stage, usize) -> u64> {
    let likelihood = |level: fn(&Stage, usize) -> u64| {
        let mut levels: BTreeMap<u64, [usize; 2]> = BTreeMap::new();
        for run in runs {
            levels.entry(level(stage, run.run)).or_default()[usize::from(!run.failed())] += 1;
        }
        levels.into_values().map(|[fails, passes]| independent(fails, passes)).sum::<f64>()
    };
    let (weekday, hour) = (likelihood(Stage::weekday), likelihood(Stage::hour));
    let level: fn(&Stage, usize) -> u64 = if weekday >= hour { Stage::weekday } else { Stage::hour };
    (weekday.max(hour) >= outages.ln_likelihood).then_some(level)
}

/// Whether a cell of one revision passed before an outage may have begun and failed inside, or failed before it may have ended
/// and passed behind.
fn is_carried(outages: &Outages, runs: &[Counted], stage: &Stage) -> bool {
    (0..outages.path.len()).any(|number| {
        let outage = &outages.path[number];
        let [start, end] = outages.boundaries(runs, number);
        crosses(runs, stage, 0..start.0, start.1..outage.end)
            || crosses(runs, stage, end.1.min(runs.len())..runs.len(), outage.start..end.0)
    })
}

/// Whether the last outage has reasons, and none of them failed in an earlier one; where most ways to fail were seen once, they
/// tell nothing.
fn is_another(path: &[Range<usize>], runs: &[Counted]) -> bool {
    let failures = |runs: &[Counted]| {
        let mut failures: BTreeMap<u8, usize> = BTreeMap::new();
        for reason in runs.iter().flat_map(|run| &run.reasons) {
            *failures.entry(*reason).or_default() += 1;
        }
        failures
    };
    let all = failures(runs);
    if all.values().filter(|runs| **runs == 1).count() * 2 > all.len() {
        return false;
    }
    let [earlier @ .., last] = path else { return false };
    let last = &runs[last.clone()];
    let failing = last.iter().filter(|run| run.failed()).count();
    let known: BTreeSet<u8> = earlier.iter().flat_map(|outage| failures(&runs[outage.clone()]).into_keys()).collect();
    let of_last = failures(last);
    let mut reasons = of_last.iter().filter(|(_, runs)| **runs * 5 >= failing * 4).peekable();
    reasons.peek().is_some() && reasons.all(|(reason, _)| !known.contains(reason))
}
