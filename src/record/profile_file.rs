//! Reading a profile from its TOML document.

use jiff::tz::Offset;

use super::derivation;
use super::pathlike;
use super::profile::{Field, Kind, MOST_FIELDS, OutcomeKind, OutcomeWords, Profile, TimeUnit};
use crate::definition::{self, DefinitionError, Expression, Faults, Section, Spot, quoted, unknown};
use crate::role::Role;
use std::collections::BTreeMap;

pub(super) const UNITS: [(&str, TimeUnit); 5] = [
    ("s", TimeUnit::Seconds),
    ("ms", TimeUnit::Milliseconds),
    ("us", TimeUnit::Microseconds),
    ("ns", TimeUnit::Nanoseconds),
    ("rfc3339", TimeUnit::Rfc3339),
];

/// The most keys of a path.
const MAX_KEYS: usize = 32;

/// The types by name; the unit of a time is read from a key of its own.
const KINDS: [(&str, Kind); 7] = [
    ("text", Kind::Text),
    ("unsigned", Kind::Unsigned),
    ("integer", Kind::Integer),
    ("time", Kind::Time(TimeUnit::Milliseconds)),
    ("texts", Kind::Texts),
    ("number", Kind::Number),
    ("any", Kind::Any),
];

/// What a word in no list may mean.
const OTHERS: [(&str, OutcomeKind); 2] = [("unknown", OutcomeKind::Unknown), ("fail", OutcomeKind::Fail)];

/// The roles that a profile must map, and whether the field must be required too.
const NEEDED: [(Role, bool); 3] = [(Role::Time, true), (Role::Scenario, false), (Role::Outcome, true)];

impl Profile {
    /// Reads a profile; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, &[], read)
    }
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Profile> {
    root.refuse_unknown(&["name", "description", "taxonomy", "prefix", "field", "outcome", "derive"], faults);
    let name = root.required_text("name", faults);
    let description = root.text("description", faults);
    let taxonomy = root.readable_text("taxonomy", faults).map(|name| name.value.to_owned());
    let prefix = root.text("prefix", faults).and_then(|pattern| Expression::read(pattern, faults));
    let fields = read_fields(root, faults);
    let outcome = read_outcome(root, faults);
    let derivations = derivation::read(root, faults);
    Some(Profile {
        name: name?.value.to_owned(),
        description: description.map_or_else(String::new, |text| text.value.to_owned()),
        fields,
        outcome: outcome?,
        derivations,
        taxonomy,
        prefix,
    })
}

fn read_fields(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut roles = BTreeMap::new();
    let mut paths = Vec::new();
    for section in root.sections("field", faults) {
        section.refuse_unknown(&["role", "path", "type", "unit", "zone", "required"], faults);
        let line = faults.line(section.at);
        let role = read_role(&section, faults);
        if let Some(role) = role {
            if let Some((earlier, _)) = roles.get(&role.value) {
                faults.add(role.at, format!("role `{}` is already mapped at line {earlier}", role.value));
            } else {
                let optional = section.entry("required").filter(|entry| entry.as_flag() == Some(false));
                roles.insert(role.value, (line, optional.map(definition::Entry::at)));
            }
        }
        let path = read_path(&section, faults);
        if let Some(path) = &path {
            paths.push((path.value.clone(), path.at, line));
        }
        let kind = read_kind(&section, role, faults);
        let required = section.flag("required", faults);
        let zone = read_zone(&section, kind, faults);
        if let (Some(path), Some(kind)) = (path, kind) {
            let required = required.unwrap_or(true);
            fields.push(Field { role: role.map(|role| role.value), path: path.value, kind, required, zone });
        }
    }
    for (role, must_be_required) in NEEDED {
        match roles.get(&role) {
            None => faults.add(root.at, format!("no field has the role `{role}`")),
            Some(&(_, Some(at))) if must_be_required => {
                faults.add(at, format!("`{role}` must be required: no record is read without"));
            }
            Some(_) => {}
        }
    }
    if fields.len() > MOST_FIELDS {
        faults.add(root.at, format!("{} fields are mapped, {MOST_FIELDS} at most", fields.len()));
    }
    check_paths(&paths, faults);
    fields
}

fn read_role(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Spot<Role>> {
    let name = section.text("role", faults)?;
    let role = Role::from_name(name.value);
    if role.is_none() {
        faults.add(name.at, unknown("role", name.value, Role::ALL.into_iter().map(Role::name)));
    }
    role.map(|value| Spot { value, at: name.at })
}

fn read_kind(section: &Section<'_>, role: Option<Spot<Role>>, faults: &mut Faults<'_>) -> Option<Kind> {
    let kind = section.required_word("type", "type", &KINDS, faults);
    let kind = if let Some(Kind::Time(_)) = kind {
        Kind::Time(section.required_word("unit", "unit", &UNITS, faults)?)
    } else {
        if let Some(unit) = section.entry("unit") {
            faults.add(unit.at(), "`unit` is for the type `time` alone");
        }
        kind?
    };
    if let Some(role) = role.map(|role| role.value)
        && !kind.fits(role)
    {
        let at = section.entry("type").map_or(section.at, definition::Entry::at);
        let fitting: Vec<&str> = KINDS.iter().filter(|(_, kind)| kind.fits(role)).map(|&(name, _)| name).collect();
        faults
            .add(at, format!("type `{}` does not fit the role `{role}`, fitting: {}", kind.name(), fitting.join(", ")));
    }
    Some(kind)
}

/// The zone of times that state none: `UTC`, or hours and minutes from it.
fn read_zone(section: &Section<'_>, kind: Option<Kind>, faults: &mut Faults<'_>) -> Option<Offset> {
    let zone = section.text("zone", faults)?;
    if kind.is_some_and(|kind| kind != Kind::Time(TimeUnit::Rfc3339)) {
        faults.add(zone.at, "`zone` is for times of the unit `rfc3339` alone");
        return None;
    }
    let named = if zone.value == "UTC" { "Z" } else { zone.value };
    let noon = jiff::civil::date(2000, 1, 1).at(12, 0, 0, 0);
    let offset = format!("{noon}{named}").parse().ok().and_then(|at: jiff::Timestamp| {
        let seconds = Offset::UTC.to_timestamp(noon).ok()?.as_second() - at.as_second();
        Offset::from_seconds(i32::try_from(seconds).ok()?).ok()
    });
    if offset.is_none() {
        faults.add(zone.at, format!("unknown zone {}, known: `UTC`, or as `+02:00`", quoted(zone.value)));
    }
    offset
}

/// The path: a dotted text, or the list of its keys.
fn read_path(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Spot<Vec<String>>> {
    let path = read_keys(section, faults)?;
    if path.value.len() > MAX_KEYS {
        faults.add(path.at, format!("path has more than {MAX_KEYS} keys"));
        return None;
    }
    Some(path)
}

fn read_keys(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Spot<Vec<String>>> {
    let Some(entry) = section.entry("path") else {
        faults.add(section.at, "missing key `path`");
        return None;
    };
    let at = entry.at();
    if entry.is_array() {
        let keys = entry.texts("path", faults)?;
        let keys: Vec<String> = keys.into_iter().map(|key| key.value.to_owned()).collect();
        return (!keys.is_empty()).then_some(Spot { value: keys, at });
    }
    let Some(text) = entry.as_text() else {
        faults.add(at, entry.wrong("path", "a string or a list of strings"));
        return None;
    };
    match pathlike::syntax(text).map_or_else(|| split(text), Err) {
        Ok(value) => Some(Spot { value, at }),
        Err(message) => {
            faults.add(at, format!("path {} {message}", quoted(text)));
            None
        }
    }
}

/// Splits a dotted path; `\.` is a dot within a key and `\\` a backslash.
fn split(text: &str) -> Result<Vec<String>, &'static str> {
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
fn check_paths(paths: &[(Vec<String>, usize, usize)], faults: &mut Faults<'_>) {
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

fn read_outcome(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<OutcomeWords> {
    let section = root.required_section("outcome", faults)?;
    section.refuse_unknown(&["pass", "fail", "excluded", "other"], faults);
    if section.entry("pass").is_none() {
        faults.add(section.at, "missing key `pass`");
    }
    let pass = section.texts("pass", faults);
    let mut optional = |key| match section.entry(key) {
        Some(entry) if entry.is_empty_array() => Vec::new(),
        _ => section.texts(key, faults).unwrap_or_default(),
    };
    let [fail, excluded] = ["fail", "excluded"].map(&mut optional);
    let other = section.word("other", "meaning", &OTHERS, faults).unwrap_or(OutcomeKind::Unknown);
    let mut lists = BTreeMap::new();
    let pass = pass.unwrap_or_default();
    for (list, words) in [("pass", &pass), ("fail", &fail), ("excluded", &excluded)] {
        for word in words {
            if let Some(earlier) = lists.insert(word.value, list) {
                let word_shown = quoted(word.value);
                let message = if earlier == list {
                    format!("{word_shown} stands twice in `{list}`")
                } else {
                    format!("{word_shown} stands in both `{earlier}` and `{list}`")
                };
                faults.add(word.at, message);
            }
        }
    }
    let owned = |words: Vec<Spot<&str>>| words.into_iter().map(|word| word.value.to_owned()).collect();
    Some(OutcomeWords { pass: owned(pass), fail: owned(fail), excluded: owned(excluded), other })
}

#[cfg(test)]
mod tests;
