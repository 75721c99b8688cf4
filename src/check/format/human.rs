//! For a person at a terminal.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::check::checked::{Checked, Failure};
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, colour, count, first_line, plural};

/// Rows that are shown, and names of one.
const ROWS: usize = 20;
const NAMES: usize = 3;
/// Characters of a name and of a message.
const NAME: usize = 100;
const MESSAGE: usize = 120;

/// A check: a row for each cause, most urgent first, and the answer last, where the eye is. Styled with ANSI escapes, which
/// the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct Human<'c> {
    /// What was found.
    pub checked: &'c Checked,
    /// Whether what to run again is told.
    pub rerun: bool,
}

impl fmt::Display for Human<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = rows(&self.checked.failures);
        for row in rows.iter().take(ROWS) {
            self.row(f, row)?;
        }
        if rows.len() > ROWS {
            writeln!(
                f,
                "\n{DIM}and {} (--format json has all){DIM:#}",
                plural((rows.len() - ROWS) as u64, "more row")
            )?;
        }
        if !self.checked.warnings.is_empty() {
            writeln!(f)?;
        }
        for warning in &self.checked.warnings {
            writeln!(f, "warning: {}", inert(warning, 400))?;
        }
        if !self.checked.failures.is_empty() || !self.checked.warnings.is_empty() {
            writeln!(f)?;
        }
        self.answer(f)
    }
}

impl Human<'_> {
    fn row(&self, f: &mut fmt::Formatter<'_>, row: &[&Failure]) -> fmt::Result {
        let Some(first) = row.first() else { return Ok(()) };
        let style = if first.stops { colour(AnsiColor::Red).bold() } else { Style::new().dimmed() };
        let named = row.iter().take(NAMES).map(|failure| name(failure)).collect::<Vec<_>>();
        let known = first.known.words();
        if row.len() == 1 {
            writeln!(f, "\n{style}{known}{style:#}  {BOLD}{}{BOLD:#}", named[0])?;
        } else {
            let more = row.len().saturating_sub(NAMES) as u64;
            let and = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
            writeln!(f, "\n{style}{known}{style:#}  {BOLD}{} of one reason{BOLD:#}", plural(row.len() as u64, "test"))?;
            writeln!(f, "    {}{and}", named.join(", "))?;
        }
        writeln!(f, "    {}", inert(telling(first), MESSAGE))?;
        writeln!(f, "    {}", inert(&first.why, 400))?;
        let ticket =
            first.ticket.as_ref().map_or_else(String::new, |ticket| format!("ticket {}   ", inert(ticket, 60)));
        writeln!(
            f,
            "    {DIM}{}{} {}   owner {}   {}{DIM:#}",
            ticket,
            first.severity.name(),
            inert(&first.class, 40),
            inert(&first.owner_hint, 60),
            first.incident_id
        )?;
        if self.rerun {
            let times = first.rerun.times.map_or_else(String::new, |times| format!(" {times} x"));
            let command = first.rerun.command.as_deref().unwrap_or("(the log tells no command)");
            writeln!(f, "    rerun{times}: {}", inert(command, 300))?;
            writeln!(f, "    {DIM}{}{DIM:#}", first.rerun.meaning)?;
        }
        Ok(())
    }

    fn answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checked = self.checked;
        let (stopping, known) = checked.counts();
        let (word, style) = if checked.passes {
            ("pass", colour(AnsiColor::Green).bold())
        } else {
            ("fail", colour(AnsiColor::Red).bold())
        };
        let of = checked.base.as_deref().map_or_else(String::new, |base| format!(" of {}", inert(base, 60)));
        let newest = checked.newest_run.as_deref();
        let newest = newest.map_or_else(String::new, |run| format!(", newest {}", inert(run, 60)));
        let failures = match (stopping, known) {
            (0, 0) => "nothing failed".to_owned(),
            (0, known) => format!("{} known", plural(known, "failure")),
            (stopping, 0) => format!("{} not known", plural(stopping, "failure")),
            (stopping, known) => format!("{} not known, {} known", plural(stopping, "failure"), count(known)),
        };
        writeln!(
            f,
            "{style}{word}{style:#}  {BOLD}{failures}{BOLD:#}  {DIM}{} of {} failed; history: {}{of}{newest}{DIM:#}",
            count(checked.failed_scenarios),
            plural(checked.scenarios, "test"),
            plural(checked.base_runs, "run"),
        )
    }
}

/// Failures of one reason that are known so together, in their order. Few are told one by one.
fn rows(failures: &[Failure]) -> Vec<Vec<&Failure>> {
    let is_one = |a: &Failure, b: &Failure| (a.known, &a.class, &a.reason_code) == (b.known, &b.class, &b.reason_code);
    let mut rows = Vec::new();
    for run in failures.chunk_by(is_one) {
        if run.len() > 2 {
            rows.push(run.iter().collect());
        } else {
            rows.extend(run.iter().map(|failure| vec![failure]));
        }
    }
    rows
}

fn name(failure: &Failure) -> String {
    let names = failure.names().into_iter().filter(|name| !name.is_empty());
    let names: Vec<_> = names.map(|name| inert(name, NAME)).collect();
    names.join("  ")
}

/// The first line of what it said that says something, else why it failed.
fn telling(failure: &Failure) -> &str {
    failure.message.as_deref().and_then(first_line).unwrap_or(&failure.reason_code)
}
