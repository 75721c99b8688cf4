//! What no run and no record says: told once, where every sentence would say it.

use std::borrow::Cow;

use crate::recurrence::{Recurrence, ScenarioJudgement, Verdict};

/// What nobody says, and what that costs.
const COSTS: [(&str, &str); 4] = [
    ("revision", "flaky and regressed cannot be told apart by commit"),
    ("branch", "what a branch broke looks flaky"),
    ("environment", "what fails on one platform looks flaky"),
    ("seed", "what fails with one seed looks flaky"),
];

/// What no run and no record says of where it ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unknown(Vec<&'static str>);

impl Unknown {
    /// What is unknown of all that was judged; nothing where nothing failed.
    pub(super) fn of(recurrence: &Recurrence) -> Self {
        let failing = || recurrence.scenarios.iter().filter(|row| row.judged.verdict != Verdict::NoFailure);
        if failing().next().is_none() {
            return Self::default();
        }
        let is_unknown = |name: &str| match name {
            "revision" => recurrence.runs.iter().all(|run| run.revision.is_none()),
            "branch" => recurrence.runs.iter().all(|run| run.branch.is_none()),
            _ => failing().all(|row| row.uncontrolled.contains(&name)),
        };
        Self(COSTS.iter().map(|&(name, _)| name).filter(|name| is_unknown(name)).collect())
    }

    /// That in one sentence, with what it costs.
    pub(super) fn told(&self) -> Option<String> {
        let names = match &self.0[..] {
            [] => return None,
            [one] => (*one).to_owned(),
            [all @ .., last] => format!("{} or {last}", all.join(", ")),
        };
        let costs: Vec<&str> = COSTS.iter().filter(|(name, _)| self.0.contains(name)).map(|&(_, cost)| cost).collect();
        Some(format!("no record says its {names}: {}", costs.join("; ")))
    }

    /// A verdict's sentence without what is told once.
    pub(super) fn why<'r>(&self, row: &'r ScenarioJudgement) -> Cow<'r, str> {
        let clause = |names: &[&str]| {
            if names.is_empty() { String::new() } else { format!("; not controlled: {}", names.join(", ")) }
        };
        let rest: Vec<&str> = row.uncontrolled.iter().copied().filter(|name| !self.0.contains(name)).collect();
        if rest.len() == row.uncontrolled.len() {
            return Cow::Borrowed(&row.why);
        }
        // The last one: what stands before it may be a name from a log.
        let whole = clause(&row.uncontrolled);
        match row.why.rfind(&whole) {
            Some(at) => Cow::Owned([&row.why[..at], &clause(&rest), &row.why[at + whole.len()..]].concat()),
            None => Cow::Borrowed(&row.why),
        }
    }
}
