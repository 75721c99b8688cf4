//! One fresh result against the history: of each of its failures, whether it is known.
//!
//! ```text
//! a sweep's output --> History --+
//!                                +--> check --> Checked --> human, JSON, GitHub, JUnit
//! a result just read --> Analysis +
//! ```
//!
//! | file | |
//! |---|---|
//! | `history` | the ways into an output: what a scenario did on the base branch, and how a signature failed |
//! | `fresh` | what the scenarios of the result did |
//! | `known` | whether and how a failure is known |
//! | `judge` | which of these a failure is |
//! | `chance` | how likely a flake fails so often in a row |
//! | `why` | the sentence of a failure |
//! | `checked` | what comes of it, as plain data |
//! | `format` | the same for people, GitHub and build servers |

mod chance;
mod checked;
pub mod format;
mod fresh;
mod history;
mod judge;
mod known;
mod why;

pub use checked::{Checked, Failure, Past, Rerun};
pub use judge::{UnknownBase, check};
pub use known::Known;
