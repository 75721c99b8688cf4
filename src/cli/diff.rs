//! `relapse diff`.

use super::args::DiffArgs;
use super::baseline::BASELINE;
use super::error::CliError;
use super::exit::ExitStatus;
use super::{lacking, output};
use crate::diff::{Output, Page, compare};

/// What comes of a newer sweep that is not whole.
const NEW: &str = "of the newer sweep, so that what is told as quiet, resolved or absent may fail on";

pub(super) fn run(args: &DiffArgs) -> Result<ExitStatus, CliError> {
    let new = Output::read(&args.new)?;
    let old = Output::read(&args.old)?;
    lacking::warn_of(&args.old, old.lacking.as_deref());
    lacking::warn_of(&args.new, new.lacking.as_deref());
    let mut comparison = compare(&old, &new);
    lacking::add(&mut comparison, old.lacking.as_deref(), BASELINE);
    lacking::add(&mut comparison, new.lacking.as_deref(), NEW);
    if args.json {
        output::print_json(&comparison)?;
    } else {
        output::print(&Page { comparison: &comparison, new: &new, all: args.all }.to_string())?;
    }
    Ok(ExitStatus::Done)
}
