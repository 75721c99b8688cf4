//! A history in few characters.

use std::fmt::Write;

/// `PPPFF` as `P3F2`.
pub(crate) fn run_length(marks: impl Iterator<Item = char>) -> String {
    let marks: Vec<char> = marks.collect();
    marks.chunk_by(|a, b| a == b).fold(String::new(), |mut out, run| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}{}", run[0], run.len());
        out
    })
}
