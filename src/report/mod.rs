//! Reports: what a sweep found, for machines and for people. Nothing here prints; it writes text that others print.

mod account;
mod benchmarks;
mod explain;
mod incidents;
mod ledger;
mod measure;
mod packing;
mod recurrence;
mod spark;
mod summary;
mod triage;

pub use benchmarks::{BenchmarkReport, BenchmarkSummary};
pub use explain::{ExplainError, explain};
pub use incidents::IncidentReport;
pub use ledger::LedgerReport;
pub use packing::{PackReport, PackSummary, PackTotals};
pub use recurrence::RecurrenceReport;
pub use summary::Summary;
pub use triage::triage_json;
