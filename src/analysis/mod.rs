//! What a sweep found, judged: the incidents and the verdicts that every report, gate and ticket is made of.

#[expect(clippy::module_inception, reason = "the room's one noun")]
mod analysis;
mod answer;
mod filter;
mod incidents;
mod nothing;
mod told;
mod why_nothing;

pub use analysis::{Analysis, AnalysisError};
pub use answer::answer_digest;
pub use filter::{Filter, TimeWindow};
pub use incidents::{IncidentReport, JudgedPart};
pub use nothing::Nothing;
pub(crate) use told::NAMED_BRANCHES;
