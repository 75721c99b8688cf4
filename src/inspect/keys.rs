//! The keys that stand in a sample of lines.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::key::{Key, Type};

/// Keys that are looked at; a log whose objects are tables of names has any number.
const MOST_KEYS: usize = 400;
/// The most keys of a path, as profiles have it.
const DEEPEST: usize = 32;

/// The keys that stand in a sample of lines, in the order in which they were seen first.
#[derive(Clone, Debug)]
pub struct Keys {
    nodes: Vec<Node>,
    /// Lines that are objects.
    pub lines: u64,
    /// Whether there are more than are looked at.
    pub has_more: bool,
}

#[derive(Clone, Debug, Default)]
struct Node {
    below: HashMap<String, usize>,
    key: Key,
}

impl Default for Keys {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], lines: 0, has_more: false }
    }
}

impl Keys {
    /// Looks at a line; `false` where it is no JSON object.
    pub fn see(&mut self, line: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(line) else { return false };
        // Nothing is counted of a line that is broken further on.
        if !text.trim_start().starts_with('{') || serde_json::from_str::<IgnoredAny>(text).is_err() {
            return false;
        }
        self.lines += 1;
        let mut parser = serde_json::Deserializer::from_str(text);
        Value { keys: self, node: 0 }.deserialize(&mut parser).is_ok()
    }

    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.nodes.iter().skip(1).map(|node| &node.key)
    }

    fn below(&mut self, node: usize, name: &str) -> Option<usize> {
        if let Some(&known) = self.nodes[node].below.get(name) {
            return Some(known);
        }
        if self.nodes.len() > MOST_KEYS || self.nodes[node].key.path.len() >= DEEPEST {
            self.has_more = true;
            return None;
        }
        let path = self.nodes[node].key.path.iter().cloned().chain([name.to_owned()]).collect();
        let new = self.nodes.len();
        self.nodes.push(Node { key: Key::at(path), ..Node::default() });
        self.nodes[node].below.insert(name.to_owned(), new);
        Some(new)
    }

    fn stands(&mut self, node: usize) {
        let line = self.lines;
        let key = &mut self.nodes[node].key;
        if key.last_line == line {
            key.repeated += 1;
        } else {
            key.lines += 1;
            key.last_line = line;
        }
    }
}

/// The value at a node.
struct Value<'k> {
    keys: &'k mut Keys,
    node: usize,
}

impl Value<'_> {
    fn see(self, of: Type, word: &str) {
        self.keys.nodes[self.node].key.see(of, word);
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.see(Type::Text, text);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.see(Type::Unsigned, &value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.see(Type::Integer, &value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.see(Type::Number, &value.to_string());
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.see(Type::Bool, if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.keys.nodes[self.node].key.see_type(Type::Null);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut are_texts = true;
        while let Some(is_text) = list.next_element::<IsText>()? {
            are_texts &= is_text.0;
        }
        self.keys.nodes[self.node].key.see_type(if are_texts { Type::Texts } else { Type::List });
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        if self.node > 0 {
            self.keys.nodes[self.node].key.see_type(Type::Object);
        }
        while let Some(name) = object.next_key::<String>()? {
            match self.keys.below(self.node, &name) {
                Some(node) => {
                    self.keys.stands(node);
                    object.next_value_seed(Value { keys: &mut *self.keys, node })?;
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a value is a text; nothing of it is kept, however deep it goes.
struct IsText(bool);

impl<'de> serde::Deserialize<'de> for IsText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
        Ok(Self(raw.get().starts_with('"')))
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys, MOST_KEYS, Type};

    fn seen(lines: &[&str]) -> Keys {
        let mut keys = Keys::default();
        for line in lines {
            assert!(keys.see(line.as_bytes()), "{line}");
        }
        keys
    }

    fn key<'k>(keys: &'k Keys, dotted: &str) -> &'k Key {
        keys.iter().find(|key| key.dotted() == dotted).unwrap_or_else(|| panic!("{dotted}"))
    }

    #[test]
    fn keys_within_objects_are_found_and_lists_are_not_looked_into() {
        let keys = seen(&[
            r#"{"a":{"b":"x","c":null},"n":-1,"t":["x","y"],"l":[{"deep":1}],"Q":true,"q":1.5}"#,
            r#"{"a":"text","n":18446744073709551616,"t":[]}"#,
        ]);
        let names: Vec<String> = keys.iter().map(Key::dotted).collect();
        assert_eq!(names, ["a", "a.b", "a.c", "n", "t", "l", "Q", "q"]);
        assert_eq!(key(&keys, "a").types(), [Type::Text, Type::Object]);
        assert_eq!(key(&keys, "n").types(), [Type::Integer, Type::Number]);
        assert_eq!((key(&keys, "t").types(), key(&keys, "l").types()), (vec![Type::Texts], vec![Type::List]));
        assert_eq!((key(&keys, "a.c").values(), key(&keys, "a.c").lines), (0, 1));
        assert_eq!((key(&keys, "Q").types(), key(&keys, "q").types()), (vec![Type::Bool], vec![Type::Number]));
    }

    #[test]
    fn repeated_keys_count_once_a_line() {
        let keys = seen(&[r#"{"a":1,"a":2,"a":2}"#, r#"{"a":1}"#]);
        assert_eq!((key(&keys, "a").lines, key(&keys, "a").repeated, key(&keys, "a").values()), (2, 2, 4));
    }

    #[test]
    fn what_is_no_object_counts_nothing() {
        let mut keys = Keys::default();
        for line in ["", "x", "[1]", "1", "{\"a\":1", "{\"a\":1} x", "{\"a\":\"\u{1}\"}", "{\"a\":01}"] {
            assert!(!keys.see(line.as_bytes()), "{line}");
        }
        assert!(!keys.see(b"{\"a\":\"\xff\"}"));
        assert_eq!((keys.iter().count(), keys.lines), (0, 0));
    }

    #[test]
    fn hostile_objects_are_bounded() {
        let mut keys = Keys::default();
        let wide: Vec<String> = (0..50_000).map(|number| format!("\"k{number}\":{number}")).collect();
        assert!(keys.see(format!("{{{}}}", wide.join(",")).as_bytes()));
        assert!(keys.has_more && keys.iter().count() <= MOST_KEYS);
        let mut keys = Keys::default();
        assert!(keys.see(format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100)).as_bytes()));
        assert!(keys.has_more && keys.iter().count() == 32);
        // Too deep to be read at all by serde_json is a line that is none, and no end of the stack.
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        keys.see(deep.as_bytes());
        keys.see(format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)).as_bytes());
    }
}
