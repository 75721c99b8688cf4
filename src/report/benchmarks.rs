//! `relapse-benchmarks-v1`, and what a person reads of it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;

use super::account::Account;
use super::measure::{number, value};
use super::spark::spark;
use crate::archive::{Ledger, Totals};
use crate::benchmark::{Benchmarks, Judgement, Options, SeriesRow, Summary, Verdict};
use crate::text::inert::inert;
use crate::text::number::Rounded;
use crate::text::terminal::{BOLD, DIM, colour, count, plural};

/// Series that are shown.
const SHOWN: usize = 60;
/// Characters of a history that stands beside the numbers, if it has as many points; else it has a line of its own.
const LEAST_BARS: usize = 24;
/// Characters of a history.
const MOST_BARS: usize = 60;
/// Changes shown of a series: the last.
const SHOWN_CHANGES: usize = 2;

/// The judged series of a sweep, without a clock and without a path of the input.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BenchmarkReport<'r> {
    schema_version: &'static str,
    settings: Settings,
    #[serde(flatten)]
    judged: &'r Benchmarks,
    warnings: &'r [String],
    ledger: Totals,
}

#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
struct Settings {
    alpha: Rounded,
    delta: Rounded,
    baseline_most: usize,
    baseline_least: usize,
    permutations: u64,
}

impl<'r> BenchmarkReport<'r> {
    /// The report of some judgements.
    #[must_use]
    pub fn new(judged: &'r Benchmarks, options: &Options, ledger: &Ledger, warnings: &'r [String]) -> Self {
        let settings = Settings {
            alpha: Rounded(options.alpha),
            delta: Rounded(options.delta),
            baseline_most: options.baseline_most,
            baseline_least: options.baseline_least,
            permutations: options.permutations,
        };
        Self { schema_version: "relapse-benchmarks-v1", settings, judged, warnings, ledger: ledger.totals() }
    }
}

/// The judged series on a page. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct BenchmarkSummary<'r> {
    /// The series.
    pub judged: &'r Benchmarks,
    /// What was read and lost.
    pub ledger: &'r Ledger,
    /// What else could not be read.
    pub warnings: &'r [String],
    /// Columns of the terminal.
    pub width: usize,
    /// File that the report was written to.
    pub out: Option<&'r str>,
}

impl fmt::Display for BenchmarkSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<&SeriesRow> = self.judged.series.iter().collect();
        rows.sort_by(|a, b| urgency(a).cmp(&urgency(b)).then_with(|| a.key.cmp(&b.key)));
        let mut hosts: BTreeMap<&str, Vec<&SeriesRow>> = BTreeMap::new();
        for row in rows.iter().take(SHOWN) {
            hosts.entry(&row.key.host).or_default().push(row);
        }
        for event in self.judged.events.iter().take(SHOWN) {
            let whose = if event.hosts.is_empty() { "event" } else { "host" };
            writeln!(f, "{BOLD}{whose}{BOLD:#}{}", self.wrapped(&inert(&event.why, 400)).trim_end())?;
        }
        if !self.judged.events.is_empty() {
            writeln!(f)?;
        }
        for (host, rows) in hosts {
            let name = if host.is_empty() { "no host declared" } else { host };
            writeln!(f, "{BOLD}{}{BOLD:#}", inert(name, 60))?;
            for row in rows {
                self.series(f, row)?;
            }
            writeln!(f)?;
        }
        if rows.len() > SHOWN {
            writeln!(f, "{DIM}and {} more series: --json has all{DIM:#}\n", count((rows.len() - SHOWN) as u64))?;
        }
        self.summary(f)?;
        if self.ledger.archives.len() + self.ledger.skipped.len() > 0 {
            write!(f, "{}", Account(self.ledger))?;
        }
        for warning in self.warnings.iter().take(SHOWN) {
            writeln!(f, "  warning: {}", inert(warning, 300))?;
        }
        if let Some(out) = self.out {
            writeln!(f, "\n{DIM}written: {}{DIM:#}", inert(out, 200))?;
        }
        Ok(())
    }
}

impl BenchmarkSummary<'_> {
    /// A series in three lines or more: its key, its numbers, its reason.
    fn series(&self, f: &mut fmt::Formatter<'_>, row: &SeriesRow) -> fmt::Result {
        let (key, judged) = (&row.key, &row.judgement);
        let style = style(judged.verdict);
        let verdict = judged.verdict.name();
        let (lane, metric) = (inert(&key.lane, 60), inert(&key.metric, 40));
        let env: Vec<String> =
            key.env.iter().map(|(name, value)| format!("{} {}", inert(name, 30), inert(value, 40))).collect();
        let env = env.join("  ");
        write!(f, "  {style}{verdict:<12}{style:#}  {BOLD}{lane}{BOLD:#}  {metric}")?;
        let used = 18 + lane.chars().count() + metric.chars().count();
        match env.as_str() {
            "" => writeln!(f)?,
            env if used + 2 + env.chars().count() <= self.width => writeln!(f, "  {DIM}{env}{DIM:#}")?,
            env => write!(f, "\n{DIM}{}{DIM:#}", self.wrapped(env))?,
        }
        let numbers = numbers(row);
        let beside = self.width.saturating_sub(numbers.chars().count() + 6);
        let is_beside = beside >= row.values.len().min(LEAST_BARS);
        let room = if is_beside { beside } else { self.width.saturating_sub(4) }.clamp(1, MOST_BARS);
        let first = row.points - row.values.len();
        let starts: Vec<usize> = row.history.regimes.iter().map(|one| one.from.saturating_sub(first)).collect();
        let values: Vec<f64> = row.values.iter().map(|value| value.0).collect();
        let drawn = spark(&values, &starts, room);
        let cyan = colour(AnsiColor::Cyan);
        if is_beside {
            writeln!(f, "    {cyan}{drawn}{cyan:#}  {numbers}")?;
        } else {
            write!(f, "    {cyan}{drawn}{cyan:#}\n{}", self.wrapped(&numbers))?;
        }
        write!(f, "{}", self.wrapped(&inert(&judged.why, 1000)))?;
        for change in row.history.changes.iter().rev().take(SHOWN_CHANGES).rev() {
            let when = change.unix_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
            let when = when.map_or_else(String::new, |when| format!(" on {}", when.strftime("%Y-%m-%d %H:%M")));
            let text = format!("changed{when}: {}", inert(&change.why, 400));
            write!(f, "{DIM}{}{DIM:#}", self.wrapped(&text))?;
        }
        if let Some(drift) = row.history.drift.as_ref().filter(|_| judged.verdict != Verdict::Drifting) {
            write!(f, "{DIM}{}{DIM:#}", self.wrapped(&inert(&drift.why, 400)))?;
        }
        Ok(())
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { series, by_verdict, points, duplicates, rejected, ratio, hosts, .. } = &self.judged.summary;
        let verdicts: Vec<String> = URGENCY
            .iter()
            .map(|verdict| format!("{} {}", by_verdict.get(verdict.name()).copied().unwrap_or(0), verdict.name()))
            .collect();
        writeln!(f, "{BOLD}{} series:{BOLD:#} {}", count(*series as u64), verdicts.join(", "))?;
        if let Some(ratio) = ratio {
            let compared: usize = hosts.values().map(|row| row.series).sum();
            let of = |series: usize| format!("geometric mean of {} series", count(series as u64));
            writeln!(f, "ratio {} ({}; more than 1 is worse)", number(ratio.0), of(compared))?;
            for (host, row) in hosts.iter().filter(|_| hosts.len() > 1).take(SHOWN) {
                let name = if host.is_empty() { "no host declared" } else { host };
                let ratio = row.ratio.map_or_else(|| "-".into(), |ratio| number(ratio.0));
                writeln!(f, "  {ratio} on {} ({})", inert(name, 60), of(row.series))?;
            }
        }
        write!(f, "{}", plural(*points as u64, "measurement"))?;
        if *duplicates > 0 {
            write!(f, ", {} left out: their lines were there already", count(*duplicates))?;
        }
        if *rejected > 0 {
            write!(f, ", {} left out: not finite or not above 0", count(*rejected))?;
        }
        writeln!(f)
    }

    /// A text in lines of the terminal's width, indented.
    fn wrapped(&self, text: &str) -> String {
        let room = self.width.saturating_sub(4).max(20);
        let mut out = String::new();
        let mut used = 0;
        for word in text.split_whitespace() {
            let len = word.chars().count();
            if used > 0 && used + 1 + len > room {
                out.push('\n');
                used = 0;
            }
            let space = if used > 0 { " " } else { "    " };
            // Writing to a string cannot fail.
            let _ = write!(out, "{space}{word}");
            used += len + usize::from(used > 0);
        }
        out.push('\n');
        out
    }
}

/// The last value, the ratio with its interval and level, and delta.
fn numbers(row: &SeriesRow) -> String {
    let judged: &Judgement = &row.judgement;
    let mut text =
        row.values.last().map_or_else(String::new, |last| format!("last {}", value(last.0, &inert(&row.key.unit, 20))));
    if let Some(ratio) = judged.ratio {
        let _ = write!(text, "  ratio {}", number(ratio.0));
    }
    if let (Some([low, high]), Some(level)) = (judged.interval, judged.level) {
        let _ = write!(text, " ({} to {} at {:.2} %)", number(low.0), number(high.0), 100.0 * level.0);
    }
    if let Some(delta) = judged.delta {
        let _ = write!(text, "  delta {:.2} %", 100.0 * delta.0);
    }
    text.trim_start().to_owned()
}

/// What to look at first.
const URGENCY: [Verdict; 7] = [
    Verdict::Regressed,
    Verdict::HostMoved,
    Verdict::Drifting,
    Verdict::Suspect,
    Verdict::Improved,
    Verdict::Inconclusive,
    Verdict::Equivalent,
];

fn urgency(row: &SeriesRow) -> Option<usize> {
    URGENCY.iter().position(|verdict| *verdict == row.judgement.verdict)
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Regressed => colour(AnsiColor::Red).bold(),
        Verdict::HostMoved | Verdict::Drifting | Verdict::Suspect => colour(AnsiColor::Yellow),
        Verdict::Improved | Verdict::Equivalent => colour(AnsiColor::Green),
        Verdict::Inconclusive => DIM,
    }
}
