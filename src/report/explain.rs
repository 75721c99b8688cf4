//! One scenario at length, from what a sweep wrote.

use std::borrow::Cow;
use std::fmt::Write;
use std::io::{self, Read};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use thiserror::Error;

use super::advice::advice;
use crate::recurrence::UNKNOWN_BRANCH;
use crate::rows::each_row;
use crate::taxonomy::CommandRow;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, plural};

/// Runs a line.
const FOLD: usize = 50;
/// Rows of a table.
const ROWS: usize = 8;
/// Candidates named when a name is not clear.
const CANDIDATES: usize = 12;

/// Why nothing can be explained.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExplainError {
    /// The document is no `recurrence.json` that this version reads.
    #[error("failed to read recurrence.json: expected schema_version `relapse-recurrence-v1`")]
    Schema,
    /// The sweep came to nothing.
    #[error("failed to explain a sweep that came to nothing: {0}")]
    Nothing(String),
    /// No scenario of this name or incident of this id.
    #[error("no failed scenario or incident `{name}`{}", candidates(near))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Scenarios whose names hold it.
        near: Vec<String>,
    },
}

fn candidates(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; near it:\n  {}", near.join("\n  ")) }
}

/// What tells whether a row is meant.
#[derive(Deserialize)]
struct Named<'r> {
    #[serde(borrow, default)]
    scenario_id: Cow<'r, str>,
    #[serde(borrow, default)]
    signatures: Vec<NamedSignature<'r>>,
}

#[derive(Deserialize)]
struct NamedSignature<'r> {
    #[serde(borrow, default)]
    incident_id: Cow<'r, str>,
}

/// As much of a `recurrence.json` as [`explain`] needs for a name: the rows that it means, else the names of those near it.
/// The others are looked at and never held.
///
/// # Errors
/// When it cannot be read or is no JSON.
pub fn meant(document: impl Read, name: &str) -> io::Result<Value> {
    let (mut meant, mut near) = (Vec::new(), Vec::new());
    let rest = each_row(document, "scenarios", |row| -> io::Result<()> {
        let Ok(named) = serde_json::from_slice::<Named<'_>>(row) else {
            serde_json::from_slice::<IgnoredAny>(row)?;
            return Ok(());
        };
        if named.scenario_id == name || named.signatures.iter().any(|signature| signature.incident_id == name) {
            meant.push(serde_json::from_slice::<Value>(row)?);
        } else if meant.is_empty() && named.scenario_id.contains(name) {
            near.push(json!({"scenario_id": named.scenario_id}));
        }
        Ok(())
    })?;
    let mut document: Value = serde_json::from_slice(&rest)?;
    if let Some(document) = document.as_object_mut() {
        document.insert("scenarios".to_owned(), if meant.is_empty() { near } else { meant }.into());
    }
    Ok(document)
}

/// Explains the scenarios that a name means: an incident's id, or a scenario's id (in each of its modes).
///
/// # Errors
/// When the document is not readable or nothing has that name.
pub fn explain(recurrence: &Value, name: &str) -> Result<String, ExplainError> {
    if recurrence["schema_version"] != "relapse-recurrence-v1" {
        return Err(ExplainError::Schema);
    }
    if let Some(why) = recurrence["nothing"].as_str() {
        return Err(ExplainError::Nothing(inert(why, 2000).into_owned()));
    }
    let scenarios = list(&recurrence["scenarios"]);
    let is_meant = |scenario: &&Value| {
        text(&scenario["scenario_id"]) == name
            || list(&scenario["signatures"]).iter().any(|signature| text(&signature["incident_id"]) == name)
    };
    let meant: Vec<&Value> = scenarios.iter().filter(is_meant).collect();
    if meant.is_empty() {
        let mut near: Vec<String> = scenarios
            .iter()
            .map(|scenario| text(&scenario["scenario_id"]))
            .filter(|id| id.contains(name))
            .map(|id| inert(id, 120).into_owned())
            .collect();
        near.sort();
        near.dedup();
        near.truncate(CANDIDATES);
        return Err(ExplainError::Unknown { name: inert(name, 200).into_owned(), near });
    }
    let runs: Vec<&Value> = list(&recurrence["runs"]).iter().collect();
    let mut out = String::new();
    for (at, scenario) in meant.into_iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = one(&mut out, scenario, &runs);
    }
    Ok(out)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> String {
    match value {
        Value::Null => "unknown".into(),
        value => value.to_string(),
    }
}

/// A number with its noun.
fn counted(value: &Value, noun: &str) -> String {
    value.as_u64().map_or_else(|| format!("unknown {noun}s"), |number| plural(number, noun))
}

fn shown(value: &Value) -> String {
    inert(text(value), 300).into_owned()
}

fn one(out: &mut String, scenario: &Value, runs: &[&Value]) -> std::fmt::Result {
    let names: Vec<String> =
        ["packet_id", "suite_id", "scenario_id", "mode", "branch"].iter().map(|key| shown(&scenario[*key])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    writeln!(out, "{BOLD}{}{BOLD:#}", names.join("  "))?;
    let label = scenario["label"].as_str().map_or_else(String::new, |label| format!(" ({label})"));
    let stale = if scenario["stale"] == true { ", stale" } else { "" };
    let verdict = text(&scenario["verdict"]);
    writeln!(out, "{BOLD}{verdict}{label}{BOLD:#}  {DIM}{}{stale}{DIM:#}\n", text(&scenario["kind"]))?;
    wrapped(out, "why", &shown(&scenario["why"]))?;
    wrapped(out, "would change", &shown(&scenario["would_change"]))?;
    let interval = &scenario["fail_rate"]["jeffreys_95"];
    wrapped(
        out,
        "rate",
        &format!(
            "{} of {}, {} of {}; 95 % interval of the runs {} to {}",
            scenario["failed_runs"],
            counted(&scenario["runs"], "run"),
            scenario["failed_attempts"],
            counted(&scenario["attempts"], "attempt"),
            percent(&interval[0]),
            percent(&interval[1])
        ),
    )?;
    let needed = &scenario["clean_runs_needed"];
    let show = if needed["k95"] == 1 { "shows" } else { "show" };
    let to_fix = if needed["k95"].is_null() {
        String::new()
    } else {
        format!("; {} {show} a fix at 95 %, {} at 99 %", number(&needed["k95"]), number(&needed["k99"]))
    };
    wrapped(out, "clean", &format!("{} at the end{to_fix}", counted(&scenario["clean_runs"], "run")))?;
    let fix = &scenario["planned_fix"];
    if fix.is_object() {
        let failed =
            if fix["failed_run"].is_null() { String::new() } else { format!(", in {}", shown(&fix["failed_run"])) };
        let state = format!("{}{failed}", shown(&fix["state"]));
        let since = format!("{}, since {}", shown(&fix["ticket"]), shown(&fix["since_run"]));
        let clean = counted(&fix["clean_runs"], "run");
        let needed = [number(&fix["needed_95"]), number(&fix["needed_99"])];
        wrapped(
            out,
            "fix",
            &format!(
                "{since}: {state}; {clean} clean since; {} show at 95 % that it holds, {} at 99 %",
                needed[0], needed[1]
            ),
        )?;
    }
    let quarantine = &scenario["quarantine"];
    if text(&quarantine["state"]) != "none" {
        let state = text(&quarantine["state"]);
        let since = shown(&quarantine[if state == "released" { "released_run" } else { "since_run" }]);
        wrapped(out, "quarantine", &format!("{state} since {since}"))?;
    }
    history(out, scenario, runs)?;
    for change in list(&scenario["changepoints"]) {
        let change = format!(
            "at {} (99 %: {} to {}): {} to {} of runs fail",
            shown(&change["run"]),
            shown(&change["from_run"]),
            shown(&change["to_run"]),
            percent(&change["rate_before"]),
            percent(&change["rate_after"])
        );
        wrapped(out, "changed", &change)?;
    }
    let range = &scenario["regression_range"];
    if range.is_object() {
        wrapped(out, "revisions", &shown(&range["told"]))?;
        if let Some(command) = range["log_command"].as_str() {
            writeln!(out, "  changes       {}", inert(command, 300))?;
        }
    }
    levels(out, "environment", &scenario["envs"])?;
    levels(out, "seed", &scenario["seeds"])?;
    signatures(out, scenario)?;
    next(out, scenario, verdict)
}

fn percent(rate: &Value) -> String {
    match rate.as_f64() {
        None => "unknown".into(),
        Some(rate) if rate > 0.0 && rate < 1.0 => format!("{:.1} %", 100.0 * rate),
        Some(rate) => format!("{:.0} %", 100.0 * rate),
    }
}

/// A labelled paragraph, folded at 78 columns.
pub(super) fn wrapped(out: &mut String, label: &str, paragraph: &str) -> std::fmt::Result {
    let mut line = format!("  {label:<13}");
    for word in paragraph.split(' ') {
        if line.chars().count() + word.chars().count() > 78 && !line.trim_end().ends_with(label) {
            writeln!(out, "{}", line.trim_end())?;
            line = format!("  {:<13}", "");
        }
        line.push_str(word);
        line.push(' ');
    }
    writeln!(out, "{}", line.trim_end())
}

/// A mark for every run, fifty a line in tens.
fn history(out: &mut String, scenario: &Value, runs: &[&Value]) -> std::fmt::Result {
    let branch = &scenario["branch"];
    // Runs of no known branch have none, and their scenarios the name for it.
    let of_run = |run: &Value| run["branch"].as_str().unwrap_or(UNKNOWN_BRANCH) == text(branch);
    let ids: Vec<&str> =
        runs.iter().filter(|run| branch.is_null() || of_run(run)).map(|run| text(&run["id"])).collect();
    let marks = expand(text(&scenario["timeline"]));
    let unplaced = if marks.contains(&'?') { ", ? of unknown place" } else { "" };
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0).min(20);
    writeln!(out, "\n  runs in order: P passed, F failed, M set aside, x excluded, . not in the run{unplaced}")?;
    for (line, marks) in marks.chunks(FOLD).enumerate() {
        let tens: Vec<String> = marks.chunks(10).map(|ten| ten.iter().collect()).collect();
        let id = ids.get(line * FOLD).copied().unwrap_or_default();
        // The end of an id tells runs apart.
        let from = id.chars().count().saturating_sub(width);
        let tail: String = id.chars().skip(from).collect();
        let short: String = inert(&tail, width).chars().take(width).collect();
        writeln!(out, "  {short:<width$}  {}", tens.join(" "))?;
    }
    Ok(())
}

/// `P3F2` as PPPFF; a count that no document of ours holds is cut.
fn expand(history: &str) -> Vec<char> {
    let mut marks = Vec::new();
    let mut rest = history;
    while let Some(mark) = rest.chars().next() {
        let digits = rest[mark.len_utf8()..].find(|c: char| !c.is_ascii_digit());
        let end = digits.map_or(rest.len(), |at| at + mark.len_utf8());
        let count: usize = rest[mark.len_utf8()..end].parse().unwrap_or(1);
        marks.extend(std::iter::repeat_n(mark, count.min(1_000_000)));
        rest = &rest[end..];
    }
    marks
}

fn levels(out: &mut String, what: &str, levels: &Value) -> std::fmt::Result {
    let table = list(&levels["table"]);
    if table.is_empty() {
        return Ok(());
    }
    let test = levels["q"].as_f64().map_or_else(String::new, |q| format!("  (q {q:.2e})"));
    writeln!(out, "\n  {:<34} {:>8} {:>8} {:>10}{test}", format!("by {what}"), "failed", "runs", "attempts")?;
    for row in table.iter().take(ROWS) {
        writeln!(
            out,
            "    {:<32} {:>8} {:>8} {:>10}",
            inert(text(&row["level"]), 32),
            number(&row["failed_runs"]),
            number(&row["runs"]),
            number(&row["attempts"])
        )?;
    }
    let listed = table.len().min(ROWS) as u64;
    let seen = levels["seen"].as_u64().unwrap_or(0);
    if seen > listed { writeln!(out, "    and {} more", seen - listed) } else { Ok(()) }
}

fn signatures(out: &mut String, scenario: &Value) -> std::fmt::Result {
    let signatures = list(&scenario["signatures"]);
    writeln!(out, "\n  {:<28} {:>8}  ways to fail", "incident", "runs")?;
    for signature in signatures {
        writeln!(
            out,
            "    {:<26} {:>8}  {} {}  {DIM}{}{DIM:#}",
            text(&signature["incident_id"]),
            number(&signature["failed_runs"]),
            shown(&signature["class"]),
            shown(&signature["reason_code"]),
            text(&signature["verdict"])
        )?;
        if signatures.len() > 1 && signature["incident_id"] == scenario["incident_id"] {
            writeln!(out, "    {:<26} {:>8}  {DIM}the verdict is about this one{DIM:#}", "", "")?;
        }
    }
    Ok(())
}

fn next(out: &mut String, scenario: &Value, verdict: &str) -> std::fmt::Result {
    let reproduce = &scenario["reproduce"];
    writeln!(out)?;
    let ways: Vec<CommandRow> = Vec::deserialize(&reproduce["commands"]).unwrap_or_default();
    if let Some(command) = CommandRow::replay(reproduce["replay_command"].as_str(), &ways) {
        writeln!(out, "  reproduce     {}", inert(command, 300))?;
        let seed = reproduce["seed"].as_u64().map_or_else(String::new, |seed| format!("seed {seed}  "));
        let env = shown(&reproduce["env_fingerprint"]);
        writeln!(out, "                {seed}{env}  as in {}", shown(&reproduce["run"]))?;
    }
    wrapped(out, "next", &advice(scenario, verdict))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn histories_are_expanded() {
        assert_eq!(expand("P3F2.1").into_iter().collect::<String>(), "PPPFF.");
        assert_eq!(expand(""), []);
        assert_eq!(expand("é").len(), 1);
    }

    #[test]
    fn only_rows_that_are_meant_are_held() {
        let row = |id: &str, incident: &str| json!({"scenario_id": id, "signatures": [{"incident_id": incident}], "why": "w"});
        let rows = [row("add", "i1"), row("add/2", "i2"), row("sub", "i3"), json!(7)];
        let document = json!({"schema_version": "relapse-recurrence-v1", "runs": [{"id": "r"}], "scenarios": rows});
        let text = serde_json::to_vec_pretty(&document).unwrap();
        for (name, held) in [("add", 1), ("i3", 1), ("ad", 2), ("nothing", 0)] {
            let meant = meant(&text[..], name).unwrap();
            assert_eq!(list(&meant["scenarios"]).len(), held, "{name}");
            assert_eq!(explain(&meant, name), explain(&document, name));
        }
        assert!(meant(&text[..text.len() - 2], "add").is_err());
        assert_eq!(meant(&b"[1]"[..], "add").unwrap(), json!([1]));
    }

    #[test]
    fn the_revisions_between_which_it_broke_are_told() {
        let range = json!({"told": "all runs of a passed", "log_command": "git log a..b"});
        let document = json!({
            "schema_version": "relapse-recurrence-v1",
            "scenarios": [{"scenario_id": "s", "regression_range": range}],
        });
        let text = explain(&document, "s").unwrap();
        assert!(text.contains("\n  revisions    all runs of a passed\n  changes       git log a..b\n"), "{text}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_near_ones() {
        let document = json!({
            "schema_version": "relapse-recurrence-v1",
            "scenarios": [{"scenario_id": "suite/strict:add"}],
        });
        let error = explain(&document, "add").unwrap_err();
        assert_eq!(error.to_string(), "no failed scenario or incident `add`; near it:\n  suite/strict:add");
        assert_eq!(explain(&json!({}), "add"), Err(ExplainError::Schema));
    }
}
