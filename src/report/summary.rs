//! The summary that a person reads at a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use anstyle::AnsiColor;

use super::account::Account;
use super::basis::Basis;
use super::lines::{at_once, changes, scenario};
use super::outcomes;
use super::runs::failing;
use super::since::Since;
use super::spark::bars;
use super::unknown::Unknown;
use crate::analysis::IncidentReport;
use crate::analysis::Nothing;
use crate::archive::{Ledger, Totals, Unjudged};
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Recurrence, ScenarioJudgement, Standing};
use crate::run_finding::{RunFinding, told};
use crate::taxonomy::Severity;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, bytes, colour, count, graded, plural};

/// Runs of a history, and bars of a course.
const MOST_BARS: usize = 60;
/// Branches whose course is drawn, and findings of whole runs.
const MOST_COURSES: usize = 4;
const MOST_AT_ONCE: usize = 3;
/// What runs without a branch are called.
const NO_BRANCH: &str = crate::recurrence::UNKNOWN_BRANCH;

/// A sweep in one page. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'r> {
    /// How many incidents there are, in which runs.
    pub headline: &'r str,
    /// Why there is nothing that could have failed, where that is so.
    pub nothing: Option<&'r Nothing>,
    /// [`Findings`], or [`super::Screen`], as text.
    pub findings: &'r str,
    /// [`super::Screen::answer`], where the headline stands with it behind all, where the eye is, and not before it.
    pub answer: Option<&'r str>,
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
        let is_last = self.answer.is_some() && self.nothing.is_none();
        if !is_last {
            self.head(f, &totals)?;
        }
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
        if is_last {
            writeln!(f)?;
            self.head(f, &totals)?;
        }
        Ok(())
    }
}

impl Summary<'_> {
    fn shown_headline(&self) -> String {
        match self.answer.filter(|answer| !answer.is_empty()) {
            Some(answer) => format!("{BOLD}{}: {answer}{BOLD:#}", self.headline),
            None => format!("{BOLD}{}{BOLD:#}", self.headline),
        }
    }

    fn head(&self, f: &mut fmt::Formatter<'_>, totals: &Totals) -> fmt::Result {
        let seconds = self.took.as_secs_f64().max(1e-9);
        writeln!(
            f,
            "{}  {DIM}{}, {} lines, {} in {seconds:.2} s ({}/s){DIM:#}",
            self.nothing.map_or_else(|| self.shown_headline(), Nothing::shown_headline),
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
    /// What neither passed nor failed.
    pub unjudged: &'r Unjudged,
    /// Whether all of the input could be read.
    pub is_whole: bool,
}

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nothing) = &self.incidents.nothing {
            return nothing.show_details(f);
        }
        if self.incidents.untested().is_some() {
            return Ok(());
        }
        let basis = Basis { incidents: self.incidents, recurrence: self.recurrence };
        writeln!(f, "{}", basis.failed())?;
        if let Some((elsewhere, _)) = self.incidents.elsewhere(self.recurrence, |name| inert(name, 60).into_owned()) {
            writeln!(f, "{DIM}{elsewhere}{DIM:#}")?;
        }
        if let Some(unknown) = Unknown::of(self.recurrence).told() {
            writeln!(f, "{DIM}{unknown}{DIM:#}")?;
        }
        if let Some(unknown) = outcomes::unknown_words(self.unjudged) {
            let red = colour(AnsiColor::Red);
            writeln!(f, "{red}{unknown}{red:#}: they count as neither; {}", outcomes::NAME_THEM)?;
        }
        course(f, self.recurrence, &self.incidents.incidents, MOST_COURSES)?;
        if let Some(since) = self.since {
            changes(f, since)?;
        }
        self.classes(f)?;
        self.judged(f)
    }
}

/// What fails run by run: on each branch apart, where there are several.
pub(super) fn course(
    f: &mut impl fmt::Write,
    recurrence: &Recurrence,
    incidents: &[IncidentRow],
    most: usize,
) -> fmt::Result {
    let failing = failing(recurrence, incidents);
    let red = colour(AnsiColor::Red);
    let timelines = recurrence.timelines();
    let several = timelines.len() > 1;
    for runs in timelines.into_iter().take(most) {
        let of = recurrence.runs.get(runs.start).filter(|_| several);
        let of = of.map(|run| format!(" of {}", inert(run.branch.as_deref().unwrap_or(NO_BRANCH), 40)));
        let sums: Vec<u32> = runs.map(|run| failing.iter().map(|kind| kind[run]).sum()).collect();
        // One run has no course.
        if sums.len() < 2 || sums.iter().all(|&sum| sum == 0) {
            continue;
        }
        let (drawn, most) = (bars(&sums, MOST_BARS), sums.iter().max().copied().unwrap_or(0));
        let (of, newest) = (of.unwrap_or_default(), sums.last().copied().unwrap_or(0));
        writeln!(
            f,
            "{DIM}failing scenarios a run{of}{DIM:#}  {red}{drawn}{red:#}  {DIM}at most {most}, newest {newest}{DIM:#}"
        )?;
    }
    Ok(())
}

impl Findings<'_> {
    /// Incidents by class: those with something that is not over first, then gravest first.
    fn classes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.incidents.incidents.is_empty() {
            return writeln!(
                f,
                "\n{}",
                outcomes::none_failed_words(self.incidents.records, self.unjudged, self.is_whole)
            );
        }
        let mut classes: BTreeMap<(u8, &str), (Severity, [u64; 3])> = BTreeMap::new();
        for (row, records) in self.incidents.incidents.iter().zip(&self.incidents.judged.occurrences) {
            if row.standing() != Standing::Elsewhere {
                let (_, sums) = classes.entry((row.severity.rank(), &row.class)).or_insert((row.severity, [0; 3]));
                sums[0] += u64::from(row.standing().is_live());
                sums[1] += 1;
                sums[2] += records;
            }
        }
        let width = classes.keys().map(|(_, class)| class.chars().count()).max().unwrap_or(0).clamp(5, 40);
        writeln!(
            f,
            "\n{BOLD}{:<9} {:<width$} {:>10} {:>10} {:>12}{BOLD:#}",
            "severity", "class", "not over", "incidents", "records"
        )?;
        let mut rows: Vec<_> = classes.into_iter().collect();
        rows.sort_by_key(|(_, (_, [live, ..]))| *live == 0);
        for ((_, class), (severity, [live, incidents, records])) in rows {
            let style = graded(severity.rank());
            writeln!(
                f,
                "{style}{:<9}{style:#} {:<width$} {:>10} {:>10} {:>12}",
                severity.name(),
                inert(class, width),
                count(live),
                count(incidents),
                count(records)
            )?;
        }
        Ok(())
    }

    /// What to act on, first to last: findings of whole runs that are not over, scenarios by kind, and what is over.
    fn judged(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = &self.incidents.incidents;
        let unknown = Unknown::of(self.recurrence);
        let incidents: BTreeMap<&str, &IncidentRow> = found.iter().map(|row| (row.incident_id.as_str(), row)).collect();
        let findings = self.incidents.run_findings(self.recurrence);
        let told = told(&findings, found);
        let is_told = |row: &ScenarioJudgement| row.incident_id.as_deref().is_some_and(|id| told.contains(id));
        let (live, past): (Vec<&RunFinding>, Vec<_>) = findings.iter().partition(|finding| finding.standing.is_live());
        if !live.is_empty() {
            writeln!(f, "\n{BOLD}failing at once: one cause, most likely{BOLD:#}")?;
            live.iter().take(MOST_AT_ONCE).try_for_each(|finding| at_once(f, finding, found))?;
        }
        for (kind, title, shown) in [
            (Kind::Deterministic, "deterministic: they fail whenever their cause is there", 8),
            (Kind::Flaky, "flaky, by cost", 6),
            (Kind::Unproven, "unproven, and what would decide", 6),
            (Kind::Resolved, "resolved", 3),
        ] {
            let of_kind = |row: &&ScenarioJudgement| row.judged.kind == kind && !row.stale && !is_told(row);
            let mut rows: Vec<&ScenarioJudgement> = self.recurrence.scenarios.iter().filter(of_kind).collect();
            if rows.is_empty() {
                continue;
            }
            match kind {
                Kind::Deterministic => rows.sort_by_key(|row| row.judged.verdict.urgency()),
                Kind::Flaky => rows.sort_by(|a, b| b.recurrence.cost.0.total_cmp(&a.recurrence.cost.0)),
                _ => {}
            }
            writeln!(f, "\n{BOLD}{title} ({}){BOLD:#}", count(rows.len() as u64))?;
            for row in rows.iter().take(shown) {
                scenario(f, row, &incidents, &unknown)?;
            }
            if rows.len() > shown {
                writeln!(f, "  {DIM}and {}{DIM:#}", plural((rows.len() - shown) as u64, "more scenario"))?;
            }
        }
        if !past.is_empty() {
            writeln!(f, "\n{BOLD}failed at once, and no more{BOLD:#}")?;
            past.iter().take(MOST_AT_ONCE).try_for_each(|finding| at_once(f, finding, found))?;
        }
        self.overlays(f, &findings)
    }

    /// One line each for what stands beside the verdicts.
    fn overlays(&self, f: &mut fmt::Formatter<'_>, findings: &[RunFinding]) -> fmt::Result {
        let summary = &self.recurrence.summary;
        let stale = self.recurrence.scenarios.iter().filter(|row| row.stale).count() as u64;
        let is_infra = |row: &&IncidentRow| row.verdict.is_none() && row.standing() != Standing::Elsewhere;
        let infra: u64 = self.incidents.incidents.iter().filter(is_infra).count() as u64;
        let told: BTreeSet<&String> = findings.iter().flat_map(|finding| &finding.runs).collect();
        writeln!(f)?;
        for event in summary.relapses.iter().filter(|event| event.scenarios.len() > 1).take(5) {
            let first = event.scenarios.first().map(|names| inert(&names[2], 60).into_owned()).unwrap_or_default();
            writeln!(
                f,
                "{} came back at once, since {}: one cause most likely: {first} and others",
                plural(event.scenarios.len() as u64, "scenario"),
                inert(&event.since, 60)
            )?;
        }
        for group in self.recurrence.groups.iter().take(5) {
            let first = group.scenarios.first().map(|names| inert(&names[2], 60).into_owned()).unwrap_or_default();
            let together = match &group.since {
                Some(since) => format!("broke at {}: what changed there?", inert(&since.run, 60)),
                None => format!(
                    "fail in nearly the same runs ({} in all), one cause most likely:",
                    count(group.failed_runs)
                ),
            };
            writeln!(
                f,
                "{} {together} {first} and others ({} in recurrence.json)",
                plural(group.scenarios.len() as u64, "scenario"),
                group.id
            )?;
        }
        let untold: Vec<&String> = summary.mass_failure_runs.iter().filter(|run| !told.contains(run)).collect();
        if !untold.is_empty() {
            let runs: Vec<_> = untold.iter().take(4).map(|run| inert(run, 60)).collect();
            let number = plural(untold.len() as u64, "run");
            writeln!(f, "{number} in which a large part of everything failed: {}", runs.join(", "))?;
        }
        if stale > 0 {
            writeln!(f, "{} stale: not in the latest runs", plural(stale, "scenario"))?;
        }
        if infra > 0 {
            writeln!(f, "{} without a verdict: of infrastructure", plural(infra, "incident"))?;
        }
        for warning in &summary.warnings {
            writeln!(f, "warning: {}", inert(warning, 400))?;
        }
        Ok(())
    }
}
