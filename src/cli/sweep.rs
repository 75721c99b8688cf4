//! `relapse sweep`.

use std::time::Instant;

use globset::Glob;
use serde::Serialize;

use super::args::{InputArgs, JudgingArgs, SweepArgs};
use super::error::CliError;
use super::exit::ExitStatus;
use super::progress::Progress;
use super::{baseline, moment, output, reports};
use crate::archive::RunFrom;
use crate::record::{Profiles, Shape};
use crate::recurrence::{Options, Release, Verdict, judge};
use crate::report::{IncidentReport, LedgerReport, RecurrenceReport, Summary, Weekly};
use crate::sweep::{Sweep, Taxonomies, Window};
use crate::taxonomy::Taxonomy;

/// The whole report as one document.
#[derive(Serialize)]
struct Whole<'r> {
    incidents: &'r IncidentReport,
    recurrence: RecurrenceReport<'r>,
    ledger: LedgerReport<'r>,
}

pub(super) fn run(args: &SweepArgs) -> Result<ExitStatus, CliError> {
    let generated = output::generated_unix_ms()?;
    let mut judging = judging(&args.judging)?;
    // A scenario that did not fail is told from one that did not run.
    judging.all |= args.baseline.is_some();
    let mut sweep = options(&args.input)?;
    sweep.keep_clean = judging.all;
    let begun = Instant::now();
    let progress = Progress::new();
    let mut outcome = sweep.run(&progress)?;
    progress.finish();
    if outcome.ledger.archives.is_empty() {
        return Err(CliError::NothingRead(output::why_nothing(&outcome.ledger)));
    }

    let order = outcome.tally.run_order();
    let packet = sweep.packet.as_deref();
    let pool = sweep.pool()?;
    let mut recurrence = pool.install(|| judge(&outcome.tally, &outcome.clean, &order, &judging));
    let incidents = pool.install(|| {
        IncidentReport::new(&outcome.tally, &outcome.clean, &order, &recurrence, &sweep.taxonomies, packet)
    });
    let comparison = args.baseline.as_deref().map(|folder| baseline::compare(folder, &incidents, &recurrence));
    let since = comparison.transpose()?.map(reports::since);
    if !args.judging.all {
        recurrence.scenarios.retain(|row| row.judged.verdict != Verdict::NoFailure);
    }
    let ledger = LedgerReport::new(&outcome.ledger, &args.input.paths, generated, outcome.spilled);
    if let Some(out) = &args.out {
        let benchmarks = reports::benchmarks(std::mem::take(&mut outcome.benchmarks), &pool);
        let weekly = Weekly {
            incidents: &incidents,
            recurrence: &recurrence,
            ledger: &outcome.ledger,
            benchmarks: benchmarks.as_ref(),
            since: since.as_ref(),
            generated_unix_ms: generated,
        };
        reports::write(out, &pool, &weekly, &ledger)?;
    }
    if args.json {
        let mut text = serde_json::to_vec_pretty(&Whole {
            incidents: &incidents,
            recurrence: RecurrenceReport::new(&recurrence),
            ledger,
        })?;
        text.push(b'\n');
        output::print_raw(&text)?;
    } else {
        let out = args.out.as_ref().map(|out| out.display().to_string());
        let summary = Summary {
            incidents: &incidents,
            recurrence: &recurrence,
            since: since.as_ref(),
            ledger: &outcome.ledger,
            spilled: outcome.spilled,
            took: begun.elapsed(),
            out: out.as_deref(),
        };
        output::print(&summary.to_string())?;
    }
    Ok(if outcome.ledger.has_loss() && !args.allow_loss { ExitStatus::Loss } else { ExitStatus::Done })
}

pub(super) fn judging(args: &JudgingArgs) -> Result<Options, CliError> {
    let release = match args.release.as_str() {
        "statistical" => Release::Statistical,
        runs => Release::AfterClean(runs.parse().ok().filter(|&runs| runs > 0).ok_or_else(|| {
            CliError::Usage(format!("failed to read --release `{runs}`: expected a number of runs, or statistical"))
        })?),
    };
    let branch = args.branch.as_deref().map(Glob::new).transpose()?.map(|glob| glob.compile_matcher());
    Ok(Options {
        alpha: args.alpha,
        q: args.fdr,
        kappa: args.kappa,
        mass_failures: !args.keep_mass_failures,
        release,
        branch,
        all: args.all,
    })
}

/// Arguments to options, all names looked up.
pub(super) fn options(args: &InputArgs) -> Result<Sweep, CliError> {
    let profiles = if args.profile.is_empty() {
        Profiles::builtin()
    } else {
        let named: Result<Vec<Shape>, _> = args.profile.iter().map(|name| Shape::resolve(name)).collect();
        Profiles::of(named?)
    };
    let bound = |text: &Option<String>| text.as_deref().map(moment::parse).transpose().map_err(CliError::Usage);
    let mut taxonomies = match &args.taxonomy {
        Some(name) => Taxonomies::from(Taxonomy::resolve(name)?),
        None => Taxonomies::of(&profiles)?,
    };
    if let Some(owner) = &args.fallback_owner {
        taxonomies = taxonomies.with_fallback_owner(owner);
    }
    let mut sweep = Sweep::new(args.paths.clone(), profiles, taxonomies);
    sweep.run_from = RunFrom::new(args.run_from.as_deref(), Some(args.run.clone()))?;
    sweep.packet.clone_from(&args.packet);
    sweep.window = Window { since: bound(&args.since)?, until: bound(&args.until)? };
    sweep.threads = usize::from(args.threads);
    sweep.max_line = usize::try_from(args.max_line).unwrap_or(usize::MAX);
    sweep.max_window = args.max_window;
    sweep.max_memory = args.max_memory;
    Ok(sweep)
}
