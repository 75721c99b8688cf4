//! What figures of incidents must not be read without.

use std::collections::BTreeSet;

use super::incidents::IncidentReport;
use crate::text::terminal::{listed, plural};

/// What is said in place of a number of failures where only benchmarks were read.
const UNTESTED: &str = "No result of a test was read, but benchmark lines";

/// Branches that are named.
pub(crate) const NAMED_BRANCHES: usize = 4;

impl IncidentReport {
    /// That there are benchmark lines and no result of a test, where that is so: then no number of failures says anything.
    #[must_use]
    pub fn untested(&self) -> Option<&'static str> {
        (self.records == 0 && self.nothing.is_none()).then_some(UNTESTED)
    }

    /// What other branches hold, where not all are judged, and how many incidents happened only there.
    #[must_use]
    pub fn elsewhere(&self, show: impl Fn(&str) -> String) -> Option<(String, u64)> {
        let runs = self.runs.saturating_sub(self.judged.runs);
        let rows = || self.incidents.iter().filter(|row| row.failed_in.is_empty());
        let branches: BTreeSet<&str> = rows().flat_map(|row| &row.branches).map(String::as_str).collect();
        let on = match branches.len() {
            0 => String::new(),
            _ => format!(" ({})", listed(branches.into_iter().map(show), NAMED_BRANCHES)),
        };
        let more = rows().count() as u64;
        let of = format!("{} of branches that are not judged", plural(runs, "run"));
        let told = match more {
            0 => format!("not counted: {of}"),
            more => format!("not counted: {} only in {of}{on}", plural(more, "incident")),
        };
        (runs > 0).then_some((told, more))
    }
}
