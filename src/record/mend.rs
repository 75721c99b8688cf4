//! Cosmetic faults of a line: a copy without them, which the judge then reads as it reads any line.
//!
//! They stand where tests failed: a message that was cut within a character, colours of a terminal, a measurement that is no
//! number. To refuse these lines would be to lose exactly the failures. What a line says must be beyond doubt, so that
//! nothing is mended that could be damage: no text behind the object, no line that is cut, no run of zeros within, no object
//! out of another.

use std::borrow::Cow;
use std::ops::Range;

use super::place::{Place, is_space};
use super::{escape_code, stops};
use crate::repair::{Repair, Repairs};

/// The longest line that is mended: the copy may be six times as long.
const LONGEST: usize = 16 << 20;

/// A line without its cosmetic faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub(super) line: Vec<u8>,
    /// Where whole objects stand before it. One that is a record says that the line holds two, of which none is mended.
    pub(super) before: Vec<Range<usize>>,
    pub(super) repairs: Repairs,
}

/// What stands in the copy for NaN and the infinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotFinite {
    /// Nothing.
    Null,
    /// Their names in quotes, as a metric that is none is told of.
    Named,
}

/// The line without its cosmetic faults; `None` when it has none of those, or others besides that are seen at once.
pub(super) fn mend(line: &[u8], not_finite: NotFinite) -> Option<Mended> {
    if line.len() > LONGEST {
        return None;
    }
    // What is cut, or is no object, cannot be mended, and is most of what ever comes here.
    let Place { object, before, mut repairs } = Place::find(line)?;
    let text = String::from_utf8_lossy(&line[object]);
    if matches!(text, Cow::Owned(_)) {
        repairs = repairs | Repair::BadUtf8.into();
    }
    let mut copy =
        Copy { text: text.as_bytes(), at: 0, line: Vec::with_capacity(text.len() + 64), repairs, not_finite };
    copy.whole()?;
    let Copy { line, repairs, .. } = copy;
    (!repairs.is_empty()).then_some(Mended { line, before, repairs })
}

/// A line while it is copied.
struct Copy<'t> {
    text: &'t [u8],
    at: usize,
    line: Vec<u8>,
    repairs: Repairs,
    not_finite: NotFinite,
}

impl Copy<'_> {
    fn whole(&mut self) -> Option<()> {
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'"' => self.string()?,
                b'N' | b'I' | b'n' | b'i' | b'-' | b'+' => self.number(),
                // Two values that only a code divides must not become one.
                0x1b | 0xc2 => self.put(escape_code::len(&self.text[self.at..])?, b" ", Repair::Unseen),
                // Nothing of these stands outside of strings.
                0x80.. | 0x7f | b'\\' => return None,
                ..b' ' if !is_space(byte) => return None,
                _ => self.keep(1),
            }
        }
        Some(())
    }

    /// Copies what stands here.
    fn keep(&mut self, len: usize) {
        let end = (self.at + len).min(self.text.len());
        self.line.extend_from_slice(&self.text[self.at..end]);
        self.at = end;
    }

    /// Puts something else in place of what stands here.
    fn put(&mut self, len: usize, text: &[u8], repair: Repair) {
        self.line.extend_from_slice(text);
        self.at += len;
        self.repairs = self.repairs | repair.into();
    }

    /// A string, whose quote stands here.
    fn string(&mut self) -> Option<()> {
        let start = self.line.len();
        let mut is_plain = true;
        self.keep(1);
        loop {
            let stop = stops::next(self.text, self.at)?;
            self.keep(stop - self.at);
            match self.text[stop] {
                b'"' => {
                    self.keep(1);
                    if !is_plain {
                        self.key(start);
                    }
                    return Some(());
                }
                b'\\' => self.escape(),
                0x80.. => {
                    self.keep(1);
                    continue;
                }
                // More than one is what a crash leaves, and what it took away is not known.
                0 if self.text.get(stop + 1) == Some(&0) => return None,
                control => self.put(1, format!("\\u{control:04x}").as_bytes(), Repair::ControlCharacters),
            }
            is_plain = false;
        }
    }

    /// Takes the codes out of a string that was copied to `start`, if it is a key.
    fn key(&mut self, start: usize) {
        let rest = &self.text[self.at..];
        if rest.iter().find(|&&byte| !is_space(byte)) != Some(&b':') {
            return;
        }
        let mut plain = String::new();
        if let Ok(key) = serde_json::from_slice::<String>(&self.line[start..])
            && escape_code::strip(&key, true, &mut plain)
            && let Ok(key) = serde_json::to_string(&plain)
        {
            self.line.truncate(start);
            self.put(0, key.as_bytes(), Repair::EscapedIds);
        }
    }

    /// An escape, whose backslash stands here.
    fn escape(&mut self) {
        if let Some((len, character)) = foreign(&self.text[self.at + 1..]) {
            let escape = match character {
                '\'' => "'".to_owned(),
                _ => match *character.encode_utf16(&mut [0; 2]) {
                    [high, low] => format!("\\u{high:04x}\\u{low:04x}"),
                    _ => format!("\\u{:04x}", u32::from(character)),
                },
            };
            return self.put(1 + len, escape.as_bytes(), Repair::ForeignEscapes);
        }
        match (surrogate(self.text, self.at), surrogate(self.text, self.at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..)) => self.keep(12),
            (Some(_), _) => self.put(6, b"\\ufffd", Repair::LoneSurrogates),
            (None, _) => self.keep(2),
        }
    }

    /// A number, or what should be one.
    fn number(&mut self) {
        // It stands for a value, not within a word.
        let is_value = self.line.iter().rev().find(|&&byte| !is_space(byte)).is_some_and(|byte| b":,[".contains(byte));
        let found = if is_value { not_finite(&self.text[self.at..]) } else { None };
        match (found, self.not_finite) {
            (None, _) => self.keep(1),
            (Some((len, _)), NotFinite::Null) => self.put(len, b"null", Repair::NotFinite),
            (Some((len, name)), NotFinite::Named) => {
                self.put(len, format!("\"{name}\"").as_bytes(), Repair::NotFinite);
            }
        }
    }
}

/// Bytes of the word for what is no number, or not finite, that a text begins with, and its name in JavaScript; by what
/// Python, C and Java write.
fn not_finite(text: &[u8]) -> Option<(usize, &'static str)> {
    let sign = text.first().filter(|byte| b"+-".contains(byte));
    let start = usize::from(sign.is_some());
    let rest = &text[start..];
    let letters = rest.iter().take(9).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, behind) = rest.split_at(letters);
    let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    let (name, more) = if is("nan") {
        // The C library of Windows says of which kind it is.
        let kind = ["(ind)", "(snan)"].into_iter().find(|kind| behind.starts_with(kind.as_bytes()));
        ("NaN", kind.map_or(0, str::len))
    } else if is("inf") || is("infinity") {
        (if sign == Some(&b'-') { "-Infinity" } else { "Infinity" }, 0)
    } else {
        return None;
    };
    // A code of a terminal begins with an escape or, in UTF-8, with the first byte of a control character.
    let is_whole = behind.get(more).is_none_or(|&byte| is_space(byte) || b",]}\x1b\xc2".contains(&byte));
    is_whole.then_some((start + letters + more, name))
}

/// The character of an escape that JSON lacks, and how many bytes stand behind the backslash, where a text begins with it: as
/// Python, shells and C write them.
fn foreign(text: &[u8]) -> Option<(usize, char)> {
    let digits = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok()?;
        digits.chars().all(|digit| digit.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok())?
    };
    let (len, character) = match text {
        [b'\'', ..] => (1, 0x27),
        [b'a', ..] => (1, 0x07),
        [b'v', ..] => (1, 0x0b),
        [b'e', ..] => (1, 0x1b),
        [b'x', code @ ..] => (3, digits(code.get(..2)?, 16)?),
        [b'U', code @ ..] => (9, digits(code.get(..8)?, 16)?),
        [b'0', first, second, ..] if let Some(octal) = digits(&[*first, *second], 8) => (3, octal),
        [b'0', next, ..] if !next.is_ascii_digit() => (1, 0),
        _ => return None,
    };
    Some((len, char::from_u32(character)?))
}

/// The surrogate whose escape stands at a place.
fn surrogate(text: &[u8], at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
}

#[cfg(test)]
#[path = "mend_tests.rs"]
mod tests;
