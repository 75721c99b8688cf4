//! JSON documents as test tools write them: several behind each other, and with the faults that stand in failures.

mod mend;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use memchr::{memchr, memchr_iter, memchr2};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::reader::{Fault, Sink};
use super::xml_words::without_escapes;

/// Reads one document.
///
/// # Errors
/// When it is no JSON, or none of the shape that is expected; then nothing was told to the sink.
pub(super) type One = fn(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()>;

/// The same, where attempts of one test may be told by several documents.
pub(super) type OneOf =
    fn(document: &[u8], place: &mut Place<'_>, attempts: &mut Attempts, sink: &mut dyn Sink) -> serde_json::Result<()>;

/// Reads the documents of a text, one behind the other.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink, one: One) {
    read(text, is_whole, sink, &mut { one });
}

/// The same, where attempts of one test may be told by several documents.
pub(super) fn documents_with(text: &[u8], is_whole: bool, sink: &mut dyn Sink, attempts: &mut Attempts, one: OneOf) {
    read(text, is_whole, sink, &mut |document, place, sink| one(document, place, attempts, sink));
}

type Each<'f> = dyn FnMut(&[u8], &mut Place<'_>, &mut dyn Sink) -> serde_json::Result<()> + 'f;

fn read(text: &[u8], is_whole: bool, sink: &mut dyn Sink, one: &mut Each<'_>) {
    let mut from = 0;
    let mut line = 1;
    let mut is_any = false;
    while let Some(found) = text.get(from..).and_then(|rest| memchr2(b'{', b'[', rest)) {
        let (before, document) = text.get(from..).and_then(|rest| rest.split_at_checked(found)).unwrap_or_default();
        line += memchr_iter(b'\n', before).count() as u64;
        if before.iter().any(u8::is_ascii_graphic) {
            sink.repaired("leading_text");
        }
        let mut stream = serde_json::Deserializer::from_slice(document).into_iter::<IgnoredAny>();
        let is_json = matches!(stream.next(), Some(Ok(_)));
        let mut end = stream.byte_offset();
        let sound = document.get(..end).filter(|_| is_json);
        let is_read = sound.is_some_and(|sound| one(sound, &mut Place::new(sound, line), sink).is_ok());
        if !is_read {
            let mended = mend::mended(document);
            // A bracket in a line of text before the document.
            if mended.fault.is_some() && mended.text.len() <= 2 && mended.end < document.len() {
                sink.repaired("leading_text");
                from += found + 1;
                continue;
            }
            end = mended.end;
            let read = one(&mended.text, &mut Place::new(&mended.text, line), sink);
            let fault = match (read, mended.fault) {
                // Where it is known already that text is missing, that is the loss.
                (Ok(()), Some(_)) if end >= document.len() && !is_whole => None,
                (Ok(()), fault) => fault.map(str::to_owned),
                (Err(error), fault) => Some(fault.map_or_else(|| error.to_string(), str::to_owned)),
            };
            mended.repairs.iter().for_each(|kind| sink.repaired(kind));
            if let Some(message) = fault {
                let line = line + memchr_iter(b'\n', document.get(..end).unwrap_or_default()).count() as u64;
                sink.fault(Fault { line, message });
                // What stands behind a fault in the middle is no document, unless a line begins one.
                let rest = document.get(end..).unwrap_or_default();
                end += memchr::memmem::find(rest, b"\n{")
                    .or_else(|| memchr::memmem::find(rest, b"\n["))
                    .unwrap_or(rest.len());
            }
        }
        is_any = true;
        let end = end.max(1);
        line += memchr_iter(b'\n', document.get(..end).unwrap_or_default()).count() as u64;
        from += found + end;
    }
    if !is_any && !text.trim_ascii().is_empty() {
        sink.fault(Fault { line: 1, message: "no JSON document in it".to_owned() });
    }
}

/// Where in a document one is: texts that are lent from it tell their lines.
#[derive(Debug)]
pub(super) struct Place<'a> {
    document: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Place<'a> {
    fn new(document: &'a [u8], line: u64) -> Self {
        Self { document, at: 0, line }
    }

    /// The line of a text, if it stands in the document as it is; else that of the last that did.
    pub(super) fn line(&mut self, text: &Text<'_>) -> u64 {
        let at = (text.0.as_ptr() as usize).wrapping_sub(self.document.as_ptr() as usize);
        if let Some(between) = self.document.get(self.at..at) {
            self.line += memchr_iter(b'\n', between).count() as u64;
            self.at = at;
        }
        self.line
    }
}

/// A text, or what can be read as one: a number, a truth, the message of an object, the elements of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// Whether it is absent or empty.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same without the escape codes of a terminal.
    pub(super) fn plain(&self) -> Cow<'_, str> {
        if memchr(0x1b, self.0.as_bytes()).is_some() {
            Cow::Owned(without_escapes(&self.0))
        } else {
            Cow::Borrowed(&self.0)
        }
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Text::default())
            }

            fn visit_bool<E>(self, is: bool) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(if is { "true" } else { "false" })))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut joined = Text::default();
                while let Some(part) = list.next_element::<Text<'de>>()? {
                    match (joined.is_empty(), part.is_empty()) {
                        (_, true) => {}
                        (true, false) => joined = part,
                        (false, false) => {
                            let text = joined.0.to_mut();
                            text.push_str(" > ");
                            text.push_str(&part);
                        }
                    }
                }
                Ok(joined)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut told = Text::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if matches!(&*key, "message" | "name" | "title" | "value" | "hash") && told.is_empty() {
                        told = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(told)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A number, or a text that holds one. None for all else, infinity and what is no number among it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Number(pub Option<f64>);

impl Number {
    /// As a count, or as milliseconds since 1970.
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and a count beyond is none")]
    pub(super) fn whole(self) -> Option<i64> {
        self.0.map(|number| number as i64)
    }

    /// As a count of repetitions: more than a thousand is a mistake.
    pub(super) fn count(self) -> u64 {
        self.whole().and_then(|number| u64::try_from(number).ok()).unwrap_or(0).min(1000)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Self(text.parse().ok().filter(|number: &f64| number.is_finite())))
    }
}

/// A list; empty where something else stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(element) = list.next_element()? {
                    all.push(element);
                }
                Ok(List(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(List::default())
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(List::default())
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// Numbers the attempts of each test of a text.
#[derive(Debug, Default)]
pub(super) struct Attempts(HashMap<String, u64>);

impl Attempts {
    /// The number of the next attempt of a test.
    pub(super) fn next(&mut self, key: &[&str]) -> u64 {
        let attempts = self.0.entry(key.join("\0")).or_default();
        *attempts += 1;
        *attempts
    }
}
