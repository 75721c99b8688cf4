//! `relapse merge`.

use std::path::Path;
use std::time::Instant;

use super::args::MergeArgs;
use super::deliver::{Delivery, Judging};
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::progress::Progress;
use super::sweep::{judging, read, report};
use super::{baseline, output};
use relapse::report::{FILES, Table};
use relapse::store::{MergeError, Merging};
use relapse::sweep::Sweep;

pub(super) fn run(args: &MergeArgs) -> Result<ExitStatus, CliError> {
    let generated_unix_ms = output::generated_unix_ms()?;
    let judging = judging(&args.judging)?;
    let baseline = baseline::read(args.baseline.as_deref(), args.out.as_deref())?;
    let begun = Instant::now();
    let inputs = Inputs::of(args.files.iter().map(Path::new)).and_output(args.baseline.as_deref());
    inputs.spare(args.metrics.as_deref())?;
    inputs.spare_folder(args.out.as_deref(), FILES)?;
    inputs.spare_folder(args.parquet.as_deref(), Table::ALL.map(Table::file_name))?;
    let (merging, mut sweep) = put_together(&args.files, args.threads, args.max_memory)?;
    sweep.keep_clean = judging.all || baseline.is_some() || args.parquet.is_some();
    sweep.branch.clone_from(&judging.branch);
    let outcome = read(&sweep, merging.found(), Some(&merging.keeper()), &Progress::new())?;
    let judging = Judging { options: &judging, baseline: baseline.as_ref(), tables: args.parquet.as_deref() };
    let delivery = Delivery {
        generated_unix_ms,
        sweep: &sweep,
        out: args.out.as_deref(),
        metrics: args.metrics.as_deref(),
        json: args.json,
        long: args.long,
        allow_loss: args.allow_loss,
        begun,
    };
    report(outcome, &delivery, &judging)
}

/// Files of partials, and the sweep that they stand for.
pub(super) fn put_together(
    files: &[impl AsRef<Path>],
    threads: u16,
    max_memory: Option<u64>,
) -> Result<(Merging, Sweep), CliError> {
    let mut merging = Merging::default();
    for path in files {
        merging.add_file(path.as_ref())?;
    }
    let inputs = merging.inputs().to_vec();
    let mut sweep = Sweep::of_partials(inputs, merging.configuration()).ok_or(MergeError::Taxonomies)?;
    sweep.threads = usize::from(threads);
    sweep.max_memory = max_memory;
    sweep.now_ms = output::now_ms()?;
    Ok((merging, sweep))
}
