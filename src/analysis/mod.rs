//! What a sweep found, judged: the incidents and the verdicts that every report, gate and ticket is made of.

#[expect(clippy::module_inception, reason = "the room's one noun")]
mod analysis;
mod answer;
mod incidents;
mod nothing;
mod why_nothing;

pub use analysis::{Analysis, AnalysisError};
pub use answer::answer_digest;
pub(crate) use incidents::NAMED_BRANCHES;
pub use incidents::{IncidentReport, JudgedPart};
pub use nothing::Nothing;
