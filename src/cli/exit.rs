//! How the program ends.

use std::process::ExitCode;

/// The exit statuses, one for each way a command can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// Done.
    Done,
    /// A gate failed.
    GateFailed,
    /// Usage or configuration wrong, or nothing could be read.
    Unusable,
    /// Done, but input was damaged or lines were rejected.
    Loss,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Done => 0,
            ExitStatus::GateFailed => 1,
            ExitStatus::Unusable => 2,
            ExitStatus::Loss => 3,
        })
    }
}
