//! The ways in which the rules can be read.

/// One way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Reading {
    /// A run that is set aside also leaves the series of scenarios that passed in it.
    pub(super) outage_takes_passes: bool,
    /// Environments and seeds are tested on the last segment, not on the whole series.
    pub(super) tests_on_segment: bool,
    /// Every level that failed must run again, not just one.
    pub(super) all_must_rerun: bool,
    /// Levels that failed anywhere must run again, not just those of the failing segment.
    pub(super) failed_ever: bool,
    /// Levels split a segment only where each was seen in two runs.
    pub(super) pure_needs_recurrence: bool,
    /// A fix counts the runs of the levels that fail, where some do.
    pub(super) fix_of_levels: bool,
    /// A fix is of the last outage even where strays failed behind it.
    pub(super) outage_despite_strays: bool,
    /// The clean spells inside the last outage count, not those inside all.
    pub(super) spell_of_last: bool,
    /// A recovery counts clean runs, where a fix counts clean revisions.
    pub(super) recovers_by_run: bool,
    /// A relapse is called by the runs up to the last failing one, not up to the end of its outage.
    pub(super) label_to_last_failure: bool,
    /// What fails more often does since the likeliest run, not since one of an interval.
    pub(super) rises_at_once: bool,
}

impl Reading {
    /// The plain reading, and each departure from it.
    pub(super) fn all() -> [Self; 12] {
        let base = Self { outage_takes_passes: true, tests_on_segment: true, ..Self::default() };
        [
            base,
            Self { outage_takes_passes: false, ..base },
            Self { tests_on_segment: false, ..base },
            Self { all_must_rerun: true, ..base },
            Self { failed_ever: true, ..base },
            Self { pure_needs_recurrence: true, ..base },
            Self { fix_of_levels: true, ..base },
            Self { outage_despite_strays: true, ..base },
            Self { spell_of_last: true, ..base },
            Self { recovers_by_run: true, ..base },
            Self { label_to_last_failure: true, ..base },
            Self { rises_at_once: true, ..base },
        ]
    }
}
