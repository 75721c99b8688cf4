//! JSON as files have it.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::inert::InertJson;

/// Writes a value as JSON with two spaces and a final newline, in which nothing of a log acts on what shows it
/// ([`InertJson`]): files are printed, too. What reads it reads the same.
///
/// # Errors
/// When `out` fails.
pub fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // Gathers the many short pieces without a call through a table for each.
    let mut out = BufWriter::with_capacity(1 << 16, InertJson::new(out));
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}
