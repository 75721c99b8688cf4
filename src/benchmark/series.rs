//! What is asked of the points of a series.

use crate::tally::Point;

/// Logarithms of the values.
pub(super) fn logs(points: &[Point]) -> Vec<f64> {
    points.iter().map(|point| point.value.ln()).collect()
}

/// Least and greatest number of rounds of points that tell; `None` when none does.
pub(super) fn rounds<'p>(points: impl IntoIterator<Item = &'p Point>) -> Option<[u64; 2]> {
    points.into_iter().filter_map(|point| point.rounds).fold(None, |range: Option<[u64; 2]>, rounds| {
        Some(range.map_or([rounds; 2], |[least, most]| [least.min(rounds), most.max(rounds)]))
    })
}
