//! What figures of incidents must not be read without.

use std::collections::BTreeSet;

use super::incidents::IncidentReport;
use crate::incident::IncidentRow;
use crate::recurrence::Recurrence;
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

    /// What other branches hold, where not all are judged, and how many incidents happened only there, or last there though
    /// they are over where they are judged.
    #[must_use]
    pub fn elsewhere(&self, judged: &Recurrence, show: impl Fn(&str) -> String) -> Option<(String, u64)> {
        let runs = self.runs.saturating_sub(self.judged.runs);
        let judged_runs = judged.run_ids();
        let is_last_elsewhere = |row: &&IncidentRow| !judged_runs.contains(row.last_run.as_str());
        let (only, again): (Vec<&IncidentRow>, Vec<&IncidentRow>) = self
            .incidents
            .iter()
            .filter(|row| !row.standing().is_live())
            .filter(is_last_elsewhere)
            .partition(|row| row.failed_in.is_empty());
        let own = judged.branches();
        let of_rows = only.iter().chain(&again).flat_map(|row| &row.branches).map(String::as_str);
        let branches: BTreeSet<&str> = of_rows.filter(|branch| !own.contains(branch)).collect();
        let on = match branches.len() {
            0 => String::new(),
            _ => format!(" (on {})", listed(branches.into_iter().map(show), NAMED_BRANCHES)),
        };
        let of = format!("{} of branches that are not judged", plural(runs, "run"));
        let (only, again) = (only.len() as u64, again.len() as u64);
        let are = if again == 1 { "that is" } else { "that are" };
        let parts = [
            (only, format!("{} of theirs alone", plural(only, "incident"))),
            (again, format!("later failures of {} {are} over or stale", plural(again, "incident"))),
        ];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, part)| part);
        let told = match &parts.collect::<Vec<_>>()[..] {
            [] => format!("not counted: {of}"),
            parts => {
                let hold = if runs == 1 { "holds" } else { "hold" };
                format!("not counted: {of}, which {hold} {}{on}", parts.join(" and "))
            }
        };
        (runs > 0).then_some((told, only + again))
    }
}
