//! `report.md`: the sweep for a chat or an issue.

mod escape;

use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, context};
use serde::Serialize;

use super::account::repaired;
use super::apart::Apart;
use super::basis::Basis;
use super::outcomes;
use super::spark::strip;
use super::unknown::Unknown;
use super::weekly::{MADE, Weekly, WeeklyError};
use crate::archive::Unjudged;
use crate::recurrence::{Kind, Reproduce, ScenarioJudgement};
use crate::run_finding::{RunFinding, told};
use crate::text::dates::day;
use crate::text::inert::inert;
use crate::text::terminal::{bytes, count, plural};
use escape::{code, prose};

const TEMPLATE: &str = include_str!("markdown/report.md");
/// Runs of a history.
const MOST_RUNS: usize = 30;
/// Bytes of a command that is shown: whole or not at all.
const MOST_COMMAND: usize = 250;
/// Scenarios of a kind, changes, losses, groups and benchmarks, so that the whole keeps within 60 lines.
const MOST_ROWS: [(Kind, &str, usize); 4] = [
    (Kind::Deterministic, "Deterministic", 6),
    (Kind::Flaky, "Flaky", 4),
    (Kind::Unproven, "Unproven", 2),
    (Kind::Resolved, "Resolved", 1),
];
const MOST_CHANGES: usize = 5;
const MOST_AT_ONCE: usize = 1;
const MOST_LOSSES: usize = 4;
const MOST_WARNINGS: usize = 3;
const MOST_GROUPS: usize = 2;
const MOST_SERIES: usize = 3;

#[derive(Serialize)]
struct Table {
    title: &'static str,
    number: String,
    rows: Vec<Row>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Row {
    verdict: String,
    scenario: String,
    /// What tells it from other rows of that name.
    beside: Vec<String>,
    owner: String,
    runs: String,
    history: String,
    replay: String,
}

/// `report.md`: at most 60 lines of Markdown, in which nothing from a log is more than text.
///
/// # Errors
/// When its template is faulty, which no input makes it.
pub fn markdown_page(weekly: &Weekly<'_>) -> Result<String, WeeklyError> {
    let mut templates = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    templates.set_syntax(syntax);
    templates.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    templates.set_formatter(format);
    templates.add_filter("code", |text: &str| Value::from_safe_string(code(text)));
    templates.add_filter("exact", |text: &str| Value::from_safe_string(exact(text)));
    templates.add_template("report", TEMPLATE)?;
    let found = weekly.incidents;
    let times = || weekly.recurrence.runs.iter().filter_map(|run| run.first_unix_ms);
    let totals = weekly.ledger.totals();
    let basis = Basis { incidents: found, recurrence: weekly.recurrence };
    let findings = found.run_findings(weekly.recurrence);
    let (live, past): (Vec<&RunFinding>, Vec<_>) = findings.iter().partition(|finding| finding.standing.is_live());
    let told = told(&findings, &found.incidents);
    let kinds: Vec<String> = MOST_ROWS
        .iter()
        .map(|(kind, title, _)| {
            let rows =
                found.incidents.iter().filter(|row| row.kind == Some(*kind) && !row.failed_in.is_empty()).count();
            format!("{} {}", count(rows as u64), title.to_lowercase())
        })
        .collect();
    Ok(templates.get_template("report")?.render(context! {
        nothing => found.nothing.as_ref().map(|nothing| context! { headline => &nothing.headline, details => &nothing.details }),
        untested => found.untested().is_some(),
        title => basis.headline(code),
        basis => basis.failed(),
        not_said => Unknown::of(weekly.recurrence).told(),
        elsewhere => found.elsewhere(weekly.recurrence, code).map(|(told, _)| told),
        live => at_once(weekly, &live),
        past => at_once(weekly, &past),
        span => times().min().zip(times().max()).map(|(first, last)| [day(first), day(last)]),
        kinds => kinds.join(", "),
        generated => MADE,
        answer => weekly.incidents.answer.as_str(),
        since => weekly.since.map(since),
        has_loss => weekly.ledger.has_lost_text(),
        unknown => outcomes::unknown(&totals.unjudged),
        words => words(&totals.unjudged),
        name_them => outcomes::NAME_THEM,
        none_failed => none_failed(weekly),
        lines => count(totals.counts.lines),
        parsed => count(totals.counts.records()),
        blank => count(totals.counts.blank),
        rejected => count(totals.counts.rejected.total()),
        repaired => repaired(&totals.counts.repaired),
        lost_bytes => bytes(totals.counts.lost_bytes as f64),
        losses => losses(weekly),
        warnings => warnings(weekly),
        tables => MOST_ROWS.iter().filter_map(|(kind, title, most)| table(weekly, &told, *kind, title, *most)).map(Serde).map(Value::from).collect::<Vec<_>>(),
        groups => groups(weekly),
        benchmarks => weekly.benchmarks.map(benchmarks),
    })?)
}

/// What is doubtful in runs and archives, and how much more there is, in one line.
fn warnings(weekly: &Weekly<'_>) -> String {
    let of_runs = weekly.recurrence.summary.warnings.iter().cloned();
    let of_archives = weekly.ledger.warnings().map(|(path, warning)| format!("{path}: {warning}"));
    let mut told: Vec<String> = of_runs.chain(of_archives).collect();
    let more = told.len().saturating_sub(MOST_WARNINGS);
    told.truncate(MOST_WARNINGS);
    told.extend((more > 0).then(|| format!("{}: see report.html", plural(more as u64, "more warning"))));
    told.join("; ")
}

/// The unknown words that stand most often.
fn words(unjudged: &Unjudged) -> Vec<Value> {
    let words = unjudged.frequent().into_iter();
    words.map(|(word, records)| context! { word, records => count(records) }).collect()
}

/// What is said where nothing failed, and that is no all-clear.
fn none_failed(weekly: &Weekly<'_>) -> Option<String> {
    let unjudged = weekly.ledger.totals().unjudged;
    let is_whole = !weekly.ledger.has_lost_text();
    let is_clear = is_whole && unjudged.excluded() + unjudged.unknown_outcomes() == 0;
    let has_failed = !weekly.incidents.incidents.is_empty();
    (!is_clear && !has_failed && weekly.incidents.untested().is_none())
        .then(|| outcomes::none_failed(weekly.incidents.records, &unjudged, is_whole))
}

/// A command as a code span, where that can hold it as it is: part of one would be another one.
fn exact(command: &str) -> String {
    let is_exact = command.len() <= MOST_COMMAND && !command.contains('`') && inert(command, MOST_COMMAND) == command;
    if is_exact { code(command) } else { "replay in [incidents.json](incidents.json)".to_owned() }
}

/// Every value that the template writes is escaped, unless the template says that it is safe.
fn format(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let wrong = |_| minijinja::Error::new(minijinja::ErrorKind::WriteFailure, "failed to write");
    match value.as_str() {
        _ if value.is_undefined() || value.is_none() => Ok(()),
        Some(text) if value.is_safe() => out.write_str(text).map_err(wrong),
        Some(text) => out.write_str(&prose(text)).map_err(wrong),
        None => write!(out, "{value}").map_err(wrong),
    }
}

/// The scenarios of a kind, the most urgent first, then as judged; stale ones are left to the page, and those that a finding of
/// whole runs tells of to that.
fn table(weekly: &Weekly<'_>, told: &BTreeSet<&str>, kind: Kind, title: &'static str, most: usize) -> Option<Table> {
    let is_told = |row: &ScenarioJudgement| row.incident_id.as_deref().is_some_and(|id| told.contains(id));
    let of_kind = |row: &&ScenarioJudgement| row.judged.kind == kind && !row.stale && !is_told(row);
    let mut rows: Vec<&ScenarioJudgement> = weekly.recurrence.scenarios.iter().filter(of_kind).collect();
    rows.sort_by_key(|row| row.judged.verdict.urgency());
    let number = rows.len();
    let apart = Apart::new(weekly.recurrence.scenarios.iter().map(ScenarioJudgement::names));
    (number > 0).then(|| Table {
        title,
        number: plural(number as u64, "scenario"),
        rows: rows.into_iter().take(most).map(|scenario| row(weekly, &apart, scenario)).collect(),
        more: (number > most).then(|| plural((number - most) as u64, "more scenario")),
    })
}

/// Findings of whole runs, a line each.
fn at_once(weekly: &Weekly<'_>, findings: &[&RunFinding]) -> Vec<Value> {
    let line = |finding: &&RunFinding| {
        let first = finding.incidents.first().and_then(|&place| weekly.incidents.incidents.get(place))?;
        Some(context! {
            severity => finding.severity.name(),
            title => finding.title(code),
            shared => finding.shared(code),
            state => finding.state(),
            owner => &first.owner_hint,
        })
    };
    findings.iter().take(MOST_AT_ONCE).filter_map(line).collect()
}

fn row(weekly: &Weekly<'_>, apart: &Apart<'_>, row: &ScenarioJudgement) -> Row {
    let incident =
        weekly.incidents.incidents.iter().find(|incident| row.incident_id.as_ref() == Some(&incident.incident_id));
    let label = row.judged.label.map_or_else(String::new, |label| format!(" ({})", label.name()));
    Row {
        verdict: format!("{}{label}", row.judged.verdict.name()),
        scenario: row.scenario_id.clone(),
        beside: apart.beside(row.names(), row.branch.as_deref()).into_iter().map(str::to_owned).collect(),
        owner: incident.map_or_else(String::new, |incident| incident.owner_hint.clone()),
        runs: format!("{} of {}", count(row.failed_runs), plural(row.runs, "run")),
        history: strip(&row.timeline, MOST_RUNS),
        replay: row.reproduce.as_ref().and_then(Reproduce::command).unwrap_or_default().to_owned(),
    }
}

fn since(since: &super::Since) -> Value {
    let kinds: Vec<String> =
        since.kinds.iter().map(|kind| format!("{} {}", count(kind.incidents), kind.name)).collect();
    let (apart, rows) = (since.apart(), since.news_rows());
    let news: Vec<Value> = rows
        .iter()
        .take(MOST_CHANGES)
        .map(|(change, finding)| {
            let kind = since.kinds[change.kind].name;
            if let Some(finding) = finding {
                let at_once = format!("{}: {}; {}", finding.title(code), finding.shared(code), finding.state());
                return context! { kind, at_once, severity => finding.severity.name() };
            }
            context! {
                kind,
                severity => change.severity.name(),
                scenario => &change.names[2],
                beside => change.beside(&apart).into_iter().map(str::to_owned).collect::<Vec<_>>(),
                reason => &change.reason_code,
                why => &change.why,
            }
        })
        .collect();
    context! {
        begin => since.begin(),
        runs => since.runs("a baseline of "),
        kinds => kinds.join(", "),
        more => rows.len().saturating_sub(news.len()),
        news,
        warning => since.warnings.first().map(String::as_str),
    }
}

fn losses(weekly: &Weekly<'_>) -> Vec<Value> {
    let ledger = weekly.ledger;
    let archives = ledger.archives.iter().filter(|one| one.damage_count + one.counts.rejected.total() > 0).map(|one| {
        let what = [(one.damage_count, "place", " of damage"), (one.counts.rejected.total(), "line", " rejected")];
        let what = what.into_iter().filter(|(number, ..)| *number > 0);
        let what: Vec<String> = what.map(|(number, noun, tail)| format!("{}{tail}", plural(number, noun))).collect();
        context! { path => &one.path, what => what.join(", ") }
    });
    let unreadable = ledger.skipped.iter().filter(|one| one.is_loss);
    let all = archives.chain(unreadable.map(|one| context! { path => &one.path, what => &one.why }));
    all.take(MOST_LOSSES).collect()
}

fn groups(weekly: &Weekly<'_>) -> Vec<Value> {
    let groups = weekly.recurrence.groups.iter().take(MOST_GROUPS);
    let group = groups.map(|group| {
        let first = group.scenarios.first().map_or("", |names| &names[2]);
        let since = group.since.as_ref().map(|since| &since.run);
        context! { id => &group.id, scenarios => plural(group.scenarios.len() as u64, "scenario"), first, since }
    });
    group.collect()
}

fn benchmarks(judged: &crate::benchmark::Benchmarks) -> Value {
    use crate::benchmark::Verdict;
    let acted = |verdict: &Verdict| {
        matches!(verdict, Verdict::Regressed | Verdict::HostMoved | Verdict::Drifting | Verdict::Suspect)
    };
    let mut rows: Vec<_> = judged.series.iter().filter(|row| acted(&row.judgement.verdict)).collect();
    rows.sort_by_key(|row| row.judgement.verdict != Verdict::Regressed);
    let verdicts = judged.summary.by_verdict.iter().map(|(name, number)| format!("{} {name}", count(*number as u64)));
    let rows = rows.into_iter().take(MOST_SERIES);
    let rows: Vec<Value> = rows
        .map(|row| {
            let verdict = row.judgement.verdict.name();
            context! { verdict, lane => &row.key.lane, metric => &row.key.metric, why => &row.judgement.why }
        })
        .collect();
    context! { series => count(judged.series.len() as u64), verdicts => verdicts.collect::<Vec<_>>().join(", "), rows }
}

#[cfg(test)]
mod tests;
