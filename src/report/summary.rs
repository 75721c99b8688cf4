//! The summary that a person reads at a terminal.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::account::Account;
use super::incidents::IncidentReport;
use super::runs::failing;
use super::since::Since;
use super::spark::{bars, strip};
use crate::archive::{Ledger, Totals};
use crate::incident::IncidentRow;
use crate::inert::inert;
use crate::recurrence::{Kind, Recurrence, ScenarioJudgement, Verdict};
use crate::taxonomy::Severity;
use crate::terminal::{bytes, colour, count, graded, plural};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
/// Runs of a history, and bars of a course.
const MOST_BARS: usize = 60;
/// Changes shown since an earlier sweep.
const MOST_CHANGES: usize = 10;

/// A sweep in one page. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'r> {
    /// How many incidents there are.
    pub incidents: u64,
    /// In how many runs.
    pub runs: u64,
    /// [`Findings`] as text.
    pub findings: &'r str,
    /// What was read and lost.
    pub ledger: &'r Ledger,
    /// Bytes written to a temporary file for want of memory.
    pub spilled: u64,
    /// How long it took.
    pub took: Duration,
    /// Folder that the reports were written to.
    pub out: Option<&'r str>,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = self.ledger.totals();
        self.head(f, &totals)?;
        f.write_str(self.findings)?;
        write!(f, "{}", Account(self.ledger))?;
        if self.spilled > 0 {
            writeln!(f, "{DIM}{} written to a temporary file for want of memory{DIM:#}", bytes(self.spilled as f64))?;
        }
        if let Some(out) = self.out {
            writeln!(
                f,
                "\n{DIM}written: {}/report.html, report.md, incidents.json, recurrence.json, ledger.json{DIM:#}",
                inert(out, 200)
            )?;
        }
        Ok(())
    }
}

impl Summary<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>, totals: &Totals) -> fmt::Result {
        let seconds = self.took.as_secs_f64().max(1e-9);
        writeln!(
            f,
            "{BOLD}{} in {}{BOLD:#}  {DIM}{}, {} lines, {} in {seconds:.2} s ({}/s){DIM:#}",
            plural(self.incidents, "incident"),
            plural(self.runs, "run"),
            plural(totals.archives, "archive"),
            count(totals.counts.lines),
            bytes(totals.counts.bytes_decoded as f64),
            bytes(totals.counts.bytes_decoded as f64 / seconds),
        )
    }
}

/// What was found: the part of the summary that the same archives always give.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'r> {
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// What the failures are.
    pub recurrence: &'r Recurrence,
    /// What changed since an earlier sweep, where it was compared with one.
    pub since: Option<&'r Since>,
}

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} records failed, in {} of {} scenarios",
            count(self.incidents.failed_records),
            count(self.incidents.records),
            count(self.failed_scenarios()),
            count(self.incidents.scenarios),
        )?;
        let failing = failing(self.recurrence);
        let runs = self.recurrence.runs.len();
        let sums: Vec<u32> = (0..runs).map(|run| failing.iter().map(|kind| kind[run]).sum()).collect();
        // One run has no course.
        if runs > 1 && sums.iter().any(|&sum| sum > 0) {
            let red = colour(AnsiColor::Red);
            let (drawn, most) = (bars(&sums, MOST_BARS), sums.iter().max().copied().unwrap_or(0));
            let newest = sums.last().copied().unwrap_or(0);
            writeln!(
                f,
                "{DIM}failing scenarios a run{DIM:#}  {red}{drawn}{red:#}  {DIM}at most {most}, newest {newest}{DIM:#}"
            )?;
        }
        self.changes(f)?;
        self.classes(f)?;
        self.judged(f)
    }
}

impl Findings<'_> {
    /// What became of the incidents of an earlier sweep.
    fn changes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(since) = self.since else { return Ok(()) };
        let kinds: Vec<String> =
            since.kinds.iter().map(|kind| format!("{} {}", count(kind.incidents), kind.name)).collect();
        writeln!(f, "\n{BOLD}since the baseline: {}{BOLD:#}  {DIM}{}{DIM:#}", kinds.join(", "), since.runs(""))?;
        for warning in &since.warnings {
            writeln!(f, "warning: {}", inert(warning, 300))?;
        }
        let news = || since.changes.iter().filter(|change| since.kinds[change.kind].is_news);
        for change in news().take(MOST_CHANGES) {
            let style = graded(change.severity.rank());
            writeln!(
                f,
                "  {style}{:<8}{style:#}  {BOLD}{}{BOLD:#}  {}  {DIM}{}{DIM:#}",
                since.kinds[change.kind].name,
                inert(&change.names[2], 100),
                inert(&change.reason_code, 60),
                inert(&change.incident_id, 40),
            )?;
        }
        match news().count().saturating_sub(MOST_CHANGES) {
            0 => Ok(()),
            more => writeln!(f, "  {DIM}and {} more{DIM:#}", count(more as u64)),
        }
    }
}

impl Findings<'_> {
    fn failed_scenarios(&self) -> u64 {
        let mut keys: Vec<[&str; 4]> = self
            .incidents
            .incidents
            .iter()
            .map(|row| [&*row.packet_id, &row.suite_id, &row.scenario_id, &row.mode])
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len() as u64
    }

    fn classes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.incidents.incidents.is_empty() {
            return writeln!(f, "\nNothing failed.");
        }
        let mut classes: BTreeMap<(u8, &str), (Severity, u64, u64)> = BTreeMap::new();
        for row in &self.incidents.incidents {
            let class = classes.entry((row.severity.rank(), &row.class)).or_insert((row.severity, 0, 0));
            class.1 += 1;
            class.2 += row.occurrences;
        }
        let width = classes.keys().map(|(_, class)| class.chars().count()).max().unwrap_or(0).clamp(5, 40);
        writeln!(f, "\n{BOLD}{:<9} {:<width$} {:>10} {:>12}{BOLD:#}", "severity", "class", "incidents", "records")?;
        for ((_, class), (severity, incidents, records)) in classes {
            let style = graded(severity.rank());
            writeln!(
                f,
                "{style}{:<9}{style:#} {:<width$} {:>10} {:>12}",
                severity.name(),
                inert(class, width),
                count(incidents),
                count(records)
            )?;
        }
        Ok(())
    }

    /// What to act on, first to last.
    fn judged(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let incidents: BTreeMap<&str, &IncidentRow> =
            self.incidents.incidents.iter().map(|row| (row.incident_id.as_str(), row)).collect();
        for (kind, title, shown) in [
            (Kind::Deterministic, "deterministic: they fail whenever their cause is there", 8),
            (Kind::Flaky, "flaky, by cost", 6),
            (Kind::Unproven, "unproven, and what would decide", 6),
            (Kind::Resolved, "resolved", 3),
        ] {
            let mut rows: Vec<&ScenarioJudgement> =
                self.recurrence.scenarios.iter().filter(|row| row.judged.kind == kind && !row.stale).collect();
            if rows.is_empty() {
                continue;
            }
            match kind {
                // Regressions first: somebody's latest change is at fault.
                Kind::Deterministic => rows.sort_by_key(|row| row.judged.verdict != Verdict::Regressed),
                Kind::Flaky => rows.sort_by(|a, b| b.recurrence.cost.0.total_cmp(&a.recurrence.cost.0)),
                _ => {}
            }
            writeln!(f, "\n{BOLD}{title} ({}){BOLD:#}", count(rows.len() as u64))?;
            for row in rows.iter().take(shown) {
                scenario(f, row, &incidents)?;
            }
            if rows.len() > shown {
                writeln!(f, "  {DIM}and {}{DIM:#}", plural((rows.len() - shown) as u64, "more scenario"))?;
            }
        }
        self.overlays(f)
    }

    /// One line each for what stands beside the verdicts.
    fn overlays(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.recurrence.summary;
        let stale = self.recurrence.scenarios.iter().filter(|row| row.stale).count() as u64;
        let infra: u64 = self.incidents.incidents.iter().filter(|row| row.verdict.is_none()).count() as u64;
        writeln!(f)?;
        for group in self.recurrence.groups.iter().take(5) {
            let first = group.scenarios.first().map(|names| inert(&names[2], 60).into_owned()).unwrap_or_default();
            writeln!(
                f,
                "{} fail in nearly the same runs ({} in all), one cause most likely: {first} and others ({} in recurrence.json)",
                plural(group.scenarios.len() as u64, "scenario"),
                count(group.failed_runs),
                group.id
            )?;
        }
        if !summary.mass_failure_runs.is_empty() {
            let runs: Vec<_> = summary.mass_failure_runs.iter().take(4).map(|run| inert(run, 60)).collect();
            let number = summary.mass_failure_runs.len() as u64;
            writeln!(f, "{} in which a large part of everything failed: {}", plural(number, "run"), runs.join(", "))?;
        }
        if stale > 0 {
            writeln!(f, "{} stale: not in the latest runs", plural(stale, "scenario"))?;
        }
        if infra > 0 {
            writeln!(
                f,
                "{} without a verdict: of infrastructure, or of branches that are not judged",
                plural(infra, "incident")
            )?;
        }
        for warning in &summary.warnings {
            writeln!(f, "warning: {}", inert(warning, 400))?;
        }
        Ok(())
    }
}

/// A scenario in five lines or six.
fn scenario(
    f: &mut fmt::Formatter<'_>,
    row: &ScenarioJudgement,
    incidents: &BTreeMap<&str, &IncidentRow>,
) -> fmt::Result {
    let incident = row
        .signatures
        .iter()
        .filter_map(|signature| incidents.get(signature.incident_id.as_str()))
        .min_by_key(|incident| (incident.severity.rank(), std::cmp::Reverse(incident.runs_failed)));
    let label = row.judged.label.map_or_else(String::new, |label| format!(" ({})", label.name()));
    let names = [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode];
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).map(|name| inert(name, 100)).collect();
    let severity = incident.map_or(Severity::Other, |incident| incident.severity);
    let style = graded(severity.rank());
    writeln!(f, "\n  {style}{}{label}{style:#}  {BOLD}{}{BOLD:#}", row.judged.verdict.name(), names.join("  "))?;
    if row.runs > 1 {
        writeln!(f, "    {style}{}{style:#}", strip(&row.timeline, MOST_BARS))?;
    }
    writeln!(f, "    {}", inert(&row.why, 400))?;
    if row.judged.kind == Kind::Unproven {
        writeln!(f, "    {}", inert(&row.would_change, 400))?;
    }
    if let Some(incident) = incident {
        let more = match row.signatures.len() {
            1 => String::new(),
            ways => format!(" (1 of {ways} ways to fail)"),
        };
        writeln!(
            f,
            "    {style}{}{style:#} {} {}{more}   owner {}   {DIM}{}{DIM:#}",
            severity.name(),
            inert(&incident.class, 40),
            inert(&incident.reason_code, 100),
            inert(&incident.owner_hint, 60),
            incident.incident_id
        )?;
    }
    if let Some(replay) = row.reproduce.as_ref().and_then(|reproduce| reproduce.replay_command.as_ref()) {
        writeln!(f, "    replay: {}", inert(replay, 300))?;
    }
    if severity == Severity::Critical {
        let closure = incident.map(|incident| incident.closure.join("; ")).unwrap_or_default();
        writeln!(f, "    {DIM}before closure: {closure}{DIM:#}")?;
    }
    Ok(())
}
