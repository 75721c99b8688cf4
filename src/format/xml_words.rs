//! Texts of XML: entities, encodings, and characters that XML forbids, read leniently and counted.

use std::borrow::Cow;

use memchr::{memchr2, memmem};

use super::reader::Sink;
use super::xml::Attributes;

/// How the bytes of a text are read, and what was mended in it.
#[derive(Debug, Default)]
pub(super) struct Words {
    is_latin: bool,
    control_characters: u64,
    bad_utf8: u64,
    entities: u64,
}

impl Words {
    /// Takes the encoding from `<?xml … ?>`. UTF-16 was turned into UTF-8 long before, whatever stands there.
    pub(super) fn declared(&mut self, declaration: &[u8]) {
        let encoding = Attributes(declaration).get(b"encoding").unwrap_or_default().to_ascii_lowercase();
        let names: [&[u8]; 4] = [b"iso-8859-", b"latin", b"windows-125", b"cp125"];
        self.is_latin = names.iter().any(|name| encoding.starts_with(name));
    }

    /// Tells what was mended.
    pub(super) fn tell(&self, sink: &mut dyn Sink) {
        let kinds =
            [("control_characters", self.control_characters), ("bad_utf8", self.bad_utf8), ("entities", self.entities)];
        for (kind, count) in kinds {
            (0..count).for_each(|_| sink.repaired(kind));
        }
    }

    /// The text of bytes that hold no markup.
    fn decoded<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if self.is_latin && !bytes.is_ascii() {
            return Cow::Owned(bytes.iter().map(|byte| latin(*byte)).collect());
        }
        // Far faster than the lossy way, which goes byte by byte.
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        self.bad_utf8 += 1;
        String::from_utf8_lossy(bytes)
    }

    /// The text of an attribute's value.
    pub(super) fn value<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        let marks = marks(raw);
        let text = self.decoded(raw);
        if marks == 0 {
            return text;
        }
        let text = if marks & AMPERSAND == 0 { text } else { Cow::Owned(self.without_entities(&text)) };
        self.plain(text)
    }

    /// The text of an element: its CDATA sections and its entities resolved, comments left out, other markup as it stands.
    pub(super) fn content<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        let raw = raw.trim_ascii();
        if let Some(inner) = raw.strip_prefix(b"<![CDATA[").and_then(|rest| rest.strip_suffix(b"]]>"))
            && memmem::find(inner, b"]]>").is_none()
        {
            let text = self.decoded(inner);
            return self.plain(text);
        }
        if memchr2(b'&', b'<', raw).is_none() {
            let text = self.decoded(raw);
            return self.plain(text);
        }
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(open) = memmem::find(rest, b"<!") {
            let (before, markup) = rest.split_at_checked(open).unwrap_or((rest, b""));
            let before = self.decoded(before);
            text.push_str(&self.without_entities(&before));
            let (inner, end, is_text): (_, &[u8], _) = if let Some(inner) = markup.strip_prefix(b"<![CDATA[") {
                (inner, b"]]>", true)
            } else if let Some(inner) = markup.strip_prefix(b"<!--") {
                (inner, b"-->", false)
            } else {
                text.push_str("<!");
                rest = markup.get(2..).unwrap_or_default();
                continue;
            };
            let close = memmem::find(inner, end).unwrap_or(inner.len());
            if is_text {
                text.push_str(&self.decoded(inner.get(..close).unwrap_or_default()));
            }
            rest = inner.get(close + end.len()..).unwrap_or_default();
        }
        let rest = self.decoded(rest);
        text.push_str(&self.without_entities(&rest));
        self.plain(Cow::Owned(text))
    }

    /// Resolves entities; an `&` that begins none stays as it is.
    fn without_entities(&mut self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_bad = false;
        while let Some((before, behind)) = rest.split_once('&') {
            plain.push_str(before);
            let end = behind.bytes().take(12).position(|byte| byte == b';');
            let name = end.and_then(|end| behind.get(..end)).unwrap_or_default();
            if let Some(c) = entity(name) {
                // A character that XML forbids even so.
                is_bad |= c == char::REPLACEMENT_CHARACTER;
                plain.push(c);
                rest = behind.get(name.len() + 1..).unwrap_or_default();
            } else {
                is_bad = true;
                plain.push('&');
                rest = behind;
            }
        }
        plain.push_str(rest);
        self.entities += u64::from(is_bad);
        plain
    }

    /// Counts the characters that XML forbids, and takes away the escape codes of a terminal.
    fn plain<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        let marks = marks(text.as_bytes());
        self.control_characters += u64::from(marks & CONTROL != 0);
        if marks & CONTROL == 0 && (marks & HASH == 0 || memmem::find(text.as_bytes(), b"#x1B[").is_none()) {
            return text;
        }
        Cow::Owned(without_escapes(&text))
    }
}

/// A character that XML forbids, and that marks escape codes.
const CONTROL: u8 = 1;
/// `&`.
const AMPERSAND: u8 = 2;
/// `#`, with which pytest writes characters that XML forbids.
const HASH: u8 = 4;

/// Which bytes that mean something are in a text. Without a way out at the first one, it is a few instructions for many.
#[expect(clippy::needless_bitwise_bool, reason = "a branch a byte would cost more")]
fn marks(text: &[u8]) -> u8 {
    let of = |byte: u8| {
        let is_control = (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
        (u8::from(is_control) * CONTROL) | (u8::from(byte == b'&') * AMPERSAND) | (u8::from(byte == b'#') * HASH)
    };
    let (blocks, rest) = text.as_chunks::<32>();
    let mut wide = [0; 32];
    for block in blocks {
        for (marks, byte) in wide.iter_mut().zip(block) {
            *marks |= of(*byte);
        }
    }
    wide.iter().copied().chain(rest.iter().map(|byte| of(*byte))).fold(0, |one, other| one | other)
}

/// A text without the escape codes of a terminal, in the forms that test tools leave them: raw, or as `#x1B[31m` (pytest).
#[must_use]
pub(super) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '#']) {
        let (before, found) = rest.split_at(at);
        plain.push_str(before);
        let code =
            found.strip_prefix('\u{1b}').or_else(|| found.strip_prefix("#x1B").filter(|code| code.starts_with('[')));
        let Some(code) = code else {
            plain.push('#');
            rest = found.get(1..).unwrap_or_default();
            continue;
        };
        rest = match code.strip_prefix('[') {
            // Parameters, then one letter.
            Some(code) => {
                let code = code.trim_start_matches(|c: char| c.is_ascii_digit() || ";:?<=>! ".contains(c));
                code.strip_prefix(|c: char| ('@'..='~').contains(&c)).unwrap_or(code)
            }
            None => code,
        };
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    })
}

/// A byte of Windows-1252, which is what those who write ISO-8859-1 mean.
fn latin(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    usize::from(byte).checked_sub(0x80).and_then(|at| HIGH.get(at)).copied().unwrap_or(char::from(byte))
}
