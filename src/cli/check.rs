//! `relapse check`.

use super::args::{CheckArgs, CheckFormat};
use super::error::CliError;
use super::exit::ExitStatus;
use super::progress::Progress;
use super::sweep::{options, read};
use super::{lacking, output};
use relapse::check::{check, format};
use relapse::diff::Output;
use relapse::recurrence::Options;
use relapse::report::Account;
use relapse::text::inert::inert;

pub(super) fn run(args: &CheckArgs) -> Result<ExitStatus, CliError> {
    let history = Output::read(&args.from)?;
    lacking::warn_of(&args.from, history.lacking.as_deref());
    let sweep = options(&args.input)?;
    let found = sweep.discover()?;
    let progress = Progress::new();
    let outcome = read(&sweep, found, None, &progress)?;
    // Each failure counts, however many there are.
    let judging = Options { mass_failures: false, ..Options::default() };
    let analysis = outcome.analyse(&judging)?;
    if let Some(nothing) = &analysis.incidents.nothing {
        output::say(&inert(&nothing.line(), 2000));
        return Ok(ExitStatus::Unusable);
    }
    let checked = check(&analysis, &history, args.base.as_deref())?;
    let ledger = &analysis.found.ledger;
    match args.format.unwrap_or(if args.json { CheckFormat::Json } else { CheckFormat::Human }) {
        CheckFormat::Human => {
            let account = if ledger.has_loss() { Account(ledger).to_string() + "\n" } else { String::new() };
            output::print_broken(&(account + &format::Human { checked: &checked, rerun: args.rerun }.to_string()))?;
        }
        CheckFormat::Json => output::print_json(&checked)?,
        CheckFormat::Github => output::print_raw(format::github(&checked).as_bytes())?,
        CheckFormat::Junit => output::print_raw(format::junit(&checked)?.as_bytes())?,
    }
    Ok(if !checked.passes {
        ExitStatus::GateFailed
    } else if ledger.has_loss() && !args.allow_loss {
        ExitStatus::Loss
    } else {
        ExitStatus::Done
    })
}
