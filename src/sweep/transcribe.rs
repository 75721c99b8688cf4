//! An archive in a format of test results: its text goes, in order, through the format's reader, and the lines that come out
//! are counted as those of any log.

use super::assembly::{Assembly, PieceId};
use super::findings::Findings;
use super::observer::Observer;
use super::reading::{Piece, Reading};
use super::worker::Worker;
use crate::archive::{Buffer, Counts, LISTED_REJECTS, PADDING, PIECE, Reject, Told};
use crate::format::{Account, Format, Kind, Transcript};
use crate::reason::Reason;
use crate::repair::Repair;

/// An archive on its way through a reader.
pub(super) struct Transcription<'t, 'e> {
    reading: &'t Reading<'e>,
    format: &'static Format,
    transcript: Transcript,
    assembly: Assembly,
    /// Parts of lines that were counted.
    parts: u32,
    lines: Buffer,
    taken: Vec<u8>,
}

impl<'t, 'e> Transcription<'t, 'e> {
    pub(super) fn new(reading: &'t Reading<'e>, format: &'static Format, most: (usize, usize)) -> Self {
        let transcript = Transcript::new(format, most.0, most.1);
        let (assembly, lines) = (Assembly::default(), Buffer::default());
        Self { reading, format, transcript, assembly, parts: 0, lines, taken: Vec::new() }
    }

    /// Reads it whole, unless `stops`; its account.
    pub(super) fn read(
        mut self,
        worker: &mut Worker<'_>,
        observer: &dyn Observer,
        stops: impl Fn(&mut Worker<'_>) -> bool,
    ) -> Assembly {
        let (mut text, mut decoder) = (std::mem::take(&mut worker.buffer), std::mem::take(&mut worker.decoder));
        'units: for unit in 0..self.reading.units() {
            let mut reader = self.reading.archive.read_unit(unit as usize);
            loop {
                let (piece, bytes) = Piece::next(&mut reader, &mut decoder, PieceId::default(), &mut text);
                observer.read(bytes);
                self.transcript.feed(piece.text.text());
                self.assembly.passed(piece.text.len() as u64, piece.frames, piece.end.damage);
                if piece.end.damage.is_some_and(|damage| damage.loses_text) {
                    self.transcript.cut();
                }
                if self.transcript.waiting() >= PIECE {
                    self.count(worker);
                }
                if stops(worker) {
                    break 'units;
                }
                if piece.end.last {
                    break;
                }
            }
        }
        (worker.buffer, worker.decoder) = (text, decoder);
        self.transcript.end();
        self.count(worker);
        let (account, of_records) = self.transcript.account();
        settle(&mut self.assembly, self.format, account, of_records);
        self.assembly
    }

    /// Counts the lines that the reader has made.
    fn count(&mut self, worker: &mut Worker<'_>) {
        self.transcript.take(&mut self.taken);
        if self.taken.is_empty() {
            return;
        }
        self.lines.clear(self.taken.len());
        self.lines.extend(&self.taken);
        let part = PieceId { unit: 0, sub: self.parts }.part();
        self.parts += 1;
        let (mut found, origin) = (Findings::default(), self.reading.origin());
        debug_assert_eq!(self.lines.padded().len(), self.taken.len() + PADDING);
        worker.lines(self.lines.padded(), 0, &origin, part, &mut found);
        self.assembly.transcribed(part, found, &origin);
    }
}

/// Says in the account what the reader made of the text.
fn settle(assembly: &mut Assembly, format: &Format, account: Account, of_records: Vec<u64>) {
    let counts = &mut assembly.counts;
    let records = counts.parsed.saturating_sub(account.units);
    for reject in &mut assembly.rejects {
        let at = usize::try_from(reject.line).ok().and_then(|line| of_records.get(line.checked_sub(1)?));
        reject.line = at.copied().unwrap_or(reject.line);
    }
    counts.lost_bytes += account.lost_bytes;
    let is_events = matches!(format.kind, Kind::Events(_));
    let reason = if is_events { Reason::InvalidJson } else { Reason::BrokenDocument };
    (0..account.fault_count).for_each(|_| counts.rejected.count(reason));
    for fault in account.faults {
        if assembly.rejects.len() < LISTED_REJECTS {
            assembly.rejects.push(Reject { line: fault.line, offset: 0, reason, message: fault.message });
        }
    }
    assembly.rejects.sort_by_key(|reject| reject.line);
    units(counts, is_events, (account.lines, account.blank), records);
    for (kind, count) in account.repaired {
        if let Some(repair) = Repair::from_name(kind) {
            counts.repaired.add(repair, count, counts.records());
        }
    }
    assembly.told = Some(Told {
        format: format.name.to_owned(),
        documents: u64::from(!is_events && account.lines > 0),
        events: if is_events { counts.parsed } else { 0 },
        ignored: account.ignored.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
        records,
        unfinished: account.unfinished,
    });
    assembly.of_records = of_records;
}

/// What lines are counted: of events those of the text; of documents, which have none, their records and losses.
fn units(counts: &mut Counts, is_events: bool, (lines, blank): (u64, u64), records: u64) {
    let rejected = counts.rejected.total();
    if is_events {
        counts.blank = blank;
        // One event may tell of several attempts.
        counts.parsed = lines.saturating_sub(blank + rejected).max(records);
        counts.beside = counts.parsed - records;
    } else {
        counts.parsed = records;
    }
    counts.lines = counts.parsed + counts.blank + rejected;
}
