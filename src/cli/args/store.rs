//! What is asked of stores and partials.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueHint};

use super::judging::JudgingArgs;

pub(super) const HEADING: &str = "Store";

/// How a store is used.
#[derive(Debug, Args)]
pub(in crate::cli) struct StoreArgs {
    /// Keep what every archive comes to in this folder, and read only archives that are not there yet: the same answer, and
    /// at once where nothing is new
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = HEADING)]
    pub(in crate::cli) store: Option<PathBuf>,

    /// Count archives of the swept folders that were deleted since they were last swept, as they were then
    #[arg(long, requires = "store", help_heading = HEADING)]
    pub(in crate::cli) keep_gone: bool,

    /// Hash every archive: believe no file by its size and times
    #[arg(long, requires = "store", help_heading = HEADING)]
    pub(in crate::cli) verify: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The partials must have been made with the same settings (taxonomy, profiles, packet, window, limits, run \
    ids). The report has the same bytes as that of one sweep over everything; an archive that several files have counts \
    once."
)]
pub(in crate::cli) struct MergeArgs {
    /// Files that `relapse sweep --partial` wrote, in any order
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) judging: JudgingArgs,

    /// Write report.html, report.md, incidents.json, recurrence.json and ledger.json into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) out: Option<PathBuf>,

    /// Write tables for query engines into this folder: incidents, observations, scenarios, runs, ledger and benchmarks,
    /// each a Parquet file. Observations have the passes too, so scenarios that never failed are kept in memory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) parquet: Option<PathBuf>,

    /// Write what was found as numbers for Prometheus into this file: for node exporter's textfile collector, with a name that ends
    /// with .prom
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) metrics: Option<PathBuf>,

    /// Begin the reports for people with what changed since the sweep that wrote this folder; it may be that of --out, and
    /// is then still empty the first time. Without a new run, what that sweep said itself stands
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) baseline: Option<PathBuf>,

    /// Print the whole report as one JSON document instead of the summary
    #[arg(long)]
    pub(in crate::cli) json: bool,

    /// Print every section at length, with each verdict's sentence, and not what fits on one screen
    #[arg(long)]
    pub(in crate::cli) long: bool,

    /// Exit with 0 even when input was damaged or lines were rejected
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,

    /// Threads, at most 1024; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,

    /// Memory to keep within, as 512MiB or 1GB, besides the files themselves
    #[arg(long, value_name = "SIZE", value_parser = relapse::text::size::parse)]
    pub(in crate::cli) max_memory: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum StoreCommand {
    /// List the entries: the archive where it was last seen, size, when last used
    Ls {
        #[command(flatten)]
        of: StoreOf,
    },
    /// Read and check every entry, the index and its copy, and remove what is broken, so that the next sweep makes it anew;
    /// the exit status is 3 when one is broken
    Verify {
        #[command(flatten)]
        of: StoreOf,
    },
    /// Remove entries that are not needed any more, never while a sweep uses the store
    #[command(group(ArgGroup::new("which").args(["older_than", "gone"]).required(true).multiple(true)))]
    Prune {
        #[command(flatten)]
        of: StoreOf,

        /// Entries that no sweep used for so long: 90d, 12w
        #[arg(long, value_name = "AGE", value_parser = age)]
        older_than: Option<Duration>,

        /// Entries of archives that are gone, which are all that is left of these: --keep-gone counts them no more. Only said,
        /// unless --yes is
        #[arg(long)]
        gone: bool,

        /// Remove entries of archives that are gone, too
        #[arg(long, requires = "gone")]
        yes: bool,
    },
}

/// Which store, and how it is told.
#[derive(Debug, Args)]
pub(in crate::cli) struct StoreOf {
    /// The store
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) dir: PathBuf,

    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// An age such as 90d, 12w or 24h.
fn age(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(relapse::sweep::Bound::Back(ms)) => Ok(Duration::from_millis(ms.unsigned_abs())),
        _ => Err("expected an age, such as 90d, 12w or 24h".into()),
    }
}
