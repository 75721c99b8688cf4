//! `relapse explain`.

use super::args::ExplainArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;

pub(super) fn run(args: &ExplainArgs) -> Result<ExitStatus, CliError> {
    let path = args.from.join("recurrence.json");
    let unreadable = |source| CliError::Unreadable { path: path.display().to_string(), source };
    let bytes = std::fs::read(&path).map_err(unreadable)?;
    let document = serde_json::from_slice(&bytes).map_err(|source| unreadable(source.into()))?;
    output::print(&crate::report::explain(&document, &args.name)?)?;
    Ok(ExitStatus::Done)
}
