//! Lines that trails are made of, cut at their values.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::super::walk::Walk;

/// Values of a line that is cut.
pub(super) const MOST_HOLES: usize = 256;

/// In place of a field's number: a value that is part of its segment.
pub(in crate::record) const SOLID: usize = usize::MAX;

/// What stands behind a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hole {
    /// A value that no field wants.
    Other,
    /// The value of the field with this number.
    Field(u8),
    /// Nothing: the line ends.
    End,
}

/// One value of a line.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) hole: Hole,
    /// Hash of its text.
    pub(super) hash: u64,
}

/// A line of the grammar and its values, in order; the last one is its end.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) line: Box<[u8]>,
    pub(super) values: Vec<Value>,
}

impl Sample {
    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.line.len() + self.values.capacity() * size_of::<Value>()
    }

    /// Cuts the line that `walk` begins, which is in the grammar: at the values of its fields, and at the innermost
    /// values of all else. An array of scalars is one value, since their number differs from line to line. `None` for
    /// a line with too many values.
    pub(super) fn new(mut walk: Walk<'_>, fields: &[(Range<usize>, usize)]) -> Option<Self> {
        let line: Box<[u8]> = walk.rest().into();
        let mut values = Vec::with_capacity(64);
        let mut fields = fields.iter().peekable();
        let mut push = |range: Range<usize>, hole| {
            let hash = xxh3_64(&line[range.clone()]);
            values.push(Value { range, hole, hash });
            (values.len() < MOST_HOLES).then_some(())
        };
        loop {
            let token = walk.token();
            let start = walk.at;
            if let Some((range, field)) = fields.next_if(|(range, _)| range.start == start) {
                walk.at = range.end;
                if *field == SOLID {
                    continue;
                }
                push(range.clone(), Hole::Field(u8::try_from(*field).ok()?))?;
                continue;
            }
            let is_value = match token {
                0 => break,
                b',' | b':' | b'}' | b']' => false,
                b'{' | b'[' => {
                    walk.at += 1;
                    let inside = walk.token();
                    walk.at = start;
                    // In ASCII, both closing brackets stand two behind their opening ones.
                    inside == token + 2 || token == b'[' && inside != b'{' && inside != b'['
                }
                _ => true,
            };
            if !is_value {
                walk.at += 1;
                continue;
            }
            walk.value()?;
            let end = walk.at;
            // A key belongs to its segment.
            if token == b'"' && walk.token() == b':' {
                continue;
            }
            walk.at = end;
            push(start..end, Hole::Other)?;
        }
        push(line.len()..line.len(), Hole::End)?;
        Some(Self { line, values })
    }
}
