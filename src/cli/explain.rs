//! `relapse explain`.

use super::args::ExplainArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::{lacking, output};
use relapse::diff::{AnswerFiles, BaselineError};
use relapse::report::{ExplainError, INCIDENTS, RECURRENCE};

pub(super) fn run(args: &ExplainArgs) -> Result<ExitStatus, CliError> {
    let files = AnswerFiles::open(&args.from).map_err(BaselineError::from)?;
    lacking::warn_of(&args.from, relapse::diff::lacking(&files).as_deref());
    let file = files.file(RECURRENCE).map_err(BaselineError::from)?;
    let unreadable = |source| CliError::Unreadable { path: args.from.join(RECURRENCE).display().to_string(), source };
    let document = relapse::report::meant(file, &args.name).map_err(unreadable)?;
    let explained = relapse::report::explain(&document, &args.name).or_else(|error| {
        // What has no verdict is among the incidents alone.
        let file = files.file(INCIDENTS).ok().filter(|_| matches!(error, ExplainError::Unknown { .. }));
        let unjudged = file.and_then(|file| relapse::report::unjudged(file, &args.name).ok());
        unjudged.filter(|text| !text.is_empty()).ok_or(error)
    })?;
    if args.json {
        let incidents = files.file(INCIDENTS).map_err(BaselineError::from)?;
        output::print_json(&relapse::report::explained_json(&document, incidents, &args.name).map_err(unreadable)?)?;
        return Ok(ExitStatus::Done);
    }
    // Without it the rest still stands.
    let said = files.file(INCIDENTS).ok().and_then(|file| relapse::report::messages(file, &document).ok());
    output::print(&(explained + &said.unwrap_or_default()))?;
    Ok(ExitStatus::Done)
}
