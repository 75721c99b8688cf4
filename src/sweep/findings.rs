//! Per-archive results of a batch of lines.

use super::hiding::Hiding;
use super::left_out::LeftOut;
use super::sketch::Marks;
use crate::archive::{Counts, LISTED_REJECTS, Unjudged};
use crate::record::Rejection;
use crate::tally::{Point, SeriesKey};

/// A line refused, by its place in a part of its archive.
#[derive(Clone, Debug)]
pub(super) struct LocalReject {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) rejection: Rejection,
}

/// Per-archive results of a batch of lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) counts: Counts,
    pub(super) unjudged: Unjudged,
    pub(super) rejects: Vec<LocalReject>,
    pub(super) marks: Marks,
    /// What benchmark lines measured, in the order of the lines.
    pub(super) measured: Vec<(SeriesKey, Point)>,
    /// Least and greatest time of all records.
    pub(super) times: Option<(i64, i64)>,
    /// What may hide failures.
    pub(super) hiding: Hiding,
    /// When those were that a window left out.
    pub(super) left_out: LeftOut,
}

impl Findings {
    /// Counts a line that was refused, and lists it while there is room.
    pub(super) fn reject(&mut self, line: u64, offset: u64, rejection: Rejection) {
        self.counts.rejected.count(rejection.reason);
        if self.rejects.len() < LISTED_REJECTS {
            self.rejects.push(LocalReject { line, offset, rejection });
        }
    }
}

/// The least and the greatest of two pairs of times.
pub(super) fn hull(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}
