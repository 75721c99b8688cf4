//! `relapse diff`.

use super::args::DiffArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::{lacking, output};
use relapse::diff::{Output, Page, compare};

pub(super) fn run(args: &DiffArgs) -> Result<ExitStatus, CliError> {
    let new = Output::read(&args.new)?;
    let old = Output::read(&args.old)?;
    lacking::warn_of(&args.old, old.lacking.as_deref());
    lacking::warn_of(&args.new, new.lacking.as_deref());
    let mut comparison = compare(&old, &new);
    comparison.warn_of(&old, Some(&new));
    if args.json {
        output::print_json(&comparison)?;
    } else {
        output::print(&Page { comparison: &comparison, new: &new, all: args.all }.to_string())?;
    }
    Ok(ExitStatus::Done)
}
