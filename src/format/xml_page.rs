//! A text of XML on its way through a reader: tags with what is between them, lines, times, and what is wrong with it.

use std::borrow::Cow;

use memchr::memchr_iter;

use super::reader::{Fault, Sink};
use super::when::moment;
use super::xml::{Tag, Tags, Token};
use super::xml_words::Words;

/// What comes next.
pub(super) enum Step<'a> {
    /// A tag opens, and closes itself perhaps.
    Open(Tag<'a>),
    /// A tag closes: its name.
    Close(&'a [u8]),
    /// The end of the text.
    End,
}

/// A text on its way.
pub(super) struct Page<'a> {
    text: &'a [u8],
    tags: Tags<'a>,
    words: Words,
    /// Name of a tag with which reading goes on behind what is no XML.
    resume: &'static [u8],
    fault: Option<(usize, String)>,
    is_assumed: bool,
    lines: (usize, u64),
}

impl<'a> Page<'a> {
    /// Begins a text. Behind what is no XML it goes on at the next tag whose name begins with `resume`.
    pub(super) fn new(text: &'a [u8], resume: &'static [u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self {
            text,
            tags: Tags::new(text),
            words: Words::default(),
            resume,
            fault: None,
            is_assumed: false,
            lines: (0, 1),
        }
    }

    /// The next tag.
    pub(super) fn step(&mut self) -> Step<'a> {
        loop {
            match self.tags.next() {
                Token::Open(tag) => return Step::Open(tag),
                Token::Close(name) => return Step::Close(name),
                Token::End => return Step::End,
                Token::Declaration(declaration) => self.words.declared(declaration),
                Token::Broken(at, what) => {
                    self.fault.get_or_insert((at, what));
                    self.tags.resume_at(self.resume);
                }
            }
        }
    }

    /// Passes over an element: what stands in it, as it stands; what is left where it breaks off.
    pub(super) fn raw(&mut self, tag: &Tag<'a>) -> &'a [u8] {
        if tag.is_empty {
            return b"";
        }
        match self.tags.content(tag.name) {
            Some(content) => content,
            None => self.tags.rest(),
        }
    }

    /// The text of what [`Page::raw`] gave.
    pub(super) fn text(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        self.words.content(raw)
    }

    /// The text of an attribute's value.
    pub(super) fn value(&mut self, raw: &'a [u8]) -> Cow<'a, str> {
        self.words.value(raw)
    }

    /// The text of an attribute; empty where there is none.
    pub(super) fn attribute(&mut self, tag: &Tag<'a>, name: &[u8]) -> Cow<'a, str> {
        self.words.value(tag.attributes.get(name).unwrap_or_default())
    }

    /// The line of a place, which is behind the one before.
    pub(super) fn line(&mut self, at: usize) -> u64 {
        if let Some(between) = self.text.get(self.lines.0..at) {
            self.lines = (at, self.lines.1 + memchr_iter(b'\n', between).count() as u64);
        }
        self.lines.1
    }

    /// Milliseconds since 1970 of a time.
    pub(super) fn ms(&mut self, time: &str) -> Option<i64> {
        let when = moment(time)?;
        self.is_assumed |= when.is_assumed_utc;
        Some(when.ms)
    }

    /// Behind the last tag: tells what is wrong with the text. `root`: the element that holds all, and whether it was found and is
    /// open still; `is_whole`: whether no text is known to be missing.
    pub(super) fn end(self, root: &str, is_any: bool, is_open: bool, is_whole: bool, sink: &mut dyn Sink) {
        let mut fault = self.fault;
        if is_open {
            fault.get_or_insert_with(|| (self.text.len(), format!("the document breaks off in <{root}>")));
        }
        if !is_any && !self.text.trim_ascii().is_empty() {
            fault = Some((0, format!("no <{root}> in it")));
        }
        if let Some((at, message)) = fault.filter(|(at, _)| is_whole || *at < self.text.len()) {
            let line = 1 + memchr_iter(b'\n', self.text.get(..at).unwrap_or(self.text)).count() as u64;
            sink.fault(Fault { line, message });
        }
        if self.is_assumed {
            sink.repaired("assumed_zone");
        }
        self.words.tell(sink);
    }
}
