//! `report.md`: the sweep for a chat or an issue.

mod escape;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, context};
use serde::Serialize;

use super::account::repaired;
use super::html::day;
use super::spark::strip;
use super::weekly::MADE;
use super::weekly::{Weekly, WeeklyError};
use crate::inert::inert;
use crate::recurrence::{Kind, ScenarioJudgement, Verdict};
use crate::terminal::{bytes, count, plural};
use escape::{code, prose};

const TEMPLATE: &str = include_str!("markdown/report.md");
/// Runs of a history.
const MOST_RUNS: usize = 30;
/// Bytes of a command that is shown: whole or not at all.
const MOST_COMMAND: usize = 250;
/// Scenarios of a kind, changes, losses, groups and benchmarks, so that the whole keeps within 60 lines.
const MOST_ROWS: [(Kind, &str, usize); 4] = [
    (Kind::Deterministic, "Deterministic", 8),
    (Kind::Flaky, "Flaky", 5),
    (Kind::Unproven, "Unproven", 3),
    (Kind::Resolved, "Resolved", 1),
];
const MOST_CHANGES: usize = 6;
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
    owner: String,
    runs: String,
    history: String,
    replay: String,
}

/// The text.
pub(super) fn text(weekly: &Weekly<'_>) -> Result<String, WeeklyError> {
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
    let kinds: Vec<String> = MOST_ROWS
        .iter()
        .map(|(kind, title, _)| {
            let rows = found.incidents.iter().filter(|row| row.kind == Some(*kind)).count();
            format!("{} {}", count(rows as u64), title.to_lowercase())
        })
        .collect();
    Ok(templates.get_template("report")?.render(context! {
        title => format!("{} in {}", plural(found.incidents.len() as u64, "incident"), plural(found.runs, "run")),
        span => times().min().zip(times().max()).map(|(first, last)| [day(first), day(last)]),
        kinds => kinds.join(", "),
        failed => count(found.failed_records),
        records => count(found.records),
        generated => MADE,
        answer => weekly.incidents.answer.as_str(),
        since => weekly.since.map(since),
        has_loss => weekly.ledger.has_loss(),
        lines => count(totals.counts.lines),
        parsed => count(totals.counts.parsed),
        blank => count(totals.counts.blank),
        rejected => count(totals.counts.rejected.total()),
        repaired => repaired(&totals.counts.repaired),
        lost_bytes => bytes(totals.counts.lost_bytes as f64),
        losses => losses(weekly),
        warnings => warnings(weekly),
        tables => MOST_ROWS.iter().filter_map(|(kind, title, most)| table(weekly, *kind, title, *most)).map(Serde).map(Value::from).collect::<Vec<_>>(),
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

/// The scenarios of a kind, regressions first, then as judged; stale ones are left to the page.
fn table(weekly: &Weekly<'_>, kind: Kind, title: &'static str, most: usize) -> Option<Table> {
    let of_kind = |row: &&ScenarioJudgement| row.judged.kind == kind && !row.stale;
    let mut rows: Vec<&ScenarioJudgement> = weekly.recurrence.scenarios.iter().filter(of_kind).collect();
    rows.sort_by_key(|row| row.judged.verdict != Verdict::Regressed);
    let number = rows.len();
    (number > 0).then(|| Table {
        title,
        number: plural(number as u64, "scenario"),
        rows: rows.into_iter().take(most).map(|scenario| row(weekly, scenario)).collect(),
        more: (number > most).then(|| plural((number - most) as u64, "more scenario")),
    })
}

fn row(weekly: &Weekly<'_>, row: &ScenarioJudgement) -> Row {
    let gravest = row.signatures.first().and_then(|signature| {
        weekly.incidents.incidents.iter().find(|incident| incident.incident_id == signature.incident_id)
    });
    let label = row.judged.label.map_or_else(String::new, |label| format!(" ({})", label.name()));
    Row {
        verdict: format!("{}{label}", row.judged.verdict.name()),
        scenario: row.scenario_id.clone(),
        owner: gravest.map_or_else(String::new, |incident| incident.owner_hint.clone()),
        runs: format!("{} of {}", count(row.failed_runs), count(row.runs)),
        history: strip(&row.timeline, MOST_RUNS),
        replay: row.reproduce.as_ref().and_then(|one| one.replay_command.clone()).unwrap_or_default(),
    }
}

fn since(since: &super::Since) -> Value {
    let kinds: Vec<String> =
        since.kinds.iter().map(|kind| format!("{} {}", count(kind.incidents), kind.name)).collect();
    let is_news = |kind: usize| since.kinds.get(kind).is_some_and(|kind| kind.is_news);
    let news: Vec<Value> = since
        .changes
        .iter()
        .filter(|change| is_news(change.kind))
        .take(MOST_CHANGES)
        .map(|change| {
            context! {
                kind => since.kinds[change.kind].name,
                severity => change.severity.name(),
                scenario => &change.names[2],
                reason => &change.reason_code,
                why => &change.why,
            }
        })
        .collect();
    context! {
        begin => since.begin(),
        runs => since.runs("a baseline of "),
        kinds => kinds.join(", "),
        more => since.news().saturating_sub(news.len() as u64),
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
        context! { id => &group.id, scenarios => plural(group.scenarios.len() as u64, "scenario"), first }
    });
    group.collect()
}

fn benchmarks(judged: &crate::benchmark::Benchmarks) -> Value {
    use crate::benchmark::Verdict;
    let acted = |verdict: &Verdict| matches!(verdict, Verdict::Regressed | Verdict::Suspect);
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
