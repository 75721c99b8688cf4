//! The paths of fields in a profile's file.

use std::collections::BTreeMap;

use super::pathlike;
use crate::definition::{Entry, Faults, Section, Spot, quoted};

/// The most keys of a path.
const MAX_KEYS: usize = 32;

/// Fields that a profile looks at beside those that it maps: they have no role, may be absent, and have any value.
pub(super) struct Unnamed {
    paths: Vec<Vec<String>>,
    mapped: usize,
}

impl Unnamed {
    /// Beside fields of these paths.
    pub(super) fn beside(paths: Vec<Vec<String>>) -> Self {
        Self { mapped: paths.len(), paths }
    }

    /// The paths of the fields that are not mapped, whose numbers follow those that are.
    pub(super) fn into_paths(mut self) -> Vec<Vec<String>> {
        self.paths.split_off(self.mapped)
    }

    /// The number of the field at a path, which may be mapped already; `None` for no path.
    pub(super) fn field(&mut self, path: Option<Spot<Vec<String>>>, faults: &mut Faults<'_>) -> Option<usize> {
        let Spot { value: path, at } = path?;
        if let Some(known) = self.paths.iter().position(|known| *known == path) {
            return Some(known);
        }
        if let Some(other) = self.paths.iter().find(|known| known.starts_with(&path) || path.starts_with(known)) {
            let [path, other] = [&path, other].map(|path| quoted(&path.join(".")));
            faults.add(at, format!("the paths {path} and {other} lead through each other"));
            return None;
        }
        self.paths.push(path);
        Some(self.paths.len() - 1)
    }
}

/// A dotted path.
pub(super) fn dotted(text: Spot<&str>, faults: &mut Faults<'_>) -> Option<Spot<Vec<String>>> {
    let Spot { value: text, at } = text;
    match pathlike::syntax(text).map_or_else(|| split(text), Err) {
        Ok(value) if value.len() <= MAX_KEYS => Some(Spot { value, at }),
        Ok(_) => {
            faults.add(at, format!("path has more than {MAX_KEYS} keys"));
            None
        }
        Err(message) => {
            faults.add(at, format!("path {} {message}", quoted(text)));
            None
        }
    }
}

/// The path of one of a list: a dotted text, or the list of its keys.
pub(super) fn of_entry(entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<Spot<Vec<String>>> {
    let at = entry.at();
    if entry.is_array() {
        let keys = entry.texts("path", faults)?;
        let keys: Vec<String> = keys.into_iter().map(|key| key.value.to_owned()).collect();
        if keys.len() > MAX_KEYS {
            faults.add(at, format!("path has more than {MAX_KEYS} keys"));
            return None;
        }
        return (!keys.is_empty()).then_some(Spot { value: keys, at });
    }
    let Some(value) = entry.as_text() else {
        faults.add(at, entry.wrong("path", "a string or a list of strings"));
        return None;
    };
    dotted(Spot { value, at }, faults)
}

/// The path of a field: a dotted text, or the list of its keys.
pub(super) fn read(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Spot<Vec<String>>> {
    let Some(entry) = section.entry("path") else {
        faults.add(section.at, "missing key `path`");
        return None;
    };
    of_entry(entry, faults)
}

/// Splits a dotted path; `\.` is a dot within a key and `\\` a backslash.
pub(super) fn split(text: &str) -> Result<Vec<String>, &'static str> {
    let mut keys = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '.' => {
                keys.push(String::new());
                continue;
            }
            '\\' => match characters.next() {
                Some(escaped @ ('.' | '\\')) => escaped,
                _ => return Err("has a `\\` that stands before neither `.` nor `\\`"),
            },
            other => other,
        };
        if let Some(key) = keys.last_mut() {
            key.push(literal);
        }
    }
    if keys.iter().any(String::is_empty) {
        return Err(
            "has an empty key: \"error.message\" is `message` within `error`, and a list of strings may hold an \
                    empty key",
        );
    }
    Ok(keys)
}

/// Notes each path that another field has, or that leads through another field.
pub(super) fn check(paths: &[(Vec<String>, usize, usize)], faults: &mut Faults<'_>) {
    let mut lines: BTreeMap<&[String], usize> = BTreeMap::new();
    for (path, at, line) in paths {
        if let Some(earlier) = lines.get(path.as_slice()) {
            faults.add(*at, format!("path {} is already mapped at line {earlier}", quoted(&path.join("."))));
        } else {
            lines.insert(path, *line);
        }
    }
    for (path, at, _) in paths {
        let outer = (1..path.len()).find_map(|length| lines.get(&path[..length]));
        if let Some(line) = outer {
            let path = quoted(&path.join("."));
            faults.add(*at, format!("path {path} leads through the field that is mapped at line {line}"));
        }
    }
}
