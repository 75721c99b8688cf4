//! Which runs the figures of a report count, in words.

use crate::analysis::{IncidentReport, NAMED_BRANCHES};
use crate::recurrence::Recurrence;
use crate::text::terminal::{count, listed, plural};

/// What was judged, in words. `show` makes a text from a log fit for where it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'r> {
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// The judged runs.
    pub recurrence: &'r Recurrence,
}

impl Basis<'_> {
    /// `2 incidents in 26 runs of branch main`: both of the judged runs, with the filters that they are what is left of.
    #[must_use]
    pub fn headline(self, show: impl Fn(&str) -> String) -> String {
        if let Some(untested) = self.incidents.untested() {
            return format!("{untested}{}", self.incidents.filter.told(show));
        }
        let judged = &self.incidents.judged;
        let branches: Vec<String> = self.recurrence.branches().into_iter().map(&show).collect();
        let branch = match branches.len() {
            0 => String::new(),
            1 => format!(" of branch {}{}", branches[0], if self.has_unnamed() { " and of none named" } else { "" }),
            several => {
                let unnamed = if self.has_unnamed() { ", and of none named" } else { "" };
                format!(" of {several} branches: {}{unnamed}", listed(branches.into_iter(), NAMED_BRANCHES))
            }
        };
        let filter = self.incidents.filter.told(show);
        format!("{} in {}{branch}{filter}", plural(judged.incidents, "incident"), plural(judged.runs, "run"))
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
}
