//! Arguments of `relapse check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::InputArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 each failure is known: a flake, or it fails on the base branch too; 1 one is not: new, back, of \
    an unknown test, worse than its flake, seen elsewhere only, seen too seldom to tell, or of the machine; 2 wrong usage, or \
    nothing could be read; 3 as 0, but input was damaged or outcomes are unknown (0 with --allow-loss)."
)]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,

    /// The history: the folder that a sweep wrote with --out
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) from: PathBuf,

    /// The branch of the history that failures are looked up on [default: main, master or trunk, else that of most runs]
    #[arg(long, value_name = "BRANCH")]
    pub(in crate::cli) base: Option<String>,

    /// How to print the answer [default: human]
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    pub(in crate::cli) format: Option<CheckFormat>,

    /// Print the answer as JSON, `relapse-check-v1`
    #[arg(long)]
    pub(in crate::cli) json: bool,

    /// Say what to run again, how often, and what the results would mean
    #[arg(long)]
    pub(in crate::cli) rerun: bool,

    /// Exit with 0 even when input was damaged or lines were rejected
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CheckFormat {
    /// For a person at a terminal
    Human,
    /// `relapse-check-v1`
    Json,
    /// Annotations of GitHub's workflow commands
    Github,
    /// `JUnit` XML: what is known is skipped
    Junit,
}
