//! `relapse sweep`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use globset::{Glob, GlobMatcher};

use super::args::{InputArgs, JudgingArgs, SweepArgs};
use super::deliver::{Delivery, Judging, Said};
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::progress::Progress;
use super::{baseline, config, output, store};
use relapse::archive::{Discovery, Ledger};
use relapse::record::history_of_branch;
use relapse::recurrence::{Options, Release};
use relapse::report::{Account, FILES, Table};
use relapse::store::{Answer, Gathered, PartSet, Session};
use relapse::sweep::{Bound, Outcome, Sweep};
use relapse::tally::Keeper;
use relapse::taxonomy::{Codeowners, PLACES};
use relapse::text::inert::inert;

pub(super) fn run(args: &SweepArgs) -> Result<ExitStatus, CliError> {
    let generated_unix_ms = output::generated_unix_ms()?;
    let judging = judging(&args.judging)?;
    let baseline = baseline::read(args.baseline.as_deref(), args.out.as_deref())?;
    let mut sweep = options(&args.input)?;
    sweep.branch.clone_from(&judging.branch);
    // Beside a baseline, a scenario that did not fail is told from one that did not run; the table of observations has the
    // passes too.
    sweep.keep_clean = judging.all || baseline.is_some() || args.parquet.is_some();
    if args.partial.is_some() && sweep.window.is_relative() {
        return Err(CliError::Usage(
            "failed to make a partial of a window that counts back from the newest run, which may be elsewhere: give \
            --since and --until as moments, such as 2026-01-31T00:00:00Z"
                .into(),
        ));
    }
    sweep.keep_window = args.partial.is_some();
    sweep.keep_contents = args.partial.is_some() || args.store.keep_gone;
    let delivery = Delivery {
        generated_unix_ms,
        sweep: &sweep,
        out: args.out.as_deref(),
        metrics: args.metrics.as_deref(),
        json: args.json,
        long: args.long,
        allow_loss: args.allow_loss,
        begun: Instant::now(),
    };
    let judging = Judging { options: &judging, baseline: baseline.as_ref(), tables: args.parquet.as_deref() };
    let store = store::opened(&args.store)?;
    let progress = Progress::new();
    let mut found = sweep.discover()?;
    let inputs = Inputs::of(found.files().chain(args.input.definitions()))
        .and_output(args.baseline.as_deref())
        .and_store(args.store.store.as_deref());
    inputs.spare(args.partial.as_deref())?;
    inputs.spare(args.metrics.as_deref())?;
    inputs.spare_folder(args.out.as_deref(), FILES)?;
    inputs.spare_folder(args.parquet.as_deref(), Table::ALL.map(Table::file_name))?;
    let session = store::session(store.as_ref(), &args.store, &sweep, &mut found, &progress)?;
    let ended = match (&args.partial, &session) {
        (Some(file), _) => partial(args, file, &sweep, found, session.as_ref(), &progress, &delivery, &judging),
        (None, Some(session)) => kept(&sweep, found, session, &progress, &delivery, &judging),
        (None, None) => {
            let outcome = read(&sweep, found, None, &progress)?;
            report(outcome, &delivery, &judging)
        }
    };
    if let Some(session) = &session {
        session.end();
    }
    ended
}

/// Reads what was found; nothing at all is an error.
pub(super) fn read(
    sweep: &Sweep,
    found: Discovery,
    keeper: Option<&dyn Keeper>,
    progress: &Progress,
) -> Result<Outcome, CliError> {
    let outcome = sweep.run_over(found, keeper, progress)?;
    progress.finish();
    if outcome.ledger.archives.is_empty() {
        return Err(CliError::NothingRead(output::why_nothing(&outcome.ledger)));
    }
    Ok(outcome)
}

/// Judges what was read, and hands it out.
pub(super) fn report(outcome: Outcome, delivery: &Delivery<'_>, judging: &Judging<'_>) -> Result<ExitStatus, CliError> {
    let judged = judging.judged(outcome)?;
    let said = Said::Judged(judging.reports(&judged, delivery.out.is_some())?);
    let status = delivery.hand_out(&said, &judged.0.found.ledger, judged.0.found.spilled);
    // The process ends: nobody needs the memory, which is many small pieces.
    std::mem::forget(judged);
    status
}

/// Reads what the store does not hold; nothing where it holds the answer.
fn kept(
    sweep: &Sweep,
    found: Discovery,
    session: &Session<'_>,
    progress: &Progress,
    delivery: &Delivery<'_>,
    judging: &Judging<'_>,
) -> Result<ExitStatus, CliError> {
    // What was passed over is told in the reports too. A baseline may be another one next time, and tables are made of
    // more than an answer. How partials are judged and told is another version's own, also where they mean the same.
    let version = env!("CARGO_PKG_VERSION");
    let places = (&found.skipped, &found.unnamed, found.vacant(&sweep.inputs));
    let owners = sweep.taxonomies.codeowners().map(Codeowners::definition);
    let asked = format!(
        "{version} metrics {:?} {} {:?} {places:?} {owners:?}",
        judging.options, judging.options.all, sweep.window
    );
    let key = session.answer_key(&asked).filter(|_| judging.baseline.is_none() && judging.tables.is_none());
    // Clocks that were ahead when it was made may be believed by now.
    let stands = |answer: &Answer| answer.stands_at(sweep.now_ms);
    if let Some(answer) = key.and_then(|key| session.answer(key)).filter(stands) {
        let ledger = Ledger { archives: answer.archives.clone(), skipped: found.skipped };
        return delivery.hand_out(&Said::Kept(&answer), &ledger, 0);
    }
    let archives = found.archives.len();
    let outcome = read(sweep, found, Some(session), progress)?;
    let is_whole = outcome.ledger.archives.len() == archives && outcome.spilled == 0 && sweep.max_memory.is_none();
    let key = key.filter(|_| is_whole);
    let judged = judging.judged(outcome)?;
    let said = Said::Judged(judging.reports(&judged, delivery.out.is_some() || key.is_some())?);
    // What there is instead may be another thing next time.
    let key = key.filter(|_| said.nothing().is_none());
    let outcome = &judged.0.found;
    let status = delivery.hand_out(&said, &outcome.ledger, outcome.spilled)?;
    if let Some(key) = key
        && sweep.pool()?.install(|| session.is_unchanged())
        && let Ok(answer) = said.answer(outcome)
    {
        session.keep_answer(key, &answer);
    }
    Ok(status)
}

/// Writes what every archive came to, to be merged elsewhere, and reports only if asked to.
#[expect(clippy::too_many_arguments, reason = "a step of the command")]
fn partial(
    args: &SweepArgs,
    file: &Path,
    sweep: &Sweep,
    found: Discovery,
    session: Option<&Session<'_>>,
    progress: &Progress,
    delivery: &Delivery<'_>,
    judging: &Judging<'_>,
) -> Result<ExitStatus, CliError> {
    let configuration = sweep.configuration_of_set();
    let gathered = Gathered::new(found.archives.len(), configuration.fingerprint(), session);
    let names: Vec<_> = found.archives.iter().map(|entry| (entry.relative.clone(), entry.run.clone())).collect();
    let outcome = read(sweep, found, Some(&gathered), progress)?;
    let set = PartSet::new(configuration, args.input.paths.clone(), &names, &outcome.ledger, &gathered);
    output::write_file(file, |out| set.write(&gathered, out))?;
    if delivery.out.is_some() || delivery.metrics.is_some() || delivery.json || judging.tables.is_some() {
        return report(outcome, delivery, judging);
    }
    output::say_warnings(&outcome.order.warnings);
    let nothing = outcome.nothing(None);
    let said = nothing.as_ref().map_or_else(String::new, ToString::to_string);
    let written = inert(&file.display().to_string(), 200).into_owned();
    output::print(&format!("{said}{}\nwritten: {written}\n", Account(&outcome.ledger)))?;
    Ok(if nothing.is_some() { ExitStatus::Unusable } else { delivery.status(&outcome.ledger) })
}

pub(super) fn judging(args: &JudgingArgs) -> Result<Options, CliError> {
    Ok(Options {
        alpha: args.alpha,
        q: args.fdr,
        kappa: args.kappa,
        relapse_odds: args.relapse_odds,
        mass_failures: !args.keep_mass_failures,
        release: release(&args.release)?,
        branch: branch(args.branch.as_deref())?,
        all: args.all,
        fixes: args.fix.clone(),
    })
}

/// What ends a quarantine.
pub(super) fn release(word: &str) -> Result<Release, CliError> {
    match word {
        "statistical" => Ok(Release::Statistical),
        runs => Ok(Release::AfterClean(runs.parse().ok().filter(|&runs| runs > 0).ok_or_else(|| {
            CliError::Usage(format!("failed to read --release `{runs}`: expected a number of runs, or statistical"))
        })?)),
    }
}

/// The branches that are asked for.
pub(super) fn branch(glob: Option<&str>) -> Result<Option<GlobMatcher>, CliError> {
    let glob = glob.map(|name| Glob::new(history_of_branch(name).unwrap_or(name))).transpose()?;
    Ok(glob.map(|glob| glob.compile_matcher()))
}

/// CODEOWNERS where servers look for it: beside `relapse.toml`, else in this folder.
fn codeowners() -> Option<PathBuf> {
    let root = config::taken_from().and_then(Path::parent).unwrap_or(Path::new(""));
    PLACES.map(|place| root.join(place)).into_iter().find(|place| place.is_file())
}

/// Arguments to options, all names looked up.
pub(super) fn options(args: &InputArgs) -> Result<Sweep, CliError> {
    let bound = |text: &Option<String>| text.as_deref().map(str::parse::<Bound>).transpose();
    let builder = Sweep::builder()
        .inputs(args.paths.iter().cloned())
        .profiles(args.profile.iter().cloned())
        .format(args.log_format.clone())
        .strict(args.strict_json)
        .taxonomy(args.taxonomy.clone())
        .fallback_owner(args.fallback_owner.clone())
        .codeowners(args.codeowners.clone().or_else(codeowners))
        .from_path(args.from_path.clone())
        .include(args.include.clone())
        .exclude(args.exclude.clone())
        .runs(args.runs.clone())
        .stdin_run(&args.run)
        .packet(args.packet.clone())
        .since(bound(&args.since)?)
        .until(bound(&args.until)?)
        .threads(args.threads.into())
        .max_memory(args.max_memory);
    let mut sweep = builder.build()?;
    sweep.max_line = usize::try_from(args.max_line).unwrap_or(usize::MAX);
    sweep.max_window = args.max_window;
    sweep.now_ms = output::now_ms()?;
    Ok(sweep)
}
