//! What a fix is measured by.

use super::planned_look::PlannedLook;
use super::stretch::Stretch;
use crate::text::terminal::plural;

/// The failures before the clean runs at the end, and how many of these show that they are gone.
#[derive(Clone, Debug, Default)]
pub(super) struct FixBase {
    /// Places among the runs of the series, up to and including the last failing one.
    pub(super) start: usize,
    pub(super) end: usize,
    /// In units: runs, or revisions.
    pub(super) counts: Stretch,
    /// Clean units at the end.
    pub(super) clean: u64,
    /// Whether the units are revisions: each is known, and its runs agree.
    pub(super) by_revision: bool,
    /// The most clean units between two failures.
    pub(super) longest_spell: u64,
    /// How many such spells were of its kind, itself among them.
    pub(super) alike: u64,
    /// Clean units that are no further spell of that kind.
    pub(super) outlasting: u64,
    /// Clean units that would be long for it, at one look.
    pub(super) quiet_at: Option<u64>,
    /// And that show a fix, whoever looks after each run.
    pub(super) needed_95: Option<u64>,
    pub(super) needed_99: Option<u64>,
    /// Clean units at the end in which its group did not fail either; `None` where it fails alone.
    pub(super) together: Option<u64>,
    /// The look at it since a fix that was named.
    pub(super) planned: Option<PlannedLook>,
}

impl FixBase {
    /// Whether the clean units show a fix, whoever looks after each run.
    pub(super) fn is_shown(&self) -> bool {
        self.needed_95.is_some_and(|needed| self.counted() >= needed)
    }

    /// Clean units that count for a fix.
    pub(super) fn counted(&self) -> u64 {
        self.together.map_or(self.clean, |together| together.min(self.clean))
    }

    /// The planned look, where that alone shows the fix.
    pub(super) fn shown_as_planned(&self) -> Option<&PlannedLook> {
        self.planned.as_ref().filter(|look| !self.is_shown() && look.level().is_some())
    }

    /// Counts no more than these clean units, in which its group did not fail either.
    pub(super) fn hold_to(&mut self, together: Option<u64>) {
        self.together = together.filter(|&together| together < self.clean);
        if let (Some(together), Some(look)) = (self.together, &mut self.planned) {
            look.clean = look.clean.min(together);
        }
    }

    /// Level in per cent at which a fix is shown.
    pub(super) fn level(&self) -> u8 {
        let own = if self.needed_99.is_some_and(|needed| self.counted() >= needed) { 99 } else { 95 };
        self.planned.and_then(|look| look.level()).map_or(own, |level| level.max(own))
    }

    /// How many more clean units show a fix, and whether as planned: the fewest.
    pub(super) fn more(&self) -> Option<(u64, bool)> {
        let planned = self.planned.filter(|look| look.failed.is_none());
        let planned = planned.and_then(|look| Some((look.needed_95?.saturating_sub(look.clean), true)));
        let own = self.needed_95.map(|needed| (needed.saturating_sub(self.counted()), false));
        own.into_iter().chain(planned).min()
    }

    /// So many units, in words.
    pub(super) fn told(&self, number: u64) -> String {
        plural(number, if self.by_revision { "revision" } else { "run" })
    }

    /// The same with a verb.
    pub(super) fn told_are(&self, number: u64) -> String {
        format!("{} {}", self.told(number), if number == 1 { "is" } else { "are" })
    }

    /// So many more of them that are clean.
    pub(super) fn told_more(&self, number: u64) -> String {
        plural(number, if self.by_revision { "more clean revision" } else { "more clean run" })
    }
}
