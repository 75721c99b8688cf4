//! What became of one archive.

use super::left_out::LeftOut;
use crate::archive::ArchiveLedger;
use crate::tally::Collector;

/// What became of one archive.
#[derive(Debug)]
pub(super) enum Row {
    /// It was read.
    Read(Box<ReadRow>),
    /// It could not be opened or read.
    Unreadable(std::io::Error),
    /// It was read whole, but only some of its records count: it must be read again with the window.
    Cut,
}

/// The account of an archive that was read.
#[derive(Debug)]
pub(super) struct ReadRow {
    pub(super) ledger: ArchiveLedger,
    pub(super) lines: Lines,
    /// Marks of the sampled records, sorted.
    pub(super) marks: Box<[u64]>,
    /// Least and greatest time of its records.
    pub(super) times: Option<(i64, i64)>,
    /// When those were that a window left out.
    pub(super) left_out: LeftOut,
    /// What its benchmark lines measured.
    pub(super) measured: Collector,
}

/// Line numbers of a finished archive.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// For every part, what its lines count from.
    pub(super) bases: Vec<(u64, u64)>,
    /// For every record, the line that it was read from; empty where each line is a record.
    pub(super) of_records: Vec<u64>,
}

impl Lines {
    /// The number, from 1, of a line of a part.
    pub(super) fn number(&self, part: u64, line: u64) -> u64 {
        let at = self.bases.partition_point(|&(first, _)| first <= part);
        let number = at.checked_sub(1).map_or(0, |at| self.bases[at].1) + line;
        self.source(number)
    }

    /// The line that the record with this number, from 1, was read from.
    pub(super) fn source(&self, number: u64) -> u64 {
        let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        at.and_then(|at| self.of_records.get(at)).copied().unwrap_or(number)
    }
}
