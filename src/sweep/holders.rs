//! Which runs hold records of what is asked for: where the newest hold none, its verdicts are those of before, and nobody
//! should take them for today's.

use std::collections::BTreeMap;

use crate::archive::{ArchiveLedger, Counts};
use crate::tally::{DAY_MS, day_of};
use crate::text::terminal::{listed, plural};

/// Newest runs without a record from which on a packet is missed, and the least time that they take: others may run hourly,
/// or on other branches.
const MISSED_RUNS: (usize, i64) = (10, 2 * DAY_MS);
/// Time without a record from which on it is, however few runs there are.
const MISSED_MS: i64 = 7 * DAY_MS;
/// Runs with tests before runs without any are told of.
const LEAST_TESTED: usize = 3;
/// Runs that are named.
const NAMED: usize = 4;

/// A run, by when it began.
pub(super) type Begun<'r> = (i64, &'r str);

/// The runs of which archives are, in the order of their first records.
#[derive(Debug)]
pub(super) struct Holders<'r> {
    /// Those until the last one that counts, each with whether it holds what is asked for.
    before: Vec<(Begun<'r>, bool)>,
    last: Begun<'r>,
    /// Those behind it, none of which holds any.
    newest: Vec<Begun<'r>>,
}

impl<'r> Holders<'r> {
    /// Of archives with the times of their first records. `judged`: where only some branches are judged, the newest run of
    /// these that has a record; what holds any and is newer is of another branch. `None` where no run has any.
    pub(super) fn new(
        archives: impl Iterator<Item = (&'r ArchiveLedger, i64)>,
        holds: impl Fn(&Counts) -> bool,
        judged: Option<Begun<'r>>,
    ) -> Option<Self> {
        let mut by_id: BTreeMap<&str, (i64, bool)> = BTreeMap::new();
        for (archive, time) in archives {
            let run = by_id.entry(&archive.run).or_insert((time, false));
            *run = (run.0.min(time), run.1 || holds(&archive.counts));
        }
        let mut runs: Vec<_> = by_id.into_iter().map(|(id, (time, holds))| ((time, id), holds)).collect();
        runs.sort_unstable();
        let last = judged.or_else(|| runs.iter().rfind(|(_, holds)| *holds).map(|(run, _)| *run))?;
        let newest = runs.split_off(runs.partition_point(|((time, id), _)| (*time, *id) <= last));
        let newest = newest.into_iter().filter(|(_, holds)| !holds).map(|(run, _)| run);
        Some(Self { before: runs, last, newest: newest.collect() })
    }

    /// That the newest runs have no record of a packet, where it is missed.
    pub(super) fn gone_packet(&self, packet: &str) -> Option<String> {
        let ((last, run), (newest, _)) = (self.last, *self.newest.last()?);
        let (since, (missed_runs, least_ms)) = (newest - last, MISSED_RUNS);
        let is_missed = self.newest.len() >= missed_runs && since > least_ms || since > MISSED_MS;
        is_missed.then(|| {
            format!(
                "packet {packet} has no record in the newest {} of {}: its last run is {run} ({}), and verdicts are of then",
                self.newest.len(),
                plural(self.all(), "run"),
                day_of(last),
            )
        })
    }

    /// That no test ran in the newest runs, which hold benchmark lines alone; `None` where as many runs in a row have held
    /// none before, as where tests and benchmarks have archives of their own.
    pub(super) fn untested(&self) -> Option<String> {
        let longest = self.before.split(|(_, is_tested)| *is_tested).map(<[_]>::len).max().unwrap_or(0);
        let tested = self.before.iter().filter(|(_, is_tested)| *is_tested).count();
        if self.newest.len() <= longest || tested < LEAST_TESTED {
            return None;
        }
        Some(format!(
            "no test ran in the newest {} of {} ({}): they hold benchmark lines alone, and verdicts are those of {} and \
             before",
            self.newest.len(),
            plural(self.all(), "run"),
            listed(self.newest.iter().rev().map(|(_, run)| *run), NAMED),
            self.last.1,
        ))
    }

    fn all(&self) -> u64 {
        (self.before.len() + self.newest.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_of_other_branches_hold_does_not_count() {
        let archive = |run: String, parsed: u64, benchmark_lines: u64| {
            let counts = Counts { lines: parsed, parsed, benchmark_lines, ..Counts::default() };
            ArchiveLedger { run, counts, ..ArchiveLedger::default() }
        };
        let main = (0..14).map(|day| (archive(format!("m{day:02}"), 5, if day < 10 { 0 } else { 5 }), day * DAY_MS));
        let other = (0..14).map(|day| (archive(format!("d{day:02}"), 5, 0), day * DAY_MS + 1));
        let archives: Vec<(ArchiveLedger, i64)> = main.chain(other).collect();
        let of = |judged| {
            let dated = archives.iter().map(|(archive, time)| (archive, *time));
            Holders::new(dated, |counts| counts.parsed > counts.benchmark_lines, judged).unwrap()
        };
        let (all, judged) = (of(None), of(Some((9 * DAY_MS, "m09"))));
        assert_eq!((all.untested(), all.gone_packet("P")), (None, None));
        let told = judged.untested().unwrap();
        assert!(told.starts_with("no test ran in the newest 4 of 23 runs (m13, m12, m11, m10)"), "{told}");
        assert_eq!(judged.gone_packet("P"), None);
        let long = of(Some((5 * DAY_MS, "m05"))).gone_packet("P").unwrap();
        assert!(
            long.starts_with("packet P has no record in the newest 4 of 15 runs: its last run is m05 (1970-01-06)"),
            "{long}"
        );
    }
}
