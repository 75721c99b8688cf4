//! What the beginning of a text shows at a glance.

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The beginning of a text, and the marks by which its kind is told.
#[derive(Debug)]
pub(super) struct Glance<'t> {
    pub(super) bytes: &'t [u8],
    /// Behind a byte order mark and white space.
    pub(super) text: &'t [u8],
    /// The keys of the first JSON object, with their short values.
    pub(super) keys: Vec<(String, String)>,
    /// Name of the root of an XML document.
    pub(super) root: Option<String>,
}

impl<'t> Glance<'t> {
    pub(super) fn at(bytes: &'t [u8]) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        Self { bytes, text, keys: keys(text), root: root(text) }
    }

    pub(super) fn begins(&self, with: &[u8]) -> bool {
        self.bytes.starts_with(with)
    }

    pub(super) fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.keys.iter().any(|(known, _)| known == key))
    }

    pub(super) fn says(&self, key: &str, value: impl Fn(&str) -> bool) -> bool {
        self.keys.iter().any(|(known, said)| known == key && value(said))
    }

    pub(super) fn is_root(&self, names: &[&str]) -> bool {
        self.root.as_deref().is_some_and(|root| names.contains(&root))
    }

    pub(super) fn holds(&self, word: &str) -> bool {
        memchr::memmem::find(self.text, word.as_bytes()).is_some()
    }

    /// Bytes by which an encoding is told.
    fn sample(&self) -> &'t [u8] {
        self.bytes.get(..ENCODING_TOLD_IN).unwrap_or(self.bytes)
    }

    /// Whether most of the bytes at odd places, or at even ones, are zero, as in UTF-16 of ASCII.
    pub(super) fn is_every_other_byte_zero(&self) -> bool {
        let pairs = self.sample().as_chunks::<2>().0;
        let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0 && pair[1 - at] != 0).count();
        pairs.len() > 1 && zeros(0).max(zeros(1)) * 10 > pairs.len() * 8
    }

    /// Whether of four bytes the first or the last alone is mostly none that is zero, as in UTF-32 of ASCII.
    pub(super) fn is_mostly_zero(&self) -> bool {
        let fours = self.sample().as_chunks::<4>().0;
        let alone =
            |at: usize| fours.iter().filter(|four| (0..4).all(|byte| (four[byte] == 0) == (byte != at))).count();
        fours.len() > 1 && alone(0).max(alone(3)) * 10 > fours.len() * 8
    }

    /// Whether it holds what no text does.
    pub(super) fn is_binary(&self) -> bool {
        let invalid = std::str::from_utf8(self.text).is_err_and(|error| error.error_len().is_some());
        invalid || self.text.contains(&0)
    }
}

/// The keys of the object that a text begins with, or of the first one in the list that it begins with. What is cut behind
/// them is no fault here.
fn keys(text: &[u8]) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    if matches!(text.first(), Some(b'{' | b'[')) {
        // A mistake behind the first keys does not matter.
        let _ = serde_json::Deserializer::from_slice(text).deserialize_any(Keys(&mut keys));
    }
    keys
}

struct Keys<'k>(&'k mut Vec<(String, String)>);

/// Bytes of a text by which its encoding is told.
const ENCODING_TOLD_IN: usize = 64 << 10;

/// Bytes of a value that is looked at.
const SHORT: usize = 64;

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.push((key, String::new()));
            let value = map.next_value::<&RawValue>()?.get();
            if let Some((_, said)) = self.0.last_mut().filter(|_| value.len() <= SHORT) {
                *said = serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        list.next_element_seed(self)?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// The name of the first element of an XML or HTML text, in small letters.
fn root(mut text: &[u8]) -> Option<String> {
    loop {
        text = text.trim_ascii_start().strip_prefix(b"<")?;
        let end: &[u8] = match text {
            [b'?', ..] => b"?>",
            [b'!', b'-', b'-', ..] => b"-->",
            [b'!', ..] => b">",
            _ => break,
        };
        text = &text[memchr::memmem::find(text, end)? + end.len()..];
    }
    let end = text.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b":_-.".contains(byte)))?;
    let name = std::str::from_utf8(&text[..end]).ok()?.to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}
