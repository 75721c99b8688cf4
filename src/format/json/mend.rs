//! Makes JSON of what is nearly JSON: only where the parser refused it.

/// A document that was mended.
#[derive(Debug)]
pub(super) struct Mended {
    /// JSON, closed where the document breaks off: behind the last value that is whole.
    pub(super) text: Vec<u8>,
    /// Where the document ends, or what is no JSON begins.
    pub(super) end: usize,
    /// What was mended, by kind.
    pub(super) repairs: Vec<&'static str>,
    /// Why it is not whole.
    pub(super) fault: Option<&'static str>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Key,
    Colon,
    Value,
    Comma,
}

/// Mends a document.
pub(super) fn mended(document: &[u8]) -> Mended {
    let mut mend = Mend { bytes: document, at: 0, out: Vec::new(), repairs: Vec::new() };
    let mut closers = Vec::new();
    let mut next = Next::Value;
    // Up to here the output is whole.
    let mut safe = 0;
    let fault = loop {
        let Some(byte) = mend.peek() else { break Some("the document breaks off") };
        let is_object = closers.last() == Some(&b'}');
        match (byte, next) {
            (b'{' | b'[', Next::Value) => {
                mend.copy();
                closers.push(byte + 2);
                next = if byte == b'{' { Next::Key } else { Next::Value };
                safe = mend.out.len();
                continue;
            }
            (b'}', Next::Key | Next::Comma) if is_object => {}
            (b']', Next::Value | Next::Comma) if closers.last() == Some(&b']') => {}
            (b',', Next::Comma) => {
                mend.copy();
                next = if is_object { Next::Key } else { Next::Value };
                continue;
            }
            (b':', Next::Colon) => {
                mend.copy();
                next = Next::Value;
                continue;
            }
            (b'"', Next::Key) => {
                if !mend.string() {
                    break Some("the document breaks off");
                }
                next = Next::Colon;
                continue;
            }
            (b'"', Next::Value) => {
                if !mend.string() {
                    break Some("the document breaks off");
                }
                next = Next::Comma;
                safe = mend.out.len();
                continue;
            }
            (_, Next::Value) => {
                match mend.word() {
                    // A word at the very end may be the beginning of another.
                    Some(()) if mend.at < document.len() => {}
                    Some(()) => break Some("the document breaks off"),
                    None => break Some("this is no JSON"),
                }
                next = Next::Comma;
                safe = mend.out.len();
                continue;
            }
            _ => break Some("this is no JSON"),
        }
        // A bracket closes; a comma before it goes.
        mend.out.truncate(safe);
        mend.copy();
        closers.pop();
        safe = mend.out.len();
        next = Next::Comma;
        if closers.is_empty() {
            break None;
        }
    };
    mend.out.truncate(safe);
    mend.out.extend(closers.iter().rev());
    Mended { text: mend.out, end: mend.at, repairs: mend.repairs, fault }
}

struct Mend<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
    repairs: Vec<&'static str>,
}

impl Mend<'_> {
    /// The next byte that is no space. Spaces are kept: lines are counted in the output.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b'\n' => self.copy(),
                b' ' | b'\t' | b'\r' | b'\0' => self.at += 1,
                _ => return Some(byte),
            }
        }
    }

    fn copy(&mut self) {
        self.out.extend(self.bytes.get(self.at));
        self.at += 1;
    }

    /// A text; false when it has no end.
    fn string(&mut self) -> bool {
        let start = self.out.len();
        let mut has_control = false;
        self.copy();
        loop {
            let Some(byte) = self.bytes.get(self.at).copied() else { return false };
            match byte {
                b'"' => {
                    self.copy();
                    break;
                }
                b'\\' if !self.escape() => return false,
                b'\\' => {}
                0..b' ' => {
                    has_control = true;
                    self.out.extend(format!("\\u{byte:04x}").bytes());
                    self.at += 1;
                }
                _ => self.copy(),
            }
        }
        if has_control {
            self.repairs.push("control_characters");
        }
        let written = self.out.get(start..).unwrap_or_default();
        if std::str::from_utf8(written).is_err() {
            let mended = String::from_utf8_lossy(written).into_owned();
            self.out.truncate(start);
            self.out.extend(mended.bytes());
            self.repairs.push("bad_utf8");
        }
        true
    }

    /// What stands behind a backslash, with it. False when the text ends there.
    fn escape(&mut self) -> bool {
        let Some(letter) = self.bytes.get(self.at + 1).copied() else { return false };
        match letter {
            b'u' => {
                let high = self.unit(self.at + 2);
                let low = (self.bytes.get(self.at + 6..self.at + 8) == Some(b"\\u"))
                    .then(|| self.unit(self.at + 8))
                    .flatten();
                let length = match (high, low) {
                    (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                    (Some(0xd800..=0xdfff), _) => 0,
                    (Some(_), _) => 6,
                    (None, _) if self.at + 6 > self.bytes.len() => return false,
                    (None, _) => {
                        self.out.extend(b"\\\\");
                        self.at += 1;
                        return true;
                    }
                };
                if length == 0 {
                    // Half a character.
                    self.out.extend(b"\\ufffd");
                    self.at += 6;
                    self.repairs.push("bad_utf8");
                }
                (0..length).for_each(|_| self.copy());
            }
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.copy();
                self.copy();
            }
            _ => {
                self.out.extend(b"\\\\");
                self.at += 1;
            }
        }
        true
    }

    fn unit(&self, at: usize) -> Option<u16> {
        let digits = self.bytes.get(at..at + 4)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?, 16).ok()
    }

    /// A number, or `true`, `false`, `null`, or what Python writes for numbers that are none.
    fn word(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        let text = match word {
            b"NaN" | b"nan" | b"Infinity" | b"-Infinity" | b"inf" | b"-inf" => {
                self.repairs.push("not_finite");
                b"null"
            }
            _ if serde_json::from_slice::<serde::de::IgnoredAny>(word).is_ok() => word,
            _ => return None,
        };
        self.out.extend(text);
        self.at += length;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::mended;

    fn text(document: &str) -> String {
        String::from_utf8(mended(document.as_bytes()).text).unwrap()
    }

    #[test]
    fn what_is_nearly_json_becomes_json() {
        assert_eq!(text(r#"{"a": NaN, "b": [-Infinity, 1,],}"#), r#"{"a":null,"b":[null,1]}"#);
        assert_eq!(text("{\"a\": \"\u{1b}[31m\"}"), r#"{"a":"\u001b[31m"}"#);
        assert_eq!(text(r#"{"a": "\ud83d\ude00 \ud83d \q"}"#), r#"{"a":"\ud83d\ude00 \ufffd \\q"}"#);
        assert_eq!(text(r#"{"a": [{"b": 1}, {"b": 2, "c"#), r#"{"a":[{"b":1},{"b":2}]}"#);
        assert_eq!(text(r#"{"a": 12"#), "{}");
        assert_eq!(text(r#"{"a": "b" oops"#), r#"{"a":"b"}"#);
        assert_eq!(String::from_utf8(mended(b"[\"\xfc\"]").text).unwrap(), "[\"\u{fffd}\"]");
    }

    proptest! {
        #[test]
        fn it_is_json_whatever_it_was(bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b':'), Just(b','), Just(b'\\'), Just(b'u'),
            Just(b'd'), Just(b'8'), Just(b'0'), Just(b'1'),
        ], 0..80)) {
            let mut bytes = bytes;
            bytes.insert(0, b'{');
            let mended = mended(&bytes);
            prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&mended.text).is_ok(), "{:?}", String::from_utf8_lossy(&mended.text));
        }
    }
}
