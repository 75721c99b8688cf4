//! What the judging of a timeline looks at. Its steps are in `judge`, `describe`, `settle`, `cost` and `newest`.

use super::options::Options;
use super::planned_look::Landed;
use super::timeline::Timeline;
use crate::tally::{Clean, First, RunOrder, Tally};

/// Judges the scenarios of one timeline.
pub(super) struct TimelineJudge<'j> {
    pub(super) tally: &'j Tally,
    /// Scenarios that are not in the tally.
    pub(super) clean: &'j Clean,
    pub(super) order: &'j RunOrder,
    pub(super) timeline: &'j Timeline,
    /// Place of its first run in the list of all.
    pub(super) first_run: u32,
    pub(super) options: &'j Options,
    /// For each incident, its first records by run, newest first.
    pub(super) firsts: &'j [Vec<&'j First>],
    /// The fixes that were named and of which it has a run.
    pub(super) landed: &'j [Landed],
}

impl TimelineJudge<'_> {
    /// The id of the run at a place of the timeline.
    pub(super) fn run_name(&self, place: u32) -> String {
        self.tally.text(self.tally.runs()[self.timeline.runs[place as usize].number as usize].id).to_owned()
    }

    /// A revision of the timeline by its number there.
    pub(super) fn revision_name(&self, revision: u32) -> Option<String> {
        let run = self.timeline.runs.iter().find(|run| run.revision == Some(revision))?;
        self.run_row(run.number).revision
    }
}
