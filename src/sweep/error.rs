//! Why a sweep cannot be made.

use thiserror::Error;

use crate::archive::DiscoverError;
use crate::tally::SpillError;

/// Why there was no sweep.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The arguments lead to no list of archives.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Threads could not be started.
    #[error("failed to start a thread: raise the limit of processes (ulimit -u), or end others")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A window that is counted back needs the newest run, so the input is read twice.
    #[error("{} is a stream and read once only: give --since and --until as moments, such as 2026-01-31T00:00:00Z", if .0 == "stdin" { "standard input" } else { .0 })]
    RelativeWindowOfStream(String),
    /// Not even the buffers fit into the memory limit.
    #[error("failed to keep within {} of memory: {}", mib(*.limit), needed(*.least, *.threads, *.of_input))]
    LimitTooSmall {
        /// The limit in bytes.
        limit: u64,
        /// The least that works with these threads.
        least: u64,
        /// Threads.
        threads: usize,
        /// Bytes of it that the list of archives and the regular expressions of taxonomies take.
        of_input: u64,
    },
    /// What is judged together does not fit into the memory limit.
    #[error("failed to keep within the memory limit: all runs, and what failed in them (everything with --all or --parquet), are judged \
        together and take {} or more: raise the limit, or narrow what counts with --since, --until or --packet", mib(*.0))]
    TooMuchFailed(u64),
    /// The temporary file failed.
    #[error(transparent)]
    Spill(SpillError),
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

fn needed(least: u64, threads: usize, of_input: u64) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    let fewer = if threads == 1 { "" } else { ", fewer threads less" };
    let verb = if threads == 1 { "s" } else { "" };
    let of_input = match of_input >> 20 {
        0 => String::new(),
        _ => format!(", {} of it for the account of the archives and the expressions of taxonomies", mib(of_input)),
    };
    format!("{threads} thread{plural} need{verb} {}{fewer}{of_input}", mib(least))
}
