//! Why a line is no record.

use crate::reason::Reason;

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub reason: Reason,
    /// What the judge says.
    pub message: String,
}

impl Rejection {
    /// Whether the line may be a record but for cosmetic faults.
    pub(super) fn may_be_cosmetic(&self) -> bool {
        matches!(self.reason, Reason::InvalidUtf8 | Reason::InvalidJson)
    }
}
