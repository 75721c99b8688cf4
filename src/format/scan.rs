//! A JSON object on one line, taken apart at its top level without being parsed: a value costs little more than finding
//! its end, and what nobody asks for is never decoded. Lenient where real logs are not JSON (RFC 8259): raw control
//! characters, bad UTF-8 and lone surrogates in strings, and NaN and Infinity as numbers.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use serde::Deserialize;

use super::reader::{Fault, Sink};

/// Members of one object, in order.
pub(super) struct Object<'a> {
    rest: &'a [u8],
    state: State,
    /// A number that is none stood in it.
    pub(super) not_finite: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Next,
    Done,
    Broken,
}

impl<'a> Object<'a> {
    /// Begins with the object that stands at the start of the text, behind white space.
    pub(super) fn open(text: &'a [u8]) -> Option<Self> {
        let rest = text.trim_ascii_start().strip_prefix(b"{")?;
        Some(Self { rest, state: State::First, not_finite: false })
    }

    /// What stands behind the object; `None` if it is no object, or it was not read to its end.
    pub(super) fn behind(&self) -> Option<&'a [u8]> {
        (self.state == State::Done).then_some(self.rest)
    }

    fn member(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let mut rest = self.rest.trim_ascii_start();
        let is_first = self.state == State::First;
        if let Some(behind) = rest.strip_prefix(b"}") {
            self.rest = behind;
            self.state = State::Done;
            return None;
        }
        // Whatever leaves early below is no JSON.
        self.state = State::Broken;
        if !is_first {
            rest = rest.strip_prefix(b",")?.trim_ascii_start();
        }
        let (key, behind) = string(rest)?;
        let value = behind.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let length = self.length(value)?;
        let (value, behind) = value.split_at_checked(length)?;
        self.rest = behind;
        self.state = State::Next;
        Some((inner(key), value))
    }

    /// Length of the value that stands at the start of a text.
    fn length(&mut self, text: &[u8]) -> Option<usize> {
        match text.first()? {
            b'"' => string(text).map(|(value, _)| value.len()),
            b'{' | b'[' => self.nested(text),
            _ => {
                let digits = text.iter().position(|byte| kind(*byte) != NUMBER)?;
                if digits > 0 && text.get(digits).is_some_and(|byte| kind(*byte) & END != 0) {
                    return Some(digits);
                }
                let length = text.iter().position(|byte| kind(*byte) & END != 0)?;
                match text.get(..length)? {
                    b"true" | b"false" | b"null" => {}
                    b"NaN" | b"Infinity" | b"-Infinity" => self.not_finite = true,
                    _ => return None,
                }
                Some(length)
            }
        }
    }

    /// Length of the object or list at the start of a text. No recursion: only the depth is counted, whatever it is.
    fn nested(&mut self, text: &[u8]) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = 0;
        loop {
            at += text.get(at..)?.iter().position(|byte| kind(*byte) & MARK != 0)?;
            match text.get(at)? {
                b'"' => {
                    at += string(text.get(at..)?)?.0.len();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                // No other word of JSON has these letters.
                b'N' | b'I' => self.not_finite = true,
                _ => {}
            }
            at += 1;
        }
    }
}

impl<'a> Iterator for Object<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        match self.state {
            State::Done | State::Broken => None,
            State::First | State::Next => self.member(),
        }
    }
}

/// The string with its quotes at the start of a text, and what stands behind it.
pub(super) fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 1;
    if text.first() != Some(&b'"') {
        return None;
    }
    loop {
        at += mark(text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return text.split_at_checked(at + 1);
        }
        at += 2;
    }
}

/// What a byte may be outside of strings: a part of a number, the end of a number or word, or what counts within lists and objects.
const NUMBER: u8 = 1;
const END: u8 = 2;
const MARK: u8 = 4;

static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let all: [(&[u8], u8); 3] = [(b"0123456789+-.eE", NUMBER), (b",}] \t\r", END), (b"\"{}[]NI", MARK)];
    let mut group = 0;
    while group < all.len() {
        let (bytes, kind) = all[group];
        let mut at = 0;
        while at < bytes.len() {
            kinds[bytes[at] as usize] |= kind;
            at += 1;
        }
        group += 1;
    }
    kinds
};

fn kind(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Where the first quote or backslash stands. Most strings are short, and a search in wide registers costs more to begin: so the
/// first bytes are looked at eight at a time.
#[inline]
fn mark(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    let (words, _) = text.as_chunks::<8>();
    for (number, word) in words.iter().take(4).enumerate() {
        let word = u64::from_le_bytes(*word);
        let is_zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & HIGH;
        // What stands above the lowest may be wrong, and is not looked at.
        let found = is_zero(word ^ (ONES * 0x22)) | is_zero(word ^ (ONES * 0x5c));
        if found != 0 {
            return Some(8 * number + (found.trailing_zeros() / 8) as usize);
        }
    }
    let from = 8 * words.len().min(4);
    Some(from + memchr2(b'"', b'\\', text.get(from..)?)?)
}

/// A string's inside, still escaped; nothing if the value is no string.
pub(super) fn inner(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or_default()
}

/// A number, also one between quotes (proto3 writes 64-bit integers so).
pub(super) fn number(raw: &[u8]) -> Option<f64> {
    let raw = if raw.first() == Some(&b'"') { inner(raw) } else { raw };
    let number: f64 = std::str::from_utf8(raw).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// What was mended in a text, once each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mended {
    pub(super) bad_utf8: bool,
    pub(super) control: bool,
    pub(super) not_finite: bool,
}

impl Mended {
    /// Tells the sink.
    pub(super) fn tell(self, sink: &mut dyn Sink) {
        if self.bad_utf8 {
            sink.repaired("bad_utf8");
        }
        if self.control {
            sink.repaired("control_characters");
        }
        if self.not_finite {
            sink.repaired("not_finite");
        }
    }
}

/// The text that a string's inside stands for.
pub(super) fn decode<'a>(escaped: &'a [u8], mended: &mut Mended) -> Cow<'a, str> {
    let plain = if memchr(b'\\', escaped).is_none() { std::str::from_utf8(escaped).ok() } else { None };
    if let Some(text) = plain {
        mended.control |= escaped.iter().any(|&byte| byte < 0x20);
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(escaped.len());
    decode_into(escaped, &mut out, mended);
    Cow::Owned(out)
}

/// The same behind what stands in `out` already.
pub(super) fn decode_into(escaped: &[u8], out: &mut String, mended: &mut Mended) {
    let mut rest = escaped;
    while !rest.is_empty() {
        let plain = memchr(b'\\', rest).unwrap_or(rest.len());
        let (text, behind) = rest.split_at(plain);
        mended.control |= text.iter().any(|&byte| byte < 0x20);
        for chunk in text.utf8_chunks() {
            out.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                out.push('\u{fffd}');
                mended.bad_utf8 = true;
            }
        }
        rest = match behind {
            [] => behind,
            [_, b'u', digits @ ..] => unicode(digits, out, mended),
            [_, letter, rest @ ..] => {
                out.push(match letter {
                    b'n' => '\n',
                    b't' => '\t',
                    b'r' => '\r',
                    b'b' => '\u{8}',
                    b'f' => '\u{c}',
                    letter if letter.is_ascii() => char::from(*letter),
                    _ => '\u{fffd}',
                });
                rest
            }
            [_] => &[],
        };
    }
}

/// Behind `\u`: one character, which may take a pair of surrogates.
fn unicode<'a>(digits: &'a [u8], out: &mut String, mended: &mut Mended) -> &'a [u8] {
    let Some((high, rest)) = hex(digits) else {
        out.push('\u{fffd}');
        mended.bad_utf8 = true;
        return digits;
    };
    let is_high = (0xd800..0xdc00).contains(&high);
    if let Some((low @ 0xdc00..0xe000, rest)) = rest.strip_prefix(b"\\u").and_then(hex).filter(|_| is_high) {
        let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        return rest;
    }
    let character = char::from_u32(high).unwrap_or_else(|| {
        mended.bad_utf8 = true;
        '\u{fffd}'
    });
    out.push(character);
    rest
}

fn hex(digits: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = digits.split_at_checked(4)?;
    // `from_str_radix` would take a sign.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

/// Parses a value whole. What JSON forbids is mended first, into `room`, and only if the plain way fails.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: &'a [u8], room: &'a mut Vec<u8>, mended: &mut Mended) -> Option<T> {
    if let Ok(value) = serde_json::from_slice(raw) {
        return Some(value);
    }
    room.clear();
    mend(raw, room, mended);
    serde_json::from_slice(room).ok()
}

/// Writes the JSON that a lenient reader sees.
fn mend(raw: &[u8], out: &mut Vec<u8>, mended: &mut Mended) {
    let mut rest = raw;
    while let Some(&byte) = rest.first() {
        if byte == b'"' {
            let Some((value, behind)) = string(rest) else {
                out.extend_from_slice(rest);
                return;
            };
            let text = decode(inner(value), mended);
            // Writing to memory cannot fail; if it did, the parser behind would say so.
            let _ = serde_json::to_writer(&mut *out, &*text);
            rest = behind;
            continue;
        }
        let word: Option<&[u8]> =
            [&b"NaN"[..], b"Infinity", b"-Infinity"].into_iter().find(|word| rest.starts_with(word));
        if let Some(word) = word {
            mended.not_finite = true;
            out.extend_from_slice(b"null");
            rest = rest.get(word.len()..).unwrap_or_default();
        } else {
            out.push(byte);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
}

/// Finds the object that ends a line and begins behind other text, as when a program's last words before a record lack
/// the end of their line. `is_ours` looks at the first bytes of a candidate. At most a few are tried.
fn glued(line: &[u8], is_ours: impl Fn(&[u8]) -> bool) -> Option<(&[u8], &[u8])> {
    let mut tries = 0;
    for at in memchr::memchr_iter(b'{', line).skip_while(|&at| at == 0) {
        let (before, candidate) = line.split_at(at);
        if !is_ours(candidate) {
            continue;
        }
        let mut object = Object::open(candidate)?;
        object.by_ref().for_each(drop);
        if object.behind().is_some() {
            return Some((before, candidate));
        }
        tries += 1;
        if tries == 8 {
            break;
        }
    }
    None
}

/// Takes the records of a line, which may stand behind other text, and behind each other when two processes write at
/// once. `take` reads one and tells what stands behind it, or nothing if it is damaged; `is_ours` whether a text begins
/// as a record does. Returns text that is no record.
pub(super) fn records<'a>(
    line: &'a [u8],
    number: u64,
    sink: &mut dyn Sink,
    is_ours: impl Fn(&[u8]) -> bool,
    mut take: impl FnMut(&'a [u8], &mut dyn Sink) -> Option<&'a [u8]>,
) -> Option<&'a [u8]> {
    let mut rest = line;
    loop {
        rest = rest.trim_ascii();
        match rest.first() {
            None => return None,
            Some(b'{') => {
                if let Some(behind) = take(rest, sink) {
                    rest = behind;
                    continue;
                }
            }
            Some(_) => {}
        }
        let Some((before, record)) = glued(rest, &is_ours) else {
            if is_ours(rest) {
                damaged(number, sink);
                return None;
            }
            sink.ignored("text");
            return Some(rest);
        };
        if is_ours(before) {
            damaged(number, sink);
        }
        sink.repaired("leading_text");
        rest = record;
    }
}

/// The loss of a line.
pub(super) fn damaged(number: u64, sink: &mut dyn Sink) {
    sink.fault(Fault { line: number, message: "a damaged or incomplete JSON record".to_owned() });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &[u8]) -> (Vec<(String, String)>, Option<String>, bool) {
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut object = Object::open(text).expect("an object");
        let members = object.by_ref().map(|(key, value)| (show(key), show(value))).collect();
        (members, object.behind().map(show), object.not_finite)
    }

    #[test]
    fn takes_an_object_apart() {
        let (members, behind, not_finite) =
            members(br#" {"a" : "x\"}" , "b":[{"c":"]"},NaN],"d":-1.5e3,"e":true,"f":{}} tail"#);
        let expected = [("a", r#""x\"}""#), ("b", r#"[{"c":"]"},NaN]"#), ("d", "-1.5e3"), ("e", "true"), ("f", "{}")];
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(members, expected);
        assert_eq!(behind.as_deref(), Some(" tail"));
        assert!(not_finite);
    }

    #[test]
    fn what_is_cut_off_has_no_end() {
        let text = br#"{"a":"x\\","b":[1,{"c":2}],"d":null}"#;
        for cut in 1..text.len() {
            let mut object = Object::open(&text[..cut]).expect("an object");
            object.by_ref().for_each(drop);
            assert!(object.behind().is_none(), "{cut}");
        }
    }

    #[test]
    fn decodes_what_json_forbids() {
        let mut mended = Mended::default();
        assert_eq!(decode(br"a\n\u0041\ud83d\ude00\/", &mut mended), "a\nA\u{1f600}/");
        assert!(!mended.bad_utf8 && !mended.control);
        assert_eq!(decode(b"\\ud800x\xff\x1b[0m\\u+041\\", &mut mended), "\u{fffd}x\u{fffd}\u{1b}[0m\u{fffd}+041");
        assert!(mended.bad_utf8 && mended.control);
    }

    proptest::proptest! {
        #[test]
        fn a_mark_is_the_first(text in "[a\u{22}\\\\\u{a2}]{0,3}[a-\u{ff}]{0,60}[\u{22}\\\\]?b{0,9}") {
            let text = text.as_bytes();
            proptest::prop_assert_eq!(mark(text), text.iter().position(|byte| matches!(byte, b'"' | b'\\')));
        }
    }

    #[test]
    fn parses_what_is_mended() {
        let (mut room, mut mended) = (Vec::new(), Mended::default());
        let value: Option<Vec<Option<String>>> = parse(b"[NaN,\"a\x1b\\ud800\"]", &mut room, &mut mended);
        assert_eq!(value, Some(vec![None, Some("a\u{1b}\u{fffd}".to_owned())]));
        assert!(mended.not_finite && mended.bad_utf8 && mended.control);
    }
}
