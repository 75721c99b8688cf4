//! Lines of the summary: a scenario, a finding of whole runs, what changed.

use std::collections::BTreeMap;
use std::fmt;

use super::since::Since;
use super::spark::strip;
use super::unknown::Unknown;
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Reproduce, ScenarioJudgement};
use crate::run_finding::RunFinding;
use crate::taxonomy::Severity;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, count, graded, plural};

/// Runs of a history.
const MOST_RUNS: usize = 60;
/// Changes shown since an earlier sweep.
const MOST_CHANGES: usize = 10;

fn show(text: &str) -> String {
    inert(text, 60).into_owned()
}

/// What became of the incidents of an earlier sweep: what is not over first, a finding of whole runs as one.
pub(super) fn changes(f: &mut impl fmt::Write, since: &Since) -> fmt::Result {
    let kinds: Vec<String> =
        since.kinds.iter().map(|kind| format!("{} {}", count(kind.incidents), kind.name)).collect();
    writeln!(f, "\n{BOLD}since the baseline: {}{BOLD:#}  {DIM}{}{DIM:#}", kinds.join(", "), since.runs(""))?;
    for warning in &since.warnings {
        writeln!(f, "warning: {}", inert(warning, 300))?;
    }
    let apart = since.apart();
    let rows = since.news_rows();
    for (change, finding) in rows.iter().take(MOST_CHANGES) {
        let style = graded(finding.map_or(change.severity, |finding| finding.severity).rank());
        let kind = since.kinds[change.kind].name;
        if let Some(finding) = finding {
            let (title, shared) = (finding.title(show), finding.shared(show));
            writeln!(
                f,
                "  {style}{kind:<8}{style:#}  {BOLD}{title}{BOLD:#}  {shared}  {DIM}{}{DIM:#}",
                finding.state()
            )?;
            continue;
        }
        let beside: Vec<String> = change.beside(&apart).into_iter().map(|part| format!("  {}", show(part))).collect();
        let beside = beside.concat();
        writeln!(
            f,
            "  {style}{kind:<8}{style:#}  {BOLD}{}{BOLD:#}{beside}  {}  {DIM}{}{DIM:#}",
            inert(&change.names[2], 100),
            inert(&change.reason_code, 60),
            inert(&change.incident_id, 40),
        )?;
    }
    match rows.len().saturating_sub(MOST_CHANGES) {
        0 => Ok(()),
        more => writeln!(f, "  {DIM}and {} more{DIM:#}", count(more as u64)),
    }
}

/// A finding of whole runs in three lines.
pub(super) fn at_once(f: &mut fmt::Formatter<'_>, finding: &RunFinding, rows: &[IncidentRow]) -> fmt::Result {
    let style = graded(finding.severity.rank());
    writeln!(f, "\n  {style}{}{style:#}  {BOLD}{}{BOLD:#}", finding.severity.name(), finding.title(show))?;
    writeln!(f, "    {}; {}", finding.shared(show), finding.state())?;
    let Some(first) = finding.incidents.first().map(|&place| &rows[place]) else { return Ok(()) };
    let more = plural(finding.incidents.len() as u64 - 1, "more incident");
    writeln!(f, "    owner {}   {DIM}{} and {more}{DIM:#}", inert(&first.owner_hint, 60), first.incident_id)
}

/// A scenario in five lines or six.
pub(super) fn scenario(
    f: &mut fmt::Formatter<'_>,
    row: &ScenarioJudgement,
    incidents: &BTreeMap<&str, &IncidentRow>,
    unknown: &Unknown,
) -> fmt::Result {
    let incident = row.incident_id.as_deref().and_then(|id| incidents.get(id));
    let label = row.judged.label.map_or_else(String::new, |label| format!(" ({})", label.name()));
    let names =
        [Some(&row.packet_id), Some(&row.suite_id), Some(&row.scenario_id), Some(&row.mode), row.branch.as_ref()];
    let names: Vec<_> =
        names.into_iter().flatten().filter(|name| !name.is_empty()).map(|name| inert(name, 100)).collect();
    let severity = incident.map_or(Severity::Other, |incident| incident.severity);
    let style = graded(severity.rank());
    writeln!(f, "\n  {style}{}{label}{style:#}  {BOLD}{}{BOLD:#}", row.judged.verdict.name(), names.join("  "))?;
    if row.runs > 1 {
        writeln!(f, "    {style}{}{style:#}", strip(&row.timeline, MOST_RUNS))?;
    }
    writeln!(f, "    {}", inert(&unknown.why(row), 400))?;
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
    if let Some(replay) = row.reproduce.as_ref().and_then(Reproduce::command) {
        writeln!(f, "    replay: {}", inert(replay, 300))?;
    }
    if severity == Severity::Critical && row.standing.is_live() {
        let closure = incident.map(|incident| incident.closure.join("; ")).unwrap_or_default();
        writeln!(f, "    {DIM}before closure: {closure}{DIM:#}")?;
    }
    Ok(())
}
