//! A sweep: every archive read, every record tallied, everything accounted for.

mod account;
mod assembly;
mod behind;
mod builder;
mod class_cache;
mod configuration;
mod criterion;
mod detect;
mod doubts;
mod duplicates;
mod error;
mod findings;
mod gather;
mod hiding;
mod holders;
mod keeping;
mod left_out;
mod loan;
mod measured;
mod memory;
mod one_id;
mod outcome;
mod passed_over;
mod per_archive;
mod pipeline;
mod reading;
mod row;
mod rules;
mod run;
mod several;
mod sketch;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod sweep;
mod taxonomies;
mod transcribe;
mod triage;
mod usual;
mod window;
mod words;
mod worker;

pub use builder::{BuildError, Builder};
pub use criterion::Criterion;

use crate::observer;
pub use crate::observer::{Observer, Silent};
pub use error::SweepError;
pub use outcome::Outcome;
pub use sweep::Sweep;
pub use taxonomies::Taxonomies;
pub use triage::{Triage, TriageError, TriageIncident, TriageLog};
pub use window::{Bound, BoundError, Span, Window};
pub use words::Words;
