//! Reads months of retained test logs and says which failures came back.
//!
//! One file has unsafe code, the memory map in [`archive`]; everywhere else it is forbidden.

pub mod archive;
#[forbid(unsafe_code)]
pub mod arrange;
#[forbid(unsafe_code)]
pub mod benchmark;
#[forbid(unsafe_code)]
pub mod cli;
#[forbid(unsafe_code)]
pub mod definition;
#[forbid(unsafe_code)]
pub mod diff;
#[forbid(unsafe_code)]
mod files;
#[forbid(unsafe_code)]
pub mod gate;
#[forbid(unsafe_code)]
pub mod incident;
#[forbid(unsafe_code)]
pub mod observer;
#[forbid(unsafe_code)]
pub mod pack;
#[forbid(unsafe_code)]
pub mod reason;
#[forbid(unsafe_code)]
pub mod record;
#[forbid(unsafe_code)]
pub mod recurrence;
#[forbid(unsafe_code)]
pub mod repair;
#[forbid(unsafe_code)]
pub mod replay;
#[forbid(unsafe_code)]
pub mod report;
#[forbid(unsafe_code)]
pub mod role;
#[forbid(unsafe_code)]
pub mod rows;
#[forbid(unsafe_code)]
pub mod run_finding;
#[forbid(unsafe_code)]
pub mod stats;
#[forbid(unsafe_code)]
pub mod store;
#[forbid(unsafe_code)]
pub mod sweep;
#[forbid(unsafe_code)]
pub mod tally;
#[forbid(unsafe_code)]
pub mod taxonomy;
#[forbid(unsafe_code)]
pub mod text;
#[forbid(unsafe_code)]
mod threads;
#[forbid(unsafe_code)]
pub mod ticket;
