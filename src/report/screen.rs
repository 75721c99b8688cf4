//! What was found, on one screen: what fails now first, by root cause.

use std::collections::BTreeSet;
use std::fmt;

use anstyle::AnsiColor;

use super::basis::Basis;
use super::causes::{ById, Cause, causes};
use super::lines::changes;
use super::nowadays::{Nowadays, fails_now, in_words, lately, most_lately};
use super::outcomes;
use super::since::Since;
use super::spark::course_of;
use super::summary::course;
use super::unknown::Unknown;
use crate::analysis::IncidentReport;
use crate::archive::Unjudged;
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Recurrence, ScenarioJudgement, Standing, Verdict};
use crate::run_finding::{RunFinding, told};
use crate::taxonomy::Severity;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, colour, count, first_line, fitting, graded, plural};

/// Lines of all that is found, at this many columns: with the ledger and the last line a screen of 40.
const LINES: usize = 30;
const COLUMNS: usize = 100;
/// Runs of a course, each character of one or more.
const COURSE: usize = 24;
/// Scenarios of a cause that are named, and courses of branches.
const NAMED: usize = 3;
const COURSES: usize = 2;
/// Warnings, and outages that are over.
const WARNINGS: usize = 3;
const OVER: usize = 2;

/// What was found, as [`super::Findings`], in so many lines as fit on a screen.
#[derive(Clone, Copy, Debug)]
pub struct Screen<'r> {
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

/// Rows under one title.
struct Section {
    title: String,
    /// As many as a screen could hold, and the lines of each.
    rows: Vec<String>,
    lines: Vec<usize>,
    /// How many there are.
    all: usize,
    /// Rows of it that are shown.
    shown: usize,
}

impl fmt::Display for Screen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nothing) = &self.incidents.nothing {
            return nothing.show_details(f);
        }
        if self.incidents.untested().is_some() {
            return Ok(());
        }
        let head = self.head()?;
        let findings = self.incidents.run_findings(self.recurrence);
        let tail = self.tail(&findings);
        let mut sections = self.sections(&findings);
        let room = LINES.saturating_sub(lines_of(&head) + lines_of(&tail));
        shorten(&mut sections, room);
        f.write_str(&head)?;
        for section in sections {
            writeln!(f, "\n{}", section.title)?;
            section.rows.iter().take(section.shown).try_for_each(|row| f.write_str(row))?;
            match section.all - section.shown {
                0 => {}
                more => writeln!(f, "  {DIM}and {} (--long){DIM:#}", plural(more as u64, "more row"))?,
            }
        }
        f.write_str(&tail)
    }
}

impl Screen<'_> {
    /// All of it in some words: what fails now, what came back or is new, what is flaky; empty where nothing failed.
    #[must_use]
    pub fn answer(&self) -> String {
        in_words(self.recurrence)
    }

    /// What failed of how much, and how that went on.
    fn head(&self) -> Result<String, fmt::Error> {
        use fmt::Write;
        let mut text = String::new();
        let basis = Basis { incidents: self.incidents, recurrence: self.recurrence };
        writeln!(text, "{}", basis.failed())?;
        if let Some((elsewhere, _)) = self.incidents.elsewhere(self.recurrence, |name| inert(name, 60).into_owned()) {
            writeln!(text, "{DIM}{elsewhere}{DIM:#}")?;
        }
        if let Some(unknown) = Unknown::of(self.recurrence).told() {
            writeln!(text, "{DIM}{unknown}{DIM:#}")?;
        }
        if let Some(unknown) = outcomes::unknown_words(self.unjudged) {
            let red = colour(AnsiColor::Red);
            writeln!(text, "{red}{unknown}{red:#}: they count as neither; {}", outcomes::NAME_THEM)?;
        }
        course(&mut text, self.recurrence, &self.incidents.incidents, COURSES)?;
        if let Some(since) = self.since {
            changes(&mut text, since)?;
        }
        if self.incidents.incidents.is_empty() {
            let records = self.incidents.records;
            writeln!(text, "\n{}", outcomes::none_failed_words(records, self.unjudged, self.is_whole))?;
        }
        Ok(text)
    }

    fn sections(&self, findings: &[RunFinding]) -> Vec<Section> {
        let found = &self.incidents.incidents;
        let incidents: ById<'_> = found.iter().map(|row| (row.incident_id.as_str(), row)).collect();
        let told = told(findings, found);
        let is_told = |row: &ScenarioJudgement| row.incident_id.as_deref().is_some_and(|id| told.contains(id));
        let severity = |row: &ScenarioJudgement| {
            let incident = row.incident_id.as_deref().and_then(|id| incidents.get(id));
            incident.map_or(Severity::Other, |incident| incident.severity).rank()
        };
        let live = self.recurrence.scenarios.iter().filter(|row| row.standing.is_live() && !is_told(row));
        let nowadays = Nowadays::new(self.recurrence);
        let (mut now, rest): (Vec<_>, Vec<_>) = live.partition(|row| fails_now(row));
        now.sort_by_cached_key(|row| (urgency(row), severity(row)));
        let (mut open, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|row| {
            row.judged.kind == Kind::Deterministic
                || matches!(row.judged.verdict, Verdict::NewFailure | Verdict::Relapsed | Verdict::Regressed)
        });
        open.sort_by_cached_key(|row| (urgency(row), severity(row)));
        let mut flaky: Vec<(usize, &ScenarioJudgement)> = rest
            .into_iter()
            .filter(|row| row.judged.kind == Kind::Flaky)
            .map(|row| (lately(row).0, row))
            .filter(|(failed, _)| *failed > 0)
            .collect();
        flaky.sort_by_key(|(failed, _)| std::cmp::Reverse(*failed));
        let flaky: Vec<&ScenarioJudgement> = flaky.into_iter().map(|(_, row)| row).collect();

        let groups = &self.recurrence.groups;
        let view = View { nowadays: &nowadays, found };
        let at_once: Vec<&RunFinding> = findings.iter().filter(|finding| finding.standing.is_live()).collect();
        let mut sections = Vec::new();
        let mut names: BTreeSet<[&str; 4]> = now.iter().map(|row| row.names()).collect();
        names.extend(at_once.iter().flat_map(|finding| &finding.incidents).map(|&place| found[place].names()));
        let scenarios = names.len() as u64;
        let causes_now = causes(now, &incidents, groups);
        let number = (causes_now.len() + at_once.len()) as u64;
        let first = at_once.iter().map(|finding| view.at_once(finding));
        let rows = first.chain(causes_now.iter().map(|cause| view.row(cause))).take(LINES).collect();
        let by = if number == scenarios { String::new() } else { format!(", by {}", plural(number, "cause")) };
        let title = format!("{}: {}{by}", nowadays.title(), plural(scenarios, "scenario"));
        sections.push(section(&title, rows, causes_now.len() + at_once.len()));
        sections.push(
            view.section("came back, broke or are new, and pass in the newest run", &causes(open, &incidents, groups)),
        );
        sections.push(view.section("flaky, by failures in the last 20 runs", &causes(flaky, &incidents, groups)));
        sections.retain(|section| !section.rows.is_empty());
        sections
    }

    /// What needs no row.
    fn tail(&self, findings: &[RunFinding]) -> String {
        use fmt::Write;
        let mut text = String::new();
        let found = &self.incidents.incidents;
        let show = |name: &str| inert(name, 80).into_owned();
        let over: Vec<&RunFinding> = findings.iter().filter(|finding| !finding.standing.is_live()).collect();
        let besides = self.besides(found);
        let warnings = &self.recurrence.summary.warnings;
        if over.is_empty() && besides.is_empty() && warnings.is_empty() {
            return text;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text);
        for finding in over.iter().take(OVER) {
            let said = fitting(&format!("{}: {}", finding.title(show), finding.shared(show)), 2 * COLUMNS - 12);
            let _ = writeln!(text, "{DIM}over: {said}{DIM:#}");
        }
        if over.len() > OVER {
            let _ = writeln!(text, "{DIM}and {} (--long){DIM:#}", plural((over.len() - OVER) as u64, "outage more"));
        }
        if !besides.is_empty() {
            let _ = writeln!(text, "{DIM}besides: {} (--long){DIM:#}", besides.join(", "));
        }
        for warning in warnings.iter().take(WARNINGS) {
            let _ = writeln!(text, "warning: {}", inert(warning, 400));
        }
        if warnings.len() > WARNINGS {
            let _ = writeln!(text, "and {} (--long)", plural((warnings.len() - WARNINGS) as u64, "more warning"));
        }
        text
    }

    /// Scenarios and incidents that no section has, in numbers.
    fn besides(&self, found: &[IncidentRow]) -> Vec<String> {
        let scenarios = &self.recurrence.scenarios;
        let number = |is_meant: &dyn Fn(&ScenarioJudgement) -> bool| {
            scenarios.iter().filter(|row| row.judged.kind != Kind::None && is_meant(row)).count() as u64
        };
        let is_quiet = |row: &ScenarioJudgement| row.standing.is_live() && !fails_now(row);
        let unproven = number(&|row| {
            is_quiet(row) && row.judged.kind == Kind::Unproven && row.judged.verdict != Verdict::NewFailure
        });
        let seldom = number(&|row| is_quiet(row) && row.judged.kind == Kind::Flaky && lately(row).0 == 0);
        let fixed = number(&|row| row.judged.kind == Kind::Resolved);
        let stale = number(&|row| row.stale && row.judged.kind != Kind::Resolved);
        let is_infra = |row: &&IncidentRow| row.verdict.is_none() && row.standing() != Standing::Elsewhere;
        let infra = found.iter().filter(is_infra).count() as u64;
        [
            (unproven, "unproven"),
            (seldom, "flaky without a failure lately"),
            (fixed, "fixed"),
            (stale, "stale, not in the latest runs"),
            (infra, "of infrastructure"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(number)))
        .collect()
    }
}

/// Makes rows.
struct View<'v> {
    nowadays: &'v Nowadays<'v>,
    found: &'v [IncidentRow],
}

impl View<'_> {
    fn section(&self, title: &str, causes: &[Cause<'_>]) -> Section {
        section(title, causes.iter().take(LINES).map(|cause| self.row(cause)).collect(), causes.len())
    }

    fn row(&self, cause: &Cause<'_>) -> String {
        let Some(&first) = cause.rows.first() else { return String::new() };
        let severity = cause.incident.map_or(Severity::Other, |incident| incident.severity);
        let style = graded(severity.rank());
        let is_one = cause.rows.iter().all(|row| row.judged.verdict == first.judged.verdict);
        let word = if is_one { first.judged.verdict.name() } else { first.judged.kind.name() };
        let word = word.replace('_', " ");
        let name = match &cause.rows[..] {
            [_] => name(first, true),
            rows => {
                let names: Vec<String> = rows.iter().take(NAMED).map(|row| name(row, false)).collect();
                let more = rows.len().saturating_sub(NAMED);
                let on =
                    first.branch.as_deref().map_or_else(String::new, |branch| format!(" on {}", inert(branch, 40)));
                let and = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
                format!("{}{on}: {}{and}", plural(rows.len() as u64, "scenario"), names.join(", "))
            }
        };
        let drawn = course_of(&first.timeline, COURSE);
        let name = fitting(&name, COLUMNS.saturating_sub(6 + drawn.chars().count() + word.len()));
        let owner = cause.incident.map_or("", |incident| incident.owner_hint.as_str());
        let said = cause.incident.map_or("", said);
        let facts = match &cause.rows[..] {
            [_, _, ..] if first.judged.kind == Kind::Flaky => most_lately(&cause.rows),
            _ => self.nowadays.facts(first),
        };
        let owner = if owner.is_empty() { String::new() } else { format!("   owner {}", inert(owner, 40)) };
        let room = COLUMNS.saturating_sub(4 + facts.chars().count() + 2 + owner.chars().count());
        let said = fitting(&inert(said, 400), room);
        let said = if said.is_empty() { String::new() } else { format!("; {said}") };
        format!(
            "  {style}{drawn}{style:#}  {style}{word}{style:#}  {BOLD}{name}{BOLD:#}\n    {facts}{said}{DIM}{owner}{DIM:#}\n"
        )
    }

    fn at_once(&self, finding: &RunFinding) -> String {
        let style = graded(finding.severity.rank());
        let show = |name: &str| inert(name, 40).into_owned();
        let owner = finding.incidents.first().map_or("", |&place| self.found[place].owner_hint.as_str());
        let shared = fitting(&finding.shared(show), COLUMNS - 30);
        format!(
            "  {style}at once{style:#}  {BOLD}{}{BOLD:#}\n    {shared}   {DIM}owner {}{DIM:#}\n",
            fitting(&finding.title(show), COLUMNS - 12),
            inert(owner, 40)
        )
    }
}

/// What came back first, then what broke, what is new, what always fails, and what is flaky.
fn urgency(row: &ScenarioJudgement) -> u8 {
    match (row.judged.verdict, row.judged.kind) {
        (Verdict::Relapsed, _) => 0,
        (Verdict::Regressed, _) => 1,
        (Verdict::NewFailure, _) => 2,
        (_, Kind::Deterministic) => 3,
        _ => 4,
    }
}

/// The names of a scenario, and what tells its row from others.
fn name(row: &ScenarioJudgement, whole: bool) -> String {
    let suite = Some(&row.suite_id).filter(|_| whole);
    let parts =
        [suite, Some(&row.scenario_id), Some(&row.mode).filter(|_| whole), row.branch.as_ref().filter(|_| whole)];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    parts.map(|part| inert(part, 80)).collect::<Vec<_>>().join("  ")
}

/// The first line that says something, else the reason.
fn said(incident: &IncidentRow) -> &str {
    let message = incident.told.as_ref().and_then(|told| told.get("message")?.as_str());
    message.and_then(first_line).unwrap_or(&incident.reason_code)
}

fn section(title: &str, rows: Vec<String>, all: usize) -> Section {
    let lines = rows.iter().map(|row| lines_of(row)).collect();
    Section { title: format!("{BOLD}{title}{BOLD:#}"), shown: rows.len(), rows, lines, all }
}

/// Shows fewer rows, of the section that has most, until all fit in so many lines; of each at least one.
fn shorten(sections: &mut [Section], room: usize) {
    let lines = |section: &Section| {
        let more = usize::from(section.shown < section.all);
        2 + more + section.lines.iter().take(section.shown).sum::<usize>()
    };
    while sections.iter().map(lines).sum::<usize>() > room {
        // Of equals the last: what fails now stands first.
        let Some(longest) = sections.iter_mut().filter(|section| section.shown > 1).max_by_key(|section| section.shown)
        else {
            return;
        };
        longest.shown -= 1;
    }
}

/// Lines of a text where the terminal ends.
fn lines_of(text: &str) -> usize {
    text.lines().map(|line| width(line).div_ceil(COLUMNS).max(1)).sum()
}

/// Characters of a line as a terminal shows it.
fn width(line: &str) -> usize {
    anstream::adapter::strip_str(line).to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_left_out_where_most_are_and_one_stays() {
        let rows = |number: usize| (0..number).map(|at| format!("row {at}\n  more\n")).collect::<Vec<_>>();
        let mut sections = vec![section("a", rows(9), 9), section("b", rows(2), 2), section("c", rows(5), 5)];
        shorten(&mut sections, 20);
        let shown: Vec<usize> = sections.iter().map(|section| section.shown).collect();
        assert_eq!(shown, [2, 2, 2]);
        shorten(&mut sections, 0);
        assert!(sections.iter().all(|section| section.shown == 1));
    }
}
