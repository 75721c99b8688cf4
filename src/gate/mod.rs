//! May this week ship? A policy, what a sweep found, and the decision with all that triage needs.
//!
//! | file | |
//! |---|---|
//! | [`reliability`] | the policy `ft-reliability-budget-policy-v1` and its report |
//! | `policy`, `measure`, `start` | the policy `relapse-policy-v1` |
//! | `facts`, `judge`, `culprits`, `losses`, `floors`, `stale`, `doubts`, `past`, `held`, `changed`, `measured` | what was found, held to it |
//! | `decision`, `violation`, [`mod@format`] | what comes out |

mod changed;
mod culprits;
mod decision;
mod doubts;
mod facts;
mod failing_on;
mod floors;
pub mod format;
mod held;
mod judge;
mod losses;
mod measure;
mod measured;
mod past;
mod policy;
pub mod reliability;
mod stale;
mod start;
mod violation;

pub use decision::{Decision, Inputs};
pub use facts::Facts;
pub use judge::{Terms, judge};
pub use measure::Measure;
pub use policy::{
    AcceptedChange, BenchmarkBudget, Budget, Ceiling, ChangeBudgets, Coverage, LossBudget, Policy, Quarantined, Scope,
};
pub use start::{StartError, starting_policy};
pub use violation::{Category, Level, Violation};
