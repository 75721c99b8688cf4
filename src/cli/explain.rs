//! `relapse explain`.

use std::io::Read;

use super::args::ExplainArgs;
use super::deliver::RECURRENCE;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use crate::gate::{AnswerFiles, BaselineError};

pub(super) fn run(args: &ExplainArgs) -> Result<ExitStatus, CliError> {
    let files = AnswerFiles::open(&args.from).map_err(BaselineError::from)?;
    let mut file = files.file(RECURRENCE).map_err(BaselineError::from)?;
    let unreadable = |source| CliError::Unreadable { path: args.from.join(RECURRENCE).display().to_string(), source };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let document = serde_json::from_slice(&bytes).map_err(|source| unreadable(source.into()))?;
    output::print(&crate::report::explain(&document, &args.name)?)?;
    Ok(ExitStatus::Done)
}
