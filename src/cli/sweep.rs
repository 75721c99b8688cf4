//! `relapse sweep`.

use std::time::Instant;

use serde::Serialize;

use super::args::{InputArgs, SweepArgs};
use super::error::CliError;
use super::exit::ExitStatus;
use super::progress::Progress;
use super::{moment, output};
use crate::archive::RunFrom;
use crate::record::{Profile, Profiles};
use crate::report::{IncidentReport, LedgerReport, Summary};
use crate::sweep::{Sweep, Window};
use crate::taxonomy::Taxonomy;

/// The whole report as one document.
#[derive(Serialize)]
struct Whole<'r> {
    incidents: &'r IncidentReport,
    ledger: LedgerReport<'r>,
}

pub(super) fn run(args: &SweepArgs) -> Result<ExitStatus, CliError> {
    let generated = output::generated_unix_ms()?;
    let sweep = options(&args.input)?;
    let begun = Instant::now();
    let progress = Progress::new();
    let outcome = sweep.run(&progress)?;
    progress.finish();
    if outcome.ledger.archives.is_empty() {
        let why = outcome.ledger.skipped.iter().find(|skipped| skipped.is_loss);
        return Err(CliError::NothingRead(why.map(|why| format!("{}: {}", why.path, why.why)).unwrap_or_default()));
    }

    let order = outcome.tally.run_order();
    let packet = sweep.packet.as_deref();
    let incidents = IncidentReport::new(&outcome.tally, &order, sweep.taxonomy.name(), packet);
    let ledger = LedgerReport::new(&outcome.ledger, &args.input.paths, generated);
    if let Some(out) = &args.out {
        output::write_json(&out.join("incidents.json"), &incidents)?;
        output::write_json(&out.join("ledger.json"), &ledger)?;
    }
    if args.json {
        let mut text = serde_json::to_vec_pretty(&Whole { incidents: &incidents, ledger })?;
        text.push(b'\n');
        output::print_raw(&text)?;
    } else {
        let out = args.out.as_ref().map(|out| out.display().to_string());
        let summary =
            Summary { incidents: &incidents, ledger: &outcome.ledger, took: begun.elapsed(), out: out.as_deref() };
        output::print(&summary.to_string())?;
    }
    Ok(if outcome.ledger.has_loss() && !args.allow_loss { ExitStatus::Loss } else { ExitStatus::Done })
}

/// Arguments to options, all names looked up.
fn options(args: &InputArgs) -> Result<Sweep, CliError> {
    let profiles = if args.profile.is_empty() {
        Profiles::builtin()
    } else {
        let named: Result<Vec<Profile>, _> = args.profile.iter().map(|name| Profile::resolve(name)).collect();
        Profiles::named(named?)
    };
    let bound = |text: &Option<String>| text.as_deref().map(moment::parse).transpose().map_err(CliError::Usage);
    let mut sweep = Sweep::new(args.paths.clone(), profiles, Taxonomy::resolve(&args.taxonomy)?);
    sweep.run_from = RunFrom::new(args.run_from.as_deref(), Some(args.run.clone()))?;
    sweep.packet.clone_from(&args.packet);
    sweep.window = Window { since: bound(&args.since)?, until: bound(&args.until)? };
    sweep.threads = args.threads;
    sweep.max_line = usize::try_from(args.max_line).unwrap_or(usize::MAX);
    sweep.max_window = args.max_window;
    Ok(sweep)
}
