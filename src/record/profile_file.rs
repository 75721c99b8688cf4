//! Reading a profile from its TOML document.

use jiff::tz::Offset;

use super::derivation;
use super::field_path::{self, Unnamed};
use super::only::Only;
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

/// The roles that a profile must map or derive.
const NEEDED: [Role; 2] = [Role::Scenario, Role::Outcome];

/// The roles whose fields must be required.
const REQUIRED: [Role; 2] = [Role::Time, Role::Outcome];

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
    root.refuse_unknown(&["name", "description", "taxonomy", "prefix", "only", "field", "outcome", "derive"], faults);
    let name = root.required_text("name", faults);
    let description = root.text("description", faults);
    let taxonomy = root.readable_text("taxonomy", faults).map(|name| name.value.to_owned());
    let prefix = root.text("prefix", faults).and_then(|pattern| Expression::read(pattern, faults));
    let Mapped { mut fields, roles } = read_fields(root, faults);
    let outcome = read_outcome(root, faults);
    let mut beside = Unnamed::beside(fields.iter().map(|field| field.path.clone()).collect());
    let derivations = derivation::read(root, &mut beside, faults);
    let only = read_only(root, &mut beside, faults);
    let unnamed = |path| Field { role: None, path, kind: Kind::Any, required: false, zone: None };
    fields.extend(beside.into_paths().into_iter().map(unnamed));
    check_needed(root, &roles, &derivations, faults);
    if fields.len() > MOST_FIELDS {
        faults.add(root.at, format!("{} fields are mapped, {MOST_FIELDS} at most", fields.len()));
    }
    Some(Profile {
        name: name?.value.to_owned(),
        description: description.map_or_else(String::new, |text| text.value.to_owned()),
        fields,
        outcome: outcome?,
        derivations,
        taxonomy,
        prefix,
        only,
    })
}

/// The mapped fields, with the line of each role's and where it is said that it may be absent.
struct Mapped {
    fields: Vec<Field>,
    roles: BTreeMap<Role, (usize, Option<usize>)>,
}

fn read_fields(root: &Section<'_>, faults: &mut Faults<'_>) -> Mapped {
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
        let path = field_path::read(&section, faults);
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
    field_path::check(&paths, faults);
    Mapped { fields, roles }
}

fn check_needed(
    root: &Section<'_>,
    roles: &BTreeMap<Role, (usize, Option<usize>)>,
    derivations: &[derivation::Derivation],
    faults: &mut Faults<'_>,
) {
    let is_derived = |role: Role| derivations.iter().any(|derivation| derivation.role == role);
    for role in NEEDED {
        if !roles.contains_key(&role) && !is_derived(role) {
            faults.add(root.at, format!("no field has the role `{role}`"));
        }
    }
    for role in REQUIRED {
        if let Some(&(_, Some(at))) = roles.get(&role)
            && !is_derived(role)
        {
            faults.add(at, format!("`{role}` must be required: no record is read without"));
        }
    }
}

/// `[only]`: what a line must have to be a record.
fn read_only(root: &Section<'_>, unnamed: &mut Unnamed, faults: &mut Faults<'_>) -> Vec<Only> {
    let Some(section) = root.section("only", faults) else { return Vec::new() };
    let entries = section.entries();
    if entries.is_empty() {
        faults.add(section.at, "`only` names no field: without it every line is a record");
    }
    let mut only = Vec::new();
    for (key, entry) in entries {
        let words = if entry.as_flag() == Some(true) {
            Vec::new()
        } else if entry.is_array() && !entry.is_empty_array() {
            let mut words = Vec::new();
            for word in entry.items().unwrap_or_default() {
                match word.as_plain().or_else(|| word.as_flag().map(|flag| flag.to_string())) {
                    Some(word) => words.push(word),
                    None => faults.add(word.at(), word.wrong(key.value, "a word")),
                }
            }
            words
        } else {
            faults.add(entry.at(), entry.wrong(key.value, "a list of words, or true for any value"));
            continue;
        };
        if let Some(field) = unnamed.field(field_path::dotted(key, faults), faults) {
            only.push(Only { field, words });
        }
    }
    only
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
