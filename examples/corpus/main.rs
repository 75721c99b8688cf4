//! Writes a corpus of test logs of any size: seeded, the same bytes on every machine, in every
//! layout that archives come in.
//!
//! ```text
//! cargo run --release --example corpus -- --out DIR --bytes 2GB --layout zstd-frames --layout plain
//! ```
//!
//! Each layout gets the folder of its name below DIR and holds the same bytes: one file a run
//! (`run-0000.jsonl`...) or one for all (`corpus.jsonl`). The counts stand on stdout as JSON.

mod layout;
mod records;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use layout::{Layout, Options, Sink, Written};
use rayon::prelude::*;
use records::{Config, Counts, Piece, REASONS, World, parse_size, pieces, run_name, write_piece};
use serde_json::{Map, Value, json};

/// Writes a seeded corpus of test logs.
#[derive(Parser)]
struct Arguments {
    /// Folder to write into, one folder a layout.
    #[arg(long)]
    out: PathBuf,
    /// Decoded size of the corpus.
    #[arg(long, default_value = "2GB", value_parser = parse_size)]
    bytes: u64,
    /// Runs, one an hour from 2026-01-01.
    #[arg(long, default_value_t = 200)]
    runs: u32,
    /// Write only this many of the runs, the earliest.
    #[arg(long)]
    first: Option<u32>,
    /// Scenarios.
    #[arg(long, default_value_t = 20_000)]
    scenarios: u32,
    /// Seeds of each scenario.
    #[arg(long, default_value_t = 5)]
    seeds: u32,
    /// Environments.
    #[arg(long, default_value_t = 4)]
    envs: u32,
    /// Expected share of failing lines.
    #[arg(long, default_value_t = 0.019)]
    fail_rate: f64,
    /// Seed of the corpus.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Lines of the required fields alone, a third as long: for corpora of very many lines.
    #[arg(long)]
    terse: bool,
    /// Layout; several may be given.
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',')]
    layout: Vec<Layout>,
    /// Compression level of zstd.
    #[arg(long, default_value_t = 3)]
    level: i32,
    /// Compression level of gzip.
    #[arg(long, default_value_t = 6)]
    gzip_level: u32,
    /// Decoded bytes of a frame or member, where a file has many.
    #[arg(long, default_value = "1MiB", value_parser = parse_size)]
    frame_size: u64,
    /// End frames and members at line ends.
    #[arg(long)]
    line_aligned: bool,
    /// Add a seek table to zstd-frames.
    #[arg(long)]
    seek_table: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(summary) => {
            println!("{summary:#}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: failed to write the corpus: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<Value> {
    let config = Config {
        bytes: arguments.bytes,
        runs: arguments.runs,
        scenarios: arguments.scenarios,
        seeds: arguments.seeds,
        envs: arguments.envs,
        fail_rate: arguments.fail_rate,
        seed: arguments.seed,
        terse: arguments.terse,
    };
    config.check().map_err(io::Error::other)?;
    let options = Options {
        level: arguments.level,
        gzip_level: arguments.gzip_level,
        frame_size: usize::try_from(arguments.frame_size).map_err(io::Error::other)?,
        line_aligned: arguments.line_aligned,
        seek_table: arguments.seek_table,
    };
    let folder = |layout: Layout| arguments.out.join(layout.name());
    let mut sinks: Vec<Box<dyn Sink>> =
        arguments.layout.iter().map(|layout| layout.open(&folder(*layout), options)).collect::<io::Result<_>>()?;
    let world = World::new(config);
    let counts = write(&world, arguments.first.unwrap_or(arguments.runs), &mut sinks)?;
    let written: Vec<Written> = sinks.par_iter_mut().map(|sink| sink.finish()).collect::<io::Result<_>>()?;
    let layouts: Vec<Value> = arguments
        .layout
        .iter()
        .zip(&written)
        .map(|(layout, written)| {
            json!({
                "layout": layout.name(),
                "path": folder(*layout),
                "files": written.files,
                "frames": written.frames,
                "bytes_on_disk": written.bytes_on_disk,
                "ratio": counts.bytes as f64 / written.bytes_on_disk.max(1) as f64,
            })
        })
        .collect();
    Ok(summary(&world, &counts, &layouts))
}

/// Generates the pieces of the first runs in waves, and writes one wave while the next is generated.
fn write(world: &World, first: u32, sinks: &mut [Box<dyn Sink>]) -> io::Result<Counts> {
    let wave_length = rayon::current_num_threads() * 2;
    let mut todo = pieces(&world.config).take_while(|piece| piece.run < first);
    let mut counts = Counts::default();
    let mut wave: Vec<(Piece, Vec<u8>)> = Vec::new();
    loop {
        let next: Vec<Piece> = todo.by_ref().take(wave_length).collect();
        let (generated, stored) = rayon::join(
            || generate(world, &next),
            || {
                sinks.par_iter_mut().try_for_each(|sink| {
                    wave.iter().try_for_each(|(piece, bytes)| sink.write(&run_name(piece.run), bytes))
                })
            },
        );
        stored?;
        if generated.is_empty() {
            return Ok(counts);
        }
        wave.clear();
        for (piece, bytes, piece_counts) in generated {
            counts.add(&piece_counts);
            wave.push((piece, bytes));
        }
    }
}

fn generate(world: &World, todo: &[Piece]) -> Vec<(Piece, Vec<u8>, Counts)> {
    todo.par_iter()
        .map(|piece| {
            let mut bytes = Vec::new();
            let counts = write_piece(world, *piece, &mut bytes);
            (*piece, bytes, counts)
        })
        .collect()
}

fn summary(world: &World, counts: &Counts, layouts: &[Value]) -> Value {
    let config = &world.config;
    let mut by_reason = Map::new();
    for (reason, lines) in REASONS.iter().zip(counts.by_reason) {
        by_reason.insert(reason.code.to_owned(), lines.into());
    }
    json!({
        "lines": counts.lines,
        "bytes": counts.bytes,
        "failing": counts.failing,
        "fail_rate": counts.failing as f64 / counts.lines.max(1) as f64,
        "distinct_keys": counts.keys.count(),
        "runs": config.runs,
        "scenarios": config.scenarios,
        "seeds": config.seeds,
        "envs": config.envs,
        "seed": config.seed,
        "terse": config.terse,
        "failing_by_reason": by_reason,
        "layouts": layouts,
    })
}
