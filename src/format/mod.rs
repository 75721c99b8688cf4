//! Formats of test results other than lines of one record each: a reader turns an archive's text into attempts of tests, and
//! these become lines of the profile `tests`, so that nothing behind it knows formats.
//!
//! A reader is one file and one row of the table in `format.rs`; what its text looks like is told in `archive/likeness.rs`.

mod attempt;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod format;
mod line;
mod reader;
mod telling;
mod transcript;

pub use attempt::{Attempt, Ending};
pub use format::{Format, Kind, UnknownFormat};
pub use line::PROFILE;
pub use reader::{Documents, Events, Fault, Kept, Sink};
pub use telling::telling;
pub use transcript::{Account, Transcript};
