//! `relapse schema`.

use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use relapse::backtest::Backtested;
use relapse::check::Checked;
use relapse::diff::Comparison;
use relapse::files::WriteError;
use relapse::gate::Decision;
use relapse::gate::reliability::ReliabilityReport;
use relapse::replay::Transcript;
use relapse::report::{SCHEMAS, SchemaOf};
use relapse::ticket::RunbookReport;

/// Those of the other commands.
const OTHERS: [SchemaOf; 7] = [
    ("relapse-diff-v1", SchemaGenerator::into_root_schema_for::<Comparison>),
    ("relapse-check-v1", SchemaGenerator::into_root_schema_for::<Checked>),
    ("relapse-backtest-v1", SchemaGenerator::into_root_schema_for::<Backtested>),
    ("relapse-gate-report-v1", SchemaGenerator::into_root_schema_for::<Decision>),
    ("ft-reliability-gate-report-v1", SchemaGenerator::into_root_schema_for::<ReliabilityReport>),
    ("relapse-runbook-v1", SchemaGenerator::into_root_schema_for::<RunbookReport<'static>>),
    ("relapse-replay-v1", SchemaGenerator::into_root_schema_for::<Transcript>),
];

fn all() -> impl Iterator<Item = SchemaOf> {
    SCHEMAS.into_iter().chain(OTHERS)
}

/// One schema, those of all outputs as files, or their names.
pub(super) fn run(name: Option<&str>, out: Option<&Path>) -> Result<ExitStatus, CliError> {
    if let Some(folder) = out {
        output::write_set(folder, |set| -> Result<(), WriteError> {
            all().try_for_each(|named| {
                set.file(&format!("{}.json", named.0), |file| file.write_all(text(named).as_bytes()))
            })
        })?;
        return Ok(ExitStatus::Done);
    }
    let Some(name) = name else {
        output::print_each(all().map(|(name, _)| format!("{name}\n")))?;
        return Ok(ExitStatus::Done);
    };
    // `incidents` is meant by `relapse-incidents-v1`.
    let is_meant = |version: &str| {
        version == name
            || version
                .rsplit_once("-v")
                .is_some_and(|(of, _)| of.ends_with(name) && of.trim_end_matches(name).ends_with('-'))
    };
    let found = all().find(|(version, _)| *version == name).or_else(|| all().find(|(version, _)| is_meant(version)));
    let Some(named) = found else {
        let known = all().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        return Err(CliError::Usage(format!("no output has the schema `{name}`; known: {known}")));
    };
    output::print_raw(text(named).as_bytes())?;
    Ok(ExitStatus::Done)
}

/// A schema (draft 2020-12) of what is written: a field that is not always there is not required.
fn text((name, make): SchemaOf) -> String {
    let mut schema: Schema = make(SchemaSettings::draft2020_12().for_serialize().into_generator());
    schema.insert("title".into(), json!(name));
    let version = schema.pointer_mut("/properties/schema_version").and_then(Value::as_object_mut);
    if let Some(version) = version {
        version.insert("const".into(), json!(name));
    }
    format!("{:#}\n", schema.to_value())
}
