//! Plants scenarios whose verdict is known, and scores what a sweep makes of them.
//!
//! ```text
//! cargo run --release --example planted -- --out DIR [--seed N] [--each 20] [--runs 120]
//! relapse sweep DIR/logs --out REPORT
//! cargo run --release --example planted -- --score DIR/truth.json REPORT/recurrence.json
//! ```
//!
//! With `--revisions`, records name their revision: sweep with `--profile DIR/profile.toml`. With
//! `--plan worlds`, the truth is the process that made each series: score with `--worlds`.

mod archive;
mod bounds;
mod confusion;
mod judged;
mod profile;
mod score;
mod world;
mod worlds;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use world::{Plan, Size};

/// Plants scenarios whose verdict is known, and scores what a sweep makes of them.
#[derive(Parser)]
struct Arguments {
    /// Folder to write a corpus into.
    #[arg(long, required_unless_present = "score", conflicts_with = "score")]
    out: Option<PathBuf>,
    /// What the corpus is for.
    #[arg(long, value_enum, default_value_t = Plan::Mixed)]
    plan: Plan,
    /// Seed of the corpus.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Scenarios of each case or world.
    #[arg(long, default_value_t = 20)]
    each: usize,
    /// Runs.
    #[arg(long, default_value_t = 120)]
    runs: usize,
    /// Time from run to run.
    #[arg(long, value_enum, default_value_t = Every::Day)]
    every: Every,
    /// Name a revision in every record, and write a profile that reads it.
    #[arg(long)]
    revisions: bool,
    /// Score a recurrence report against a truth.
    #[arg(long, num_args = 2, value_names = ["TRUTH", "RECURRENCE"])]
    score: Option<Vec<PathBuf>>,
    /// The share of each row that must be right.
    #[arg(long, default_value_t = 1.0, value_name = "SHARE")]
    at_least: f64,
    /// Score worlds: how often each verdict was given in each, against the stated bounds.
    #[arg(long, requires = "score")]
    worlds: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Every {
    /// One a day.
    Day,
    /// One every six hours.
    #[value(name = "6h")]
    SixHours,
}

impl Every {
    const fn milliseconds(self) -> u64 {
        match self {
            Self::Day => 86_400_000,
            Self::SixHours => 21_600_000,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.score {
        Some(paths) => score(&arguments, paths),
        None => write(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(arguments: &Arguments) -> Result<bool, String> {
    let size = Size {
        seed: arguments.seed,
        each: arguments.each,
        runs: arguments.runs,
        every_ms: arguments.every.milliseconds(),
        revisions: arguments.revisions,
    };
    let corpus = arguments.plan.draw(size)?;
    let folder = arguments.out.clone().unwrap_or_default();
    let written = archive::write(&corpus, &folder).map_err(|error| format!("failed to write the corpus: {error}"))?;
    print!("{}", confusion::rows_planted(&corpus));
    println!(
        "{} scenarios, {} runs, {} lines, {} bytes",
        corpus.scenarios.len(),
        size.runs,
        written.lines,
        written.bytes
    );
    Ok(true)
}

fn score(arguments: &Arguments, paths: &[PathBuf]) -> Result<bool, String> {
    let [truth, judged] = paths else {
        return Err("--score takes a truth and a recurrence report".to_owned());
    };
    let truth = score::read(truth)?;
    let judged = judged::Judged::parse(&score::read(judged)?)?;
    let (report, passed) = if arguments.worlds {
        worlds::score(&truth, &judged)?
    } else {
        score::score(&truth, &judged, arguments.at_least)?
    };
    print!("{report}");
    Ok(passed)
}
