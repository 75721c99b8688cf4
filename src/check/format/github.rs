//! Annotations of pull requests.

use std::fmt::Write;

use crate::check::checked::{Checked, Failure};
use crate::text::terminal::plural;
use crate::text::workflow::{message, property};

/// One `::error` line for a failure that stops, one `::warning` line for one that is known, then a `::notice` with the
/// answer. What a log says cannot begin a command of its own.
#[must_use]
pub fn github(checked: &Checked) -> String {
    let mut text = String::new();
    for failure in &checked.failures {
        let command = if failure.stops { "error" } else { "warning" };
        let file = failure.file.as_ref().map_or_else(String::new, |file| format!("file={},", property(file)));
        let title = property(&format!("{}: {}", failure.known.words(), failure.scenario_id));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "::{command} {file}title={title}::{}", message(&told(failure)));
    }
    for warning in &checked.warnings {
        let _ = writeln!(text, "::warning title=relapse check::{}", message(warning));
    }
    let (stopping, known) = checked.counts();
    let word = if checked.passes { "pass" } else { "fail" };
    let said = format!("{word}: {} not known, {known} known", plural(stopping, "failure"));
    let _ = writeln!(text, "::notice title=relapse check::{}", message(&said));
    text
}

/// What is told of a failure, a line each.
pub(super) fn told(failure: &Failure) -> String {
    let mut lines = vec![failure.message.as_deref().unwrap_or(&failure.reason_code).trim_end(), &failure.why];
    lines.extend(failure.rerun.command.as_deref());
    lines.push(&failure.rerun.meaning);
    lines.join("\n")
}
