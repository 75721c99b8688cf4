//! A packet that the newest runs do not hold: its verdicts are those of its last run, and nobody should take them for
//! today's.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::window::Span;
use crate::archive::{ArchiveLedger, Counts};
use crate::tally::{DAY_MS, FIRST_SET_CLOCK_MS};
use crate::text::terminal::plural;

/// Newest runs without a record from which on a packet is missed.
const MISSED_RUNS: usize = 10;
/// Time without a record from which on it is, however few runs there are.
const MISSED_MS: i64 = 7 * DAY_MS;

/// When the runs were of which archives are, and whether they hold a record of the packet.
#[derive(Debug, Default)]
pub(super) struct GonePacket<'r>(BTreeMap<&'r str, (i64, bool)>);

impl<'r> GonePacket<'r> {
    /// Counts an archive, which has records of these times, unless its time cannot be, or is not within the window.
    pub(super) fn see(
        &mut self,
        archive: &'r ArchiveLedger,
        times: Option<(i64, i64)>,
        span: Span,
        can_be: impl Fn(i64) -> bool,
    ) {
        let Counts { parsed, benchmark_lines, filtered, .. } = archive.counts;
        let is_believed = |&(least, greatest): &(i64, i64)| {
            least >= FIRST_SET_CLOCK_MS && can_be(greatest) && span.holds_all((least, greatest)) != Some(false)
        };
        if let Some((least, _)) = times.filter(is_believed) {
            let run = self.0.entry(&archive.run).or_insert((least, false));
            *run = (run.0.min(least), run.1 || parsed - benchmark_lines > filtered);
        }
    }

    /// That the newest runs have no record of the packet, where it is missed.
    pub(super) fn warning(self, packet: &str) -> Option<String> {
        let mut runs: Vec<(i64, &str, bool)> =
            self.0.into_iter().map(|(run, (time, holds))| (time, run, holds)).collect();
        runs.sort_unstable();
        let at = runs.iter().rposition(|(.., holds)| *holds)?;
        let ((last, run, _), (newest, ..)) = (runs[at], *runs.last()?);
        let is_missed = runs.len() - 1 - at >= MISSED_RUNS || newest - last > MISSED_MS;
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
