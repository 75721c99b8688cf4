//! That a series fails more since a change.

use super::complete::Complete;
use super::verdict::Label;
use crate::stats::Changepoint;

/// How some runs fail.
#[derive(Clone, Debug)]
pub(super) struct How {
    pub(super) label: Label,
    /// The environments or seeds that it is of, where not of all.
    pub(super) levels: Vec<usize>,
    /// Whether the others fail too, now and then.
    pub(super) others_fail: bool,
    /// Whether these levels ran in none of the runs before.
    pub(super) is_new: bool,
}

impl How {
    /// Of each attempt, or of none in particular.
    pub(super) const fn of_all(label: Label) -> Self {
        Self { label, levels: Vec::new(), others_fail: false, is_new: false }
    }
}

/// How it fails more, and since when.
pub(super) struct Regression {
    pub(super) how: How,
    /// The change, in places among the runs of the series.
    pub(super) change: Changepoint,
    /// Whether the attempts say so, and the runs alone do not.
    pub(super) is_complete: bool,
}

impl Regression {
    pub(super) fn of_complete(complete: &Complete) -> Self {
        let Complete { label, ref levels, change, .. } = *complete;
        let how = How { levels: levels.clone(), ..How::of_all(label) };
        Self { how, change, is_complete: true }
    }
}
