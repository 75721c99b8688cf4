//! For a person at a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::super::decision::Decision;
use super::super::violation::Violation;
use super::details::details;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, colour, count, plural};

/// Scenarios, commands and the like that are shown of each finding.
const SHOWN: usize = 5;

/// The decision in one page. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[must_use]
pub fn human(decision: &Decision) -> String {
    let mut text = String::new();
    let (word, style) = if decision.passes() {
        ("pass", colour(AnsiColor::Green).bold())
    } else {
        ("fail", colour(AnsiColor::Red).bold())
    };
    let inputs = &decision.inputs;
    let kinds: Vec<String> = inputs.by_kind.iter().map(|(kind, number)| format!("{} {kind}", count(*number))).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{style}{word}{style:#}  {BOLD}{}{BOLD:#}  {DIM}{}, {}{DIM:#}",
        inert(&decision.policy, 60),
        plural(decision.violations.len() as u64, "violation"),
        plural(decision.warnings.len() as u64, "warning"),
    );
    let _ = writeln!(
        text,
        "{DIM}{} in {}{}, {} failed; scenarios: {}; {}{}{}{DIM:#}",
        plural(inputs.records, "record"),
        plural(inputs.runs, "run"),
        inputs.filtered(|name| inert(name, 60).into_owned()),
        count(inputs.failed_records),
        if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") },
        plural(inputs.open_incidents, "open incident"),
        if inputs.quarantined > 0 { format!("; {} quarantined", count(inputs.quarantined)) } else { String::new() },
        match (inputs.series, inputs.compared_series) {
            (0, _) => String::new(),
            (series, compared) => format!("; {} series of benchmarks, {} compared", count(series), count(compared)),
        },
    );
    for (found, style) in decision
        .violations
        .iter()
        .map(|found| (found, colour(AnsiColor::Red)))
        .chain(decision.warnings.iter().map(|found| (found, colour(AnsiColor::Yellow))))
    {
        finding(&mut text, found, style);
    }
    text
}

fn finding(text: &mut String, found: &Violation, style: Style) {
    let _ = writeln!(text, "\n{style}{}{style:#}  {}", found.level.name(), inert(&found.message, 400));
    let packet = found
        .packet_id
        .as_ref()
        .filter(|packet| !packet.is_empty())
        .map(|packet| format!("  packet {}", inert(packet, 60)));
    let _ = writeln!(text, "      {DIM}{}{}{DIM:#}", inert(&found.budget_id, 120), packet.unwrap_or_default());
    for (name, items) in details(found, SHOWN) {
        // Commands and paths are copied: each has its line.
        if matches!(name, "replay" | "artifacts") {
            for item in items {
                let _ = writeln!(text, "      {DIM}{name:<9}{DIM:#} {}", inert(&item, 300));
            }
        } else {
            let shown: Vec<_> = items.iter().map(|item| inert(item, 120)).collect();
            let _ = writeln!(text, "      {DIM}{name:<9}{DIM:#} {}", shown.join(", "));
        }
    }
}
