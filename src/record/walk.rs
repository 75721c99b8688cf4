//! A walk along one line by the grammar of RFC 8259, without building anything. What it walks over is UTF-8: beyond ASCII
//! is nothing but strings, which look.
//!
//! Every step answers `None` where the grammar is broken, and where this walk does not vouch for what it sees.

use std::ops::Range;

use wide::u8x16;

use super::stops;

/// Bytes in which nearly all numbers end.
const WINDOW: usize = 32;

/// Objects and arrays within each other; a deeper line is not walked.
const DEEPEST: u32 = 64;

/// A place in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'l> {
    line: &'l [u8],
    pub(super) at: usize,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Digits alone.
    Digits,
    /// A minus and digits.
    Negative,
    /// With a fraction or an exponent.
    Broken,
}

impl<'l> Walk<'l> {
    pub(super) fn new(line: &'l [u8]) -> Self {
        Self { line, at: 0 }
    }

    /// The same line at another place.
    #[inline]
    pub(super) fn to(self, at: usize) -> Self {
        Self { at, ..self }
    }

    /// Length of the line.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.line.len()
    }

    /// The line from here to its end.
    #[inline]
    pub(super) fn rest(&self) -> &'l [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn window<const N: usize>(&self) -> Option<&'l [u8; N]> {
        self.line.get(self.at..)?.first_chunk()
    }

    #[inline]
    pub(super) fn bytes(&self, range: Range<usize>) -> Option<&'l [u8]> {
        self.line.get(range)
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.line.get(at).copied().unwrap_or(0)
    }

    /// Goes to the next byte that is no white space, and says which it is: 0 at the end.
    #[inline]
    pub(super) fn token(&mut self) -> u8 {
        match self.byte(self.at) {
            byte @ b'!'.. => byte,
            _ => self.token_behind_space(),
        }
    }

    #[cold]
    fn token_behind_space(&mut self) -> u8 {
        loop {
            match self.byte(self.at) {
                // A line holds no other.
                b' ' | b'\t' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_done(&mut self) -> bool {
        self.token();
        self.at == self.line.len()
    }

    /// A string, whose quote stands here.
    #[inline]
    fn string(&mut self) -> Option<()> {
        let end = stops::next(self.line, self.at + 1)?;
        if self.byte(end) == b'"' {
            self.at = end + 1;
            return Some(());
        }
        self.rare_string(end).map(drop)
    }

    /// The text of a string without escapes, whose quote stands here.
    #[inline]
    pub(super) fn plain_string(&mut self) -> Option<&'l str> {
        let start = self.at + 1;
        let (text, end) = stops::text(self.line, start)?;
        if self.byte(end) == b'"' {
            self.at = end + 1;
            return Some(text);
        }
        let is_escaped = self.rare_string(end)?;
        if is_escaped { None } else { str::from_utf8(self.bytes(start..self.at - 1)?).ok() }
    }

    /// A string that holds more than its first stop; whether it holds escapes, valid by syntax.
    #[cold]
    fn rare_string(&mut self, mut stop: usize) -> Option<bool> {
        let mut is_escaped = false;
        loop {
            let behind = match self.byte(stop) {
                b'"' => {
                    self.at = stop + 1;
                    return Some(is_escaped);
                }
                b'\\' => {
                    is_escaped = true;
                    match self.byte(stop + 1) {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => stop + 2,
                        b'u' => {
                            let digits = self.line.get(stop + 2..stop + 6)?;
                            digits.iter().all(u8::is_ascii_hexdigit).then_some(stop + 6)?
                        }
                        _ => return None,
                    }
                }
                0x80.. => {
                    let rest = self.line.get(stop..)?;
                    let len = rest.iter().position(u8::is_ascii)?;
                    str::from_utf8(&rest[..len]).ok()?;
                    stop + len
                }
                _ => return None,
            };
            stop = stops::next(self.line, behind)?;
        }
    }

    /// A key and its colon.
    #[inline]
    fn key(&mut self) -> Option<()> {
        if self.token() != b'"' {
            return None;
        }
        self.string()?;
        self.colon()
    }

    /// The text of a key without escapes, and its colon.
    #[inline]
    pub(super) fn plain_key(&mut self) -> Option<&'l str> {
        if self.token() != b'"' {
            return None;
        }
        let key = self.plain_string()?;
        self.colon()?;
        Some(key)
    }

    #[inline]
    fn colon(&mut self) -> Option<()> {
        (self.token() == b':').then(|| self.at += 1)
    }

    /// A number, which starts here.
    #[inline]
    pub(super) fn number(&mut self) -> Option<Written> {
        // Many are one digit.
        if let Some([b'0'..=b'9', b',' | b']' | b'}']) = self.window() {
            self.at += 1;
            return Some(Written::Digits);
        }
        // Most are a few and nothing else.
        if let Some(window) = self.window::<16>() {
            let end = digits(window).trailing_ones() as usize;
            let is_whole = end == 1 || end > 1 && window[0] != b'0';
            if is_whole
                && let Some(behind) = window.get(end)
                && !matches!(behind, b'.' | b'e' | b'E')
            {
                self.at += end;
                return Some(Written::Digits);
            }
        }
        self.other_number()
    }

    #[inline(never)]
    fn other_number(&mut self) -> Option<Written> {
        let near = self.window().and_then(|window| self.number_within(window));
        if near.is_some() { near } else { self.long_number() }
    }

    /// A number that ends within the next bytes and has no exponent.
    #[inline]
    fn number_within(&mut self, window: &[u8; WINDOW]) -> Option<Written> {
        let (halves, _) = window.as_chunks::<16>();
        let digits = u64::from(digits(&halves[0])) | u64::from(digits(&halves[1])) << 16;
        let sign = usize::from(window[0] == b'-');
        let mut end = sign + (digits >> sign).trailing_ones() as usize;
        if end == sign || window[sign] == b'0' && end > sign + 1 {
            return None;
        }
        let mut written = if sign == 1 { Written::Negative } else { Written::Digits };
        let mut behind = *window.get(end)?;
        if behind == b'.' {
            let start = end + 1;
            end = start + (digits >> start).trailing_ones() as usize;
            if end == start {
                return None;
            }
            written = Written::Broken;
            behind = *window.get(end)?;
        }
        if let b'e' | b'E' = behind {
            return None;
        }
        self.at += end;
        Some(written)
    }

    /// A number of any length and form.
    fn long_number(&mut self) -> Option<Written> {
        let mut written = Written::Digits;
        if self.byte(self.at) == b'-' {
            self.at += 1;
            written = Written::Negative;
        }
        match self.byte(self.at) {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits()?,
            _ => return None,
        }
        if self.byte(self.at) == b'.' {
            self.at += 1;
            self.digits()?;
            written = Written::Broken;
        }
        if let b'e' | b'E' = self.byte(self.at) {
            self.at += 1;
            if let b'+' | b'-' = self.byte(self.at) {
                self.at += 1;
            }
            self.digits()?;
            written = Written::Broken;
        }
        Some(written)
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte(self.at).is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// `true`, `false` or `null`, which should stand here.
    #[inline]
    pub(super) fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest().starts_with(literal).then(|| self.at += literal.len())
    }

    /// Any value.
    #[inline]
    pub(super) fn value(&mut self) -> Option<()> {
        match self.token() {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b'[' => self.list(),
            b'{' => self.nested(),
            _ => self.word(),
        }
    }

    /// One of the three literals.
    #[inline]
    fn word(&mut self) -> Option<()> {
        match self.byte(self.at) {
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => None,
        }
    }

    /// An array, which starts here: nearly always one of scalars.
    #[inline(never)]
    fn list(&mut self) -> Option<()> {
        let start = self.at;
        self.at += 1;
        if self.token() == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            match self.token() {
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number().map(drop)?,
                b'{' | b'[' => {
                    self.at = start;
                    return self.nested();
                }
                _ => self.word()?,
            }
            let behind = self.token();
            self.at += 1;
            match behind {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// An object or an array, which starts here, and all within it.
    // Within `value`, it would have every scalar save registers.
    #[inline(never)]
    fn nested(&mut self) -> Option<()> {
        // The lowest bit of `kinds` is set in an object, the next one in an object around it.
        let (mut kinds, mut depth) = (0u64, 0);
        loop {
            // Here a value must stand.
            match self.token() {
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => {
                    self.number()?;
                }
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    // In ASCII, both closing brackets stand two behind their opening ones.
                    if self.token() == open + 2 {
                        self.at += 1;
                    } else {
                        if depth == DEEPEST {
                            return None;
                        }
                        let object = open == b'{';
                        kinds = kinds << 1 | u64::from(object);
                        depth += 1;
                        if object {
                            self.key()?;
                        }
                        continue;
                    }
                }
                _ => self.word()?,
            }
            // Behind a value.
            loop {
                if depth == 0 {
                    return Some(());
                }
                let object = kinds & 1 == 1;
                match self.token() {
                    b',' => {
                        self.at += 1;
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return None,
                }
                self.at += 1;
                kinds >>= 1;
                depth -= 1;
            }
        }
    }
}

/// A bit for each byte that is a digit, the lowest for the first.
#[inline]
fn digits(bytes: &[u8; 16]) -> u32 {
    let values = u8x16::new(*bytes) ^ u8x16::splat(b'0');
    values.min(u8x16::splat(9)).simd_eq(values).to_bitmask()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Walk, Written};

    /// What a number is read as by one of both ways.
    fn read<'t>(text: &'t str, number: fn(&mut Walk<'t>) -> Option<Written>) -> Option<(Written, usize)> {
        let mut walk = Walk::new(text.as_bytes());
        number(&mut walk).map(|written| (written, walk.at))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn numbers_are_read_within_a_window_as_byte_by_byte(
            number in "-?[0-9]{0,34}(\\.[0-9]{0,34})?([eE][+-]?[0-9]{0,3})?|[-+.0-9eE/:]{0,40}",
            behind in "[,\\]} ]?[ -~]{0,40}",
        ) {
            let text = format!("{number}{behind}");
            prop_assert_eq!(read(&text, Walk::number), read(&text, Walk::long_number), "{}", text);
        }
    }

    #[test]
    fn numbers_that_end_with_the_window() {
        for len in 28..36 {
            for (number, written) in [
                ("7".repeat(len), Written::Digits),
                (format!("-{}", "7".repeat(len - 1)), Written::Negative),
                (format!("0.{}", "7".repeat(len - 2)), Written::Broken),
                (format!("{}.5", "7".repeat(len - 2)), Written::Broken),
            ] {
                for behind in ["", ",", ", and more of the line behind it, so that the window is full"] {
                    let text = format!("{number}{behind}");
                    assert_eq!(read(&text, Walk::number), Some((written, len)), "{text}");
                }
            }
            for broken in [format!("{}.", "7".repeat(len)), "-".repeat(len)] {
                let text = format!("{broken},                                        ");
                assert_eq!(read(&text, Walk::number), None, "{text}");
            }
        }
    }
}
