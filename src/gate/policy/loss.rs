//! Input that may be lost.

use crate::definition::{Faults, Section};

/// Most input that may be lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossBudget {
    /// Lines that are no record.
    pub rejected_lines: u64,
    /// Archives with damage.
    pub damaged_archives: u64,
    /// Archives that could not be opened or read.
    pub unreadable_archives: u64,
    /// Records whose outcome their profile does not know.
    pub unknown_outcomes: u64,
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> LossBudget {
    let Some(section) = root.section("loss", faults) else { return LossBudget::default() };
    section.refuse_unknown(&["rejected_lines", "damaged_archives", "unreadable_archives", "unknown_outcomes"], faults);
    let mut count = |key| section.count(key, faults).unwrap_or(0);
    LossBudget {
        rejected_lines: count("rejected_lines"),
        damaged_archives: count("damaged_archives"),
        unreadable_archives: count("unreadable_archives"),
        unknown_outcomes: count("unknown_outcomes"),
    }
}
