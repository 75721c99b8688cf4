//! What a sweep found.

use super::sweep::Sweep;
use super::window::Span;
use crate::archive::Ledger;
use crate::tally::{Clean, Collector, Entries, Past, RunOrder, Tally};

/// What a sweep found.
#[derive(Debug)]
pub struct Outcome {
    /// What it was asked.
    pub sweep: Sweep,
    /// All runs; incidents and cells of the scenarios that ever failed, and of the others if they were to be kept.
    pub tally: Tally,
    /// The scenarios that are not in the tally, in sum.
    pub clean: Clean,
    /// The records row by row, where they were asked for.
    pub entries: Entries,
    /// Where these were asked for, what scenarios came to before the window.
    pub past: Vec<Past>,
    /// Bytes written to a temporary file for want of memory.
    pub spilled: u64,
    /// What benchmark lines measured, in the order of the archives' paths and of their lines: the series of
    /// [`Collector::into_series`] are what [`crate::benchmark::judge`] judges. They are held in memory whatever
    /// `max_memory` is.
    pub benchmarks: Collector,
    /// What was read, refused and lost.
    pub ledger: Ledger,
    /// Which times counted.
    pub span: Span,
    /// The order of the runs.
    pub order: RunOrder,
    /// Between which moments the same records tell the same, least and first beyond: later on, clocks that are ahead now
    /// are no more.
    pub steady: (i64, i64),
}
