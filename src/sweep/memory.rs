//! How a memory limit is shared out.
//!
//! ```text
//!   limit = program (BASE) + threads x (buffers, decoder, parser: THREAD)
//!         + threads x 1.5 worker's tally (half of it while it is handed in)
//!         + parts that are merged, until they are written to a file without a name
//! ```
//!
//! When all is read, the room of the workers goes to putting parts together, and [`JUDGING`] times what failed must
//! fit. Not in it, since no limit can make them smaller: zstd windows beyond 8 MiB, lines beyond 1 MiB, distinct
//! reasons that are long, and the maps of archives, which are the system's cache.

use super::sweep::SweepError;
use crate::tally::{Limit, Room, Tally};

const MIB: usize = 1 << 20;

/// A worker's tally where memory is not short: half a million cells.
const WORKER: usize = 40 * MIB;
/// The least that a worker's tally works with.
const LEAST_WORKER: usize = MIB;
/// The least that merged parts work with.
const LEAST_PARTS: usize = 4 * MIB;
/// Program, code, tables: 9 MiB measured.
const BASE: usize = 12 * MIB;
/// What a thread needs besides its tally: 3 MiB measured, 9 with a zstd window of 8 MiB; the rest is for what allocators waste.
const THREAD: usize = 12 * MIB;

/// How much tallies may take of `limit` bytes.
pub(super) fn room(limit: Option<u64>, threads: usize) -> Result<Room, SweepError> {
    let Some(limit) = limit else { return Ok(Room { worker: WORKER, limit: None }) };
    let least = beside(threads) + threads * LEAST_WORKER * 3 / 2 + LEAST_PARTS;
    let rest = usize::try_from(limit).unwrap_or(usize::MAX).checked_sub(least);
    let Some(rest) = rest else {
        return Err(SweepError::LimitTooSmall { limit, least: least as u64, threads });
    };
    let all = rest + least - beside(threads);
    let worker = (all / (4 * threads)).clamp(LEAST_WORKER, WORKER);
    Ok(Room { worker, limit: Some(Limit { reading: all - threads * worker * 3 / 2, done: all }) })
}

/// Judging takes this many times what is judged, its rows and reports included: measured at 10,000 scenarios that all
/// failed, with 20 cells each.
const JUDGING: usize = 4;

/// Whether there is room for judging a tally.
pub(super) fn check_judging(room: Room, threads: usize, tally: &Tally) -> Result<(), SweepError> {
    let needed = JUDGING * tally.bytes();
    match room.limit {
        Some(limit) if needed > limit.done => Err(SweepError::TooMuchFailed((beside(threads) + needed) as u64)),
        _ => Ok(()),
    }
}

/// What a sweep needs besides its tallies.
pub(super) fn beside(threads: usize) -> usize {
    BASE + threads * THREAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_add_up_to_the_limit() {
        for (limit, threads) in [(64 * MIB, 2), (64 * MIB, 3), (1024 * MIB, 2), (1024 * MIB, 64), (16 << 30, 8)] {
            let Room { worker, limit: Some(held) } = room(Some(limit as u64), threads).unwrap() else { panic!() };
            assert_eq!(beside(threads) + threads * worker * 3 / 2 + held.reading, limit);
            assert_eq!(beside(threads) + held.done, limit);
            assert!(worker >= LEAST_WORKER && held.reading >= LEAST_PARTS);
        }
    }

    #[test]
    fn a_limit_that_is_too_small_names_the_least_that_works() {
        for threads in [1, 2, 7] {
            let Err(SweepError::LimitTooSmall { least, .. }) = room(Some(1), threads) else { panic!() };
            assert!(room(Some(least), threads).is_ok());
            assert!(room(Some(least - 1), threads).is_err());
        }
        assert_eq!(room(None, 9).unwrap(), Room { worker: WORKER, limit: None });
    }
}
