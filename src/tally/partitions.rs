//! One tally for all workers, in parts.
//!
//! ```text
//!   worker's tally --full--> its scenarios, by their hash --> part 0 .. part 255 --room short--> file without a name
//!   (in cache, few bytes)                                     (merged)                            |
//!                                                                 |<------- read again, at the end
//!                                            scenarios that failed: whole | the others: summed up
//! ```
//!
//! A worker's tally stays small, so that every key stands in memory once however many workers meet it. All that is of
//! one scenario stands in one part, so that parts can be merged, written out, read again and judged one by one. Runs
//! stand apart, once, and give every part the same numbers for them.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use rayon::prelude::*;
use thiserror::Error;

use super::clean::{Clean, Sum, branches};
use super::groups::Groups;
use super::lives::Dated;
use super::merge::Carrier;
use super::room::{Judged, Limit, Room};
use super::spill::{Segment, SpillFile};
use super::symbols::count;
use super::tally::Tally;
use super::units::{fine_units, passes};
use crate::lock::{lock, unlocked};

/// Parts, as many as a byte has values. Each part of ten million cells is a few megabytes: small beside any limit, and it merges in cache.
const PARTS: usize = 256;

/// Passes that a part lists before they are counted in its cells: together they are 50 MB.
const MOST_PASSES: usize = 8192;

/// Why a tally could not be held.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SpillError {
    /// There is no place for a temporary file.
    #[error("failed to make a temporary file in `{}` to keep within the memory limit", folder.display())]
    Create {
        /// The system's temporary folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The temporary file could not be written.
    #[error("failed to write to a temporary file in `{}` to keep within the memory limit", folder.display())]
    Write {
        /// The system's temporary folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was written came back otherwise.
    #[error("failed to read back a temporary file in `{}`", folder.display())]
    Read {
        /// The system's temporary folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The scenarios that failed, which are judged together, are too many.
    #[error("failed to keep within the memory limit: the runs and what failed take {needed} bytes or more")]
    TooLittle {
        /// What was to be held when it became too much, in bytes.
        needed: usize,
    },
}

/// Everything that was handed in.
#[derive(Debug)]
pub struct Whole {
    /// All runs, and the scenarios that ever failed (or all scenarios, where they were to be kept).
    pub tally: Tally,
    /// The scenarios that are not in the tally.
    pub clean: Clean,
    /// Bytes that were written to a temporary file.
    pub spilled: u64,
}

/// One tally for all workers.
#[derive(Debug)]
pub struct Partitions {
    room: Room,
    /// Runs; in the end everything.
    whole: Mutex<Tally>,
    parts: Vec<Mutex<Part>>,
    /// Bytes that all of these take.
    held: AtomicUsize,
    /// The part to begin with, so that those written out longest ago are next.
    hand: AtomicUsize,
    file: Option<SpillFile>,
    failed: OnceLock<SpillError>,
}

#[derive(Debug, Default)]
struct Part {
    /// Without runs: its sets have their numbers in the whole.
    tally: Tally,
    segments: Vec<Segment>,
    /// What it has at least, in memory or written out.
    judged: Judged,
}

/// The part of a scenario with this hash, by bits that choose no place in the part's own table.
fn part(hash: u64) -> u32 {
    u32::from(hash.to_le_bytes()[6])
}

impl Partitions {
    /// Empty.
    ///
    /// # Errors
    /// When there is a limit and no place for a temporary file.
    pub fn new(room: Room) -> Result<Self, SpillError> {
        let folder = std::env::temp_dir;
        let file = room.limit.map(|_| SpillFile::new()).transpose();
        Ok(Self {
            room,
            whole: Mutex::default(),
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            held: AtomicUsize::new(0),
            hand: AtomicUsize::new(0),
            file: file.map_err(|source| SpillError::Create { folder: folder(), source })?,
            failed: OnceLock::new(),
        })
    }

    /// Takes in a worker's tally and leaves an empty one, once it has outgrown its room.
    pub fn relieve(&self, tally: &mut Tally) {
        if tally.bytes() > self.room.worker {
            self.take(tally);
        }
    }

    /// Takes in a worker's tally and leaves an empty one. After a failure, which [`Self::finish`] tells, it is lost.
    pub fn take(&self, tally: &mut Tally) {
        let tally = std::mem::take(tally);
        if !self.has_failed()
            && let Err(error) = self.hand_in(&tally)
        {
            // Of several failures one is told.
            let _ = self.failed.set(error);
        }
    }

    /// Whether there is no use in going on.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.get().is_some()
    }

    fn hand_in(&self, tally: &Tally) -> Result<(), SpillError> {
        let runs = {
            let mut whole = lock(&self.whole);
            let before = whole.bytes();
            let runs = whole.merge_runs(tally);
            self.held.fetch_add(whole.bytes() - before, Ordering::Relaxed);
            if self.room.limit.is_some_and(|limit| whole.bytes() > limit.reading) {
                return Err(SpillError::TooLittle { needed: whole.bytes() });
            }
            runs
        };
        let part_of: Vec<u32> = (0..count(tally.scenarios.len()))
            .map(|scenario| part(tally.scenarios.hash_of(&tally.symbols, scenario)))
            .collect();
        let cells = Groups::new(PARTS, tally.cells().map(|cell| part_of[cell.key.scenario as usize]));
        let passes = Groups::new(PARTS, tally.passes.iter().map(|pass| part_of[pass.key.scenario as usize]));
        let scenario_of = |incident: u32| tally.incidents[incident as usize].scenario as usize;
        let firsts = Groups::new(PARTS, tally.firsts.iter().map(|first| part_of[scenario_of(first.incident)]));
        let mut carrier = Carrier::new(tally, &runs);
        let hand = self.hand.load(Ordering::Relaxed);
        for number in (hand..hand + PARTS).map(|number| number % PARTS) {
            // No scenario is without a cell or a pass.
            if cells.of(number).len() + passes.of(number).len() == 0 {
                continue;
            }
            let mut part = lock(&self.parts[number]);
            let before = part.tally.bytes() + self.judging(&part);
            carrier.turn();
            carrier.cells(&mut part.tally, cells.of(number));
            carrier.passes(&mut part.tally, passes.of(number));
            // Cells that passed often are smaller than their passes; those that did not may be larger.
            if self.room.limit.is_some() || part.tally.passes.len() > MOST_PASSES.max(2 * part.tally.cells.len()) {
                part.tally.fold();
            }
            carrier.firsts(&mut part.tally, firsts.of(number));
            if self.room.limit.is_some() {
                part.judged = part.judged.max(Judged::of(&part.tally));
            }
            let bytes = part.tally.bytes();
            // Less than before, where passes were counted in their cells.
            let grown = (bytes + self.judging(&part)).wrapping_sub(before);
            let held = self.held.fetch_add(grown, Ordering::Relaxed).wrapping_add(grown);
            // Not the parts that were written out just now: what is small is better kept.
            if self.room.limit.is_some_and(|limit| held > limit.reading) && bytes >= held / (2 * PARTS) {
                self.write_out(&mut part)?;
                self.hand.store(number + 1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// What judging a part will take, as far as it is known.
    fn judging(&self, part: &Part) -> usize {
        self.room.limit.map_or(0, |limit| limit.judging.of(part.judged))
    }

    fn write_out(&self, part: &mut Part) -> Result<(), SpillError> {
        if let Some(file) = &self.file {
            let written = file.write(&part.tally);
            part.segments.push(written.map_err(|source| SpillError::Write { folder: std::env::temp_dir(), source })?);
            self.held.fetch_sub(part.tally.bytes(), Ordering::Relaxed);
            part.tally = Tally::default();
        }
        Ok(())
    }

    /// Bytes that everything that was handed in takes now.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// All runs that were handed in, and nothing else.
    ///
    /// # Errors
    /// When something that was handed in could not be held.
    pub fn into_runs(self) -> Result<Tally, SpillError> {
        match self.failed.into_inner() {
            Some(error) => Err(error),
            None => Ok(unlocked(self.whole)),
        }
    }

    /// Puts everything together. Runs on the rayon pool that it is called in. `keep_clean`: keep the scenarios that
    /// never failed in full too.
    ///
    /// # Errors
    /// When something could not be held within the limit, or the temporary file failed.
    pub fn finish(mut self, keep_clean: bool) -> Result<Whole, SpillError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let (branches, dated, runs) = {
            let whole = lock(&self.whole);
            (branches(&whole.runs), Dated::new(&whole), (0..count(whole.runs.len())).collect::<Vec<_>>())
        };
        // Large parts one by one: there may be no room for two.
        let fair = self.room.limit.map_or(usize::MAX, |limit| limit.done / (4 * rayon::current_num_threads()));
        let (large, small): (Vec<usize>, Vec<usize>) =
            (0..PARTS).partition(|&number| lock(&self.parts[number]).bytes() > fair);
        let add = |sum, number| self.finish_part(number, &runs, sum, keep_clean);
        let sums = small.into_par_iter().try_fold(|| Sum::new(&branches, &dated), add);
        let mut clean = sums
            .map(|sum| sum.map(Sum::total))
            .try_reduce(Clean::default, |a, b| Ok(a.join(b)))?
            .join(large.into_iter().try_fold(Sum::new(&branches, &dated), add)?.total());
        clean.names.seal();
        let spilled = self.file.as_ref().map_or(0, SpillFile::len);
        Ok(Whole { tally: unlocked(self.whole), clean, spilled })
    }

    /// Puts one part together: what failed, or all, goes into the whole, the rest into the sum. Units that never failed are
    /// in neither.
    fn finish_part<'b>(
        &self,
        number: usize,
        runs: &[u32],
        mut sum: Sum<'b>,
        keep_clean: bool,
    ) -> Result<Sum<'b>, SpillError> {
        let part = std::mem::take(&mut *lock(&self.parts[number]));
        let known = self.judging(&part);
        let Part { mut tally, segments, .. } = part;
        for segment in &segments {
            // Twice for a moment: as it is read and as it is merged.
            let extra = segment.len + 2 * segment.bytes;
            self.hold(extra)?;
            let before = tally.bytes();
            if let Some(file) = &self.file {
                let read = file.read(segment);
                let read = read.map_err(|source| SpillError::Read { folder: std::env::temp_dir(), source })?;
                let mut carrier = Carrier::new(&read, runs);
                carrier.cells(&mut tally, 0..read.cells.len());
                carrier.firsts(&mut tally, 0..read.firsts.len());
            }
            self.held.fetch_add(tally.bytes() - before, Ordering::Relaxed);
            self.held.fetch_sub(extra, Ordering::Relaxed);
        }
        let counted = tally.bytes() + known;
        let have_failed = tally.have_failed();
        let fine = fine_units(&tally, &have_failed);
        let kept: Vec<usize> = if keep_clean {
            tally.fold();
            (0..tally.cells.len()).filter(|&cell| !fine[tally.cells[cell].key.scenario as usize]).collect()
        } else {
            tally.fold_those(|scenario| have_failed[scenario as usize]);
            sum.add(&tally, &have_failed, &fine)
        };
        let grown = {
            let mut whole = lock(&self.whole);
            let before = whole.bytes();
            if fine.contains(&true) {
                for (run, count) in passes(&tally, &fine) {
                    whole.runs[run as usize].records -= count;
                }
            }
            let mut carrier = Carrier::new(&tally, runs);
            carrier.cells(&mut whole, kept.into_iter());
            carrier.firsts(&mut whole, 0..tally.firsts.len());
            whole.bytes() - before
        };
        let judging = self.room.limit.map_or(0, |limit| limit.judging.of(Judged::of(&tally)));
        self.held.fetch_sub(counted, Ordering::Relaxed);
        drop(tally);
        self.hold(grown + judging)?;
        Ok(sum)
    }

    /// Takes more room, and writes parts out where there is none.
    fn hold(&self, more: usize) -> Result<(), SpillError> {
        self.held.fetch_add(more, Ordering::Relaxed);
        let Some(Limit { done, .. }) = self.room.limit else { return Ok(()) };
        for part in &self.parts {
            if self.held() <= done {
                return Ok(());
            }
            // Others' locks are not waited for: two that wait for each other's part would wait for ever.
            if let Ok(mut part) = part.try_lock()
                && !part.tally.cells.is_empty()
            {
                self.write_out(&mut part)?;
            }
        }
        let needed = self.held();
        if needed <= done { Ok(()) } else { Err(SpillError::TooLittle { needed }) }
    }
}

impl Part {
    /// Bytes that it takes once it is put together, at most.
    fn bytes(&self) -> usize {
        let passing = self.segments.iter().map(|segment| segment.len + segment.bytes).max().unwrap_or(0);
        passing + self.tally.bytes() + self.segments.iter().map(|segment| segment.bytes).sum::<usize>()
    }
}
