//! `relapse merge`.

use std::path::Path;
use std::time::Instant;

use super::args::MergeArgs;
use super::baseline;
use super::deliver::{Delivery, Judging, Said};
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::nothing::Asked;
use super::output;
use super::output_files::{FILES, table_file};
use super::progress::Progress;
use super::sweep::judging;
use crate::record::Profiles;
use crate::report::Table;
use crate::store::{MergeError, Merging};
use crate::sweep::{self, Sweep};

pub(super) fn run(args: &MergeArgs) -> Result<ExitStatus, CliError> {
    let generated_unix_ms = output::generated_unix_ms()?;
    let mut judging = judging(&args.judging)?;
    let baseline = baseline::read(args.baseline.as_deref(), args.out.as_deref())?;
    // A scenario that did not fail is told from one that did not run.
    judging.all |= baseline.is_some();
    let begun = Instant::now();
    let mut merging = Merging::default();
    let inputs = Inputs::of(args.files.iter().map(Path::new)).and_output(args.baseline.as_deref());
    inputs.spare_folder(args.out.as_deref(), FILES)?;
    inputs.spare_folder(args.parquet.as_deref(), Table::ALL.map(table_file))?;
    for path in &args.files {
        merging.add_file(path)?;
    }
    let taxonomies = sweep::taxonomies_of(merging.configuration()).ok_or(MergeError::Taxonomies)?;
    // Nothing is parsed or classified any more.
    let mut sweep = Sweep::new(merging.inputs().to_vec(), Profiles::builtin(), taxonomies);
    sweep.keep_clean = judging.all || args.parquet.is_some();
    sweep.threads = usize::from(args.threads);
    sweep.max_memory = args.max_memory;
    sweep.now_ms = output::now_ms()?;
    let progress = Progress::new();
    let mut outcome = sweep.run_over(merging.found(), Some(&merging.keeper()), &progress)?;
    progress.finish();
    if outcome.ledger.archives.is_empty() {
        return Err(CliError::NothingRead(output::why_nothing(&outcome.ledger)));
    }
    let judging = Judging {
        options: &judging,
        packet: sweep::packet_of(merging.configuration()),
        baseline: baseline.as_ref(),
        lists_all: args.judging.all,
        asked: Asked {
            sweep: &sweep,
            packet: sweep::packet_of(merging.configuration()),
            branch: args.judging.branch.as_deref(),
            is_read_here: false,
        },
        tables: args.parquet.as_deref(),
    };
    let judged = judging.judged(&sweep, &mut outcome, args.out.is_some())?;
    let delivery = Delivery {
        generated_unix_ms,
        inputs: merging.inputs(),
        out: args.out.as_deref(),
        json: args.json,
        allow_loss: args.allow_loss,
        begun,
    };
    delivery.hand_out(&Said::Judged(&judged), &outcome.ledger, outcome.spilled)
}
