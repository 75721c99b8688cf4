//! The command line as typed data.

mod backtest;
mod check;
mod definitions;
mod gate;
mod input;
mod judging;
mod pack;
mod response;
mod store;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(super) use backtest::BacktestArgs;
pub(super) use check::{CheckArgs, CheckFormat};
pub(super) use definitions::{ProfileCommand, TaxonomyCommand};
pub(super) use gate::{BenchArgs, GateArgs, GateFormat, PolicyCommand};
pub(super) use input::InputArgs;
pub(super) use judging::JudgingArgs;
pub(super) use pack::PackArgs;
pub(super) use response::{Expected, ReplayArgs, RunbookArgs, TicketArgs};
pub(super) use store::{MergeArgs, StoreArgs, StoreCommand};

/// Heading of the options of every command.
const GLOBAL: &str = "Everywhere";

/// Reads months of retained test logs and says which failures came back.
#[derive(Debug, Parser)]
#[command(name = "relapse", version, about, long_about = None, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit status: 0 done; 1 a gate failed; 2 wrong usage or configuration, or nothing could be \
    read or is left to judge; 3 done, but input was damaged, lines were rejected or outcomes are unknown (0 with \
    --allow-loss).")]
pub(super) struct Cli {
    /// When to use colours; `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", help_heading = GLOBAL)]
    pub(super) color: Colour,

    /// Take options from this file [default: relapse.toml of this folder or the nearest one above]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_config")]
    #[arg(help_heading = GLOBAL)]
    pub(super) config: Option<PathBuf>,

    /// Take options from no file
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(super) no_config: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value a process")]
pub(super) enum Command {
    /// Read archives and report what failed, where, since when, and whose it is
    Sweep(SweepArgs),
    /// Put partials together that sweeps wrote with --partial: the report of one sweep over everything
    Merge(MergeArgs),
    /// List, check or prune what sweeps keep with --store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Say at length what a scenario's or an incident's history shows, from a sweep's output
    Explain(ExplainArgs),
    /// Say what became of each incident since an earlier sweep: new, returned, worsened, recurring, quiet, resolved, absent
    Diff(DiffArgs),
    /// Look up the failures of a fresh result in a sweep's output: known, flaky, back, or new
    Check(CheckArgs),
    /// Say how often verdicts held on this history: judge it as of past dates, and look at what came after
    Backtest(BacktestArgs),
    /// Judge benchmark lines and criterion's samples: what got slower, by how much, and since when
    Bench(BenchArgs),
    /// Classify the failures of one log, strictly, as `ft-crash-triage-v1`
    Triage(TriageArgs),
    /// Decide by a policy whether this week may ship, and say exactly why not
    Gate(GateArgs),
    /// Check a policy, or print one to start from
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Write the page by which a person responds to an incident: evidence, commands, escalation, owner
    Runbook(RunbookArgs),
    /// Print defect tickets for incidents: commands for bd or gh, importable JSONL, or Markdown
    Ticket(TicketArgs),
    /// Run an incident's replay command again and again, and say what the results prove
    Replay(ReplayArgs),
    /// Rewrite archives into zstd frames that any number of threads can decode at once, with a seek table
    Pack(PackArgs),
    /// List, show or check taxonomies: which class, severity and owner a failure gets
    #[command(subcommand)]
    Taxonomies(TaxonomyCommand),
    /// List, show, check or guess profiles: which field of a log means what
    #[command(subcommand)]
    Profiles(ProfileCommand),
    /// List the formats of test results that are read as they are, and how each is recognised
    Formats,
    /// Print which run this is, by the variables of the CI server that it is on: keep it as relapse-run.json beside its logs
    RunInfo,
    /// Say which options relapse.toml sets, and where the value of each comes from
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema of an output, or the names of all
    Schema {
        /// The version that documents name, as relapse-incidents-v1, or a part of it, as incidents
        #[arg(value_name = "NAME")]
        name: Option<String>,

        /// Write all of them into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "name")]
        out: Option<PathBuf>,
    },
    /// Print the manual page, or write those of all commands into a folder
    Man {
        /// Write relapse.1, relapse-sweep.1 and so on into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    #[command(flatten)]
    pub(super) judging: JudgingArgs,

    #[command(flatten)]
    pub(super) store: StoreArgs,

    /// Write what every archive came to into this file, for `relapse merge`; without --out, --parquet and --json nothing is judged
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = store::HEADING)]
    #[arg(conflicts_with_all = ["max_memory", "keep_gone"])]
    pub(super) partial: Option<PathBuf>,

    /// Write report.html, report.md, incidents.json, recurrence.json and ledger.json into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,

    /// Write tables for query engines into this folder: incidents, observations, scenarios, runs, ledger and benchmarks,
    /// each a Parquet file. Observations have the passes too, so scenarios that never failed are kept in memory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) parquet: Option<PathBuf>,

    /// Write what was found as numbers for Prometheus into this file: for node exporter's textfile collector, with a name that ends
    /// with .prom
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) metrics: Option<PathBuf>,

    /// Begin the reports for people with what changed since the sweep that wrote this folder; it may be that of --out, and
    /// is then still empty the first time. Without a new run, what that sweep said itself stands
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) baseline: Option<PathBuf>,

    /// Print the whole report as one JSON document instead of the summary
    #[arg(long)]
    pub(super) json: bool,

    /// Print every section at length, with each verdict's sentence, and not what fits on one screen
    #[arg(long)]
    pub(super) long: bool,

    /// Exit with 0 even when input was damaged or lines were rejected
    #[arg(long)]
    pub(super) allow_loss: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// An incident's id, or a scenario's
    #[arg(value_name = "ID|SCENARIO")]
    pub(super) name: String,

    /// The folder that a sweep wrote with --out
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) from: PathBuf,

    /// Print what is known as JSON, `relapse-explain-v1`: the rows of recurrence.json and incidents.json
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Compared are the runs of NEW whose ids OLD does not hold. Sweep old and new runs together for NEW, so that \
    verdicts rest on both, and with --all, so that a scenario that never failed is told from one that did not run. The \
    exit status is 0 whatever changed."
)]
pub(super) struct DiffArgs {
    /// The folder that the earlier sweep wrote with --out: the baseline
    #[arg(value_name = "OLD", value_hint = ValueHint::DirPath)]
    pub(super) old: PathBuf,

    /// The folder that the later sweep wrote
    #[arg(value_name = "NEW", value_hint = ValueHint::DirPath)]
    pub(super) new: PathBuf,

    /// Print the comparison as JSON, `relapse-diff-v1`
    #[arg(long)]
    pub(super) json: bool,

    /// Show every change, not the first 20 of a kind; the JSON has all of them anyway
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Args)]
pub(super) struct TriageArgs {
    /// The log: plain, zstd or gzip, or - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) input: String,

    /// Where to write the report; its folder is created
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,

    /// Count only this packet's failures
    #[arg(long, value_name = "ID")]
    pub(super) packet: Option<String>,

    /// Failure classes: a built-in name or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "crash-triage-v1")]
    pub(super) taxonomy: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every option of every command, or of one command line: its value, and whether the command line, a line of the
    /// file or nobody gave it
    Show {
        /// Print JSON, `relapse-config-v1`
        #[arg(long)]
        json: bool,

        /// A command, and what would be given to it
        #[arg(value_name = "COMMAND", trailing_var_arg = true)]
        command: Vec<OsString>,
    },
}
