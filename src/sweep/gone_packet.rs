//! A packet that the newest runs do not hold: its verdicts are those of its last run, and nobody should take them for
//! today's.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::archive::{ArchiveLedger, Counts};
use crate::tally::DAY_MS;
use crate::text::terminal::plural;

/// Newest runs without a record from which on a packet is missed, and the least time that they take: others may run hourly,
/// or on other branches.
const MISSED_RUNS: (usize, i64) = (10, 2 * DAY_MS);
/// Time without a record from which on it is, however few runs there are.
const MISSED_MS: i64 = 7 * DAY_MS;

/// When the runs were of which archives are, and whether they hold a record of the packet.
#[derive(Debug, Default)]
pub(super) struct GonePacket<'r>(BTreeMap<&'r str, (i64, bool)>);

impl<'r> GonePacket<'r> {
    /// Counts an archive whose first record is of this time.
    pub(super) fn see(&mut self, archive: &'r ArchiveLedger, time: i64) {
        let Counts { parsed, benchmark_lines, filtered, .. } = archive.counts;
        let run = self.0.entry(&archive.run).or_insert((time, false));
        *run = (run.0.min(time), run.1 || parsed - benchmark_lines > filtered);
    }

    /// That the newest runs have no record of the packet, where it is missed.
    pub(super) fn warning(self, packet: &str) -> Option<String> {
        let mut runs: Vec<(i64, &str, bool)> =
            self.0.into_iter().map(|(run, (time, holds))| (time, run, holds)).collect();
        runs.sort_unstable();
        let at = runs.iter().rposition(|(.., holds)| *holds)?;
        let ((last, run, _), (newest, ..)) = (runs[at], *runs.last()?);
        let (since, (missed_runs, least_ms)) = (newest - last, MISSED_RUNS);
        let is_missed = runs.len() - 1 - at >= missed_runs && since > least_ms || since > MISSED_MS;
        let day = Timestamp::from_millisecond(last).map(|moment| moment.strftime("%Y-%m-%d").to_string());
        is_missed.then(|| {
            format!(
                "packet {packet} has no record in the newest {} of {}: its last run is {run}{}, and verdicts are of then",
                runs.len() - 1 - at,
                plural(runs.len() as u64, "run"),
                day.map_or_else(|_| String::new(), |day| format!(" ({day})")),
            )
        })
    }
}
