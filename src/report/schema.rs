//! The schemas of the reports.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::benchmarks::BenchmarkReport;
use super::ledger::LedgerReport;
use super::packing::PackReport;
use super::recurrence::RecurrenceReport;
use super::reports::IncidentFile;
use super::triage;
use crate::incident::IncidentRow;
use crate::recurrence::ScenarioJudgement;

/// What `relapse explain --json` prints: the rows of what a name means.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the shape of a document that is put together from rows of files")]
struct Explained {
    /// `relapse-explain-v1`.
    schema_version: String,
    /// The name that was asked for.
    name: String,
    /// Its scenarios, as in `recurrence.json`.
    scenarios: Vec<ScenarioJudgement>,
    /// Their incidents, as in `incidents.json`.
    incidents: Vec<IncidentRow>,
}

/// What `relapse sweep --json` prints: the files as one document.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the shape of a document that is put together from files")]
struct Swept {
    /// `incidents.json`.
    incidents: IncidentFile<'static>,
    /// `recurrence.json`.
    recurrence: RecurrenceReport<'static>,
    /// `ledger.json`.
    ledger: LedgerReport<'static>,
}

/// A schema by the version that its documents name.
pub type SchemaOf = (&'static str, fn(SchemaGenerator) -> Schema);

/// The schemas of the reports, by the versions that they name; `sweep` names none, since it holds three that do.
pub const SCHEMAS: [SchemaOf; 8] = [
    ("sweep", SchemaGenerator::into_root_schema_for::<Swept>),
    ("relapse-incidents-v1", SchemaGenerator::into_root_schema_for::<IncidentFile<'static>>),
    ("relapse-recurrence-v1", SchemaGenerator::into_root_schema_for::<RecurrenceReport<'static>>),
    ("relapse-ledger-v1", SchemaGenerator::into_root_schema_for::<LedgerReport<'static>>),
    ("relapse-benchmarks-v1", SchemaGenerator::into_root_schema_for::<BenchmarkReport<'static>>),
    ("relapse-explain-v1", SchemaGenerator::into_root_schema_for::<Explained>),
    ("relapse-pack-v1", SchemaGenerator::into_root_schema_for::<PackReport<'static>>),
    ("ft-crash-triage-v1", SchemaGenerator::into_root_schema_for::<triage::Report<'static>>),
];
