//! The steps in order.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

use super::count::Counting;
use super::held::Held;
use super::past_date::{Step, past_dates};
use super::said::said;
use super::whole::Whole;
use crate::recurrence::{Options, judge};
use crate::sweep::Outcome;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Backtest<'b> {
    /// How far dates are apart.
    pub step: Step,
    /// Dates that a verdict is held against, the first one after it among them.
    pub after: usize,
    /// Settings to judge by, each with its name.
    pub settings: &'b [(String, Options)],
}

/// How verdicts held, as of past dates.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Backtested {
    /// `relapse-backtest-v1`.
    pub schema_version: &'static str,
    /// Dates, the last one is that of the newest run.
    pub dates: usize,
    /// When the newest run of the first date began; null where no clock is believed.
    pub first_unix_ms: Option<i64>,
    /// And that of the last.
    pub last_unix_ms: Option<i64>,
    /// Days between dates; null where they are so many runs apart.
    pub days: Option<u16>,
    /// Runs between dates.
    pub runs_apart: Option<u32>,
    /// Dates that a verdict is held against.
    pub after: usize,
    /// Runs.
    pub runs: usize,
    /// Scenarios that ever failed.
    pub scenarios: usize,
    /// What became of what was said, a setting each.
    pub settings: Vec<Held>,
}

/// Why nothing can be looked back at.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "failed to look back: of {runs} runs there {} with five runs or more behind {}, and a verdict is held against the {after} after it; \
     take shorter steps (--days, --every-runs) or fewer dates (--after)",
    if *dates == 1 { "is 1 date".to_owned() } else { format!("are {dates} dates") },
    if *dates == 1 { "it" } else { "each" },
)]
pub struct TooShort {
    /// Runs.
    pub runs: usize,
    /// Dates.
    pub dates: usize,
    /// Dates that a verdict is held against.
    pub after: usize,
}

impl Backtest<'_> {
    /// Judges an outcome as of past dates by each setting, and counts what became of what was said. Runs on the rayon pool that
    /// it is called in.
    ///
    /// # Errors
    /// When there are too few dates to hold a verdict against what came after it.
    pub fn run(&self, found: &Outcome) -> Result<Backtested, TooShort> {
        let Outcome { tally, clean, order, .. } = found;
        let dates = past_dates(order, self.step);
        let (Some(first), Some(last)) = (dates.first(), dates.last().filter(|_| dates.len() > self.after + 1)) else {
            return Err(TooShort { runs: order.runs.len(), dates: dates.len(), after: self.after });
        };
        let places: HashMap<&str, usize> =
            order.runs.iter().enumerate().map(|(at, &run)| (tally.text(tally.runs()[run as usize].id), at)).collect();
        let had_been = |date: usize, run: &str| places.get(run).is_some_and(|&at| at < dates[date].runs);
        let mut scenarios = 0;
        let of_setting = |(name, options): &(String, Options)| {
            let whole = Whole::new(&judge(tally, clean, order, options), dates.len(), had_been);
            scenarios = scenarios.max(whole.scenarios.len());
            let as_of = |runs| said(&judge(tally, clean, &order.until(runs), options), &whole);
            let said: Vec<_> = dates.iter().map(|date| as_of(date.runs)).collect();
            Counting { whole: &whole, said: &said, after: self.after }.count(name.clone())
        };
        let settings = self.settings.iter().map(of_setting).collect();
        let (days, runs_apart) = match self.step {
            Step::Days(days) => (Some(days), None),
            Step::Runs(runs) => (None, Some(runs)),
        };
        Ok(Backtested {
            schema_version: "relapse-backtest-v1",
            dates: dates.len(),
            first_unix_ms: first.unix_ms,
            last_unix_ms: last.unix_ms,
            days,
            runs_apart,
            after: self.after,
            runs: order.runs.len(),
            scenarios,
            settings,
        })
    }
}
