//! Formats of test results other than lines of one record each: a reader turns an archive's text into attempts of tests, and
//! these become lines of the profile `tests`, so that nothing behind it knows formats.
//!
//! A reader is one file and one row of the table in `format.rs`; what its text looks like is told in `archive/likeness.rs`.

mod allure;
mod attempt;
mod attempts;
mod bep;
mod buildkite;
mod clock;
mod ctrf;
mod cucumber;
mod dart;
mod dotnet;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod format;
mod gotest;
#[cfg(test)]
mod hostile;
mod jest;
mod json;
mod junit;
mod libtest;
mod line;
mod mocha;
mod noise;
mod nunit;
mod output;
mod paths;
mod playwright;
mod pytest;
mod reader;
mod same;
mod scan;
mod shell;
mod tap;
mod telling;
mod transcript;
mod trx;
mod when;
mod xml;
mod xml_page;
mod xml_words;
mod xunit;

pub use attempt::{Attempt, Ending};
pub use format::{Format, Kind, UnknownFormat};
pub use line::{PROFILE, SILENT};
pub use reader::{Documents, Events, Fault, Kept, Sink, UNTOLD};
pub use same::SAME_NAMES;
pub use telling::telling;
pub use transcript::{Account, Transcript};
