//! The judge: what a line says by `serde_json`, which decides wherever the fast parser will not vouch for a line.
//!
//! Mapped fields are read from their own text, so that no number passes through a float; everything else is checked
//! by grammar only (`IgnoredAny` and `RawValue` neither recurse nor unescape nor convert numbers).

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::paths::{PathTree, ROOT};
use super::slot::{Misfit, NO_OBJECT, Repeated, Slot};
use super::texts::Texts;
use crate::reason::Reason;

/// A mapped field's value, owned: judged lines are rare.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum OwnedSlot {
    #[default]
    Absent,
    Null,
    Text(String),
    Integer(i128),
    HugeInteger,
    Number(f64),
    Texts(Vec<String>),
    Bool(bool),
    Other(&'static str),
}

impl OwnedSlot {
    pub(super) fn borrow(&self) -> Slot<'_> {
        match self {
            Self::Absent => Slot::Absent,
            Self::Null => Slot::Null,
            Self::Text(text) => Slot::Text(text),
            Self::Integer(value) => Slot::Integer(*value),
            Self::HugeInteger => Slot::HugeInteger,
            Self::Number(value) => Slot::Number(*value),
            Self::Texts(texts) => Slot::Texts(Texts::Owned(texts)),
            Self::Bool(value) => Slot::Bool(*value),
            Self::Other(what) => Slot::Other(what),
        }
    }
}

/// Reads a line's mapped fields; which stood again.
///
/// # Errors
/// `invalid_utf8`, `invalid_json` or `not_an_object`, with what the library says.
pub(super) fn judge(line: &[u8], tree: &PathTree, slots: &mut [OwnedSlot]) -> Result<Repeated, Misfit> {
    let text = std::str::from_utf8(line)
        .map_err(|error| Misfit { reason: Reason::InvalidUtf8, message: error.to_string() })?;
    if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
        return Err(match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Misfit { reason: Reason::NotAnObject, message: "expected an object".into() },
            Err(error) => invalid(&error),
        });
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let mut fields = Fields { tree, node: ROOT, start: text.as_ptr().addr(), slots, repeated: Repeated::default() };
    parser.deserialize_map(&mut fields).map_err(|error| invalid(&error))?;
    let repeated = fields.repeated;
    parser.end().map_err(|error| invalid(&error))?;
    Ok(repeated)
}

pub(super) fn invalid(error: &serde_json::Error) -> Misfit {
    Misfit { reason: Reason::InvalidJson, message: error.to_string() }
}

/// An error within a value, with the column that it has in the text around it.
fn shifted(error: &serde_json::Error, offset: usize) -> String {
    let (message, line, column) = (error.to_string(), error.line(), error.column());
    let what = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    format!("{what} at line {line} column {}", column + offset)
}

struct Fields<'t> {
    tree: &'t PathTree,
    node: usize,
    /// Address of the text that is read, by which errors within a value find their column.
    start: usize,
    slots: &'t mut [OwnedSlot],
    repeated: Repeated,
}

impl<'de> Visitor<'de> for &mut Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(child) = map.next_key_seed(Key { tree: self.tree, node: self.node })? {
            let Some(child) = child else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value::<&RawValue>()?.get();
            let offset = value.as_ptr().addr() - self.start;
            self.value(child, value).map_err(|error| serde::de::Error::custom(shifted(&error, offset)))?;
        }
        Ok(())
    }
}

impl Fields<'_> {
    fn value(&mut self, child: usize, value: &str) -> Result<(), serde_json::Error> {
        if let Some(field) = self.tree.field(child) {
            let value = slot(value)?;
            self.repeated.see(field, &self.slots[field].borrow(), &value.borrow());
            self.slots[field] = value;
            return Ok(());
        }
        self.tree.fields_below(child, &mut |field| {
            self.repeated.see(field, &self.slots[field].borrow(), &Slot::Absent);
            self.slots[field] = OwnedSlot::Absent;
        });
        if !value.starts_with('{') && value != "null" {
            self.tree.fields_below(child, &mut |field| self.slots[field] = OwnedSlot::Other(NO_OBJECT));
        } else if value.starts_with('{') {
            let start = value.as_ptr().addr();
            let mut below = Fields { tree: self.tree, node: child, start, slots: self.slots, repeated: self.repeated };
            serde_json::Deserializer::from_str(value).deserialize_map(&mut below)?;
            self.repeated = below.repeated;
        }
        Ok(())
    }
}

/// A key, unescaped; `None` for one that leads to no mapped field.
struct Key<'t> {
    tree: &'t PathTree,
    node: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.tree.child(self.node, key, 0))
    }
}

/// The value of a mapped field from its text, whose grammar was checked.
pub(super) fn slot(value: &str) -> Result<OwnedSlot, serde_json::Error> {
    Ok(match value.as_bytes().first() {
        Some(b'"') => OwnedSlot::Text(serde_json::from_str::<Cow<'_, str>>(value)?.into_owned()),
        Some(b'n') => OwnedSlot::Null,
        Some(b't') => OwnedSlot::Bool(true),
        Some(b'f') => OwnedSlot::Bool(false),
        Some(b'{') => OwnedSlot::Other("object"),
        Some(b'[') => match serde_json::from_str::<Vec<String>>(value) {
            Ok(texts) => OwnedSlot::Texts(texts),
            Err(error) if error.classify() == Category::Data => {
                OwnedSlot::Other("array with other values than strings")
            }
            Err(error) => return Err(error),
        },
        _ if value == "-0" || value.contains(['.', 'e', 'E']) => OwnedSlot::Number(value.parse().unwrap_or(f64::NAN)),
        _ => value.parse().map_or(OwnedSlot::HugeInteger, OwnedSlot::Integer),
    })
}
