//! The branches of an output's runs.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::baseline::Output;
use super::row::Scenario;
use crate::recurrence::UNKNOWN_BRANCH;

impl Output {
    /// The place of each run in time: runs of several branches stand together in the output, and take turns here.
    #[must_use]
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.runs.len()).collect();
        order.sort_by_key(|&place| {
            let run = &self.runs[place];
            (run.first_unix_ms.unwrap_or(i64::MAX), &run.id)
        });
        let mut rank = vec![0; order.len()];
        for (at, place) in (0..).zip(order) {
            rank[place] = at;
        }
        rank
    }

    /// The branch that others come from, most likely: that of most runs, and of these the one that began first. The inner
    /// `None` is that of the runs which name none; the outer one, that there are no runs. `ranks`: as [`Self::ranks`] has them.
    #[must_use]
    pub fn main_line(&self, ranks: &[u32]) -> Option<Option<&str>> {
        let mut branches: BTreeMap<Option<&str>, (u64, Reverse<u32>)> = BTreeMap::new();
        for (run, &rank) in self.runs.iter().zip(ranks) {
            let (runs, first) = branches.entry(run.branch.as_deref()).or_insert((0, Reverse(rank)));
            (*runs, *first) = (*runs + 1, (*first).max(Reverse(rank)));
        }
        branches.into_iter().max_by_key(|(_, key)| *key).map(|(branch, _)| branch)
    }

    /// The branch of a scenario's row, as runs name it; `None` too where the row is of all runs.
    #[must_use]
    pub fn branch_of<'o>(&self, row: &'o Scenario) -> Option<&'o str> {
        let is_named = || self.runs.iter().any(|run| run.branch.as_deref() == Some(UNKNOWN_BRANCH));
        row.branch.as_deref().filter(|&name| name != UNKNOWN_BRANCH || is_named())
    }
}
