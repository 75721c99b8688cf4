//! The threads that compress and decompress frames.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use rayon::{Scope, ThreadPool};
use zstd::bulk::Compressor;
use zstd::zstd_safe::{CParameter, DCtx, compress_bound};

use crate::lock::lock;
use crate::threads;

/// Frames that each thread has before it, so that none waits while a driver reads.
const FRAMES_A_THREAD: usize = 2;

/// A pool of threads with one context each. Drivers, one for each archive that is being packed, share it: they read
/// and write, and hand frames to the pool in batches.
pub(super) struct Crew {
    pool: ThreadPool,
    tools: Vec<Mutex<Tools>>,
    drivers: AtomicUsize,
}

struct Tools {
    compressor: Compressor<'static>,
    decompressor: DCtx<'static>,
}

/// A frame on its way: its text and what it is compressed.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) text: Vec<u8>,
    pub(super) packed: Vec<u8>,
    /// What went wrong on another thread.
    pub(super) fault: Option<io::Error>,
}

impl Crew {
    /// So many threads, 0 for one a core, which compress at this level; no more than that much work can use.
    pub(super) fn new(threads: usize, work: u64, level: i32) -> io::Result<Self> {
        let pool = threads::pool(threads, work).map_err(io::Error::other)?;
        let threads = pool.current_num_threads();
        let tools = || -> io::Result<Mutex<Tools>> {
            let mut compressor = Compressor::new(level)?;
            compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
            compressor.set_parameter(CParameter::ChecksumFlag(true))?;
            Ok(Mutex::new(Tools { compressor, decompressor: DCtx::create() }))
        };
        let tools = (0..threads).map(|_| tools()).collect::<io::Result<_>>()?;
        Ok(Self { pool, tools, drivers: AtomicUsize::new(0) })
    }

    /// How many archives are worth packing at a time.
    pub(super) fn threads(&self) -> usize {
        self.tools.len()
    }

    /// Takes part until the guard is dropped.
    pub(super) fn join(&self) -> Driver<'_> {
        self.drivers.fetch_add(1, Ordering::Relaxed);
        Driver { crew: self }
    }

    fn tools(&self) -> MutexGuard<'_, Tools> {
        let thread = rayon::current_thread_index().unwrap_or(0) % self.tools.len();
        lock(&self.tools[thread])
    }
}

/// One that hands frames to the crew.
pub(super) struct Driver<'c> {
    crew: &'c Crew,
}

impl Drop for Driver<'_> {
    fn drop(&mut self) {
        self.crew.drivers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Driver<'_> {
    /// Frames of a batch: together, the drivers keep every thread busy and hold no more than that takes.
    pub(super) fn share(&self) -> usize {
        let drivers = self.crew.drivers.load(Ordering::Relaxed).max(1);
        (FRAMES_A_THREAD * self.crew.threads()).div_ceil(drivers)
    }

    /// Does `task` for every frame on the crew's threads, and `meanwhile` on this one.
    fn work<T>(
        &self,
        frames: &mut [Frame],
        task: impl Fn(&mut Tools, &mut Frame) + Sync,
        meanwhile: impl FnOnce() -> T,
    ) -> T {
        let crew = self.crew;
        let task = &task;
        crew.pool.in_place_scope(|tasks: &Scope<'_>| {
            for frame in frames {
                tasks.spawn(move |_| task(&mut crew.tools(), frame));
            }
            meanwhile()
        })
    }

    /// Compresses every frame's text.
    pub(super) fn compress<T>(&self, frames: &mut [Frame], meanwhile: impl FnOnce() -> T) -> T {
        self.work(
            frames,
            |tools, Frame { text, packed, fault }| {
                packed.clear();
                packed.reserve(compress_bound(text.len()));
                *fault = tools.compressor.compress_to_buffer(text, packed).err();
            },
            meanwhile,
        )
    }

    /// Decodes every frame into its text, which is as long as the text has to be, with its checksum.
    pub(super) fn decode<T>(&self, frames: &mut [Frame], meanwhile: impl FnOnce() -> T) -> T {
        self.work(
            frames,
            |tools, Frame { text, packed, fault }| {
                *fault = match tools.decompressor.decompress(&mut text[..], packed) {
                    Ok(len) if len == text.len() => None,
                    Ok(_) => Some(io::Error::other("a frame is shorter than it was")),
                    Err(code) => Some(io::Error::other(zstd::zstd_safe::get_error_name(code))),
                };
            },
            meanwhile,
        )
    }
}
