//! What is asked of the points of a series.

use crate::stats::location::median;
use crate::tally::Point;

/// Runs of which most repeat the lane, from which on a run is one witness: what its points share (its machine, its layout in
/// memory) makes them none of their own.
pub(super) const LEAST_RUNS: usize = 6;

/// Logarithms of the values.
pub(super) fn logs(points: &[Point]) -> Vec<f64> {
    points.iter().map(|point| point.value.ln()).collect()
}

/// The runs of points, in order, where these repeat the lane; `None` where most measured once, or they are too few.
pub(super) fn runs(points: &[Point]) -> Option<Vec<&[Point]>> {
    let runs: Vec<&[Point]> = points.chunk_by(Point::is_of_the_run_of).collect();
    let repeating = runs.iter().filter(|run| run.len() > 1).count();
    (runs.len() >= LEAST_RUNS && 2 * repeating > runs.len()).then_some(runs)
}

/// What bears witness: the logarithm of each point, or of each run its median.
pub(super) struct Witnesses {
    pub(super) logs: Vec<f64>,
    /// Index of the first point of each.
    starts: Vec<usize>,
}

impl Witnesses {
    pub(super) fn of(points: &[Point]) -> Self {
        let Some(runs) = runs(points) else { return Self { logs: logs(points), starts: (0..points.len()).collect() } };
        let starts = runs.iter().scan(0, |at, run| {
            *at += run.len();
            Some(*at - run.len())
        });
        let starts = starts.collect();
        Self { logs: runs.iter().map(|run| median(&logs(run)).unwrap_or(0.0)).collect(), starts }
    }

    /// Index of the first point of a witness.
    pub(super) fn point(&self, witness: usize) -> usize {
        self.starts[witness]
    }

    /// Logarithms of the witnesses whose first point is among these.
    pub(super) fn among(&self, from: usize, to: usize) -> &[f64] {
        let place = |point| self.starts.partition_point(|start| *start < point);
        &self.logs[place(from)..place(to)]
    }
}

/// Least and greatest number of rounds of points that tell; `None` when none does.
pub(super) fn rounds<'p>(points: impl IntoIterator<Item = &'p Point>) -> Option<[u64; 2]> {
    points.into_iter().filter_map(|point| point.rounds).fold(None, |range: Option<[u64; 2]>, rounds| {
        Some(range.map_or([rounds; 2], |[least, most]| [least.min(rounds), most.max(rounds)]))
    })
}
