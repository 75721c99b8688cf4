//! `relapse backtest`.

use super::args::BacktestArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::merge::put_together;
use super::progress::Progress;
use super::sweep::{branch, options, read, release};
use super::{output, store};
use relapse::backtest::{Backtest, Step};
use relapse::recurrence::Options;
use relapse::report::Account;
use relapse::sweep::Outcome;
use relapse::tally::Keeper;
use relapse::text::inert::inert;

/// Columns that a table may have.
const MOST_SETTINGS: usize = 12;

pub(super) fn run(args: &BacktestArgs) -> Result<ExitStatus, CliError> {
    let settings = settings(args)?;
    let progress = Progress::new();
    let outcome = outcome(args, &progress)?;
    if let Some(nothing) = outcome.nothing(None) {
        output::say(&inert(&nothing.line(), 2000));
        return Ok(ExitStatus::Unusable);
    }
    let step = args.every_runs.map_or(Step::Days(args.days), Step::Runs);
    let backtest = Backtest { step, after: usize::from(args.after), settings: &settings };
    let backtested = outcome.sweep.pool()?.install(|| backtest.run(&outcome))?;
    if args.json {
        output::print_json(&backtested)?;
    } else {
        let lost = if outcome.ledger.has_loss() { Account(&outcome.ledger).to_string() + "\n" } else { String::new() };
        output::print(&format!("{lost}{backtested}"))?;
    }
    let is_lost = outcome.ledger.has_loss() && !args.allow_loss;
    Ok(if is_lost { ExitStatus::Loss } else { ExitStatus::Done })
}

fn outcome(args: &BacktestArgs, progress: &Progress) -> Result<Outcome, CliError> {
    if args.partials {
        let (merging, sweep) = put_together(&args.input.paths, args.input.threads, args.input.max_memory)?;
        return read(&sweep, merging.found(), Some(&merging.keeper()), progress);
    }
    let sweep = options(&args.input)?;
    let mut found = sweep.discover()?;
    let store = store::opened(&args.store)?;
    let session = store::session(store.as_ref(), &args.store, &sweep, &mut found, progress)?;
    let outcome = read(&sweep, found, session.as_ref().map(|session| session as &dyn Keeper), progress);
    if let Some(session) = &session {
        session.end();
    }
    outcome
}

/// Each combination of the settings, with its name: what is given several times.
fn settings(args: &BacktestArgs) -> Result<Vec<(String, Options)>, CliError> {
    let plain = Options { branch: branch(args.branch.as_deref())?, ..Options::default() };
    let mut settings = vec![(String::new(), plain)];
    let mut with = |name: &str, values: &[f64], set: fn(&mut Options, f64)| {
        let named = values.iter().map(|value| (value.to_string(), *value)).collect::<Vec<_>>();
        settings = beside(&settings, name, &named, set);
    };
    with("alpha", &args.alpha, |options, value| options.alpha = value);
    with("fdr", &args.fdr, |options, value| options.q = value);
    with("kappa", &args.kappa, |options, value| options.kappa = value);
    with("relapse-odds", &args.relapse_odds, |options, value| options.relapse_odds = value);
    let releases = args.release.iter().map(|word| Ok((word.clone(), release(word)?)));
    let releases = releases.collect::<Result<Vec<_>, CliError>>()?;
    settings = beside(&settings, "release", &releases, |options, value| options.release = value);
    if settings.len() > MOST_SETTINGS {
        let said = format!("failed to hold {} settings beside each other: at most {MOST_SETTINGS}", settings.len());
        return Err(CliError::Usage(said));
    }
    Ok(settings)
}

/// Each of the settings with each value; named by it where there are several.
fn beside<V: Copy>(
    settings: &[(String, Options)],
    name: &str,
    values: &[(String, V)],
    set: fn(&mut Options, V),
) -> Vec<(String, Options)> {
    let one = |(named, options): &(String, Options), (word, value): &(String, V)| {
        let mut options = options.clone();
        set(&mut options, *value);
        let told = if values.len() > 1 { format!("{name} {word}") } else { String::new() };
        let both = [named.as_str(), &told].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ");
        (both, options)
    };
    settings.iter().flat_map(|setting| values.iter().map(move |value| one(setting, value))).collect()
}
