//! The runs that count for a scenario.

use std::collections::BTreeSet;

use super::super::series::{Attempt, Mark, Series};
use super::super::stage::Stage;
use super::reading::Reading;

/// A run with its counted attempts, of which there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Number of the run.
    pub(super) run: usize,
    /// Environment, seed and whether the attempt failed.
    pub(super) attempts: Vec<(u8, u32, bool)>,
    /// Numbers of the reasons for which attempts failed.
    pub(super) reasons: BTreeSet<u8>,
}

impl Counted {
    /// The run bit.
    pub(super) fn failed(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.2)
    }

    /// Whether an attempt passed.
    pub(super) fn passed_some(&self) -> bool {
        self.attempts.iter().any(|attempt| !attempt.2)
    }

    /// Whether no attempt passed.
    pub(super) fn always_failed(&self) -> bool {
        !self.passed_some()
    }
}

/// The series after mass-failure runs were set aside.
pub(super) struct Passing {
    /// The runs that count.
    pub(super) runs: Vec<Counted>,
    /// Failing runs before any was set aside.
    pub(super) failed_before: usize,
}

pub(super) fn counted(series: &Series, stage: &Stage, reading: Reading) -> Passing {
    let mut runs: Vec<Counted> = series
        .runs
        .iter()
        .enumerate()
        .map(|(run, attempts)| Counted {
            run,
            attempts: attempts.iter().copied().filter_map(outcome).collect(),
            reasons: attempts.iter().copied().filter_map(reason).collect(),
        })
        .filter(|counted| !counted.attempts.is_empty())
        .collect();
    let failed_before = runs.iter().filter(|run| run.failed()).count();
    for outage in &stage.outages {
        let passes_next = runs.iter().find(|run| run.run >= outage.end).is_some_and(|next| !next.failed());
        if passes_next {
            runs.retain(|run| !outage.contains(&run.run) || !reading.outage_takes_passes && !run.failed());
        }
    }
    Passing { runs, failed_before }
}

fn outcome(attempt: Attempt) -> Option<(u8, u32, bool)> {
    Mark::counted(attempt.mark).map(|failed| (attempt.env, attempt.seed, failed))
}

fn reason(attempt: Attempt) -> Option<u8> {
    match attempt.mark {
        Mark::Fail(reason) => Some(reason),
        Mark::Pass | Mark::Infra | Mark::Skip => None,
    }
}
