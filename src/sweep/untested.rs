//! Newest runs that hold benchmark lines alone where earlier ones held tests: verdicts are those of then, and nobody should
//! take them for today's.

use std::collections::BTreeMap;

use crate::archive::ArchiveLedger;
use crate::text::terminal::{listed, plural};

/// Runs with tests before runs without any are told of.
const LEAST_TESTED: usize = 3;
/// Runs that are named.
const NAMED: usize = 4;

/// When the runs were of which archives are, and whether they hold a record of a test.
#[derive(Debug, Default)]
pub(super) struct Untested<'r>(BTreeMap<&'r str, (i64, bool)>);

impl<'r> Untested<'r> {
    /// Counts an archive whose first line is of this time.
    pub(super) fn see(&mut self, archive: &'r ArchiveLedger, time: i64) {
        let run = self.0.entry(&archive.run).or_insert((time, false));
        *run = (run.0.min(time), run.1 || archive.counts.parsed > archive.counts.benchmark_lines);
    }

    /// That no test ran in the newest runs; `None` where as many runs in a row have held none before, as where tests and
    /// benchmarks have archives of their own.
    pub(super) fn warning(self) -> Option<String> {
        let mut runs: Vec<(i64, &str, bool)> =
            self.0.into_iter().map(|(run, (time, is_tested))| (time, run, is_tested)).collect();
        runs.sort_unstable();
        let last = runs.iter().rposition(|(.., is_tested)| *is_tested)?;
        let (before, newest) = runs.split_at(last + 1);
        let longest = before.split(|(.., is_tested)| *is_tested).map(<[_]>::len).max().unwrap_or(0);
        let tested = before.iter().filter(|(.., is_tested)| *is_tested).count();
        if newest.len() <= longest || tested < LEAST_TESTED {
            return None;
        }
        Some(format!(
            "no test ran in the newest {} of {} ({}): they hold benchmark lines alone, and verdicts are those of {} and \
             before",
            newest.len(),
            plural(runs.len() as u64, "run"),
            listed(newest.iter().rev().map(|(_, run, _)| *run), NAMED),
            runs[last].1,
        ))
    }
}
