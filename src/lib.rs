//! Reads months of retained test logs and says which failures came back.
//!
//! A [`Sweep`] reads archives and counts what they hold ([`Outcome`]); judged, that is an [`Analysis`], of which reports,
//! gates and tickets are made. Damage and lines that are refused are no errors: they stand in the [`Ledger`].
//!
//! ```
//! use relapse::{Options, Silent, Sweep, Verdict};
//!
//! let sweep = Sweep::builder().input("fixtures/weekly").since(Some("2026-01-01T00:00:00Z".parse()?)).build()?;
//! let found = sweep.run(&Silent)?;
//! assert_eq!(found.ledger.totals().counts.parsed, 1310);
//!
//! let analysis = found.analyse(&Options::default())?;
//! let worst = &analysis.incidents.incidents[0];
//! assert_eq!(worst.owner_hint, "ft-autograd-owners");
//! let regressed = analysis.recurrence.scenarios.iter().filter(|row| row.judged.verdict == Verdict::Regressed);
//! assert_eq!(regressed.count(), 1);
//!
//! let folder = tempfile::tempdir()?;
//! let week = folder.path().join("week-47");
//! analysis.write_to(&week)?; // incidents.json, recurrence.json, ledger.json, report.html and report.md, or none of them
//!
//! // A week later: what is new, what returned, what stayed away?
//! let found = sweep.run(&Silent)?;
//! let (_, comparison) = found.analyse_since(&Options::default(), &relapse::Output::read(&week)?)?;
//! assert!(comparison.is_some_and(|comparison| comparison.summary.compared_runs.is_empty()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! How it is built stands in `docs/architecture.md`. Everything that a user needs is named here and in the four rooms below;
//! the other rooms are open to the command, to tests and to benchmarks alone, and change without notice.
//!
//! One file has unsafe code, the memory map of archives; everywhere else it is denied.

#[doc(hidden)]
pub mod analysis;
#[doc(hidden)]
pub mod archive;
mod arrange;
#[doc(hidden)]
pub mod backtest;
#[doc(hidden)]
pub mod benchmark;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod definition;
#[doc(hidden)]
pub mod diff;
mod file_names;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod fingerprints;
#[doc(hidden)]
pub mod format;
#[doc(hidden)]
pub mod gate;
#[doc(hidden)]
pub mod incident;
#[doc(hidden)]
pub mod inspect;
mod lock;
#[doc(hidden)]
pub mod observer;
#[doc(hidden)]
pub mod pack;
#[doc(hidden)]
pub mod reason;
pub mod record;
#[doc(hidden)]
pub mod recurrence;
#[doc(hidden)]
pub mod repair;
#[doc(hidden)]
pub mod replay;
pub mod report;
#[doc(hidden)]
pub mod role;
#[doc(hidden)]
pub mod rows;
#[doc(hidden)]
pub mod run_finding;
pub mod stats;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod sweep;
#[doc(hidden)]
pub mod tally;
pub mod taxonomy;
#[doc(hidden)]
pub mod text;
mod threads;
#[doc(hidden)]
pub mod ticket;
#[doc(hidden)]
pub mod unit;
mod words;
mod written;

pub use analysis::{Analysis, AnalysisError, IncidentReport, Nothing};
pub use archive::{ArchiveLedger, Damage, Discovery, Ledger};
pub use benchmark::Benchmarks;
pub use definition::CatalogError;
pub use diff::{BaselineError, Change, Comparison, Output};
pub use gate::{Decision, Facts, Policy, Terms, judge as gate_judge};
pub use incident::IncidentRow;
pub use observer::{Observer, Silent};
pub use recurrence::{Options, Recurrence, ScenarioJudgement, Standing, Verdict};
pub use store::{Merging, Session, Store, Use};
pub use sweep::{Bound, BuildError, Builder, Outcome, Sweep, SweepError, Window};
pub use tally::{Partial, Tally};
pub use ticket::{Case, Cases};
