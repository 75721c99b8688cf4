//! May this week ship? A policy, what a sweep found, and the decision with all that triage needs.
//!
//! | file | |
//! |---|---|
//! | [`reliability`] | the policy `ft-reliability-budget-policy-v1` and its report |
//! | `policy`, `measure`, `start` | the policy `relapse-policy-v1` |
//! | `facts`, `judge`, `culprits`, `losses` | what was found, held to it |
//! | `decision`, `violation`, [`mod@format`] | what comes out |
//! | `answer`, `lacking` | the files of a sweep's output, and what they say that they lack |
//! | `baseline`, `compare`, `case`, `change`, `history`, `why`, `standing`, `page` | how one sweep differs from an earlier one |
//!
//! ```text
//! incidents.json + recurrence.json --> Output (old) --+
//!                                                     +--> compare --> Comparison --> Page (people), JSON
//!         the same, or a sweep just made --> Output (new) --+
//! ```
//! Incident ids are fixed, so that comparing is a join.

mod answer;
mod baseline;
mod case;
mod change;
mod compare;
mod culprits;
mod decision;
mod facts;
mod floors;
pub mod format;
mod history;
mod judge;
mod lacking;
mod losses;
mod measure;
mod page;
mod policy;
pub mod reliability;
mod stale;
mod standing;
mod start;
mod violation;
mod why;

pub use answer::{AnswerError, AnswerFiles};
pub use baseline::{BaselineError, CleanRunsNeeded, Output, Run, Scenario, Signature};
pub use change::{Change, ChangeKind, Comparison, Counts, Summary};
pub use compare::compare;
pub use decision::{Decision, Inputs};
pub use facts::Facts;
pub use judge::{Terms, judge};
pub use lacking::lacking;
pub use measure::Measure;
pub use page::Page;
pub use policy::{BenchmarkBudget, Budget, Ceiling, ChangeBudgets, Coverage, LossBudget, Policy, Quarantined, Scope};
pub use standing::compare_or_keep;
pub use start::{StartError, starting_policy};
pub use violation::{Category, Level, Violation};

#[cfg(test)]
mod tests;
