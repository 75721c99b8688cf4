//! Evidence: what a person needs before working on a failure, and how it is told whether it is there.

use crate::definition::{Expression, Faults, Section, Spot, quoted, unknown};
use crate::role::Role;

/// One thing that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it is called.
    pub name: String,
    /// It is there when the record has one of these fields.
    pub roles: Vec<Role>,
    /// Or when one of its artifacts is called so.
    pub artifact: Option<Expression>,
    /// Or when its message says so.
    pub message: Option<Expression>,
    /// Or when its scenario passed and failed under one revision.
    pub history: bool,
}

/// What is known of a failure.
pub trait Known {
    /// The text of a field.
    fn field(&self, role: Role) -> Option<&str>;
    /// The names of its artifacts.
    fn artifacts(&self) -> &[String];
    /// A pass and a failure under one revision, in words.
    fn history(&self) -> Option<&str>;
}

impl Evidence {
    /// Where it was found: the field, the artifact, the words of the message or of the history. `None`: it is missing.
    #[must_use]
    pub fn find<'k>(&self, known: &'k impl Known) -> Option<&'k str> {
        let field = self.roles.iter().find_map(|&role| known.field(role).filter(|text| !text.is_empty()));
        let artifact = || {
            let called = self.artifact.as_ref()?;
            known.artifacts().iter().find(|artifact| called.is_match(artifact)).map(String::as_str)
        };
        let message = || self.message.as_ref()?.find_in(known.field(Role::Message)?);
        let history = || known.history().filter(|_| self.history);
        field.or_else(artifact).or_else(message).or_else(history)
    }
}

/// Reads the `[[class.evidence]]` entries of a class.
pub(super) fn read(class: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Evidence> {
    let mut list: Vec<Evidence> = Vec::new();
    for section in class.sections("evidence", faults) {
        section.refuse_unknown(&["name", "roles", "artifact", "message", "history"], faults);
        let roles = section.texts("roles", faults).unwrap_or_default();
        let roles = roles.into_iter().filter_map(|name| role(name, faults)).collect();
        let [artifact, message] = ["artifact", "message"]
            .map(|key| section.text(key, faults).and_then(|pattern| Expression::read(pattern, faults)));
        let history = section.flag("history", faults).unwrap_or(false);
        let Some(name) = section.required_text("name", faults) else { continue };
        if list.iter().any(|earlier| earlier.name == name.value) {
            faults.add(name.at, format!("evidence {} is named twice", quoted(name.value)));
            continue;
        }
        list.push(Evidence { name: name.value.to_owned(), roles, artifact, message, history });
    }
    list
}

fn role(name: Spot<&str>, faults: &mut Faults<'_>) -> Option<Role> {
    let role = Role::from_name(name.value);
    if role.is_none() {
        faults.add(name.at, unknown("field", name.value, Role::ALL.map(Role::name)));
    }
    role
}
