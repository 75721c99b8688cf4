//! Arguments of every command that judges.

use clap::Args;
use relapse::definition::DefinitionError;
use relapse::recurrence::PlannedFix;

/// Heading of the settings of judging.
const JUDGING: &str = "Judging";

/// The settings of judging.
#[derive(Debug, Args)]
pub(in crate::cli) struct JudgingArgs {
    /// Judge only runs of these branches
    #[arg(long, help_heading = JUDGING, value_name = "GLOB")]
    pub(in crate::cli) branch: Option<String>,

    /// List scenarios that never failed too
    #[arg(long, help_heading = JUDGING)]
    pub(in crate::cli) all: bool,

    /// Level of the tests: those that could not reach it are dropped from their family
    #[arg(long, help_heading = JUDGING, value_name = "P", default_value_t = 0.05, value_parser = probability)]
    pub(in crate::cli) alpha: f64,

    /// False discovery rate that a dependence must stay under
    #[arg(long, help_heading = JUDGING, value_name = "Q", default_value_t = 0.05, value_parser = probability)]
    pub(in crate::cli) fdr: f64,

    /// Prior odds of a change of the failure rate
    #[arg(long, help_heading = JUDGING, value_name = "ODDS", default_value_t = 1e-3, value_parser = probability)]
    pub(in crate::cli) kappa: f64,

    /// Odds at which a relapse, and each outage of it, is proven
    #[arg(long, help_heading = JUDGING, value_name = "ODDS", default_value_t = 19.0, value_parser = odds)]
    pub(in crate::cli) relapse_odds: f64,

    /// Judge mass-failure runs like any other
    #[arg(long, help_heading = JUDGING)]
    pub(in crate::cli) keep_mass_failures: bool,

    /// Clean runs that end a quarantine: a number, or `statistical` for as many as would show a fix
    #[arg(long, help_heading = JUDGING, value_name = "RUNS", default_value = "3")]
    pub(in crate::cli) release: String,

    /// A fix that was made, to be looked at in the runs since: `{ scenario = 'PATTERN', ticket = 'T-1', since = 'RUN' }`, or since a
    /// revision; a `[[fix]]` of relapse.toml; may be repeated
    #[arg(long, help_heading = JUDGING, value_name = "TABLE", value_parser = planned_fix)]
    pub(in crate::cli) fix: Vec<PlannedFix>,
}

/// The inline table of a fix.
fn planned_fix(text: &str) -> Result<PlannedFix, String> {
    let told = |error: DefinitionError| {
        let faults = error.faults.into_iter().map(|fault| fault.message);
        faults.collect::<Vec<_>>().join("; ")
    };
    if !text.trim_start().starts_with('{') {
        return Err("expected a table, as { scenario = 'PATTERN', ticket = 'T-1', since = 'RUN' }".into());
    }
    PlannedFix::parse(text).map_err(told)
}

/// A number of at least 1.
pub(super) fn odds(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if value >= 1.0 && value.is_finite() { Ok(value) } else { Err("expected a number of at least 1".into()) }
}

/// A number above 0 and at most 1.
pub(super) fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if value > 0.0 && value <= 1.0 { Ok(value) } else { Err("expected a number above 0 and at most 1".into()) }
}
