//! That a series fails more since a change.

use super::complete::Complete;
use super::verdict::Label;
use crate::stats::Changepoint;

/// How it fails more, and since when.
pub(super) struct Regression {
    pub(super) label: Label,
    /// The environments or seeds that it is of, where not of all.
    pub(super) levels: Vec<usize>,
    /// The change, in places among the runs of the series.
    pub(super) change: Changepoint,
    /// Whether the attempts say so, and the runs alone do not.
    pub(super) is_complete: bool,
}

impl Regression {
    pub(super) fn of_complete(complete: &Complete) -> Self {
        let Complete { label, ref levels, change, .. } = *complete;
        Self { label, levels: levels.clone(), change, is_complete: true }
    }
}
