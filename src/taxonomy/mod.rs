//! Taxonomies: which class, severity and owner a failure gets.
//!
//! A taxonomy is data. Its rules stand in order and the first that holds wins; what none takes falls to `[fallback]`.
//! A new class or owner needs a TOML file and no Rust; a new built-in is one file and one row of the table in
//! `builtin.rs`. The format is described at [`Taxonomy`].
//!
//! ```
//! use relapse::role::Role;
//! use relapse::taxonomy::{Classifier, Scratch, Severity, Taxonomy};
//!
//! let taxonomy = Taxonomy::CATALOG.resolve("crash-triage-v1")?;
//! let classifier = Classifier::new(&taxonomy);
//! let mut scratch = Scratch::default();
//! let reason = |role| (role == Role::Reason).then_some("Scheduler_Depth");
//! let assignment = classifier.classify(reason, &mut scratch);
//! assert_eq!(classifier.class(assignment.class).name, "autograd_state");
//! assert_eq!(assignment.severity, Severity::Critical);
//! # Ok::<(), relapse::CatalogError>(())
//! ```

mod builtin;
mod class;
mod classifier;
mod codeowners;
mod document;
mod evidence;
mod literals;
mod overrides;
mod reach;
mod reproduce;
mod rule;
mod ruling;
mod severity;

pub use class::{Class, ClassId, Counts};
pub use classifier::{Assignment, Classifier, Scratch};
pub use codeowners::{Codeowners, Owner, PLACES};
pub use document::{Fallback, Taxonomy};
pub use evidence::{Evidence, Known};
pub use overrides::{Override, Pattern};
pub use reproduce::{CommandRow, Reproduction};
pub use rule::{Condition, Rule, Test};
pub use ruling::Ruling;
pub use severity::Severity;
