//! JSON as files have it.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::inert::InertJson;

/// Writes a value as JSON with two spaces and a final newline, in which nothing of a log acts on what shows it
/// ([`InertJson`]): files are printed, too. What reads it reads the same.
///
/// # Errors
/// When `out` fails.
pub fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // Gathers the many short pieces without a call through a table for each.
    let mut out = BufWriter::with_capacity(1 << 16, InertJson::new(out));
    value.serialize(&mut Serializer::with_formatter(&mut out, Indented::default()))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// What `serde_json` writes pretty, with one write where that takes one for every two spaces.
#[derive(Debug, Default)]
struct Indented {
    depth: usize,
    is_empty: bool,
}

/// What stands between two values.
const BREAK: &[u8; 66] = b",\n                                                                ";

impl Indented {
    /// Begins a line, behind a comma or not.
    fn line<W: ?Sized + Write>(&self, out: &mut W, comma: bool) -> io::Result<()> {
        let start = usize::from(!comma);
        let (indent, most) = (2 + 2 * self.depth, BREAK.len());
        out.write_all(&BREAK[start..indent.min(most)])?;
        (most..indent).try_for_each(|_| out.write_all(b" "))
    }

    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        (self.depth, self.is_empty) = (self.depth + 1, true);
        out.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if !std::mem::take(&mut self.is_empty) {
            self.line(out, false)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_empty = false;
        self.line(out, !first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_empty = false;
        self.line(out, !first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::pretty;

    #[test]
    fn it_is_what_serde_json_writes() {
        let mut deep = json!([]);
        for _ in 0..40 {
            deep = json!([deep, {}, { "a": [] }]);
        }
        for value in [json!({ "a": [1, { "b": null, "c": [] }], "d": {}, "e": "x\n" }), json!([]), json!(1.5), deep] {
            let mut written = Vec::new();
            pretty(&value, &mut written).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string_pretty(&value).unwrap() + "\n");
        }
    }
}
