//! XML as test tools write it: read leniently, because the faults stand in the failures.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};
use quick_xml::{Reader, events::Event};

use super::reader::Sink;

/// One tag of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    /// Its name, without the prefix of a namespace.
    pub name: &'a [u8],
    /// Its attributes, as they stand.
    pub attributes: Attributes<'a>,
    /// Where it begins: the place of its `<`.
    pub at: usize,
    /// Whether it closes itself.
    pub is_empty: bool,
}

/// What comes next in a text.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// A tag opens, and closes itself perhaps.
    Open(Tag<'a>),
    /// A tag closes: its name.
    Close(&'a [u8]),
    /// `<?xml … ?>`: its content.
    Declaration(&'a [u8]),
    /// No XML: where, and what is wrong.
    Broken(usize, String),
    /// The end of the text.
    End,
}

/// The tags of a text, in order. Text between them is passed over, see [`Tags::content`].
#[derive(Debug)]
pub(super) struct Tags<'a> {
    text: &'a [u8],
    reader: Reader<&'a [u8]>,
    base: usize,
    breaks_off: bool,
}

impl<'a> Tags<'a> {
    /// The tags of a text.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, reader: reader(text), base: 0, breaks_off: false }
    }

    /// How far it was read.
    pub fn position(&self) -> usize {
        self.base
            .saturating_add(usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX))
            .min(self.text.len())
    }

    /// Goes on at another place.
    pub fn move_to(&mut self, at: usize) {
        self.base = at.min(self.text.len());
        self.reader = reader(self.text.get(self.base..).unwrap_or_default());
    }

    /// The next tag.
    pub fn next(&mut self) -> Token<'a> {
        if self.breaks_off {
            return Token::End;
        }
        loop {
            let before = self.position();
            match self.reader.read_event() {
                Ok(Event::Start(tag)) => return self.opened(tag.len(), tag.name().as_ref().len(), false),
                Ok(Event::Empty(tag)) => return self.opened(tag.len(), tag.name().as_ref().len(), true),
                Ok(Event::End(tag)) => return Token::Close(self.inside(tag.len(), 1, tag.name().as_ref().len())),
                Ok(Event::Decl(declaration)) => {
                    return Token::Declaration(self.inside(declaration.len(), 2, usize::MAX));
                }
                Ok(Event::Eof) => return Token::End,
                Ok(_) => {}
                Err(error) => {
                    let at = usize::try_from(self.reader.error_position()).unwrap_or(0).saturating_add(self.base);
                    self.move_to(before.max(at).saturating_add(1));
                    return Token::Broken(at.min(self.text.len()), error.to_string());
                }
            }
        }
    }

    /// The bytes of the tag that was just read, as long as the text lives: quick-xml lends them for less.
    fn inside(&self, length: usize, behind: usize, most: usize) -> &'a [u8] {
        let end = self.position().saturating_sub(behind);
        let bytes = self.text.get(end.saturating_sub(length)..end).unwrap_or_default();
        bytes.get(..most).unwrap_or(bytes)
    }

    fn opened(&self, length: usize, name_length: usize, is_empty: bool) -> Token<'a> {
        let behind = if is_empty { 2 } else { 1 };
        let content = self.inside(length, behind, usize::MAX);
        let at = self.position().saturating_sub(length + behind + 1);
        let (name, attributes) = content.split_at_checked(name_length).unwrap_or((content, b""));
        let name = memchr(b':', name).and_then(|colon| name.get(colon + 1..)).unwrap_or(name);
        Token::Open(Tag { name, attributes: Attributes(attributes), at, is_empty })
    }

    /// What stands in the element whose opening tag was just read, up to its closing tag, which is passed over too.
    /// The closing tag is searched for as text: so raw `<` in a message (`expected <nil>`) harms nothing, and output costs
    /// little more than finding its end. None when it breaks off; then what is left is in [`Tags::rest`].
    pub fn content(&mut self, name: &[u8]) -> Option<&'a [u8]> {
        let start = self.position();
        let mut from = start;
        loop {
            let end = from + closing(self.text.get(from..)?, name)?;
            match behind_cdata(self.text.get(from..end)?) {
                Cdata::Closed => {
                    let behind = memchr(b'>', self.text.get(end..)?)?;
                    self.move_to(end + behind + 1);
                    return self.text.get(start..end);
                }
                // The closing tag that was found stands in a CDATA section: it is text.
                Cdata::OpenAt(open) => from += open + memmem::find(self.text.get(from + open..)?, b"]]>")?,
            }
        }
    }

    /// What is left of a text that breaks off; nothing comes behind it.
    pub fn rest(&mut self) -> &'a [u8] {
        self.breaks_off = true;
        self.text.get(self.position()..).unwrap_or_default()
    }

    /// Goes on at the next tag, opening or closing, whose name begins so. False when there is none.
    pub fn resume_at(&mut self, name: &[u8]) -> bool {
        // A tag that begins before here was tried already.
        let start = self.position();
        let mut from = start;
        while let Some(found) = self.text.get(from..).and_then(|rest| memmem::find(rest, name)) {
            let at = from + found;
            match self.text.get(start..at) {
                Some([.., b'<', b'/']) => self.move_to(at - 2),
                Some([.., b'<']) => self.move_to(at - 1),
                _ => {
                    from = at + 1;
                    continue;
                }
            }
            return true;
        }
        self.breaks_off = true;
        false
    }
}

fn reader(text: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// Where `</name` stands, followed by `>` or a space.
fn closing(text: &[u8], name: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        // The whole tag is searched for, not its `</`: messages are full of closing tags of others.
        let at = from + memmem::find(text.get(from..)?, name)?;
        let is_tag = text.get(..at).is_some_and(|before| before.ends_with(b"</"));
        match text.get(at + name.len()) {
            Some(b'>' | b' ' | b'\t' | b'\r' | b'\n') if is_tag => return Some(at - 2),
            _ => from = at + 1,
        }
    }
}

enum Cdata {
    Closed,
    OpenAt(usize),
}

/// Whether every CDATA section in a text is closed in it.
fn behind_cdata(text: &[u8]) -> Cdata {
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| memmem::find(rest, b"<![CDATA[")) {
        match text.get(from + open..).and_then(|rest| memmem::find(rest, b"]]>")) {
            Some(close) => from += open + close,
            None => return Cdata::OpenAt(from + open),
        }
    }
    Cdata::Closed
}

/// The attributes of a tag, with their values as they stand. Values without quotes, and a missing space, are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes<'a>(&'a [u8]);

impl<'a> Attributes<'a> {
    /// The first attribute of this name.
    pub fn get(self, name: &[u8]) -> Option<&'a [u8]> {
        let mut attributes = self;
        attributes.find_map(|(key, value)| (key == name).then_some(value))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_ascii_start();
        let end = text.iter().position(|byte| *byte == b'=' || byte.is_ascii_whitespace()).unwrap_or(text.len());
        let (key, rest) = text.split_at_checked(end)?;
        if key.is_empty() && rest.is_empty() {
            self.0 = b"";
            return None;
        }
        let rest = rest.trim_ascii_start();
        let Some((b'=', rest)) = rest.split_first() else {
            self.0 = rest;
            return Some((key, b""));
        };
        let rest = rest.trim_ascii_start();
        let (value, rest) = match rest.split_first() {
            Some((quote @ (b'"' | b'\''), inner)) => match memchr(*quote, inner) {
                Some(end) => (inner.get(..end)?, inner.get(end + 1..)?),
                None => (inner, &b""[..]),
            },
            _ => rest.split_at_checked(rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len()))?,
        };
        self.0 = rest;
        Some((key, value))
    }
}

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
    pub fn declared(&mut self, declaration: &[u8]) {
        let encoding = Attributes(declaration).get(b"encoding").unwrap_or_default().to_ascii_lowercase();
        let names: [&[u8]; 4] = [b"iso-8859-", b"latin", b"windows-125", b"cp125"];
        self.is_latin = names.iter().any(|name| encoding.starts_with(name));
    }

    /// Tells what was mended.
    pub fn tell(&self, sink: &mut dyn Sink) {
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
    pub fn value<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        let marks = marks(raw);
        let text = self.decoded(raw);
        if marks == 0 {
            return text;
        }
        let text = if marks & AMPERSAND == 0 { text } else { Cow::Owned(self.without_entities(&text)) };
        self.plain(text)
    }

    /// The text of an element: its CDATA sections and its entities resolved, comments left out, other markup as it stands.
    pub fn content<'a>(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
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
            match end.and_then(|end| behind.get(..end)).map(|name| (name, entity(name))) {
                Some((name, Some(c))) => {
                    // A character that XML forbids even so.
                    is_bad |= c == char::REPLACEMENT_CHARACTER;
                    plain.push(c);
                    rest = behind.get(name.len() + 1..).unwrap_or_default();
                }
                _ => {
                    is_bad = true;
                    plain.push('&');
                    rest = behind;
                }
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
fn marks(text: &[u8]) -> u8 {
    text.iter().fold(0, |marks, byte| {
        let is_control = *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        marks
            | if is_control { CONTROL } else { 0 }
            | if *byte == b'&' { AMPERSAND } else { 0 }
            | if *byte == b'#' { HASH } else { 0 }
    })
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
