//! A member of a group that fails together: it is fixed only when the group is (recurrence.md, section 8).

use super::fix_base::FixBase;
use super::groups::History;
use super::timeline_judge::TimelineJudge;

/// The group of a scenario.
pub(super) struct Together<'h> {
    /// Its id.
    pub(super) group: String,
    /// The last run in which any of it failed, as a place on the timeline.
    pub(super) last_failed: u32,
    /// The scenario's own runs.
    pub(super) history: &'h History,
}

impl TimelineJudge<'_> {
    /// Clean units of a scenario since its group failed last: what shows that the cause of all is gone. They are held to what its
    /// own failures ask for, so that a group makes no fix of a scenario that has none alone.
    pub(super) fn clean_together(&self, base: &FixBase, together: &Together<'_>) -> u64 {
        let clean = together.history.clean_since(together.last_failed);
        if !base.by_revision {
            return clean.count() as u64;
        }
        let revision = |place: u32| self.timeline.runs[place as usize].revision;
        let mut revisions: Vec<_> = clean.map(revision).filter(|of| *of != revision(together.last_failed)).collect();
        revisions.dedup();
        revisions.len() as u64
    }
}
