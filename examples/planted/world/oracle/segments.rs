//! The segments of a series, and the clean runs at its end.

use std::collections::BTreeSet;

use relapse::stats::planning::clean_runs_needed;
use relapse::stats::{Segment, Segmenter};

use super::counted::Counted;
use super::levels::Dimension;
use super::reading::Reading;

/// What a changepoint costs.
const KAPPA: f64 = 1e-3;

/// The segments of a series that failed at least once.
pub(super) struct Segments(Vec<Segment>);

impl Segments {
    pub(super) fn of(runs: &[Counted]) -> Self {
        let mut segmenter = Segmenter::new(KAPPA).expect("kappa lies in (0, 1]");
        Self(segmenter.segment(runs.iter().map(Counted::failed)).segments)
    }

    /// The runs of the last segment.
    pub(super) fn last<'r>(&self, runs: &'r [Counted]) -> &'r [Counted] {
        self.0.last().map_or(runs, |last| &runs[last.start..last.end])
    }

    /// Whether the last segment fails more than the one before.
    pub(super) fn rose(&self) -> bool {
        matches!(self.0.as_slice(), [.., before, last] if last.rate() > before.rate())
    }

    /// From the start of the segment that failed last to its last failing run.
    fn failing<'r>(&self, runs: &'r [Counted]) -> &'r [Counted] {
        let last_failing = runs.iter().rposition(Counted::failed).unwrap_or(0);
        let start = self.0.iter().rfind(|segment| segment.fails > 0).map_or(0, |segment| segment.start);
        &runs[start..=last_failing]
    }

    /// K95 of the failing segment.
    pub(super) fn clean_runs_needed(&self, runs: &[Counted]) -> u64 {
        let failing = self.failing(runs);
        let fails = failing.iter().filter(|run| run.failed()).count();
        clean_runs_needed(fails as u64, failing.len() as u64, 0.95).unwrap_or(u64::MAX)
    }

    /// Whether the clean runs at the end left out what had failed.
    pub(super) fn not_rerun(&self, runs: &[Counted], clean: usize, reading: Reading) -> bool {
        let tail = &runs[runs.len() - clean..];
        let failing = if reading.failed_ever { &runs[..runs.len() - clean] } else { self.failing(runs) };
        let missed = |dimension: Dimension| {
            let failed: BTreeSet<u32> = levels(failing, dimension, true);
            let ran = levels(tail, dimension, false);
            if reading.all_must_rerun { !failed.is_subset(&ran) } else { failed.is_disjoint(&ran) }
        };
        missed(Dimension::Env) || Dimension::Seed.recurs(runs) && missed(Dimension::Seed)
    }
}

/// The levels that ran, or that failed.
fn levels(runs: &[Counted], dimension: Dimension, failing: bool) -> BTreeSet<u32> {
    let attempts = runs.iter().flat_map(|run| &run.attempts);
    attempts.filter(|attempt| attempt.2 || !failing).map(|attempt| dimension.of(*attempt)).collect()
}
