//! One archive that is kept apart: what workers handed in of it.

use std::sync::Mutex;

use super::row::ReadRow;
use crate::archive::Entry;
use crate::lock::lock;
use crate::tally::{Entries, Tally};

/// An archive whose records are tallied apart from those of all others.
#[derive(Debug)]
pub(super) struct PerArchive<'e> {
    pub(super) entry: &'e Entry,
    /// Its place among the archives that are read.
    pub(super) index: usize,
    pub(super) held: Mutex<Held>,
}

/// What workers handed in of it.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) tally: Tally,
    pub(super) entries: Entries,
    /// Workers that hold more.
    pub(super) holders: usize,
    /// It outgrew its room, so that it is not kept: what was handed in is taken in already, or of no use.
    pub(super) is_too_large: bool,
    /// Its account, once it was read to its end.
    pub(super) read: Option<ReadRow>,
}

impl<'e> PerArchive<'e> {
    pub(super) fn new(entry: &'e Entry, index: usize) -> Self {
        Self { entry, index, held: Mutex::default() }
    }

    /// Says that one more worker turns to it.
    pub(super) fn hold(&self) {
        lock(&self.held).holders += 1;
    }
}
