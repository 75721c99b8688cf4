//! What is true of a scenario in a week.

use std::ops::Range;

use super::world::{Life, World};

/// Runs from a change on that it is news.
const NEWS: usize = 40;

impl Life {
    /// The runs of its causes; `reason`: of those that fail in this way.
    fn causes(&self, reason: Option<u8>) -> impl Iterator<Item = &Range<usize>> {
        let is_meant = move |way: u8| reason.is_none_or(|reason| reason == way);
        self.causes.iter().filter(move |(_, way)| is_meant(*way)).map(|(runs, _)| runs)
    }

    /// Whether a cause was there in the last run: nothing is fixed.
    pub(crate) fn is_there(&self, now: usize, reason: Option<u8>) -> bool {
        self.causes(reason).any(|cause| cause.contains(&(now - 1)))
    }

    /// When the last of its causes that were there was gone, if all of them are.
    pub(crate) fn gone_since(&self, now: usize) -> Option<usize> {
        let ends = self.causes(None).filter(|cause| cause.start < now).map(|cause| cause.end).max()?;
        (ends < now).then_some(ends)
    }

    /// Whether its cause came again, behind a time without it, and was there in these runs.
    pub(crate) fn came_back(&self, runs: &Range<usize>) -> bool {
        self.causes(None).skip(1).any(|cause| cause.start < runs.end && cause.end + NEWS > runs.start)
    }

    /// Whether it fails more often than it did, since not long ago.
    pub(crate) fn is_worse(&self, world: World, runs: &Range<usize>) -> bool {
        let begins = |cause: &Range<usize>| cause.start > 0 && cause.start < runs.end;
        let is_near = |cause: &Range<usize>| cause.end + NEWS > runs.start;
        matches!(world, World::Drift(..)) || self.causes(None).any(|cause| begins(cause) && is_near(cause))
    }
}
