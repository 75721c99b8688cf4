//! The limits that a sweep is held against: reading a fresh memory map, and decoding zstd, by themselves.
//!
//! ```text
//! cargo run --release --example limit -- read|decode PATH [--threads N]
//! ```
//!
//! `read` touches every byte of newly mapped files, page faults and all. `decode` decodes every frame into a buffer
//! that is used again and again, checks its checksum and forgets it: whole frames, and several of them at once, where
//! their size is known and at most 16 MiB, else as a stream of 1 MiB pieces. Bytes and seconds stand on stdout as JSON.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use relapse::archive::FileMap;
use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer, find_frame_compressed_size, get_error_name, get_frame_content_size};

const PIECE: usize = 1 << 20;
const LARGEST_WHOLE: u64 = 16 << 20;

/// Reads files as fast as can be and keeps nothing.
#[derive(Parser)]
struct Arguments {
    what: What,
    /// A file, or a folder of files.
    path: PathBuf,
    /// Threads; 0 for one a core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Read,
    Decode,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    match run(&arguments) {
        Ok(bytes) => {
            println!("{}", serde_json::json!({ "bytes": bytes, "inside_s": begun.elapsed().as_secs_f64() }));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: failed to read {}: {error}", arguments.path.display());
            ExitCode::FAILURE
        }
    }
}

/// Bytes that were read or decoded.
fn run(arguments: &Arguments) -> io::Result<u64> {
    let maps: Vec<FileMap> =
        files(&arguments.path)?.iter().map(|path| FileMap::open(path)).collect::<io::Result<_>>()?;
    let mut parts = Vec::new();
    for (number, map) in maps.iter().enumerate() {
        let cut = if arguments.what == What::Read { pieces(map.len()) } else { frames(map)? };
        parts.extend(cut.into_iter().map(|range| (number, range)));
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if arguments.threads == 0 { cores } else { arguments.threads };
    let (next, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || -> io::Result<()> {
        let (mut context, mut buffer) = (DCtx::create(), vec![0; PIECE]);
        while let Some((file, range)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let part = &maps[*file][range.clone()];
            let read = match arguments.what {
                What::Read => touch(part),
                What::Decode => decode(&mut context, part, &mut buffer)?,
            };
            bytes.fetch_add(read, Ordering::Relaxed);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("workers do not panic"))
    })?;
    Ok(bytes.into_inner())
}

fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.sort();
    Ok(files)
}

fn pieces(len: usize) -> Vec<Range<usize>> {
    (0..len).step_by(PIECE).map(|start| start..len.min(start + PIECE)).collect()
}

fn frames(bytes: &[u8]) -> io::Result<Vec<Range<usize>>> {
    let mut frames = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let len = find_frame_compressed_size(&bytes[start..]).map_err(failure)?;
        frames.push(start..start + len);
        start += len;
    }
    Ok(frames)
}

/// Reads every byte; how many there are.
fn touch(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8);
    let sum = words.fold(0u64, |sum, word| sum.wrapping_add(word.try_into().map_or(0, u64::from_le_bytes)));
    std::hint::black_box(sum);
    bytes.len() as u64
}

/// Decodes a frame; its decoded size.
fn decode(context: &mut DCtx<'_>, frame: &[u8], buffer: &mut Vec<u8>) -> io::Result<u64> {
    if let Ok(Some(size)) = get_frame_content_size(frame)
        && size <= LARGEST_WHOLE
    {
        let size = usize::try_from(size).map_err(io::Error::other)?;
        buffer.resize(buffer.len().max(size), 0);
        return Ok(context.decompress(&mut buffer[..size], frame).map_err(failure)? as u64);
    }
    let mut input = InBuffer::around(frame);
    let mut decoded = 0;
    loop {
        let mut output = OutBuffer::around(&mut buffer[..PIECE]);
        let wants = context.decompress_stream(&mut output, &mut input).map_err(failure)?;
        decoded += output.pos() as u64;
        if wants == 0 {
            return Ok(decoded);
        }
        if input.pos() == frame.len() && output.pos() == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn failure(code: usize) -> io::Error {
    io::Error::other(get_error_name(code))
}
