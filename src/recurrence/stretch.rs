//! Counts of some runs.

/// Counts of some runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) n: u64,
    pub(super) x: u64,
}
