//! What all scenarios of a corpus share: runs, revisions, outages.

use std::ops::Range;

use super::records::Draw;
use super::series::between;

/// The newest runs, which share no revision.
const OWN_REVISIONS: usize = 6;
/// 2026-01-01T06:00:00Z.
const FIRST_RUN_MS: u64 = 1_767_247_200_000;
const HOUR_MS: u64 = 3_600_000;

/// The runs of a corpus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    /// Number of runs.
    pub(crate) runs: usize,
    /// Milliseconds from run to run.
    pub(crate) every_ms: u64,
    /// Revision of each run, where the log names it; neighbouring runs may share one.
    pub(crate) revisions: Option<Vec<u32>>,
    /// Streaks of mass-failure runs that are set aside.
    pub(crate) outages: Vec<Range<usize>>,
    /// Streaks of mass-failure runs that stay.
    pub(crate) broken: Vec<Range<usize>>,
}

impl Stage {
    /// Runs without outages, of no known revision, one a day.
    pub(crate) fn plain(runs: usize) -> Self {
        Self { runs, every_ms: 24 * HOUR_MS, ..Self::default() }
    }

    /// When a run begins.
    pub(crate) fn unix_ms(&self, run: usize) -> u64 {
        FIRST_RUN_MS + run as u64 * self.every_ms
    }

    /// Runs from a day to the next.
    pub(crate) fn runs_a_day(&self) -> u64 {
        24 * HOUR_MS / self.every_ms.max(1)
    }

    /// The weekday of a run (UTC), counted from Thursday.
    pub(crate) fn weekday(&self, run: usize) -> u64 {
        self.unix_ms(run) / (24 * HOUR_MS) % 7
    }

    /// The hour of a run (UTC).
    pub(crate) fn hour(&self, run: usize) -> u64 {
        self.unix_ms(run) / HOUR_MS % 24
    }

    /// Gives every revision one to three runs, and each of the newest runs one of its own, so that
    /// a series can end with new failures.
    pub(crate) fn with_revisions(mut self, draw: &mut Draw) -> Self {
        let mut revisions = Vec::with_capacity(self.runs);
        let shared = self.runs.saturating_sub(OWN_REVISIONS);
        for revision in 0.. {
            let length = between(draw, 1, 4).min(shared.saturating_sub(revisions.len()).max(1));
            revisions.extend(std::iter::repeat_n(revision, length));
            if revisions.len() >= self.runs {
                break;
            }
        }
        revisions.truncate(self.runs);
        self.revisions = Some(revisions);
        self
    }

    /// Sets streaks of mass-failure runs: one of a single run, one of two.
    pub(crate) fn with_outages(mut self) -> Self {
        let (first, second) = (self.runs * 2 / 5, self.runs * 7 / 10);
        self.outages = vec![first..first + 1, second..second + 2];
        self
    }

    /// The run's revision, where it is known.
    pub(crate) fn revision(&self, run: usize) -> Option<u32> {
        self.revisions.as_ref().map(|revisions| revisions[run])
    }

    /// Whether the run lies in a mass failure that is set aside.
    pub(crate) fn in_outage(&self, run: usize) -> bool {
        self.outages.iter().any(|outage| outage.contains(&run))
    }

    /// Whether the run lies in any mass failure.
    pub(crate) fn is_mass(&self, run: usize) -> bool {
        self.in_outage(run) || self.broken.iter().any(|broken| broken.contains(&run))
    }

    /// A run of the range that begins a revision and lies neither in nor just after a mass failure.
    pub(crate) fn border(&self, draw: &mut Draw, range: Range<usize>) -> usize {
        let fits = |run: &usize| {
            !self.in_outage(*run)
                && (*run == 0
                    || !self.in_outage(*run - 1)
                        && (self.revisions.is_none() || self.revision(*run) != self.revision(*run - 1)))
        };
        let fitting: Vec<usize> = range.clone().filter(fits).collect();
        if fitting.is_empty() { range.start } else { fitting[between(draw, 0, fitting.len())] }
    }

    /// A run of the range that lies in no mass failure and is its revision's only one.
    pub(crate) fn lonely(&self, draw: &mut Draw, range: Range<usize>) -> usize {
        let only = |run: usize| {
            let own = self.revision(run);
            let apart = |other: Option<usize>| {
                own.is_none() || other.is_none_or(|other| other >= self.runs || self.revision(other) != own)
            };
            !self.in_outage(run) && apart(run.checked_sub(1)) && apart(Some(run + 1))
        };
        let fitting: Vec<usize> = range.clone().filter(|run| only(*run)).collect();
        if fitting.is_empty() { range.start } else { fitting[between(draw, 0, fitting.len())] }
    }
}
