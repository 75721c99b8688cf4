//! Cosmetic faults of a line: a copy without them, which the judge then reads as it reads any line.
//!
//! They stand where tests failed: a message that was cut within a character, colours of a terminal, a measurement that is no
//! number. To refuse these lines would be to lose exactly the failures. What a line says must be beyond doubt, so that
//! nothing is mended that could be damage: no text behind the object, no line that is cut, no run of zeros within.

use crate::repair::{Repair, Repairs};

use super::stops;

/// The longest line that is mended: the copy may be six times as long.
const LONGEST: usize = 16 << 20;

/// A line without its cosmetic faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub(super) line: Vec<u8>,
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
    // What is cut, or is no object, cannot be mended, and is most of what ever comes here.
    if line.len() > LONGEST || !line.trim_ascii_end().ends_with(b"}") {
        return None;
    }
    let mut repairs = Repairs::NONE;
    let before = line.iter().position(|&byte| byte != 0 && !is_space(byte))?;
    if line[..before].contains(&0) {
        repairs = repairs | Repair::LeadingNuls.into();
    }
    let start = before + memchr::memchr(b'{', &line[before..])?;
    if start > before {
        repairs = repairs | Repair::LeadingText.into();
    }
    let text = String::from_utf8_lossy(&line[start..]);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        repairs = repairs | Repair::BadUtf8.into();
    }
    let mut copy =
        Copy { text: text.as_bytes(), at: 0, line: Vec::with_capacity(text.len() + 64), repairs, not_finite };
    copy.whole()?;
    let Copy { line, repairs, .. } = copy;
    (!repairs.is_empty()).then_some(Mended { line, repairs })
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
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
                b'N' | b'I' | b'-' => self.number(),
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
        self.keep(1);
        loop {
            let stop = stops::next(self.text, self.at)?;
            self.keep(stop - self.at);
            match self.text[stop] {
                b'"' => {
                    self.keep(1);
                    return Some(());
                }
                b'\\' => self.escape(),
                // More than one is what a crash leaves, and what it took away is not known.
                0 if self.text.get(stop + 1) == Some(&0) => return None,
                control => self.put(1, format!("\\u{control:04x}").as_bytes(), Repair::ControlCharacters),
            }
        }
    }

    /// An escape, whose backslash stands here.
    fn escape(&mut self) {
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
        let rest = &self.text[self.at..];
        let name = ["NaN", "Infinity", "-Infinity"].into_iter().find(|name| rest.starts_with(name.as_bytes()));
        match (name.filter(|_| is_value), self.not_finite) {
            (None, _) => self.keep(1),
            (Some(name), NotFinite::Null) => self.put(name.len(), b"null", Repair::NotFinite),
            (Some(name), NotFinite::Named) => {
                self.put(name.len(), format!("\"{name}\"").as_bytes(), Repair::NotFinite);
            }
        }
    }
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
