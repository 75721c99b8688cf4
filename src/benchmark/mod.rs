//! Benchmarks: whether a lane got slower, when it did, and whether the evidence is enough to say so.
//!
//! ```text
//! points --> series (one a key: ordered, once each) --> history: regimes between changes
//!        --> candidate against the baseline of its regime --> evidence (exact tests, shift, interval)
//!        --> families over all series (Tarone, Benjamini and Hochberg) --> verdicts, each with its why
//! ```
//! Values are compared as logarithms, so effects are ratios. Rules and worked numbers are those of the project's
//! benchmark specification. Nothing here reads files: [`Collector`] takes the points that a reader found.

mod baseline;
mod decide;
mod drift;
mod effect;
mod event;
mod evidence;
mod families;
mod history;
pub mod input;
mod judge;
mod judgement;
mod options;
mod outlook;
mod series;
mod standing;
mod verdict;
mod why;

pub use crate::record::Direction;
pub use crate::tally::{Collector, Point, Series, SeriesKey};
pub use drift::Drift;
pub use families::FamilySize;
pub use history::{ChangeRow, History, Regime};
pub use judge::judge;
pub use judgement::{Benchmarks, Event, HostRow, Judgement, ModeRow, Modes, SeriesRow, Summary};
pub use options::{Accepted, Candidate, Options, REPORT_PERMUTATIONS};
pub use standing::Standing;
pub use verdict::{Finding, Method, Verdict};

#[cfg(test)]
mod tests;
