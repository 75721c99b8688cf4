//! For a person at a terminal.

use std::fmt;

use super::backtest::Backtested;
use super::held::{Churn, Delay, Held, Share};
use crate::text::dates::day;
use crate::text::number::percent;
use crate::text::terminal::{BOLD, DIM, count, plural};

/// Characters of a row's name and of a setting's column.
const NAME: usize = 44;
const COLUMN: usize = 30;

/// A row: its name, and the cell of a setting.
type Row = (&'static str, fn(&Held) -> String);

const ROWS: [Row; 9] = [
    ("fixed, and failed again", |held| share(held.fixed_failed_again)),
    ("regressed, not borne out later", |held| share(held.regressed_not_borne_out)),
    ("came back, not borne out later", |held| share(held.relapsed_not_borne_out)),
    ("flaky, and then deterministic", |held| share(held.flaky_then_deterministic)),
    ("deterministic, and then flaky", |held| share(held.deterministic_then_flaky)),
    ("out of quarantine, and failed again", |held| share(held.released_failed_again)),
    ("dates until a change for the worse was told", |held| delay(held.change_told)),
    ("dates until a fix was told", |held| delay(held.fix_told)),
    ("verdicts that turned, a hundred dates", |held| churn(held.churn)),
];

impl fmt::Display for Backtested {
    /// A row for each way to be wrong, a column for each setting. Styled with ANSI escapes, which the caller strips where they
    /// are not wanted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let apart = match (self.days, self.runs_apart) {
            (Some(days), _) => plural(u64::from(days), "day"),
            (None, runs) => plural(u64::from(runs.unwrap_or_default()), "run"),
        };
        let dates = plural(self.dates as u64, "date");
        write!(f, "{BOLD}judged as of {dates}, {apart} apart{BOLD:#}")?;
        if let (Some(first), Some(last)) = (self.first_unix_ms, self.last_unix_ms) {
            write!(f, ", {} to {}", day(first), day(last))?;
        }
        writeln!(
            f,
            ": {}, {} that ever failed; what was said is held against the {} after it",
            plural(self.runs as u64, "run"),
            plural(self.scenarios as u64, "scenario"),
            plural(self.after as u64, "date"),
        )?;
        writeln!(f)?;
        if self.settings.iter().any(|held| !held.setting.is_empty()) {
            row(f, "", self.settings.iter().map(|held| held.setting.clone()))?;
        }
        for (name, cell) in ROWS {
            row(f, name, self.settings.iter().map(cell))?;
        }
        let young: Vec<String> = self.settings.iter().map(|held| count(held.too_young)).collect();
        writeln!(
            f,
            "\n{DIM}In brackets: 95 % intervals. Of the last dates, too young to be held against anything: {}.{DIM:#}",
            young.join(", ")
        )
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, cells: impl Iterator<Item = String>) -> fmt::Result {
    let cells: Vec<String> = cells.map(|cell| format!("{cell:<COLUMN$}")).collect();
    writeln!(f, "{}", format!("{name:NAME$}  {}", cells.join("  ")).trim_end())
}

/// `3 of 41, 7.3 % [2.5, 19.4]`.
fn share(share: Share) -> String {
    match share.wilson_95 {
        None => "none said".to_owned(),
        Some([low, high]) => format!(
            "{} of {}, {} % [{}, {}]",
            count(share.count),
            count(share.of),
            whole(share.count as f64 / share.of as f64),
            whole(low.0),
            whole(high.0)
        ),
    }
}

fn whole(share: f64) -> String {
    if share == 0.0 { "0".to_owned() } else { percent(share) }
}

/// `2 (9 in 10: 5), 40 of 44`.
fn delay(delay: Delay) -> String {
    match (delay.median_dates, delay.ninth_decile_dates) {
        (Some(median), Some(most)) => {
            format!("{median} (9 in 10: {most}), {} of {} told", count(delay.told), count(delay.of))
        }
        _ if delay.of > 0 => format!("none of {} told", count(delay.of)),
        _ => "none to tell".to_owned(),
    }
}

/// `4.1, of these 1.2 without a change`.
fn churn(churn: Churn) -> String {
    if churn.scenario_dates == 0 {
        return "none".to_owned();
    }
    let a_hundred = |turns: u64| format!("{:.1}", 100.0 * turns as f64 / churn.scenario_dates as f64);
    format!("{}, {} without a change", a_hundred(churn.turns), a_hundred(churn.without_change))
}
