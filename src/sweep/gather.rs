//! Archives read, or recalled where somebody kept what they came to.

use std::sync::Mutex;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::keeping::{self, Keeping};
use super::observer::Observer;
use super::pipeline;
use super::row::Row;
use super::rules::Rules;
use super::window::Span;
use crate::archive::Entry;
use crate::lock::lock;
use crate::tally::{Entries, Keeper, Partitions};

/// The archives of a sweep and how they are read.
pub(super) struct Gather<'g> {
    pub(super) entries: &'g [Entry],
    /// Their places among all that was found.
    pub(super) places: &'g [usize],
    pub(super) rules: Rules<'g>,
    pub(super) max_window: u64,
    pub(super) keeper: Option<&'g dyn Keeper>,
    /// Whether the keeper knows only the records within the window.
    pub(super) keep_window: bool,
    /// Bytes that the tally of one archive may take if it is to be kept.
    pub(super) room: Option<usize>,
    pub(super) pool: &'g ThreadPool,
}

impl Gather<'_> {
    /// Reads everything into the partitions; what each archive came to, and the records row by row if asked for.
    pub(super) fn read(&self, span: Span, partitions: &Partitions, observer: &dyn Observer) -> (Vec<Row>, Entries) {
        let Some(keeper) = self.keeper else {
            return self.pipeline(&(0..self.entries.len()).collect::<Vec<_>>(), span, None, partitions, observer);
        };
        // Of what is kept all records count where the window has been applied already.
        let (read, counted) = if self.keep_window { (span, Span::ALL) } else { (Span::ALL, span) };
        let entries = Mutex::new(Entries::default());
        let merge = |more: &Entries| lock(&entries).merge(more);
        let recall = |(entry, &place): (&Entry, &usize)| {
            let partial = keeper.recall(place, self.rules.keep_entries)?;
            observer.read(partial.ledger.bytes_on_disk);
            Some(keeping::take(partial, (&entry.relative, &entry.run), counted, partitions, merge))
        };
        let mut rows: Vec<Option<Row>> =
            self.pool.install(|| self.entries.par_iter().zip(self.places).map(recall).collect());
        let join = |which: &[usize], (read, more): (Vec<Row>, Entries), rows: &mut Vec<Option<Row>>| {
            merge(&more);
            for (&index, row) in which.iter().zip(read) {
                rows[index] = Some(row);
            }
        };
        // A stream is read once only, so that only what counts of it can be asked for.
        let can_be_kept = |entry: &Entry| counted == Span::ALL || entry.can_be_read_again();
        let of = |rows: &[Option<Row>], is_it: &dyn Fn(usize, &Option<Row>) -> bool| -> Vec<usize> {
            (0..).zip(rows).filter(|(index, row)| is_it(*index, row)).map(|(index, _)| index).collect()
        };
        let unknown = of(&rows, &|index, row| row.is_none() && can_be_kept(&self.entries[index]));
        let places: Vec<usize> = unknown.iter().map(|&index| self.places[index]).collect();
        let keeping = Keeping::new(keeper, &places, counted, self.room);
        join(&unknown, self.pipeline(&unknown, read, Some(keeping), partitions, observer), &mut rows);
        let cut = of(&rows, &|_, row| matches!(row, None | Some(Row::Cut)));
        join(&cut, self.pipeline(&cut, span, None, partitions, observer), &mut rows);
        let rows = rows.into_iter().map(|row| row.unwrap_or(Row::Cut)).collect();
        let entries = std::mem::take(&mut *lock(&entries));
        (rows, entries)
    }

    fn pipeline(
        &self,
        which: &[usize],
        span: Span,
        keeping: Option<Keeping<'_>>,
        partitions: &Partitions,
        observer: &dyn Observer,
    ) -> (Vec<Row>, Entries) {
        if which.is_empty() {
            return Default::default();
        }
        let entries: Vec<Entry> = which.iter().map(|&index| self.entries[index].clone()).collect();
        let rules = Rules { span, ..self.rules };
        pipeline::read(&entries, rules, self.max_window, partitions, keeping, self.pool, observer)
    }
}
