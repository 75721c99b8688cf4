//! Statistics: pure functions of counts and bits.
//!
//! Nothing here reads, prints, allocates across calls (but for a [`Segmenter`]'s buffers) or knows
//! what a log is. Callers bring run bits in run order and counts of runs per level, in runs
//! throughout, or measured values in any unit. A function whose arguments lie outside its stated domain returns `None`, never a
//! number that looks like an answer, so the room needs no error type.
//!
//! | file | answers |
//! |---|---|
//! | [`interval`] | what failure rates are compatible with x of n |
//! | [`planning`] | how many clean runs or replays settle a question |
//! | [`fix`] | how many clean runs show a fix |
//! | [`changepoint`] | when the failure rate changed |
//! | [`fisher`], [`cmh`] | whether two levels differ, plainly and within strata |
//! | [`permutation`] | whether any of many levels differ, within strata |
//! | [`outages`] | whether a failure came in outages, and came back |
//! | [`runs_test`] | whether failures cluster in time |
//! | [`trend`] | whether a failure rate rises from run to run |
//! | [`cofailure`] | whether two scenarios fail together |
//! | [`fdr`] | which of many tests to believe |
//! | [`metrics`] | how failures recur |
//! | [`mann_whitney`] | whether one sample of values lies above another, and by how much |
//! | [`signed_rank`] | the same of paired values |
//! | [`shift`] | the interval of such a difference |
//! | [`modes`] | whether a sample has two modes, and what moved: the mix or the modes |
//! | [`prediction`] | whether one more value belongs to those before it |
//! | [`scan`] | when measured values changed |
//! | [`monotone`] | whether they rise or fall all along |
//! | [`autocorrelation`] | whether neighbouring values are alike |
//! | [`combine`] | several ps as one |
//! | [`location`] | medians, spreads and means |
//!
//! Tests return the least p that their margins allow beside p, or in a function of its own, for
//! Tarone's filter in [`fdr`].

pub mod autocorrelation;
mod beta_binomial;
pub mod changepoint;
pub mod cmh;
pub mod cofailure;
pub mod combine;
pub mod fdr;
pub mod fisher;
pub mod fix;
mod hypergeometric;
pub mod interval;
pub mod level;
pub mod location;
pub mod mann_whitney;
pub mod metrics;
pub mod modes;
pub mod monotone;
pub mod outages;
pub mod permutation;
pub mod planning;
pub mod prediction;
mod ranks;
pub mod runs_test;
pub mod scan;
pub mod shift;
pub mod signed_rank;
mod special;
pub mod streak;
pub(crate) mod stream;
pub mod trend;

pub use changepoint::{Changepoint, Segment, Segmentation, Segmenter};
pub use fdr::Test;
pub use interval::Interval;
pub use level::Level;
pub use mann_whitney::MannWhitney;
pub use modes::Modes;
pub use outages::{Boundary, Course, Outage, Outages, Pattern};
pub use shift::{Shift, ShiftInterval};
pub use signed_rank::SignedRank;
