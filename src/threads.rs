//! Threads: as many as are asked for, as far as there is work for them and the system lets them start.

use std::time::Duration;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// So many are started in any case: that costs less than to ask whether they are needed.
const FEW: usize = 16;

/// How often the end of other threads is waited for, and how long each time.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(10);

/// Bytes of an archive that are worth a thread: compressed ones become some times as many.
const WORTH_A_THREAD: u64 = 64 << 10;

/// How many threads some archives of so many bytes can use.
pub(crate) fn work(archives: usize, bytes: u64) -> u64 {
    (archives as u64).saturating_add(bytes / WORTH_A_THREAD)
}

/// Does something with each of some things, on all cores where there are many: in their order, whatever did them.
pub(crate) fn each<T: Send, R: Send>(things: Vec<T>, does: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    // What a few take is less than to start a thread, and a system that starts none is no reason to do nothing.
    let pool = if things.len() < FEW { None } else { pool(0, things.len() as u64).ok() };
    match pool {
        None => things.into_iter().map(does).collect(),
        Some(pool) => pool.install(|| things.into_par_iter().map(does).collect()),
    }
}

/// A pool of so many threads, 0 for one a core, but of no more than have work: a thousand idle ones cost seconds. Where the
/// system starts fewer, fewer do it. Not left to the pool's own default, which reads the environment.
///
/// # Errors
/// When not even one can be started.
pub(crate) fn pool(asked: usize, work: u64) -> Result<ThreadPool, ThreadPoolBuildError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let most = usize::try_from(work).unwrap_or(usize::MAX).max(FEW).max(cores);
    let mut threads = if asked == 0 { cores } else { asked.min(most) };
    let mut waited = 0;
    loop {
        match ThreadPoolBuilder::new().num_threads(threads).build() {
            Err(_) if threads > 1 => threads /= 2,
            Err(_) if waited < WAITS => waited += 1,
            built => return built,
        }
        // Threads of a pool that is gone, or that could not be started whole, end a little later.
        std::thread::sleep(WAIT);
    }
}
