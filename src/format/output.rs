//! What one open test printed: its head and its tail, so that no test takes more than its share of memory.

use std::fmt::Write;

use memchr::{memchr, memchr_iter, memrchr};

use super::scan::{Mended, decode_into};

/// Bytes kept of each end.
const HALF: usize = 32 * 1024;

/// Bytes of room that it begins with.
const FIRST: usize = 512;

/// Output in pieces. A piece is the inside of a JSON string, still escaped, and decoded only if somebody reads it.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    /// Pieces, each with a line feed behind it: JSON has none inside a string.
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Bytes that are gone between both.
    lost: u64,
}

impl Output {
    /// Adds a piece.
    pub(super) fn push(&mut self, piece: &[u8]) {
        if self.tail.is_empty() && self.head.len() + piece.len() < HALF {
            if self.head.capacity() == 0 {
                // Growing by doubling would copy the first lines again and again.
                self.head.reserve(FIRST.max(piece.len() + 1));
            }
            self.head.extend_from_slice(piece);
            self.head.push(b'\n');
            return;
        }
        // Of a piece that is longer than the tail only its end stays.
        let cut = piece.len().saturating_sub(HALF);
        self.lost += cut as u64;
        self.tail.extend_from_slice(piece.get(cut..).unwrap_or_default());
        self.tail.push(b'\n');
        // Dropping in large steps makes the moving of what stays cheap.
        if self.tail.len() > 2 * HALF {
            let from = self.tail.len() - HALF;
            self.forget(from);
        }
    }

    /// Adds a line that is no JSON: as a piece, with its end.
    pub(super) fn push_line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let mut piece = serde_json::to_string(&*text).unwrap_or_default();
        piece.insert_str(piece.len().saturating_sub(1), "\\n");
        self.push(super::scan::inner(piece.as_bytes()));
    }

    /// Bytes that it takes.
    pub(super) fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// Whether its room is worth keeping.
    pub(super) fn is_small(&self) -> bool {
        (1..=8 * FIRST).contains(&self.head.capacity())
    }

    /// Forgets all, but keeps room for what comes next.
    pub(super) fn clear(&mut self) {
        self.head.clear();
        self.tail = Vec::new();
        self.lost = 0;
    }

    /// Drops the tail's begin up to a piece's end at or behind `from`.
    fn forget(&mut self, from: usize) {
        let behind = self.tail.get(from..).unwrap_or_default();
        let from = from + memchr(b'\n', behind).map_or(0, |at| at + 1);
        // If only the last piece's own end stands behind, the cut goes through that piece.
        let from = if from >= self.tail.len() { self.tail.len().saturating_sub(HALF) } else { from };
        self.lost += from as u64;
        self.tail.drain(..from);
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let split = |bytes: &'_ Vec<u8>| memrchr(b'\n', bytes).unwrap_or(0);
        let head = self.head.get(..split(&self.head)).filter(|bytes| !bytes.is_empty());
        let tail = self.tail.get(..split(&self.tail)).filter(|bytes| !bytes.is_empty());
        head.into_iter().chain(tail).flat_map(|bytes| bytes.split(|&byte| byte == b'\n'))
    }

    /// The text, with a word about what is gone.
    pub(super) fn text(&self, mended: &mut Mended) -> String {
        let mut out = String::with_capacity(self.len());
        let mut is_head = memchr_iter(b'\n', &self.head).count();
        for piece in self.pieces() {
            if is_head == 0 && self.lost > 0 {
                let _ = writeln!(out, "[... {} bytes are left out ...]", self.lost);
            }
            is_head = is_head.wrapping_sub(1);
            decode_into(piece, &mut out, mended);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_head_and_tail() {
        let mut output = Output::default();
        for number in 0..100_000 {
            output.push(format!("line {number}\\n").as_bytes());
        }
        assert!(output.len() < 5 * HALF);
        let text = output.text(&mut Mended::default());
        assert!(text.starts_with("line 0\nline 1\n"));
        assert!(text.ends_with("line 99999\n"));
        assert!(text.contains("bytes are left out ...]\nline "));
    }

    #[test]
    fn one_piece_longer_than_all() {
        let mut output = Output::default();
        output.push(&vec![b'x'; 10 * HALF]);
        output.push(b"end");
        assert!(output.len() < 3 * HALF);
        let text = output.text(&mut Mended::default());
        assert!(text.ends_with("xend"));
        assert!(text.starts_with("[..."));
    }

    #[test]
    fn a_line_of_text() {
        let mut output = Output::default();
        output.push_line(b"a \"b\" \xff");
        output.push(b"");
        output.push(b"c");
        assert_eq!(output.text(&mut Mended::default()), "a \"b\" \u{fffd}\nc");
    }
}
