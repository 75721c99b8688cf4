//! When the runs were of which a window left something out: that tells which clocks to believe.

use std::collections::BTreeMap;

use crate::tally::{Clock, Tally};

/// The clocks of what a window left out of an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct LeftOut {
    /// Of the records that name no run, which are the archive's.
    unnamed: Clock,
    named: BTreeMap<String, Clock>,
}

impl LeftOut {
    /// Counts a record that was left out.
    #[inline]
    pub(super) fn see(&mut self, run: Option<&str>, time: i64) {
        match run {
            None => self.unnamed.see(time),
            Some(run) => match self.named.get_mut(run) {
                Some(clock) => clock.see(time),
                None => self.named.entry(run.to_owned()).or_default().see(time),
            },
        }
    }

    /// Counts what another part of the archive left out.
    pub(super) fn join(&mut self, other: Self) {
        self.unnamed.join(&other.unnamed);
        for (run, clock) in other.named {
            self.named.entry(run).or_default().join(&clock);
        }
    }

    /// All runs of a tally, left out whole; that of the archive has its name.
    pub(super) fn of(tally: &Tally) -> Self {
        let named = tally.runs().iter().map(|run| (tally.text(run.id).to_owned(), run.clock.clone()));
        Self { unnamed: Clock::default(), named: named.collect() }
    }

    /// The clocks by run, of an archive that is of the run `own`.
    pub(super) fn by_run(self, own: &str, runs: &mut BTreeMap<String, Clock>) {
        let unnamed = (self.unnamed != Clock::default()).then(|| (own.to_owned(), self.unnamed));
        for (run, clock) in self.named.into_iter().chain(unnamed) {
            runs.entry(run).or_default().join(&clock);
        }
    }
}
