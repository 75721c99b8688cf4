//! Which points are judged, and against which.

use super::options::{Candidate, Options};
use super::series::Witnesses;
use crate::stats::scan::{self, MOST_VALUES};
use crate::tally::{Point, Series};

/// The two sides of a comparison.
pub(super) struct Sides<'s> {
    /// The points that are judged; at most the last thousand.
    pub(super) candidate: Vec<&'s Point>,
    /// The last points before them, of the current regime.
    pub(super) baseline: &'s [Point],
    /// All points before them of that regime.
    pub(super) regime: &'s [Point],
    /// First point of the current regime, when a change began it.
    pub(super) changed: Option<&'s Point>,
}

/// Takes a series apart; an empty candidate when the series has none.
pub(super) fn sides<'s>(series: &'s Series, options: &Options) -> Sides<'s> {
    let points = &series.points;
    let is_candidate = |place: usize| match &options.candidate {
        _ if series.candidate_from.is_some() => series.candidate_from.is_some_and(|from| place >= from),
        Candidate::Last(last) => place + last >= points.len(),
        Candidate::Run(run) => points[place].run.as_deref() == Some(run),
        Candidate::Newest => place + 1 == points.len() || points[place].is_of_the_run_of(&points[points.len() - 1]),
    };
    let places: Vec<usize> = (0..points.len()).filter(|place| is_candidate(*place)).collect();
    let Some(first) = places.first() else {
        return Sides { candidate: Vec::new(), baseline: &[], regime: &[], changed: None };
    };
    let before = &points[..*first];
    // Of the points before it only: a candidate must not become its own baseline.
    let witnesses = Witnesses::of(before);
    let last = scan::changes(&witnesses.logs, options.delta).last().copied();
    let regime = last.map_or(0, |change| witnesses.point(change.at));
    let baseline = &before[regime.max(before.len().saturating_sub(options.baseline_most))..];
    let candidate = places[places.len().saturating_sub(MOST_VALUES)..].iter().map(|place| &points[*place]).collect();
    Sides { candidate, baseline, regime: &before[regime..], changed: (regime > 0).then(|| &before[regime]) }
}
