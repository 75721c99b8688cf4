//! The runs of an incident in two sweeps, as one series.

use super::history::{History, Side};
use crate::recurrence::Options;
use crate::stats::{Outages, Pattern};

/// One run of its scenario.
struct MergedRun {
    unix_ms: Option<i64>,
    is_new: bool,
    /// Place in the list of its sweep.
    run: u32,
    failed: bool,
}

/// The baseline's runs and those compared, in order.
pub(super) struct Merged {
    runs: Vec<MergedRun>,
    /// At which each outage of a relapse is proven: those of the new sweep's judging.
    odds: f64,
}

impl Merged {
    /// Of the baseline those in which its scenario was there and everything did not fail at once; of the new sweep those of them that
    /// are compared. By time, where all tell it; else the baseline first.
    pub(super) fn new(
        (old, old_history): (&Side<'_>, &History),
        (new, new_history): (&Side<'_>, &History),
        is_compared: impl Fn(u32) -> bool,
    ) -> Self {
        let of = |side: &Side<'_>, history: &History, is_new: bool| -> Vec<MergedRun> {
            let mut runs = side.newest_first(history.present());
            runs.reverse();
            let run = |run: u32| MergedRun {
                unix_ms: side.output.runs.get(run as usize).and_then(|run| run.first_unix_ms),
                is_new,
                run,
                failed: history.failed.binary_search(&run).is_ok(),
            };
            runs.into_iter().map(run).collect()
        };
        let mut runs = of(old, old_history, false);
        runs.extend(of(new, new_history, true).into_iter().filter(|run| is_compared(run.run)));
        if runs.iter().all(|run| run.unix_ms.is_some()) {
            runs.sort_by_key(|run| run.unix_ms);
        }
        let usual = Options::default().relapse_odds;
        Self { runs, odds: new.output.relapse_odds.filter(|odds| *odds >= 1.0).unwrap_or(usual) }
    }

    /// Runs without it between its last failure in the baseline before it failed in those compared, and that failure's run.
    pub(super) fn absence(&self) -> Option<(usize, u32)> {
        let again = self.runs.iter().position(|run| run.is_new && run.failed)?;
        let last = self.runs[..again].iter().rposition(|run| run.failed)?;
        Some((again - last - 1, self.runs[last].run))
    }

    /// Whether it came back: its last outage begins in the runs compared.
    pub(super) fn is_relapse(&self) -> bool {
        let bits: Vec<bool> = self.runs.iter().map(|run| run.failed).collect();
        let Some(course) = Outages::new(self.odds).map(|mut finder| finder.find(&bits, || None)) else { return false };
        let begins = course.outages.last().and_then(|last| self.runs.get(last.start));
        course.pattern == Pattern::Outages && begins.is_some_and(|run| run.is_new)
    }
}
