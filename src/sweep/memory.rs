//! How a memory limit is shared out.
//!
//! ```text
//!   limit = program (BASE) + threads x (buffers, decoder, parser: THREAD)
//!         + archives x (its account, its run, its sample: ARCHIVE) + the regular expressions of taxonomies
//!         + threads x 1.5 worker's tally (half of it while it is handed in)
//!         + parts that are merged, until they are written to a file without a name
//!         + a third of both for what the allocator wastes
//! ```
//!
//! When all is read, the room of the workers goes to putting parts together. What judging will take for what failed is
//! kept free from the moment that it is known. Not in it, since no limit can make them smaller: zstd windows beyond 8 MiB, lines beyond 1 MiB, distinct
//! reasons that are long, and the maps of archives, which are the system's cache.

use super::error::SweepError;
use crate::archive::{LARGEST_WHOLE, PIECE};
use crate::tally::{Judging, Limit, Partitions, Room, SpillError};

const MIB: usize = 1 << 20;

/// A worker's tally where memory is not short: half a million cells.
const WORKER: usize = 40 * MIB;
/// The least that a worker's tally works with.
const LEAST_WORKER: usize = MIB;
/// The least that merged parts work with.
const LEAST_PARTS: usize = 4 * MIB;
/// Program, code, tables: 9 MiB measured.
const BASE: usize = 12 * MIB;
/// What is kept of an archive until the reports are written: 4.5 KiB measured, with a run of its own.
const ARCHIVE: usize = 5 << 10;
/// What judging takes, rows and reports included: for one incident a scenario 10 KiB were measured, for 5 of them 20. What
/// long lists and messages take comes on top.
const JUDGING: Judging = Judging { scenario: 10 << 10, incident: 5 << 9 };
/// An allocator wastes up to a third of what is asked of it where tables grow and are dropped (glibc, measured).
const fn usable(bytes: usize) -> usize {
    bytes - bytes.div_ceil(4)
}
/// What a thread needs besides its tally: 3 MiB measured, 9 with a zstd window of 8 MiB; the rest is for what allocators waste.
const THREAD: usize = 12 * MIB;

/// What a sweep takes besides its tallies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) threads: usize,
    pub(super) archives: usize,
    /// Bytes of compiled regular expressions.
    pub(super) expressions: usize,
}

impl Beside {
    fn bytes(self) -> usize {
        BASE + self.threads * THREAD + self.of_input()
    }

    /// What no number of threads makes less.
    fn of_input(self) -> usize {
        // Each thread has a cache of states for each expression.
        self.archives * ARCHIVE + self.expressions * (1 + self.threads)
    }
}

/// The memory of a sweep, shared out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    beside: Beside,
    pub(super) room: Room,
}

impl Budget {
    /// `limit`: bytes; `None`: unlimited.
    pub(super) fn new(limit: Option<u64>, beside: Beside) -> Result<Self, SweepError> {
        Ok(Self { beside, room: room(limit, beside)? })
    }

    pub(super) fn partitions(&self) -> Result<Partitions, SweepError> {
        Partitions::new(self.room).map_err(|error| self.exceeded(error))
    }

    /// What a sweep says where its partitions fail.
    pub(super) fn exceeded(&self, error: SpillError) -> SweepError {
        match error {
            SpillError::TooLittle { needed: tallies } => SweepError::TooMuchFailed(needed(self.beside, tallies)),
            error => SweepError::Spill(error),
        }
    }
}

/// How much tallies may take of `limit` bytes.
fn room(limit: Option<u64>, beside: Beside) -> Result<Room, SweepError> {
    let threads = beside.threads;
    let Some(limit) = limit else { return Ok(Room { worker: WORKER, limit: None }) };
    let least_of_tallies = threads * LEAST_WORKER * 3 / 2 + LEAST_PARTS;
    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(beside.bytes());
    let done = usable(room);
    if done < least_of_tallies {
        let (least, of_input) = (needed(beside, least_of_tallies), beside.of_input() as u64);
        return Err(SweepError::LimitTooSmall { limit, least, threads, of_input });
    }
    let worker = (done / (4 * threads)).clamp(LEAST_WORKER, WORKER);
    let reading = done - threads * worker * 3 / 2;
    Ok(Room { worker, limit: Some(Limit { reading, done, judging: JUDGING }) })
}

/// Bytes of the largest frame or member that is decoded in one go: buffers grow to it, and stay so.
pub(super) fn largest_whole(limit: Option<u64>) -> usize {
    // Frames of a piece's size end with a line, and may be a little larger.
    if limit.is_some() { 2 * PIECE } else { LARGEST_WHOLE }
}

/// Bytes of the largest document that is read: it is held whole, and so is what it says.
pub(super) fn largest_document(limit: Option<u64>) -> usize {
    limit.map_or(1 << 30, |limit| usize::try_from(limit / 32).unwrap_or(usize::MAX).max(4 * MIB))
}

/// The limit that is needed for tallies of so many bytes.
fn needed(beside: Beside, tallies: usize) -> u64 {
    (beside.bytes() + (tallies * 4).div_ceil(3)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_add_up_to_the_limit() {
        for (limit, threads) in [(64 * MIB, 2), (64 * MIB, 3), (1024 * MIB, 2), (2048 * MIB, 64), (16 << 30, 8)] {
            let beside = Beside { threads, archives: 100, expressions: 4 << 10 };
            let Room { worker, limit: Some(held) } = room(Some(limit as u64), beside).unwrap() else { panic!() };
            assert_eq!(threads * worker * 3 / 2 + held.reading, held.done);
            assert_eq!(beside.bytes() + held.done, limit - (limit - beside.bytes()).div_ceil(4));
            assert!(worker >= LEAST_WORKER && held.reading >= LEAST_PARTS);
        }
    }

    #[test]
    fn a_limit_that_is_too_small_names_the_least_that_works() {
        let few = |threads| Beside { threads, archives: 1, expressions: 0 };
        for beside in
            [few(1), few(2), few(7), Beside { archives: 30_000, ..few(2) }, Beside { expressions: MIB, ..few(2) }]
        {
            let Err(SweepError::LimitTooSmall { least, .. }) = room(Some(1), beside) else { panic!() };
            assert!(room(Some(least), beside).is_ok());
            assert!(room(Some(least - 1), beside).is_err());
        }
        assert_eq!(room(None, few(9)).unwrap(), Room { worker: WORKER, limit: None });
        // 30,000 archives took 190 MiB where 64 were allowed.
        assert!(room(Some(64 << 20), Beside { archives: 30_000, ..few(1) }).is_err());
    }
}
