//! Reports: what a sweep found, for machines and for people. Nothing here prints; it writes text that others print.

mod incidents;
mod inert;
mod ledger;
mod summary;
mod triage;

pub use incidents::{IncidentReport, IncidentRow, Sample};
pub use inert::inert;
pub use ledger::LedgerReport;
pub use summary::Summary;
pub use triage::triage_json;
