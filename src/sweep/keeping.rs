//! Archives that are kept apart, so that what each came to can be kept.
//!
//! A worker's tally is then of one archive at a time. Before it turns to another one it hands in what it holds, and
//! whoever hands in last, once every line was read, settles the archive: what it came to is kept, and taken in.

use std::sync::Mutex;

use super::left_out::LeftOut;
use super::per_archive::PerArchive;
use super::row::{Lines, ReadRow, Row};
use super::window::Span;
use crate::lock::lock;
use crate::tally::{Entries, Keeper, Partial, Partitions, Tally};

/// Keeps the archives of a sweep apart.
pub(super) struct Keeping<'k> {
    keeper: &'k dyn Keeper,
    /// The places of the archives that are read among all.
    places: &'k [usize],
    /// Archives are read whole; which of their records count afterwards.
    span: Span,
    /// Bytes that the tally of an archive may take.
    room: Option<usize>,
    /// Records row by row.
    pub(super) entries: Mutex<Entries>,
}

impl<'k> Keeping<'k> {
    pub(super) fn new(keeper: &'k dyn Keeper, places: &'k [usize], span: Span, room: Option<usize>) -> Self {
        Self { keeper, places, span, room, entries: Mutex::default() }
    }

    /// Whether a worker holds so much that it should hand in.
    pub(super) fn is_full(&self, tally: &Tally) -> bool {
        self.room.is_some_and(|room| tally.bytes() > room / 2)
    }

    /// Takes what one worker holds of an archive.
    pub(super) fn hand_in(&self, archive: &PerArchive<'_>, tally: Tally, entries: &Entries, partitions: &Partitions) {
        let mut held = lock(&archive.held);
        held.holders -= 1;
        held.is_too_large |= self.room.is_some_and(|room| held.tally.bytes() + tally.bytes() > room);
        held.tally.merge(tally);
        held.entries.merge(entries);
        if held.is_too_large {
            let (mut tally, mut entries) = (std::mem::take(&mut held.tally), std::mem::take(&mut held.entries));
            // With a window it is read again.
            if self.span == Span::ALL {
                tally.name_run(&archive.entry.run);
                partitions.take(&mut tally);
                entries.name(&archive.entry.run, &archive.entry.relative);
                lock(&self.entries).merge(&entries);
            }
        }
    }

    /// Keeps and takes in an archive that was read, unless somebody still holds something of it; what became of it.
    pub(super) fn settle(&self, archive: &PerArchive<'_>, with_entries: bool, partitions: &Partitions) -> Option<Row> {
        let mut held = lock(&archive.held);
        if held.holders > 0 {
            return None;
        }
        let row = held.read.take()?;
        if held.is_too_large {
            return Some(if self.span == Span::ALL { Row::Read(Box::new(row)) } else { Row::Cut });
        }
        let (mut tally, mut entries) = (std::mem::take(&mut held.tally), std::mem::take(&mut held.entries));
        drop(held);
        tally.fold();
        let ReadRow { ledger, lines, marks, times, measured, .. } = row;
        let number = |_: &str, part, line| lines.number(part, line);
        tally.place_lines(number);
        entries.place_lines(number);
        let entries = with_entries.then_some(entries);
        let marks = marks.iter().copied().collect();
        let partial = Partial { ledger, marks, times, measured, tally, entries };
        self.keeper.keep(self.places[archive.index], &partial);
        let rowwise = |entries: &Entries| lock(&self.entries).merge(entries);
        let entry = archive.entry;
        Some(take(partial, (&entry.relative, &entry.run), self.span, partitions, rowwise))
    }
}

/// Takes in what an archive came to, as far as its records count.
pub(super) fn take(
    mut partial: Partial,
    (path, run): (&str, &str),
    span: Span,
    partitions: &Partitions,
    rowwise: impl FnOnce(&Entries),
) -> Row {
    let Some(counts) = partial.times.map_or(Some(true), |times| span.holds_all(times)) else { return Row::Cut };
    partial.name(path, run);
    let mut left_out = LeftOut::default();
    if !counts {
        left_out = LeftOut::of(&partial.tally);
        let is_before = partial.times.is_some_and(|(_, greatest)| span.is_before(greatest));
        let before = partial.entries.is_some() && is_before;
        let before = before.then(|| Entries::before_of(&partial.tally));
        partial = Partial { entries: before, ..partial.without_records() };
    }
    let Partial { ledger, marks, times, measured, mut tally, entries } = partial;
    partitions.take(&mut tally);
    if let Some(entries) = &entries {
        rowwise(entries);
    }
    let marks = marks.into_iter().collect();
    Row::Read(Box::new(ReadRow { ledger, lines: Lines::default(), marks, times, left_out, measured }))
}
