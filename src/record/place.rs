//! Where the object of a line stands among what does not belong to it.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::escape_code::{len, unseen};
use crate::repair::{Repair, Repairs};

/// Objects before the one that is the record.
const MOST_BEFORE: usize = 8;

/// Where an object stands in its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) object: Range<usize>,
    /// Whole objects in the text before it. One that is a record says that the line holds two.
    pub(super) before: Vec<Range<usize>>,
    /// What stands around it.
    pub(super) repairs: Repairs,
}

impl Place {
    /// Where the object stands that ends a line, but for what nobody sees; `None` where something else ends it.
    ///
    /// The object is the first one that reaches to the end. Brackets tell that, so that no object within another one is
    /// ever taken for the record: where the outer one is damaged, what it held is not known. A line is read once.
    pub(super) fn find(line: &[u8]) -> Option<Self> {
        let last = memchr::memrchr(b'}', line)? + 1;
        if unseen(&line[last..]) < line.len() - last {
            return None;
        }
        let mut repairs = Repairs::NONE;
        let end = if line[last..].iter().all(|&byte| is_space(byte)) {
            line.len()
        } else {
            repairs = Repair::Unseen.into();
            last
        };
        let start = line.iter().position(|&byte| byte != 0 && !is_space(byte))?;
        if line[..start].contains(&0) {
            repairs = repairs | Repair::LeadingNuls.into();
        }
        let first = start + unseen(&line[start..]);
        let mut before = Vec::new();
        let object = if line.get(first) == Some(&b'{') { first } else { behind(line, first, last, &mut before)? };
        if object > start {
            repairs = repairs | Repair::LeadingText.into();
        }
        Some(Self { object: object..end, before, repairs })
    }
}

/// Where the first object starts, behind `at`, that ends at `last`; the others go to `before`.
fn behind(line: &[u8], mut at: usize, last: usize, before: &mut Vec<Range<usize>>) -> Option<usize> {
    loop {
        at += memchr::memchr(b'{', &line[at..last])?;
        if !opens(&line[at..last]) {
            at += 1;
            continue;
        }
        let end = at + object_len(&line[at..last])?;
        if end == last {
            return Some(at);
        }
        // What seems to be one and is none may be the damaged beginning of the record.
        if before.len() == MOST_BEFORE || serde_json::from_slice::<IgnoredAny>(&line[at..end]).is_err() {
            return None;
        }
        before.push(at..end);
        at = end;
    }
}

/// Whether a bracket opens an object of JSON: a key or its end stands behind it.
fn opens(text: &[u8]) -> bool {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match len(&text[at..]) {
            Some(len) => at += len,
            None if is_space(byte) => at += 1,
            None => return matches!(byte, b'"' | b'}'),
        }
    }
    false
}

/// Bytes of the object that a text begins with, by its brackets and strings; `None` where it has no end.
fn object_len(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        at += memchr::memchr3(b'"', b'{', b'}', text.get(at..)?)?;
        match text[at] {
            b'"' => at += string_len(&text[at..])?,
            b'{' => (depth, at) = (depth + 1, at + 1),
            _ => {
                (depth, at) = (depth.checked_sub(1)?, at + 1);
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

/// Bytes of the string that a text begins with.
fn string_len(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// White space of JSON.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::Place;

    fn found(line: &str) -> Option<(&str, Vec<&str>)> {
        let place = Place::find(line.as_bytes())?;
        Some((&line[place.object], place.before.into_iter().map(|range| &line[range]).collect()))
    }

    #[test]
    fn the_first_object_that_reaches_to_the_end_is_taken() {
        for (line, object) in [
            (r#"{"a":1}"#, r#"{"a":1}"#),
            (r#"x {"a":{"b":1}}"#, r#"{"a":{"b":1}}"#),
            (r#"stderr {job=7} {"a":1}"#, r#"{"a":1}"#),
            (r#"{{"a":1}"#, r#"{{"a":1}"#),
            (r#":{ {"a":1}"#, r#"{"a":1}"#),
            (r#"x { "a" : "}{\"{" } "#, r#"{ "a" : "}{\"{" } "#),
            ("\x1b[31m{\"a\":1}\x1b[0m\x1b[K\0\0\r", r#"{"a":1}"#),
            ("\x1b[1m{\x1b[0m\x1b[34m\"a\"\x1b[0m:1}", "{\x1b[0m\x1b[34m\"a\"\x1b[0m:1}"),
            ("pod {\x1b[0m \"a\":1}", "{\x1b[0m \"a\":1}"),
        ] {
            assert_eq!(found(line).map(|(object, _)| object), Some(object), "{line:?}");
        }
        let two = found(r#"x {} {"job":7} a {b} {"a":1}"#);
        assert_eq!(two, Some((r#"{"a":1}"#, vec!["{}", r#"{"job":7}"#])));
    }

    #[test]
    fn no_object_is_taken_out_of_a_damaged_one() {
        for line in [
            // Its end is missing; more than its end stands there; a quote is missing.
            r#"x {"a":1,"b":{"c":1}"#,
            r#"x "a":1,"b":{"c":1}}"#,
            r#"x {"a":"one, "b":{"c":1}}"#,
            r#"x {"a":1 "b":{"c":1}} {"d":1}"#,
            r#"x {"a":{"b":1},"c":{"d":1} y {"e":1}"#,
            r"x {a} y",
            r#"{"a":1} x"#,
            "",
            "x",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        // A line that begins with one is its own, however it is meant.
        assert_eq!(found(r#"{job=7} {"a":1}"#).unwrap().0, r#"{job=7} {"a":1}"#);
        assert_eq!(found("\x1b[31m{\"a\":? {\"b\":1}}").unwrap().0, "{\"a\":? {\"b\":1}}");
        assert!(found(&("x".to_owned() + &" {}".repeat(8) + "{\"a\":1}")).is_some());
        assert_eq!(found(&("x".to_owned() + &" {}".repeat(9) + "{\"a\":1}")), None);
    }
}
