//! What the runs since a fix show that was named beforehand.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempts::{Attempts, Tick};
use super::stretch::Stretch;
use super::verdict::Verdict;
use crate::words::words;

words! {
    /// What became of a fix.
    FixState {
        /// It did not fail since, and the clean runs are too few.
        Waiting => "waiting",
        /// They show that it holds.
        Proven => "proven",
        /// It failed since.
        Failed => "failed",
        /// It failed since, for another reason than before.
        Another => "another",
    }
}

/// A fix that was named, and what became of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub struct PlannedFixRow {
    /// Which of those that were named.
    #[serde(skip)]
    pub(super) fix: usize,
    /// Where it is written.
    pub ticket: String,
    /// The first run that has it.
    pub since_run: String,
    /// What became of it.
    pub state: FixState,
    /// The first run since that failed.
    pub failed_run: Option<String>,
    /// Clean runs since, or revisions where these are counted.
    pub clean_runs: u64,
    /// Those that show at 95 % that it holds; null where nothing failed before it.
    pub needed_95: Option<u64>,
    /// And at 99 %.
    pub needed_99: Option<u64>,
}

impl PlannedFixRow {
    /// How many more clean runs show that it holds, where nothing failed since.
    #[must_use]
    pub fn more(&self) -> Option<u64> {
        let needed = self.needed_95.filter(|_| self.failed_run.is_none())?;
        Some(needed.saturating_sub(self.clean_runs))
    }

    /// Whether so many show it that nobody needs to ask for more.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.more() == Some(0)
    }
}

/// A fix on a timeline: which of those that were named, and the place of the first run that has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Landed {
    pub(super) fix: usize,
    pub(super) since: u32,
}

/// One planned look at a series.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlannedLook {
    pub(super) landed: Landed,
    /// Place of the first run that has it among those of the series.
    pub(super) start: usize,
    /// The first run since that failed, as a place on the timeline.
    pub(super) failed: Option<u32>,
    /// Whether what failed since had not failed before, where that was asked.
    pub(super) is_another: bool,
    /// Units before it, as a fix counts them.
    pub(super) counts: Stretch,
    /// Clean units since.
    pub(super) clean: u64,
    pub(super) needed_95: Option<u64>,
    pub(super) needed_99: Option<u64>,
}

impl PlannedLook {
    /// Notes whether no way to fail since the fix had failed before it, where ways to fail recur.
    pub(super) fn ask_for_reasons(&mut self, attempts: &Attempts) {
        let since = attempts.ticks.partition_point(|tick| tick.run < self.landed.since);
        let (before, behind) = attempts.ticks.split_at(since);
        let ways = |ticks: &[Tick]| -> BTreeSet<u32> { ticks.iter().filter_map(|tick| tick.signature).collect() };
        let known = ways(before);
        self.is_another = !known.is_empty() && attempts.ways_recur() && known.is_disjoint(&ways(behind));
    }

    /// The level in per cent at which it is shown to hold.
    pub(super) fn level(&self) -> Option<u8> {
        let is_shown = |needed: Option<u64>| self.failed.is_none() && needed.is_some_and(|needed| self.clean >= needed);
        [(99, self.needed_99), (95, self.needed_95)]
            .into_iter()
            .find(|(_, needed)| is_shown(*needed))
            .map(|(level, _)| level)
    }

    /// Beside a verdict.
    pub(super) fn state(&self, verdict: Verdict) -> FixState {
        match self.failed {
            Some(_) if self.is_another => FixState::Another,
            Some(_) => FixState::Failed,
            None if verdict == Verdict::Fixed => FixState::Proven,
            None => FixState::Waiting,
        }
    }
}
