//! Arguments of `relapse backtest`.

use clap::{Args, ValueHint};

use super::judging::{odds, probability};
use super::{InputArgs, StoreArgs};

/// Heading of the settings that are held beside each other.
const BESIDE: &str = "Settings, held beside each other where several are given";

#[derive(Debug, Args)]
#[command(
    after_help = "Judges the kept archives as of each past date, by the runs that had been by then, and counts what became of each \
    verdict in the dates after it. Several values of a setting, as --kappa 0.001,0.01, make a column each; of two settings, \
    a column for each pair."
)]
pub(in crate::cli) struct BacktestArgs {
    #[command(flatten)]
    pub(in crate::cli) input: InputArgs,

    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,

    /// The paths are files that `relapse sweep --partial` wrote: nothing is read but what they hold
    #[arg(long, conflicts_with_all = ["store", "since", "until", "packet", "taxonomy", "profile", "log_format", "from_path"])]
    pub(in crate::cli) partials: bool,

    /// Days between dates
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) days: u16,

    /// Runs between dates, whatever their clocks say
    #[arg(long, value_name = "N", value_hint = ValueHint::Other, conflicts_with = "days")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) every_runs: Option<u32>,

    /// Dates that a verdict is held against
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) after: u16,

    /// Judge only runs of these branches
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) branch: Option<String>,

    /// Level of the tests
    #[arg(long, value_name = "P", help_heading = BESIDE, value_delimiter = ',', default_value = "0.05", value_parser = probability)]
    pub(in crate::cli) alpha: Vec<f64>,

    /// False discovery rate that a dependence must stay under
    #[arg(long, value_name = "Q", help_heading = BESIDE, value_delimiter = ',', default_value = "0.05", value_parser = probability)]
    pub(in crate::cli) fdr: Vec<f64>,

    /// Prior odds of a change of the failure rate
    #[arg(long, value_name = "ODDS", help_heading = BESIDE, value_delimiter = ',', default_value = "0.001", value_parser = probability)]
    pub(in crate::cli) kappa: Vec<f64>,

    /// Odds at which a relapse, and each outage of it, is proven
    #[arg(long, value_name = "ODDS", help_heading = BESIDE, value_delimiter = ',', default_value = "19", value_parser = odds)]
    pub(in crate::cli) relapse_odds: Vec<f64>,

    /// Clean runs that end a quarantine: a number, or `statistical`
    #[arg(long, value_name = "RUNS", help_heading = BESIDE, value_delimiter = ',', default_value = "3")]
    pub(in crate::cli) release: Vec<String>,

    /// Print the counts as JSON, `relapse-backtest-v1`
    #[arg(long)]
    pub(in crate::cli) json: bool,

    /// Exit with 0 even when input was damaged or lines were rejected
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,
}
