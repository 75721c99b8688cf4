//! JSON documents whose rows are read one by one.

use std::io::{self, Read};

use memchr::memchr2;

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

/// Reads an object while it comes and hands over the elements of its array of that name one by one, each as its text. Gives
/// the rest, with that array empty: nothing is lost, so that who parses every row and the rest has parsed the document,
/// faults and all, without ever holding it.
///
/// # Errors
/// What reading and `each` say.
pub fn each_row<E: From<io::Error>>(
    mut input: impl Read,
    name: &str,
    each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let mut splitter = Splitter {
        name: name.as_bytes(),
        each,
        rest: Vec::new(),
        row: Vec::new(),
        depth: 0,
        text: Text::Outside,
        key: 0..0,
        is_named: false,
        in_rows: false,
        is_behind_comma: false,
    };
    let mut piece = vec![0; PIECE];
    loop {
        match input.read(&mut piece) {
            Ok(0) => return Ok(splitter.rest),
            Ok(read) => splitter.take(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

struct Splitter<'n, F> {
    name: &'n [u8],
    each: F,
    rest: Vec<u8>,
    row: Vec<u8>,
    /// Brackets and braces that are open.
    depth: usize,
    text: Text,
    /// Where the last text of the object itself stands in the rest, with its quotes.
    key: std::ops::Range<usize>,
    /// Whether that is the name of the value to come, and the one that is looked for.
    is_named: bool,
    in_rows: bool,
    is_behind_comma: bool,
}

impl<E, F: FnMut(&[u8]) -> Result<(), E>> Splitter<'_, F> {
    fn take(&mut self, piece: &[u8]) -> Result<(), E> {
        // What is copied, and what is looked at.
        let (mut from, mut at) = (0, 0);
        while at < piece.len() {
            if self.text == Text::Escaped {
                self.text = Text::Inside;
                at += 1;
                continue;
            }
            if self.text == Text::Inside {
                let Some(found) = memchr2(b'"', b'\\', &piece[at..]) else { break };
                at += found + 1;
                self.text = if piece[at - 1] == b'"' { Text::Outside } else { Text::Escaped };
                if self.text == Text::Outside && self.depth == 1 {
                    self.copy(&piece[from..at]);
                    (from, self.key.end) = (at, self.rest.len());
                }
                continue;
            }
            let byte = piece[at];
            at += 1;
            match byte {
                b'"' => {
                    if self.depth == 1 {
                        self.copy(&piece[from..at]);
                        (from, self.key) = (at, self.rest.len() - 1..self.rest.len());
                    }
                    self.text = Text::Inside;
                }
                b':' if self.depth == 1 => {
                    let key = self.rest.get(self.key.start + 1..self.key.end.saturating_sub(1));
                    self.is_named = key == Some(self.name);
                }
                b',' if self.depth == 1 => self.is_named = false,
                b'[' if self.depth == 1 && self.is_named => {
                    self.copy(&piece[from..at]);
                    (from, self.depth) = (at, 2);
                    (self.in_rows, self.is_named, self.is_behind_comma) = (true, false, false);
                }
                b',' if self.depth == 2 && self.in_rows => {
                    self.copy(&piece[from..at - 1]);
                    from = at;
                    self.is_behind_comma = true;
                    self.hand_over()?;
                }
                b']' if self.depth == 2 && self.in_rows => {
                    self.copy(&piece[from..at - 1]);
                    from = at - 1;
                    if self.is_behind_comma || !self.row.trim_ascii().is_empty() {
                        self.hand_over()?;
                    }
                    self.row.clear();
                    (self.depth, self.in_rows) = (1, false);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.copy(&piece[from..]);
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) {
        if self.in_rows { &mut self.row } else { &mut self.rest }.extend_from_slice(bytes);
    }

    fn hand_over(&mut self) -> Result<(), E> {
        let handed = (self.each)(self.row.trim_ascii());
        self.row.clear();
        handed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let taken = self.1.min(self.0.len()).min(into.len());
            into[..taken].copy_from_slice(&self.0[..taken]);
            self.0 = &self.0[taken..];
            Ok(taken)
        }
    }

    /// The document put together again; an error wherever a part of it is none.
    fn again(text: &[u8], step: usize) -> io::Result<Value> {
        let mut rows = Vec::new();
        let rest = each_row(Slow(text, step), "rows", |row| -> io::Result<()> {
            rows.push(serde_json::from_slice::<Value>(row)?);
            Ok(())
        })?;
        let mut document: Value = serde_json::from_slice(&rest)?;
        if !rows.is_empty() {
            document["rows"] = rows.into();
        }
        Ok(document)
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[\\[\\]{},:\"\\\\a\n ]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let key = prop_oneof![Just("rows".to_owned()), "[a\"\\\\:]{0,3}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..4).prop_map(Value::from_iter),
            ]
        })
    }

    proptest! {
        #[test]
        fn rows_and_rest_are_the_document(
            before in value(), rows in prop::collection::vec(value(), 0..5), behind in value(), step in 1_usize..9,
        ) {
            let document = json!({"a": before, "rows": rows, "z": behind});
            for text in [serde_json::to_vec(&document).unwrap(), serde_json::to_vec_pretty(&document).unwrap()] {
                prop_assert_eq!(&again(&text, step).unwrap(), &document);
                // Cut anywhere it is no document any more.
                for end in 0..text.len() {
                    prop_assert!(again(&text[..end], step).is_err());
                }
            }
            let any = serde_json::to_vec(&document["a"]).unwrap();
            prop_assert_eq!(again(&any, step).unwrap(), document["a"].clone());
        }
    }

    #[test]
    fn faults_between_rows_are_faults() {
        for text in [
            "{\"rows\":[1,]}",
            "{\"rows\":[,1]}",
            "{\"rows\":[1 2]}",
            "{\"rows\":[1}",
            "{\"rows\":[1]]}",
            "{\"rows\":[{]}",
        ] {
            assert!(again(text.as_bytes(), 3).is_err(), "{text}");
        }
    }
}
