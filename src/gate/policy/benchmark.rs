//! What benchmarks may do.

use super::accepted::{self, AcceptedChange};
use crate::benchmark;
use crate::definition::{Faults, Section};
use crate::gate::violation::Level;
use jiff::civil::Date;

/// What a benchmark's verdict does.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkBudget {
    /// It got slower for sure.
    pub regressed: Level,
    /// Most lanes of its host got slower with one run.
    pub host_moved: Level,
    /// It gets slower from run to run.
    pub drifting: Level,
    /// A single measurement beyond its baseline.
    pub suspect: Level,
    /// Too little to tell.
    pub inconclusive: Level,
    /// Least effect that matters, as a ratio less 1; `None` for the default.
    pub delta: Option<f64>,
    /// Greatest adjusted p of a regression; `None` for the default.
    pub alpha: Option<f64>,
    /// Changes for the worse that were accepted.
    pub accepted: Vec<AcceptedChange>,
}

impl Default for BenchmarkBudget {
    fn default() -> Self {
        Self {
            regressed: Level::Deny,
            host_moved: Level::Warn,
            drifting: Level::Warn,
            suspect: Level::Warn,
            inconclusive: Level::Allow,
            delta: None,
            alpha: None,
            accepted: Vec::new(),
        }
    }
}

impl BenchmarkBudget {
    /// The settings of judging that the policy asks for, on some day.
    #[must_use]
    pub fn options(&self, today: Date) -> benchmark::Options {
        let default = benchmark::Options::default();
        benchmark::Options {
            delta: self.delta.unwrap_or(default.delta),
            alpha: self.alpha.unwrap_or(default.alpha),
            accepted: self.accepted.iter().filter(|one| one.holds(today)).map(|one| one.change.clone()).collect(),
            ..default
        }
    }
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> BenchmarkBudget {
    let mut levels = BenchmarkBudget::default();
    if let Some(section) = root.section("benchmark", faults) {
        section.refuse_unknown(
            &["regressed", "host_moved", "drifting", "suspect", "inconclusive", "delta", "alpha", "accepted"],
            faults,
        );
        levels.accepted = accepted::read(&section.sections("accepted", faults), faults);
        let share = |value: f64| value > 0.0 && value < 1.0;
        levels.delta = section.number("delta", "between 0 and 1", share, faults);
        levels.alpha = section.number("alpha", "between 0 and 1", share, faults);
        let mut read = |key, level: &mut Level| {
            if let Some(read) = section.word(key, "level", &Level::TABLE, faults) {
                *level = read;
            }
        };
        read("regressed", &mut levels.regressed);
        read("host_moved", &mut levels.host_moved);
        read("drifting", &mut levels.drifting);
        read("suspect", &mut levels.suspect);
        read("inconclusive", &mut levels.inconclusive);
    }
    levels
}
