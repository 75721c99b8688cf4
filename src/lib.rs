//! Reads months of retained test logs and says which failures came back.
//!
//! A [`sweep`] reads archives into a [`tally`]; what it found is judged into an [`analysis`], of which reports, gates and
//! tickets are made.
//!
//! ```
//! use relapse::record::Profiles;
//! use relapse::recurrence::{Options, Verdict};
//! use relapse::sweep::{Silent, Sweep, Taxonomies};
//!
//! let profiles = Profiles::builtin();
//! let taxonomies = Taxonomies::of(&profiles)?;
//! let sweep = Sweep::new(vec!["fixtures/weekly".into()], profiles, taxonomies);
//! let found = sweep.run(&Silent)?;
//! assert_eq!(found.ledger.totals().counts.parsed, 1310);
//!
//! let analysis = sweep.pool()?.install(|| found.analyse(&sweep, None, &Options::default()));
//! let worst = &analysis.incidents.incidents[0];
//! assert_eq!(worst.owner_hint, "ft-autograd-owners");
//! let regressed = analysis.recurrence.scenarios.iter().filter(|row| row.judged.verdict == Verdict::Regressed);
//! assert_eq!(regressed.count(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One file has unsafe code, the memory map in [`archive`]; everywhere else it is forbidden.

#[forbid(unsafe_code)]
pub mod analysis;
pub mod archive;
#[forbid(unsafe_code)]
pub mod arrange;
#[forbid(unsafe_code)]
pub mod benchmark;
#[forbid(unsafe_code)]
pub mod cli;
#[forbid(unsafe_code)]
pub mod definition;
#[forbid(unsafe_code)]
pub mod diff;
#[forbid(unsafe_code)]
mod files;
#[forbid(unsafe_code)]
pub mod gate;
#[forbid(unsafe_code)]
pub mod incident;
#[forbid(unsafe_code)]
pub mod observer;
#[forbid(unsafe_code)]
pub mod pack;
#[forbid(unsafe_code)]
pub mod reason;
#[forbid(unsafe_code)]
pub mod record;
#[forbid(unsafe_code)]
pub mod recurrence;
#[forbid(unsafe_code)]
pub mod repair;
#[forbid(unsafe_code)]
pub mod replay;
#[forbid(unsafe_code)]
pub mod report;
#[forbid(unsafe_code)]
pub mod role;
#[forbid(unsafe_code)]
pub mod rows;
#[forbid(unsafe_code)]
pub mod run_finding;
#[forbid(unsafe_code)]
pub mod stats;
#[forbid(unsafe_code)]
pub mod store;
#[forbid(unsafe_code)]
pub mod sweep;
#[forbid(unsafe_code)]
pub mod tally;
#[forbid(unsafe_code)]
pub mod taxonomy;
#[forbid(unsafe_code)]
pub mod text;
#[forbid(unsafe_code)]
mod threads;
#[forbid(unsafe_code)]
pub mod ticket;
