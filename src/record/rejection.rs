//! Why a line is no record.

use crate::reason::Reason;

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub reason: Reason,
    /// What the judge says.
    pub message: String,
    /// Whether it is an event that the profile's `only` leaves out: no record, and no fault of the log.
    pub is_ignored: bool,
}

impl Rejection {
    /// A line with a fault.
    #[must_use]
    pub fn new(reason: Reason, message: String) -> Self {
        Self { reason, message, is_ignored: false }
    }

    /// A line that a profile leaves out.
    pub(super) fn ignored() -> Self {
        Self { is_ignored: true, ..Self::new(Reason::UnknownShape, "left out by `only`".to_owned()) }
    }

    /// Whether the line may be a record but for cosmetic faults.
    pub(super) fn may_be_cosmetic(&self) -> bool {
        !self.is_ignored && matches!(self.reason, Reason::InvalidUtf8 | Reason::InvalidJson)
    }
}
