//! The runs of which a window left something out: that tells which clocks to believe.

use std::collections::BTreeMap;

use crate::tally::{Outside, Tally};

/// What a window left out of an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct LeftOut {
    /// Of the records that name no run, which are the archive's.
    unnamed: Outside,
    named: BTreeMap<String, Outside>,
}

impl LeftOut {
    /// Counts a record that was left out.
    #[inline]
    pub(super) fn see(&mut self, run: Option<&str>, branch: Option<&str>, time: i64) {
        match run {
            None => self.unnamed.see(branch, time),
            Some(run) => match self.named.get_mut(run) {
                Some(outside) => outside.see(branch, time),
                None => self.named.entry(run.to_owned()).or_default().see(branch, time),
            },
        }
    }

    /// Counts what another part of the archive left out.
    pub(super) fn join(&mut self, other: Self) {
        self.unnamed.join(other.unnamed);
        for (run, outside) in other.named {
            self.named.entry(run).or_default().join(outside);
        }
    }

    /// All runs of a tally, left out whole; that of the archive has its name.
    pub(super) fn of(tally: &Tally) -> Self {
        let named = tally.runs().iter().map(|run| (tally.text(run.id).to_owned(), Outside::whole(tally, run)));
        Self { unnamed: Outside::default(), named: named.collect() }
    }

    /// What was left out by run, of an archive that is of the run `own`.
    pub(super) fn by_run(self, own: &str, runs: &mut BTreeMap<String, Outside>) {
        let unnamed = (self.unnamed != Outside::default()).then(|| (own.to_owned(), self.unnamed));
        for (run, outside) in self.named.into_iter().chain(unnamed) {
            runs.entry(run).or_default().join(outside);
        }
    }
}
