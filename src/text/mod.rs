//! Text as others take it: made harmless, quoted, rounded and shortened. Nothing here knows what a log is.

pub(crate) mod dates;
pub mod inert;
pub mod json;
pub mod markdown;
pub mod number;
pub(crate) mod run_length;
pub mod run_ranges;
pub mod shell;
pub mod size;
pub mod terminal;
pub(crate) mod workflow;
pub(crate) mod xml;
