//! The `relapse` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    relapse::cli::run()
}
