//! `relapse policy`, and reading policies.

use std::path::Path;

use super::args::PolicyCommand;
use super::caret;
use super::error::CliError;
use super::exit::ExitStatus;
use super::{lacking, output};
use relapse::definition::{self, DefinitionError};
use relapse::diff::{AnswerFiles, BaselineError};
use relapse::gate::Policy;
use relapse::gate::reliability::ReliabilityPolicy;

/// A policy of either schema.
pub(super) enum AnyPolicy {
    Reliability(Box<ReliabilityPolicy>),
    Native(Box<Policy>),
}

/// Reads a policy: JSON is the reliability schema, TOML the native one.
pub(super) fn read(path: &Path) -> Result<AnyPolicy, CliError> {
    let name = path.display().to_string();
    let text = definition::read_file(path).map_err(|source| CliError::Unreadable { path: name.clone(), source })?;
    if text.trim_start().starts_with('{') {
        return Ok(AnyPolicy::Reliability(Box::new(ReliabilityPolicy::parse(&text)?)));
    }
    let faulty = |error: DefinitionError| CliError::Faulty(caret::shown(&error, &text));
    Ok(AnyPolicy::Native(Box::new(Policy::parse(&name, &text).map_err(faulty)?)))
}

/// Reads a policy that must be native.
pub(super) fn native(path: &Path) -> Result<Policy, CliError> {
    match read(path)? {
        AnyPolicy::Native(policy) => Ok(*policy),
        AnyPolicy::Reliability(_) => {
            let path = path.display();
            Err(CliError::Usage(format!("failed to use {path}: benchmarks are judged by a policy in TOML alone")))
        }
    }
}

/// Puts an entry at the end of a policy, which holds it then without a fault.
pub(super) fn append(path: &Path, entry: &str) -> Result<(), CliError> {
    let name = path.display().to_string();
    let text = definition::read_file(path).map_err(|source| CliError::Unreadable { path: name.clone(), source })?;
    let longer = format!("{}\n{entry}", text.trim_end());
    let faulty = |error: DefinitionError| CliError::Faulty(caret::shown(&error, &longer));
    Policy::parse(&name, &longer).map_err(faulty)?;
    Ok(output::write_file(path, |out| out.write_all(longer.as_bytes()))?)
}

pub(super) fn run(command: &PolicyCommand) -> Result<ExitStatus, CliError> {
    match command {
        PolicyCommand::Check { file } => {
            let what = match read(file)? {
                AnyPolicy::Reliability(_) => relapse::gate::reliability::SCHEMA.to_owned(),
                AnyPolicy::Native(policy) => format!("{} ({} ceilings)", policy.name, policy.budgets.len()),
            };
            output::print(&format!(
                "{}: {what}: no faults\n",
                relapse::text::inert::inert(&file.display().to_string(), 200)
            ))?;
        }
        PolicyCommand::Init { from } => {
            let start = relapse::gate::starting_policy(from.as_deref())?;
            if let Some(folder) = from {
                let files = AnswerFiles::open(folder).map_err(BaselineError::from)?;
                lacking::warn_of(folder, relapse::diff::lacking(&files).as_deref());
            }
            output::print_raw(start.as_bytes())?;
        }
    }
    Ok(ExitStatus::Done)
}
