//! What is true of a scenario in a week.

use std::ops::Range;

use super::world::{Life, World};

/// Runs from a change on that it is news.
const NEWS: usize = 40;

impl Life {
    /// Whether its cause is still there, or was in the last run: nothing is fixed.
    pub(crate) fn is_there(&self, now: usize) -> bool {
        self.causes.iter().any(|cause| cause.contains(&(now - 1)))
    }

    /// When the last of its causes that were there was gone, if all of them are.
    pub(crate) fn gone_since(&self, now: usize) -> Option<usize> {
        let ends = self.causes.iter().filter(|cause| cause.start < now).map(|cause| cause.end).max()?;
        (ends < now).then_some(ends)
    }

    /// Whether its cause came again, behind a time without it, and was there in these runs.
    pub(crate) fn came_back(&self, runs: &Range<usize>) -> bool {
        self.causes.iter().skip(1).any(|cause| cause.start < runs.end && cause.end + NEWS > runs.start)
    }

    /// Whether it fails more often than it did, since not long ago.
    pub(crate) fn is_worse(&self, world: World, runs: &Range<usize>) -> bool {
        let begins = |cause: &Range<usize>| cause.start > 0 && cause.start < runs.end;
        let is_near = |cause: &Range<usize>| cause.end + NEWS > runs.start;
        matches!(world, World::Drift(..)) || self.causes.iter().any(|cause| begins(cause) && is_near(cause))
    }
}
