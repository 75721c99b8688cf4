//! What a line says besides the fields that every record has; looked up only where a failure asks for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::profile::Profile;
use super::slot::Slot;
use crate::role::Role;

/// The rest of a line.
#[derive(Clone, Copy)]
pub struct More<'a>(Option<Rest<'a>>);

#[derive(Clone, Copy)]
struct Rest<'a> {
    profile: &'a Profile,
    slots: &'a [Slot<'a>],
    line: &'a [u8],
    /// What is derived in place of fields.
    derived: &'a [(Role, String)],
}

/// The roles that are told of a failure besides its keys, in the order in which they are looked at.
const TOLD: [Role; 13] = [
    Role::Message,
    Role::Invariant,
    Role::File,
    Role::Test,
    Role::Organization,
    Role::Entities,
    Role::Url,
    Role::Job,
    Role::Revision,
    Role::Attempt,
    Role::Duration,
    Role::Stack,
    Role::ScenarioId,
];

/// Bytes of a text that are kept.
const KEPT: usize = 2000;

impl fmt::Debug for More<'_> {
    /// What it says, wherever that stands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(TOLD.into_iter().filter_map(|role| Some((role, self.text(role)?)))).finish()
    }
}

impl<'a> More<'a> {
    /// Nothing more.
    pub const NONE: Self = Self(None);

    /// `slots`: the values of the profile's fields; `line`: the text that they were read from, or as much of it as is
    /// needed.
    pub(super) fn new(profile: &'a Profile, slots: &'a [Slot<'a>], line: &'a [u8]) -> Self {
        Self(Some(Rest { profile, slots, line, derived: &[] }))
    }

    /// The same, with what is derived in place of fields.
    pub(super) fn and(self, derived: &'a [(Role, String)]) -> Self {
        Self(self.0.map(|rest| Rest { derived, ..rest }))
    }

    /// The text of a role.
    #[must_use]
    pub fn text(self, role: Role) -> Option<&'a str> {
        self.0?.slot(role)?.text()
    }

    /// The value of a role as people read it.
    pub(super) fn shown(self, role: Role) -> Option<String> {
        match self.0?.slot(role)? {
            Slot::Text(text) => Some(text.to_owned()),
            Slot::Integer(value) => Some(value.to_string()),
            Slot::Number(value) => Some(value.to_string()),
            Slot::Bool(value) => Some(value.to_string()),
            Slot::Absent | Slot::Null => None,
            Slot::HugeInteger => Some("an integer beyond 128 bits".to_owned()),
            Slot::Texts(_) | Slot::Moment(_) | Slot::Other(_) => Some("a value of several".to_owned()),
        }
    }

    /// What a failure's line tells, by role: see [`Record::told`](super::Record::told). `text`: the texts of its record.
    pub(super) fn told(self, text: impl Fn(Role) -> Option<&'a str>) -> Option<String> {
        let rest = self.0?;
        let mut told = Map::new();
        for role in TOLD {
            let value = match role {
                // Where nothing else is told and no name is ever put together, the scenario's name says as much.
                Role::ScenarioId if rest.profile.derivations.is_empty() && told.is_empty() => None,
                Role::Message | Role::Invariant | Role::ScenarioId => {
                    text(role).filter(|text| !text.is_empty()).map(|text| Value::from(cut(text)))
                }
                Role::Entities => rest.value(role),
                _ => rest.slot(role).and_then(shown),
            };
            if let Some(value) = value {
                told.insert(role.name().to_owned(), value);
            }
        }
        (!told.is_empty()).then(|| Value::Object(told).to_string())
    }
}

impl<'a> Rest<'a> {
    fn slot(&self, role: Role) -> Option<Slot<'a>> {
        if let Some((_, text)) = self.derived.iter().find(|(derived, _)| *derived == role) {
            return Some(match role {
                _ if text.is_empty() => Slot::Absent,
                Role::Attempt | Role::Duration => number(text),
                _ => Slot::Text(text),
            });
        }
        let field = self.profile.fields.iter().position(|field| field.role == Some(role))?;
        self.slots.get(field).copied()
    }

    /// The JSON text of a value of any type, read from the line again: the parsers keep none of those. No number of it
    /// passes through a float, and nothing around it is looked into.
    fn value(&self, role: Role) -> Option<Value> {
        let path = &self.profile.field(role)?.path;
        let mut text = std::str::from_utf8(self.line).ok()?;
        for key in path {
            let object: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).ok()?;
            text = object.get(key.as_str())?.get();
        }
        (text != "null").then(|| Value::from(cut(text)))
    }
}

/// A number that was derived; what is none is not told.
fn number(text: &str) -> Slot<'_> {
    let number = || text.parse().ok().filter(|number: &f64| number.is_finite());
    let whole = text.parse().ok().map(Slot::Integer);
    whole.or_else(|| number().map(Slot::Number)).unwrap_or(Slot::Absent)
}

fn shown(slot: Slot<'_>) -> Option<Value> {
    match slot {
        Slot::Text("") => None,
        Slot::Text(text) => Some(Value::from(cut(text))),
        Slot::Integer(value) => {
            u64::try_from(value).map(Value::from).or_else(|_| i64::try_from(value).map(Value::from)).ok()
        }
        Slot::Number(value) => serde_json::Number::from_f64(value).map(Value::Number),
        _ => None,
    }
}

fn cut(text: &str) -> String {
    if text.len() <= KEPT {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(KEPT)])
}
