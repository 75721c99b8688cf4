//! A comparison that a person reads at a terminal.

use std::collections::BTreeMap;
use std::fmt;

use anstyle::{AnsiColor, Style};

use super::baseline::Output;
use super::change::{Change, ChangeKind, Comparison};
use crate::run_finding::{RunFinding, finding_of, folded};
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, colour, count, graded, plural};

/// Changes of a kind that are shown, unless all are asked for.
const SHOWN: usize = 20;

/// A comparison on a page. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct Page<'c> {
    /// What became of each incident.
    pub comparison: &'c Comparison,
    /// The new sweep.
    pub new: &'c Output,
    /// Whether every change is shown, not the first twenty of a kind.
    pub all: bool,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.comparison.summary;
        writeln!(
            f,
            "{BOLD}{} followed into {}{BOLD:#}  {DIM}beside a baseline of {}{DIM:#}",
            plural(self.comparison.incidents() as u64, "incident"),
            plural(summary.compared_runs.len() as u64, "new run"),
            plural(summary.baseline_runs, "run"),
        )?;
        for note in &self.comparison.notes {
            writeln!(f, "{DIM}{}{DIM:#}", inert(note, 300))?;
        }
        for warning in &self.comparison.warnings {
            writeln!(f, "warning: {}", inert(warning, 300))?;
        }
        if summary.compared_runs.is_empty() && self.comparison.changes.is_empty() {
            return Ok(());
        }
        self.table(f)?;
        for kind in ChangeKind::ALL {
            self.kind(f, kind)?;
        }
        Ok(())
    }
}

impl Page<'_> {
    fn of(&self, kind: ChangeKind) -> impl Iterator<Item = &Change> {
        self.comparison.changes.iter().filter(move |change| change.kind == kind)
    }

    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{BOLD}{:<10} {:>9} {:>9}{BOLD:#}", "change", "incidents", "critical")?;
        for kind in ChangeKind::ALL {
            let style = style(kind);
            let critical = self.of(kind).filter(|change| change.severity.rank() == 0).count() as u64;
            let number = self.comparison.summary.by_kind.of(kind);
            writeln!(f, "{style}{:<10}{style:#} {:>9} {:>9}", kind.name(), count(number), count(critical))?;
        }
        Ok(())
    }

    fn kind(&self, f: &mut fmt::Formatter<'_>, kind: ChangeKind) -> fmt::Result {
        let number = self.comparison.summary.by_kind.of(kind);
        if number == 0 {
            return Ok(());
        }
        writeln!(f, "\n{BOLD}{}: {} ({}){BOLD:#}", kind.name(), kind.meaning(), count(number))?;
        let shown = if self.all { usize::MAX } else { SHOWN };
        let findings = self.new.run_findings();
        let of = of_incidents(self.new, &findings);
        let changes: Vec<&Change> = self.of(kind).collect();
        let finding = |change: &&Change| of.get(change.incident_id.as_str()).copied().filter(|_| !self.all);
        let rows = folded(&changes, finding, |change| change.standing);
        for row in rows.iter().take(shown) {
            match row.finding {
                Some(finding) => at_once(f, &findings[finding], changes[row.place])?,
                None => one(f, changes[row.place], self.new)?,
            }
        }
        match rows.len().saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(f, "  {DIM}and {} more; --all lists them{DIM:#}", count(more as u64)),
        }
    }
}

/// The place of the finding that each incident is of.
fn of_incidents<'o>(output: &'o Output, findings: &[RunFinding]) -> BTreeMap<&'o str, usize> {
    let of = finding_of(findings, output.incidents.len());
    let pairs = output.incidents.iter().zip(of);
    pairs.filter_map(|(row, finding)| Some((row.incident_id.as_str(), finding?))).collect()
}

/// A finding of whole runs in three lines.
fn at_once(f: &mut fmt::Formatter<'_>, finding: &RunFinding, first: &Change) -> fmt::Result {
    let show = |text: &str| inert(text, 60).into_owned();
    let style = graded(finding.severity.rank());
    writeln!(f, "\n  {BOLD}{}{BOLD:#}", finding.title(show))?;
    writeln!(
        f,
        "    {style}{}{style:#} {}   owner {}   {DIM}{}{DIM:#}",
        finding.severity.name(),
        finding.shared(show),
        inert(&first.owner_hint, 60),
        inert(&first.incident_id, 60),
    )?;
    let more = plural(finding.incidents.len() as u64 - 1, "more incident");
    writeln!(f, "    {}; {more} of it, which --all lists", finding.state())
}

/// A change in three lines or four.
fn one(f: &mut fmt::Formatter<'_>, change: &Change, new: &Output) -> fmt::Result {
    let branches = new.incidents.iter().find(|row| row.incident_id == change.incident_id);
    let branches = branches.map_or(&[][..], |row| &row.branches[..]);
    let names = [&change.packet_id, &change.suite_id, &change.scenario_id, &change.mode];
    let names: Vec<_> = names
        .into_iter()
        .chain(branches.iter().take(4))
        .filter(|name| !name.is_empty())
        .map(|name| inert(name, 100))
        .collect();
    writeln!(f, "\n  {BOLD}{}{BOLD:#}", names.join("  "))?;
    let style = graded(change.severity.rank());
    let verdict = change.verdict.map_or_else(String::new, |verdict| format!("   now {}", verdict.name()));
    writeln!(
        f,
        "    {style}{}{style:#} {} {}   owner {}   {DIM}{}{DIM:#}{verdict}",
        change.severity.name(),
        inert(&change.class, 40),
        inert(&change.reason_code, 100),
        inert(&change.owner_hint, 60),
        inert(&change.incident_id, 60),
    )?;
    writeln!(f, "    {}", inert(&change.why, 400))?;
    match &change.replay_command {
        Some(replay) if change.first_failed_run.is_some() => writeln!(f, "    replay: {}", inert(replay, 300)),
        _ => Ok(()),
    }
}

fn style(kind: ChangeKind) -> Style {
    match kind {
        ChangeKind::New | ChangeKind::Returned | ChangeKind::Worsened => colour(AnsiColor::Red),
        ChangeKind::Recurring => colour(AnsiColor::Yellow),
        ChangeKind::Resolved => colour(AnsiColor::Green),
        ChangeKind::Quiet | ChangeKind::Absent => DIM,
    }
}
