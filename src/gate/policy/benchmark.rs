//! What benchmarks may do.

use crate::benchmark;
use crate::definition::{Faults, Section};
use crate::gate::violation::Level;

/// What a benchmark's verdict does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchmarkBudget {
    /// It got slower for sure.
    pub regressed: Level,
    /// A single measurement beyond its baseline.
    pub suspect: Level,
    /// Too little to tell.
    pub inconclusive: Level,
    /// Least effect that matters, as a ratio less 1; `None` for the default.
    pub delta: Option<f64>,
    /// Greatest adjusted p of a regression; `None` for the default.
    pub alpha: Option<f64>,
}

impl Default for BenchmarkBudget {
    fn default() -> Self {
        Self { regressed: Level::Deny, suspect: Level::Warn, inconclusive: Level::Allow, delta: None, alpha: None }
    }
}

impl BenchmarkBudget {
    /// The settings of judging that the policy asks for.
    #[must_use]
    pub fn options(&self) -> benchmark::Options {
        let default = benchmark::Options::default();
        benchmark::Options {
            delta: self.delta.unwrap_or(default.delta),
            alpha: self.alpha.unwrap_or(default.alpha),
            ..default
        }
    }
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> BenchmarkBudget {
    let mut levels = BenchmarkBudget::default();
    if let Some(section) = root.section("benchmark", faults) {
        section.refuse_unknown(&["regressed", "suspect", "inconclusive", "delta", "alpha"], faults);
        let share = |value: f64| value > 0.0 && value < 1.0;
        levels.delta = section.number("delta", "between 0 and 1", share, faults);
        levels.alpha = section.number("alpha", "between 0 and 1", share, faults);
        let mut read = |key, level: &mut Level| {
            if let Some(read) = section.word(key, "level", &Level::TABLE, faults) {
                *level = read;
            }
        };
        read("regressed", &mut levels.regressed);
        read("suspect", &mut levels.suspect);
        read("inconclusive", &mut levels.inconclusive);
    }
    levels
}
