//! The segments of a series.

use relapse::stats::{Segment, Segmenter};

use super::counted::Counted;

/// What a changepoint costs.
const KAPPA: f64 = 1e-3;

/// The segments of a series that failed at least once, and the places that the last one may begin at.
pub(super) struct Segments(Vec<Segment>, Option<(usize, usize)>);

impl Segments {
    pub(super) fn of(runs: &[Counted]) -> Self {
        let mut segmenter = Segmenter::new(KAPPA).expect("kappa lies in (0, 1]");
        let found = segmenter.segment(runs.iter().map(Counted::failed));
        let last = found.changepoints.last().map(|change| (change.interval_low, change.interval_high));
        Self(found.segments, last)
    }

    /// The runs of the last segment.
    pub(super) fn last<'r>(&self, runs: &'r [Counted]) -> &'r [Counted] {
        self.0.last().map_or(runs, |last| &runs[last.start..last.end])
    }

    /// Whether the last segment fails more than the one before.
    pub(super) fn rose(&self) -> bool {
        matches!(self.0.as_slice(), [.., before, last] if last.rate() > before.rate())
    }

    /// The places that the last segment may begin at, the first and the last.
    pub(super) fn interval(&self) -> Option<(usize, usize)> {
        self.1
    }

    /// Where the last segment begins.
    pub(super) fn last_start(&self) -> usize {
        self.0.last().map_or(0, |last| last.start)
    }
}
