//! `relapse pack`.

use std::time::Instant;

use super::args::PackArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use super::progress::Progress;
use relapse::archive::RunFrom;
use relapse::pack::{Fate, Pack};
use relapse::report::{PackReport, PackSummary};

pub(super) fn run(args: &PackArgs) -> Result<ExitStatus, CliError> {
    let begun = Instant::now();
    let pack = options(args)?;
    let progress = Progress::new();
    let packed = pack.run(&progress)?;
    progress.finish();
    let report = PackReport::new(&packed);
    if args.json {
        output::print_json(&report)?;
    } else {
        let out = args.out.display().to_string();
        output::print(&PackSummary { report: &report, took: begun.elapsed(), out: &out }.to_string())?;
    }
    let has_loss = packed.has_loss();
    let unread = packed.rows.iter().find_map(|row| match &row.fate {
        Fate::Unreadable(error) => Some((row.path.clone(), format!("unreadable: {error}"))),
        _ => None,
    });
    let is_any_read = packed.rows.iter().any(|row| !matches!(row.fate, Fate::Unreadable(_)));
    if let Some(failure) = packed.failure {
        return Err(failure.into());
    }
    if !is_any_read {
        let lost = packed.skipped.iter().filter(|skipped| skipped.is_loss);
        let lost = lost.map(|skipped| (skipped.path.as_str(), skipped.why.as_str()));
        let unread = unread.iter().map(|(path, why)| (path.as_str(), why.as_str()));
        return Err(CliError::NothingRead(output::unreadable(unread.chain(lost))));
    }
    Ok(if has_loss && !args.allow_loss { ExitStatus::Loss } else { ExitStatus::Done })
}

fn options(args: &PackArgs) -> Result<Pack, CliError> {
    let size = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
    Ok(Pack {
        run_from: RunFrom::new(None, Some(args.run.clone()))?,
        level: args.level,
        frame_size: size(args.frame_size),
        max_line: size(args.max_line),
        max_window: args.max_window,
        threads: usize::from(args.threads),
        force: args.force,
        remove: args.remove,
        allow_loss: args.allow_loss,
        ..Pack::new(args.paths.clone(), args.out.clone())
    })
}
