//! XML as test tools write it: read leniently, because the faults stand in the failures.

use memchr::{memchr, memmem};
use quick_xml::{Reader, events::Event};

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
    faults: u32,
}

/// Faults after which a text is given up. Each may have been found at its very end, so many would take long.
const MOST_FAULTS: u32 = 64;

impl<'a> Tags<'a> {
    /// The tags of a text.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, reader: reader(text), base: 0, breaks_off: false, faults: 0 }
    }

    /// How far it was read.
    pub(super) fn position(&self) -> usize {
        self.base
            .saturating_add(usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX))
            .min(self.text.len())
    }

    /// Goes on at another place.
    pub(super) fn move_to(&mut self, at: usize) {
        self.base = at.min(self.text.len());
        self.reader = reader(self.text.get(self.base..).unwrap_or_default());
    }

    /// The next tag.
    pub(super) fn next(&mut self) -> Token<'a> {
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
                    self.faults += 1;
                    self.breaks_off = self.faults >= MOST_FAULTS;
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
    pub(super) fn content(&mut self, name: &[u8]) -> Option<&'a [u8]> {
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
    pub(super) fn rest(&mut self) -> &'a [u8] {
        self.breaks_off = true;
        self.text.get(self.position()..).unwrap_or_default()
    }

    /// Goes on at the next tag, opening or closing, whose name begins so. False when there is none.
    pub(super) fn resume_at(&mut self, name: &[u8]) -> bool {
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
pub(super) struct Attributes<'a>(pub(super) &'a [u8]);

impl<'a> Attributes<'a> {
    /// The first attribute of this name.
    pub(super) fn get(self, name: &[u8]) -> Option<&'a [u8]> {
        let mut attributes = self;
        attributes.find_map(|(key, value)| (key == name).then_some(value))
    }
}

#[expect(clippy::copy_iterator, reason = "a tag lends its attributes to several readers")]
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
