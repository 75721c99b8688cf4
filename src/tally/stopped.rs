//! Branches that have stopped: their verdicts are those of then, and nobody should take them for today's.

use std::collections::BTreeMap;

use globset::GlobMatcher;

use super::clock::DAY_MS;
use super::day::day_of;
use super::doubt::Entry;
use super::run::is_asked_for;
use super::run_name::by_number;

/// Time without a run for which no branch is called stopped.
const LEAST_MS: i64 = 7 * DAY_MS;
/// Runs and time from which on the branch of most runs is the main line, and one of how many runs it must have: branches of
/// one change have fewer, or end sooner, and end for good.
const LEAST_OF_MAIN: (usize, i64, usize) = (10, 14 * DAY_MS, 4);

/// Runs whose clocks are believed, by these.
pub(super) struct Lines<'e, 't> {
    dated: Vec<Dated<'e, 't>>,
    asked: Option<&'e GlobMatcher>,
}

#[derive(Clone, Copy)]
struct Dated<'e, 't> {
    began_ms: i64,
    entry: &'e Entry<'t>,
    is_left_out: bool,
}

impl<'e, 't> Lines<'e, 't> {
    /// `left_out`: runs that a window left out whole. What is later than all that it holds says nothing of these.
    pub(super) fn new(own: &'e [Entry<'t>], left_out: &'e [Entry<'t>], asked: Option<&'e GlobMatcher>) -> Self {
        let dated = |entries: &'e [Entry<'t>], is_left_out: bool| {
            let believed = entries.iter().filter(|entry| entry.doubt.is_none());
            believed.filter_map(move |entry| Some(Dated { began_ms: entry.claims?, entry, is_left_out }))
        };
        let newest = dated(own, false).map(|run| run.began_ms).max();
        let before = dated(left_out, true).filter(|run| Some(run.began_ms) <= newest);
        let mut dated: Vec<Dated<'e, 't>> = dated(own, false).chain(before).collect();
        dated.sort_by(|a, b| a.began_ms.cmp(&b.began_ms).then_with(|| by_number(a.entry.id, b.entry.id)));
        Self { dated, asked }
    }

    fn is_judged(&self, run: &Dated<'_, '_>) -> bool {
        is_asked_for(self.asked, run.entry.branch)
    }

    /// The branch of most runs among those that are asked for, if it has many of all, over a long time.
    pub(super) fn main_line(&self) -> Option<&'t str> {
        let mut clocks: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        let judged = self.dated.iter().filter(|run| self.is_judged(run));
        for run in judged.clone() {
            if let Some(branch) = run.entry.branch {
                clocks.entry(branch).or_default().push(run.began_ms);
            }
        }
        // Runs that name none are judged as the only branch that is named.
        if clocks.len() < 2 {
            return None;
        }
        // Of two the one that goes on: the other was renamed.
        let (main, clocks) = clocks.into_iter().max_by_key(|(_, clocks)| (clocks.len(), clocks.last().copied()))?;
        let (runs, time, share) = LEAST_OF_MAIN;
        let is_long = clocks.last()? - clocks.first()? >= time;
        (clocks.len() >= runs && clocks.len() * share >= judged.count() && is_long).then_some(main)
    }

    /// That the branches that are asked for have no run since long before the newest of others, or the main line among those that
    /// are judged (`main`) has none.
    pub(super) fn stopped(&self, main: Option<&str>) -> Option<String> {
        let asked =
            self.asked.and_then(|_| told(&self.dated, "the branches that are judged", |run| self.is_judged(run)));
        asked.or_else(|| {
            let main = main?;
            let judged: Vec<Dated<'_, '_>> = self.dated.iter().copied().filter(|run| self.is_judged(run)).collect();
            let whose = format!("branch {main}, which has most runs,");
            told(&judged, &whose, |run| run.entry.branch == Some(main))
        })
    }
}

/// That some of the runs are since long before the newest of the others: for longer than they ever had none, and a week.
fn told(runs: &[Dated<'_, '_>], whose: &str, is_of: impl Fn(&Dated<'_, '_>) -> bool) -> Option<String> {
    let (these, others): (Vec<&Dated<'_, '_>>, Vec<_>) = runs.iter().partition(|run| is_of(run));
    let (last, newest) = (these.last()?, others.last()?);
    let longest = these.windows(2).map(|pair| pair[1].began_ms - pair[0].began_ms).max().unwrap_or(0);
    (newest.began_ms - last.began_ms > longest.max(LEAST_MS)).then(|| {
        format!(
            "no run of {whose} has a record that counts since {} ({}), while others have until {} ({}): {}",
            last.entry.id,
            day_of(last.began_ms),
            newest.entry.id,
            day_of(newest.began_ms),
            if last.is_left_out { "the window holds nothing of it" } else { "verdicts are of then" },
        )
    })
}
