//! Putting an archive together again: its pieces are parsed in any order, and here they meet in theirs.
//!
//! A piece is a stretch of decoded text. Whoever parsed it hands in the results of its whole lines, and the two ends
//! that may belong to lines of its neighbours:
//!
//! ```text
//!   piece 1              piece 2                     piece 3
//!   ...line\nli | ne\nline\n ... \nlin | e\nline\n...
//!            '---.---'             '----.----'
//!         line 0 of piece 2      line 0 of piece 3        (parsed here, by whoever closes the seam)
//! ```
//!
//! Damage cuts a seam: the end before it and the end behind it are lost bytes, and no line.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{Findings, LocalReject, hull};
use super::hiding::Hiding;
use super::left_out::LeftOut;
use super::row::Lines;
use super::sketch::Marks;
use super::worker::{Origin, Worker};
use crate::archive::{Break, Counts, Damage, DamageKind, LISTED_DAMAGE, LISTED_REJECTS, Reject, Told, Unjudged};
use crate::tally::Collector;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The place of a piece: unit of the archive's plan, and number within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PieceId {
    pub(super) unit: u32,
    pub(super) sub: u32,
}

impl PieceId {
    /// Whether the archive begins with it.
    pub(super) fn is_first(self) -> bool {
        self == Self { unit: 0, sub: 0 }
    }

    /// As a part of a [`crate::tally::Place`]: ordered as the pieces are.
    pub(super) fn part(self) -> u64 {
        u64::from(self.unit) << 32 | u64::from(self.sub)
    }
}

/// A part of a line at the edge of a piece. Beyond the longest line that is held, only its length is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragment {
    bytes: Vec<u8>,
    len: u64,
}

impl Fragment {
    pub(super) fn new(bytes: &[u8], max_line: usize) -> Self {
        let held = if bytes.len() > max_line { &[] } else { bytes };
        Self { bytes: held.to_vec(), len: bytes.len() as u64 }
    }

    fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.len
    }

    fn append(&mut self, more: &Self, max_line: usize) {
        let fits = self.is_whole() && more.is_whole() && self.bytes.len() + more.bytes.len() <= max_line;
        self.len += more.len;
        if fits {
            self.bytes.extend_from_slice(&more.bytes);
        } else {
            self.bytes = Vec::new();
        }
    }
}

/// What one piece came to.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) id: PieceId,
    /// Whether the unit has no further piece.
    pub(super) last: bool,
    /// Bytes of text.
    pub(super) len: u64,
    /// The text before the first newline; all of it when there is none.
    pub(super) head: Fragment,
    /// The text behind the last newline; `None` when there is no newline.
    pub(super) tail: Option<Fragment>,
    /// The whole lines between.
    pub(super) found: Findings,
    /// Frames begun.
    pub(super) frames: u64,
    /// Newlines behind the start of the newest frame that began in this piece.
    pub(super) newlines_of_frame: Option<u64>,
    /// Damage right behind the text.
    pub(super) damage: Option<Break>,
}

/// The state of an archive that is being put together.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    next: PieceId,
    waiting: BTreeMap<PieceId, Report>,
    /// The line that the next piece goes on with.
    carry: Fragment,
    /// Whether text is missing before the next piece.
    gap: bool,
    /// Lines counted before the newest frame.
    frame_line: u64,
    /// For every piece, what its line numbers count from.
    bases: Vec<(u64, u64)>,
    /// For every record that a reader of a format made, the line that it was read from.
    pub(super) of_records: Vec<u64>,
    pub(super) marks: BTreeSet<u64>,
    pub(super) measured: Collector,
    pub(super) times: Option<(i64, i64)>,
    pub(super) left_out: LeftOut,
    /// What may hide failures.
    pub(super) hiding: Hiding,
    pub(super) counts: Counts,
    pub(super) unjudged: Unjudged,
    pub(super) damage: Vec<Damage>,
    pub(super) damage_count: u64,
    pub(super) rejects: Vec<Reject>,
    pub(super) has_mark: bool,
    /// What the reader of its format made of it.
    pub(super) told: Option<Told>,
    has_shrunk: bool,
}

impl Assembly {
    /// Takes in a piece, and every piece behind it that waited for it. `units`: how many units the archive has.
    /// Whether the archive is complete.
    pub(super) fn take(
        &mut self,
        report: Report,
        units: u32,
        origin: &Origin<'_>,
        worker: &mut Worker<'_>,
        max_line: usize,
    ) -> bool {
        self.waiting.insert(report.id, report);
        while let Some(report) = self.waiting.remove(&self.next) {
            self.next = if report.last {
                PieceId { unit: self.next.unit + 1, sub: 0 }
            } else {
                PieceId { sub: self.next.sub + 1, ..self.next }
            };
            self.join(report, origin, worker, max_line);
        }
        let complete = self.next.unit >= units;
        if complete {
            self.finish(origin, worker);
        }
        complete
    }

    /// The account's line numbers, to be kept when the rest is not needed any more.
    pub(super) fn into_lines(self) -> Lines {
        Lines { bases: self.bases, of_records: self.of_records }
    }

    /// Takes in lines that a reader of a format made: `found` is what they came to, as a part of their own.
    pub(super) fn transcribed(&mut self, part: u64, found: Findings, origin: &Origin<'_>) {
        let base = self.counts.lines;
        self.bases.push((part, base));
        self.count(found, base, 0, origin);
    }

    /// Counts a piece of text that is read by a reader of a format.
    pub(super) fn passed(&mut self, bytes: u64, frames: u64, damage: Option<Break>) {
        self.counts.bytes_decoded += bytes;
        self.counts.frames += frames;
        if let Some(damage) = damage {
            self.break_off(damage);
        }
    }

    fn join(&mut self, report: Report, origin: &Origin<'_>, worker: &mut Worker<'_>, max_line: usize) {
        let start = self.counts.bytes_decoded;
        self.counts.bytes_decoded += report.len;
        self.counts.frames += report.frames;
        let part = report.id.part();
        match report.tail {
            None if self.gap => self.counts.lost_bytes += report.head.len,
            None => self.carry.append(&report.head, max_line),
            Some(tail) => {
                let mut base = self.counts.lines;
                if self.gap {
                    self.counts.lost_bytes += report.head.len + 1;
                    self.gap = false;
                } else {
                    base += 1;
                    self.close_line(&report.head, start, part, origin, worker, max_line);
                }
                self.bases.push((part, base));
                self.count(report.found, base, start, origin);
                self.carry = tail;
            }
        }
        if let Some(newlines) = report.newlines_of_frame {
            self.frame_line = self.counts.lines.saturating_sub(newlines);
        }
        if let Some(damage) = report.damage {
            self.break_off(damage);
        }
    }

    /// The line that ends with `head`: line 0 of its part.
    fn close_line(
        &mut self,
        head: &Fragment,
        start: u64,
        part: u64,
        origin: &Origin<'_>,
        worker: &mut Worker<'_>,
        max_line: usize,
    ) {
        let carry = std::mem::take(&mut self.carry);
        let offset = start - carry.len;
        let mut found = Findings::default();
        if carry.is_whole() && head.is_whole() && carry.bytes.len() + head.bytes.len() <= max_line {
            let mut first: &[u8] = &carry.bytes;
            let mut second: &[u8] = &head.bytes;
            if offset == 0 {
                let joined_prefix: Vec<u8> = first.iter().chain(second).copied().take(3).collect();
                if joined_prefix == BYTE_ORDER_MARK {
                    self.has_mark = true;
                    let from_first = first.len().min(3);
                    (first, second) = (&first[from_first..], &second[3 - from_first..]);
                }
            }
            worker.stitched_line([first, second], 0, origin, part, &mut found);
        } else {
            worker.oversized_line(0, carry.len + head.len, 0, &mut found);
        }
        let number = self.counts.lines + 1;
        self.count(found, number, offset, origin);
    }

    /// Adds what lines came to; they count from `base` and their offsets from `start`.
    fn count(&mut self, found: Findings, base: u64, start: u64, origin: &Origin<'_>) {
        self.counts += found.counts;
        self.unjudged.add(&found.unjudged);
        self.times = hull(self.times, found.times);
        self.left_out.join(found.left_out);
        self.hiding.add(found.hiding);
        for LocalReject { line, offset, rejection } in found.rejects {
            if self.rejects.len() < LISTED_REJECTS {
                self.rejects.push(Reject {
                    line: base + line,
                    offset: start + offset,
                    reason: rejection.reason,
                    message: rejection.message,
                });
            }
        }
        for (key, point) in found.measured {
            self.measured.add(key, point);
        }
        let marks: Marks = found.marks;
        if !marks.is_empty() {
            origin.threshold.keep(&mut self.marks, marks);
        }
    }

    fn break_off(&mut self, damage: Break) {
        // Every unit behind the end of a file that shrank says so; once is enough.
        let is_known = damage.kind == DamageKind::Shrank && std::mem::replace(&mut self.has_shrunk, true);
        // What lies between frames damages none.
        let of_frame = damage.kind != DamageKind::Garbage;
        let lines_saved = if of_frame { self.counts.lines.saturating_sub(self.frame_line) } else { 0 };
        self.damage_count += u64::from(!is_known);
        if !is_known && self.damage.len() < LISTED_DAMAGE {
            self.damage.push(Damage {
                what: damage.kind,
                compressed_offset: damage.at,
                decoded_offset: self.counts.bytes_decoded,
                lines_saved,
                first_line: (lines_saved > 0).then_some(self.frame_line + 1),
                needed_window: damage.needed_window,
            });
        }
        if damage.loses_text {
            self.counts.lost_bytes += self.carry.len;
            self.carry = Fragment::default();
            self.gap = true;
        }
    }

    /// A last line without newline counts, unless damage lies before its end.
    fn finish(&mut self, origin: &Origin<'_>, worker: &mut Worker<'_>) {
        if self.counts.lines == 0 && self.carry.bytes == BYTE_ORDER_MARK {
            self.has_mark = true; // and behind it no text, so no line either
        } else if !self.gap && self.carry.len > 0 {
            let part = u64::MAX;
            self.bases.push((part, self.counts.lines + 1));
            let start = self.counts.bytes_decoded;
            self.close_line(&Fragment::default(), start, part, origin, worker, usize::MAX);
        }
    }
}
