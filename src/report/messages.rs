//! What failures said, for who explains them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{self, Read};

use serde::Deserialize;
use serde_json::Value;

use crate::rows::each_row;
use crate::text::inert::{inert, inert_line};
use crate::text::terminal::{DIM, plural};

/// Incidents of which the message is shown, and lines of each.
const SHOWN: usize = 4;
const LINES: usize = 12;
/// Bytes of a line.
const WIDTH: usize = 160;

/// What is shown of an incident.
#[derive(Deserialize)]
struct Row<'r> {
    #[serde(borrow, default)]
    incident_id: Cow<'r, str>,
    #[serde(borrow, default)]
    first_run: Cow<'r, str>,
    #[serde(borrow, default)]
    owner_hint: Cow<'r, str>,
    #[serde(default)]
    owner_line: Option<u64>,
    #[serde(default)]
    told: Option<Told>,
    #[serde(default)]
    sample: Option<Sample>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Sample {
    log: String,
    line: u64,
}

/// The messages of the first failures of the incidents that these scenarios have, with the place of each; empty where the
/// logs carry none. `incidents`: `incidents.json`; `recurrence`: as [`meant`](super::meant) gives it.
///
/// # Errors
/// When it cannot be read or is no JSON.
pub fn messages(incidents: impl Read, recurrence: &Value) -> io::Result<String> {
    let scenarios = recurrence["scenarios"].as_array().map_or(&[][..], Vec::as_slice);
    let signatures = scenarios.iter().filter_map(|scenario| scenario["signatures"].as_array()).flatten();
    let wanted: BTreeSet<&str> = signatures.filter_map(|signature| signature["incident_id"].as_str()).collect();
    let mut out = String::new();
    let mut found = 0_usize;
    if wanted.is_empty() {
        return Ok(out);
    }
    each_row(incidents, "incidents", |row| -> io::Result<()> {
        let Ok(row) = serde_json::from_slice::<Row<'_>>(row) else { return Ok(()) };
        if !wanted.contains(&*row.incident_id) {
            return Ok(());
        }
        let Some(message) = row.told.and_then(|told| told.message).filter(|message| !message.trim().is_empty()) else {
            return Ok(());
        };
        found += 1;
        if found <= SHOWN {
            let place =
                row.sample.map_or_else(String::new, |sample| format!("{}:{}", inert(&sample.log, 120), sample.line));
            // Writing to a string cannot fail.
            let owner =
                row.owner_line.map(|line| format!("{}, by line {line} of CODEOWNERS", inert(&row.owner_hint, 60)));
            let _ = one(&mut out, &row.incident_id, &row.first_run, &place, &message);
            if let Some(owner) = owner {
                let _ = writeln!(out, "  owner        {owner}");
            }
        }
        Ok(())
    })?;
    if found > SHOWN {
        let _ = writeln!(out, "\n  and {}", plural((found - SHOWN) as u64, "more message"));
    }
    Ok(out)
}

fn one(out: &mut String, id: &str, run: &str, place: &str, message: &str) -> std::fmt::Result {
    writeln!(out, "\n  message      {id}  {DIM}first in {}, {place}{DIM:#}", inert(run, 60))?;
    let lines: Vec<&str> = message.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in lines.iter().take(LINES) {
        writeln!(out, "    {}", inert_line(line.trim_end(), WIDTH))?;
    }
    let more = lines.len().saturating_sub(LINES) as u64;
    if more > 0 { writeln!(out, "    {DIM}and {}{DIM:#}", plural(more, "more line")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_message_of_what_is_meant_is_shown_with_its_place() {
        let recurrence = json!({"scenarios": [{"signatures": [{"incident_id": "i1"}]}]});
        let incident = |id: &str, message: &str| json!({"incident_id": id, "first_run": "r7", "told": {"message": message}, "sample": {"log": "r7.xml", "line": 3}});
        let long = "one\u{1b}[31m\n\n  two\n".to_owned() + &"more\n".repeat(20);
        let incidents = json!({"incidents": [incident("i0", "other"), incident("i1", &long), {"incident_id": "i1"}]});
        let text = messages(&serde_json::to_vec(&incidents).unwrap()[..], &recurrence).unwrap();
        assert!(
            text.contains("first in r7, r7.xml:3") && text.contains("    one") && text.contains("      two"),
            "{text}"
        );
        assert!(
            text.contains("and 10 more lines") && !text.contains("other") && !text.contains("\u{1b}[31m\n"),
            "{text}"
        );
        assert_eq!(messages(&b"{\"incidents\":[]}"[..], &json!({})).unwrap(), "");
    }
}
