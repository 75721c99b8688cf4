//! `relapse diff`.

use super::args::DiffArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use crate::gate::{Output, Page, compare};

pub(super) fn run(args: &DiffArgs) -> Result<ExitStatus, CliError> {
    let new = Output::read(&args.new)?;
    let comparison = compare(&Output::read(&args.old)?, &new);
    if args.json {
        output::print_json(&comparison)?;
    } else {
        output::print(&Page { comparison: &comparison, new: &new, all: args.all }.to_string())?;
    }
    Ok(ExitStatus::Done)
}
