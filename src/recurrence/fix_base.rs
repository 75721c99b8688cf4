//! What a fix is measured by.

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
    /// Clean units that would be long for it, at one look.
    pub(super) quiet_at: Option<u64>,
    /// And that show a fix, whoever looks after each run.
    pub(super) needed_95: Option<u64>,
    pub(super) needed_99: Option<u64>,
}

impl FixBase {
    /// So many units, in words.
    pub(super) fn told(&self, number: u64) -> String {
        plural(number, if self.by_revision { "revision" } else { "run" })
    }

    /// So many more of them that are clean.
    pub(super) fn told_more(&self, number: u64) -> String {
        plural(number, if self.by_revision { "more clean revision" } else { "more clean run" })
    }
}
