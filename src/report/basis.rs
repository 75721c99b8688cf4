//! Which runs the figures of a report count, in words.

use crate::analysis::IncidentReport;
use crate::recurrence::Recurrence;
use crate::text::terminal::{count, listed, plural};

/// Branches that are named.
const NAMED: usize = 4;

/// What was judged, in words. `show` makes a text from a log fit for where it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'r> {
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// The judged runs.
    pub recurrence: &'r Recurrence,
}

impl Basis<'_> {
    /// `2 incidents in 26 runs of branch main`: both of the judged runs.
    #[must_use]
    pub fn headline(self, show: impl Fn(&str) -> String) -> String {
        let judged = &self.incidents.judged;
        let branches: Vec<String> = self.recurrence.branches().into_iter().map(show).collect();
        let branch = match branches.len() {
            0 => String::new(),
            1 => format!(" of branch {}{}", branches[0], if self.has_unnamed() { " and of none named" } else { "" }),
            several => format!(" of {several} branches: {}", listed(branches.into_iter(), NAMED)),
        };
        format!("{} in {}{branch}", plural(judged.incidents, "incident"), plural(judged.runs, "run"))
    }

    fn has_unnamed(self) -> bool {
        self.recurrence.runs.iter().any(|run| run.branch.is_none())
    }

    /// `44 of 528 records failed, in 5 of 12 scenarios`: all four of the judged runs.
    pub(super) fn failed(self) -> String {
        let judged = &self.incidents.judged;
        format!(
            "{} of {} failed, in {} of {}",
            count(judged.failed_records),
            plural(judged.records, "record"),
            count(judged.failed_scenarios),
            plural(judged.scenarios, "scenario"),
        )
    }

    /// What other branches hold, where not all are judged.
    pub(super) fn elsewhere(self, show: impl Fn(&str) -> String) -> Option<String> {
        let (found, judged) = (self.incidents, &self.incidents.judged);
        let runs = found.runs.saturating_sub(judged.runs);
        let rows = || found.incidents.iter().filter(|row| row.failed_in.is_empty());
        let mut branches: Vec<&str> = rows().flat_map(|row| &row.branches).map(String::as_str).collect();
        branches.sort_unstable();
        branches.dedup();
        let on = match branches.len() {
            0 => String::new(),
            _ => format!(" ({})", listed(branches.into_iter().map(show), NAMED)),
        };
        let more = rows().count() as u64;
        let of = format!("{} of branches that are not judged", plural(runs, "run"));
        (runs > 0).then(|| match more {
            0 => format!("not counted: {of}"),
            more => format!("not counted: {} only in {of}{on}", plural(more, "incident")),
        })
    }
}
