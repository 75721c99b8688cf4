//! Reports: what a sweep found, for machines and for people. Nothing here prints; it writes text that others print.

mod account;
mod apart;
mod basis;
mod benchmarks;
mod dates;
mod explain;
mod html;
mod ledger;
mod lines;
mod markdown;
mod measure;
mod outcomes;
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
pub use apart::Apart;
pub use basis::Basis;
pub use benchmarks::{BenchmarkReport, BenchmarkSummary};
pub use explain::{ExplainError, explain, meant};
pub use html::html_page;
pub use ledger::LedgerReport;
pub use markdown::markdown_page;
pub use packing::{PackReport, PackSummary, PackTotals};
pub use recurrence::RecurrenceReport;
pub use since::{IncidentChange, KindOfChange, Since};
pub use summary::{Findings, Summary};
pub use tables::{Table, Tables};
pub use triage::triage_json;
pub use weekly::{Weekly, WeeklyError, stamped};
