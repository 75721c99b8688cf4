//! One run of a replay command.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::capture::Kept;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum Ending {
    /// With status 0.
    Passed,
    /// With another status.
    Failed(i32),
    /// By a signal that this program did not send.
    Signal(i32),
    /// The time was over: its process group was ended.
    TimedOut,
    /// Interrupted: its process group was ended.
    Stopped,
    /// It could not be started, or its shell did not find it.
    NotStarted(String),
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Attempt {
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What it wrote to standard output and standard error, as it came.
    pub output: Kept,
    /// Whether a process that left the group held its output open, and may still run.
    pub escaped: bool,
}

impl Attempt {
    /// How long it took.
    #[must_use]
    pub const fn took(&self) -> Duration {
        Duration::from_millis(self.duration_ms)
    }
}

impl Ending {
    /// Whether the command failed.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Signal(_) | Self::TimedOut)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(status) => write!(f, "failed with status {status}"),
            Self::Signal(signal) => write!(f, "ended by signal {signal}"),
            Self::TimedOut => f.write_str("timed out; its process group was ended"),
            Self::Stopped => f.write_str("interrupted; its process group was ended"),
            Self::NotStarted(why) => write!(f, "could not be started: {why}"),
        }
    }
}
