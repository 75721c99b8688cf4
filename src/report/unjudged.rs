//! Incidents that have no verdict, which are in no history that could be explained.

use std::borrow::Cow;
use std::fmt::Write;
use std::io::{self, Read};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::explain::wrapped;
use crate::incident::IncidentRow;
use crate::recurrence::Standing;
use crate::rows::each_row;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, plural};

/// What tells whether a row is meant.
#[derive(Deserialize)]
struct Named<'r> {
    #[serde(borrow)]
    incident_id: Cow<'r, str>,
    #[serde(borrow)]
    scenario_id: Cow<'r, str>,
}

/// The incidents of an `incidents.json` that a name means and that have no verdict, with why they have none; empty where there
/// are none.
///
/// # Errors
/// When it cannot be read or is no JSON.
pub fn unjudged(document: impl Read, name: &str) -> io::Result<String> {
    let mut out = String::new();
    each_row(document, "incidents", |row| -> io::Result<()> {
        let is_meant = |named: Named<'_>| named.incident_id == name || named.scenario_id == name;
        if !serde_json::from_slice(row).is_ok_and(is_meant) {
            serde_json::from_slice::<IgnoredAny>(row)?;
            return Ok(());
        }
        let row: IncidentRow = serde_json::from_slice(row)?;
        if row.verdict.is_none() {
            // Writing to a string cannot fail.
            let _ = one(&mut out, &row);
        }
        Ok(())
    })?;
    Ok(out)
}

fn one(out: &mut String, row: &IncidentRow) -> std::fmt::Result {
    let shown = |text: &str| inert(text, 300).into_owned();
    let names = row.names().map(shown);
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let standing = row.standing();
    let between = if out.is_empty() { "" } else { "\n" };
    writeln!(out, "{between}{BOLD}{}{BOLD:#}", names.join("  "))?;
    writeln!(out, "{BOLD}no verdict{BOLD:#}  {DIM}{}{DIM:#}\n", standing.name())?;
    let why = match standing {
        Standing::Elsewhere => "it failed only on branches that are not judged".to_owned(),
        _ => format!(
            "its class, {}, is kept out of verdicts (`counts = \"incident_only\"` of taxonomy {}): such failures count as \
             neither passes nor failures of the scenario",
            shown(&row.class),
            shown(&row.taxonomy)
        ),
    };
    wrapped(out, "why", &why)?;
    let seen = format!(
        "{} in {}, first in {}, last in {}",
        plural(row.occurrences, "failing record"),
        plural(row.runs_failed, "run"),
        shown(&row.first_run),
        shown(&row.last_run)
    );
    wrapped(out, "seen", &seen)?;
    wrapped(out, "reason", &shown(&row.reason_code))?;
    wrapped(out, "incident", &row.incident_id)
}
