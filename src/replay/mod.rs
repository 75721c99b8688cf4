//! Running a failure again: its command in a process group of its own, ended whole at a time limit, and what the results
//! prove.
//!
//! ```text
//! text of a log --> Command (words, no shell unless asked) --> Envelope::run, N times --> Attempts --> Proof
//!                                                                                            '--> Transcript
//! ```

mod attempt;
mod capture;
mod command;
mod envelope;
mod proof;
mod transcript;

pub use attempt::{Attempt, Ending};
pub use capture::{Capture, Kept};
pub use command::{Command, CommandError};
pub use envelope::Envelope;
pub use proof::Proof;
pub use transcript::Transcript;

#[cfg(all(test, unix))]
mod tests;
