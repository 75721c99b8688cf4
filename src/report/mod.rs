//! Reports: what a sweep found, for machines and for people. Nothing here prints; it writes text that others print.

mod account;
mod answer;
mod apart;
mod basis;
mod benchmarks;
mod explain;
mod html;
mod incidents;
mod ledger;
mod lines;
mod markdown;
mod measure;
mod packing;
mod recurrence;
mod runs;
mod since;
mod spark;
mod summary;
mod tables;
mod triage;
mod weekly;

pub use account::Account;
pub use answer::answer_digest;
pub use apart::Apart;
pub use basis::Basis;
pub use benchmarks::{BenchmarkReport, BenchmarkSummary};
pub use explain::{ExplainError, explain, meant};
pub use incidents::{IncidentReport, JudgedPart};
pub use ledger::LedgerReport;
pub use packing::{PackReport, PackSummary, PackTotals};
pub use recurrence::RecurrenceReport;
pub use since::{IncidentChange, KindOfChange, Since};
pub use summary::{Findings, Summary};
pub use tables::{Table, Tables};
pub use triage::triage_json;
pub use weekly::{Weekly, WeeklyError, stamped};
