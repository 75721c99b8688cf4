//! Reads months of retained test logs and says which failures came back.

pub mod archive;
pub mod benchmark;
pub mod cli;
pub mod definition;
pub mod gate;
pub mod incident;
pub mod inert;
pub mod markdown;
pub mod number;
pub mod observer;
pub mod pack;
pub mod reason;
pub mod record;
pub mod recurrence;
pub mod replay;
pub mod report;
pub mod role;
pub mod run_ranges;
pub mod shell;
pub mod stats;
pub mod store;
pub mod sweep;
pub mod tally;
pub mod taxonomy;
pub mod terminal;
pub mod ticket;
