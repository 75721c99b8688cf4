//! A year of weekly sweeps over a suite whose truth is known (recurrence.md, section 13): what each week says that is not so.
//!
//! ```text
//! cargo run --release --example year -- [--years 2] [--scale 4] [--revisions] [--shards 3] [--logs DIR]
//! ```
//!
//! 308 scenarios at a scale of 4, twenty runs a week, archives of 26 weeks kept, 53 sweeps, each beside the last one's output.
//! Ends with status 1 where a bound of docs/verdicts.md does not hold, or nothing that is told is right.

#[path = "../planted/profile.rs"]
mod profile;
mod random;
mod suite;
mod sweeps;
mod table;
mod truth;
mod world;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use suite::Suite;
use sweeps::Size;

/// Sweeps a suite whose truth is known week by week, and counts what is said that is not so.
#[derive(Parser)]
struct Arguments {
    /// Years, each of other histories.
    #[arg(long, default_value_t = 1)]
    years: u64,
    /// Scenarios of each world, by which all are multiplied.
    #[arg(long, default_value_t = 4)]
    scale: usize,
    /// Runs a week.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// Weeks that archives are kept.
    #[arg(long, default_value_t = 26)]
    kept: usize,
    /// Sweeps, a week apart.
    #[arg(long, default_value_t = 53)]
    weeks: usize,
    /// Seed of the first year.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Name a revision in every record, which two runs share.
    #[arg(long)]
    revisions: bool,
    /// Archives of each run, each of a part of the scenarios; of several, one in fifty is lost.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    shards: u64,
    /// Write the logs of the first year into this folder, one a run, and sweep nothing.
    #[arg(long, value_name = "DIR")]
    logs: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { years, scale, runs, kept, weeks, seed, revisions, shards, logs } = Arguments::parse();
    let shards = usize::try_from(shards).unwrap_or(1);
    let size = Size { scale, runs, kept, weeks, revisions, shards };
    if let Some(folder) = logs {
        return match write(size, seed, &folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {}: {error}", folder.display());
                ExitCode::from(2)
            }
        };
    }
    let mut table = table::Table::default();
    for year in seed..seed + years {
        if let Err(error) = sweeps::year(size, year, &mut table) {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    }
    println!("{table}");
    if table.broken().is_empty() && table.tells(true) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes the logs of all runs that are kept or swept.
fn write(size: Size, year: u64, folder: &Path) -> io::Result<()> {
    let Size { scale, runs: week, kept, weeks, revisions, shards } = size;
    let (before, all) = (kept * week, (kept + weeks - 1) * week);
    let suite = Suite::new(scale, all, before, week, year, revisions);
    std::fs::create_dir_all(folder)?;
    (0..all).try_for_each(|run| {
        std::fs::write(folder.join(format!("{}.jsonl", Suite::run_name(run))), suite.lines(run, year, shards).concat())
    })
}
