//! Annotations of GitHub's workflow commands: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write;

use super::super::decision::Decision;
use super::super::violation::Violation;
use super::details::{details, message};
use crate::text::terminal::plural;
use crate::text::workflow::{message as data, property};

/// One `::error` or `::warning` line a finding, then a `::notice` with the decision. What a log says cannot begin a
/// command of its own: it stays on its line.
#[must_use]
pub fn github(decision: &Decision) -> String {
    let mut text = String::new();
    let mut annotate = |command: &str, found: &Violation| {
        let mut text_of = message(found).into_owned();
        for (name, items) in details(found, 20) {
            let _ = write!(text_of, "\n{name}: {}", items.join(if name == "replay" { "\n  " } else { ", " }));
        }
        let _ = writeln!(text, "::{command} title={}::{}", property(&found.budget_id), data(&text_of));
    };
    for found in &decision.violations {
        annotate("error", found);
    }
    for found in &decision.warnings {
        annotate("warning", found);
    }
    let word = if decision.passes() { "pass" } else { "fail" };
    let violations = plural(decision.violations.len() as u64, "violation");
    let warnings = plural(decision.warnings.len() as u64, "warning");
    let filter = decision.inputs.filtered(str::to_owned);
    let said = format!("{word}: {violations}, {warnings}{filter}");
    let _ =
        writeln!(text, "::notice title={}::{}", property(&format!("relapse gate {}", decision.policy)), data(&said));
    text
}
