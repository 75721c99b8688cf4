//! What became of what was said, as plain data.

use schemars::JsonSchema;
use serde::Serialize;

use crate::stats::interval::wilson_95;
use crate::text::number::Rounded;

/// What became of what was said under one setting.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Held {
    /// The setting, in the words of its options; empty for the options as they are.
    pub setting: String,
    /// Of what was said to be fixed, what failed again.
    pub fixed_failed_again: Share,
    /// Of what was said to have regressed, that of which later dates know no such change.
    pub regressed_not_borne_out: Share,
    /// Of what was said to have come back, likewise.
    pub relapsed_not_borne_out: Share,
    /// Of what was said to be flaky, what was deterministic then.
    pub flaky_then_deterministic: Share,
    /// Of what was said to be deterministic, what was flaky then.
    pub deterministic_then_flaky: Share,
    /// Of what was let out of quarantine, what failed again.
    pub released_failed_again: Share,
    /// Announcements that had not as many dates behind them, and are in no figure above.
    pub too_young: u64,
    /// From a change of the rate for the worse, as the whole history shows it, to the date that told it.
    pub change_told: Delay,
    /// From the last failure of what is fixed to the date that told it.
    pub fix_told: Delay,
    /// How verdicts turned.
    pub churn: Churn,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct Share {
    /// Announcements.
    pub of: u64,
    /// Those of which it is so.
    pub count: u64,
    /// Wilson interval of the share, 95 %; null of none.
    pub wilson_95: Option<[Rounded; 2]>,
}

impl Share {
    /// One more, of which it is so or not.
    pub(super) fn add(&mut self, is_so: bool) {
        self.of += 1;
        self.count += u64::from(is_so);
        self.wilson_95 = wilson_95(self.count, self.of).map(|it| [Rounded(it.low), Rounded(it.high)]);
    }
}

/// How long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Delay {
    /// All that there was to tell.
    pub of: u64,
    /// What was told.
    pub told: u64,
    /// Dates from the first that could know to the one that told, that one with it: the median of what was told.
    pub median_dates: Option<u64>,
    /// Nine of ten were told within so many.
    pub ninth_decile_dates: Option<u64>,
    /// Runs of the scenario until then: the median.
    pub median_runs: Option<u64>,
}

impl Delay {
    /// Of what was told after so many dates and runs; nothing of what was not.
    pub(super) fn of(all: &[Option<(u64, u64)>]) -> Self {
        let told: Vec<(u64, u64)> = all.iter().copied().flatten().collect();
        let sorted = |what: fn(&(u64, u64)) -> u64| {
            let mut sorted: Vec<u64> = told.iter().map(what).collect();
            sorted.sort_unstable();
            sorted
        };
        let (dates, runs) = (sorted(|it| it.0), sorted(|it| it.1));
        let quantile =
            |sorted: &[u64], tenths: usize| sorted.get((sorted.len() * tenths).div_ceil(10).max(1) - 1).copied();
        Self {
            of: all.len() as u64,
            told: told.len() as u64,
            median_dates: quantile(&dates, 5),
            ninth_decile_dates: quantile(&dates, 9),
            median_runs: quantile(&runs, 5),
        }
    }
}

/// How verdicts turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Churn {
    /// Scenarios with a verdict on a date and on the one before it, summed over dates.
    pub scenario_dates: u64,
    /// Those whose kind was another one than before.
    pub turns: u64,
    /// Those of them where the whole history shows no change of the rate in as many dates as verdicts are held against.
    pub without_change: u64,
}
