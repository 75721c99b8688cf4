//! What is asked of gates, policies and benchmarks.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::input::InputArgs;
use super::judging::{JudgingArgs, probability};
use super::store::StoreArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 pass; 1 a budget failed, or input was lost (--allow-loss lifts that); 2 wrong usage or \
    configuration. A reliability policy (JSON) makes no report on lost input and exits with 2."
)]
pub(in crate::cli) struct GateArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,

    /// The policy: relapse-policy-v1 (TOML) or ft-reliability-budget-policy-v1 (JSON)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) policy: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) judging: JudgingArgs,

    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,

    /// Compare with an earlier sweep: the folder that it wrote with --out. Runs that it does not hold are held to the
    /// policy's [baseline]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) baseline: Option<PathBuf>,

    /// Write the decision to this file (as JSON unless --format says otherwise) and the human one to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) output: Option<PathBuf>,

    /// How to write the decision [default: human, json with --output]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(in crate::cli) format: Option<GateFormat>,

    /// Write the decision as JSON: --format json
    #[arg(long, conflicts_with = "format")]
    pub(in crate::cli) json: bool,

    /// Judge what could be read of damaged input, and let lost input fail nothing: what is let pass is a warning
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,

    /// Judge the benchmarks of this run [default: each series' newest run]
    #[arg(long, value_name = "RUN")]
    pub(in crate::cli) candidate: Option<String>,

    /// Judge the last M measurements of each benchmark
    #[arg(long, value_name = "M", conflicts_with = "candidate", value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) last: Option<u32>,

    /// Fail on benchmarks that decide nothing
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

impl GateArgs {
    /// How the decision is written, where that is asked for.
    pub(in crate::cli) fn form(&self) -> Option<GateFormat> {
        self.format.or(self.json.then_some(GateFormat::Json))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GateFormat {
    /// For a person
    Human,
    /// The report of the policy's schema
    Json,
    /// Annotations of GitHub's workflow commands
    Github,
    /// `JUnit` XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyCommand {
    /// Check a policy whole: every fault with its line and column
    Check {
        /// The policy
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Print a commented policy to start from
    Init {
        /// A folder that a sweep wrote with --out: ceilings are what is there today
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        from: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(
    mut_arg("taxonomy", |arg| arg.hide(true)),
    mut_arg("packet", |arg| arg.hide(true)),
    mut_arg("max_memory", |arg| arg.hide(true)),
    after_help = "A PATH below which criterion left samples (target/criterion) is read as such: its last run is judged \
    against the run before. A file of Go's benchmarks, hyperfine, pytest-benchmark, Google Benchmark, JMH, k6, Bencher or \
    github-action-benchmark is read as such too. Exit status: 1 when a series regressed, whatever else; 2 also when nothing was measured."
)]
pub(in crate::cli) struct BenchArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,

    /// Read the baseline from here, and judge every measurement of PATH against it; may be repeated
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) baseline: Vec<String>,

    /// Judge the measurements of this run [default: each series' newest run]
    #[arg(long, value_name = "RUN", conflicts_with = "baseline")]
    pub(in crate::cli) candidate: Option<String>,

    /// Judge each series' last M measurements
    #[arg(long, value_name = "M", conflicts_with_all = ["baseline", "candidate"], value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) last: Option<u32>,

    /// Least change that matters, as a ratio less 1 [default: 0.03, or the policy's]
    #[arg(long, value_name = "X", value_parser = probability)]
    pub(in crate::cli) delta: Option<f64>,

    /// A policy (relapse-policy-v1) whose [benchmark] counts: delta, alpha, and the changes that were accepted
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) policy: Option<PathBuf>,

    /// Take the lane's change for the worse since this run for good: writes it into the policy
    #[arg(long, value_name = "LANE@RUN", requires_all = ["policy", "owner", "reason"])]
    pub(in crate::cli) accept: Option<String>,

    /// Who accepts it
    #[arg(long, value_name = "NAME", requires = "accept")]
    pub(in crate::cli) owner: Option<String>,

    /// Why it is accepted
    #[arg(long, value_name = "TEXT", requires = "accept")]
    pub(in crate::cli) reason: Option<String>,

    /// The last day on which it is accepted [default: for good]
    #[arg(long, value_name = "DATE", requires = "accept")]
    pub(in crate::cli) accepted_until: Option<jiff::civil::Date>,

    /// Exit with 1 also when a series is suspect or inconclusive
    #[arg(long)]
    pub(in crate::cli) strict: bool,

    /// Print the report as JSON instead of the summary
    #[arg(long)]
    pub(in crate::cli) json: bool,

    /// Write the report as JSON to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) out: Option<PathBuf>,

    /// Exit with 0 even when input was damaged or lines were rejected
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,
}
