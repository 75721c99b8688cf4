//! Derivations: keys that a log does not carry in a field of their own.

use super::field_path::{self, Unnamed};
use crate::definition::{Entry, Expression, Faults, Section, Spot, quoted, unknown};
use crate::role::Role;

/// How the text of a role is found: by the first of its sources that gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The role.
    pub role: Role,
    /// The sources, in order.
    pub from: Vec<Source>,
}

/// Where a derived text may come from. A field that is absent or empty gives none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A field as it stands, or what a regular expression finds in it.
    Field {
        /// The field.
        role: Role,
        /// What is taken of it: the first group that took part, else the whole match.
        regex: Option<Expression>,
    },
    /// Fields, one behind the other; at least one must give a text.
    Joined {
        /// The fields.
        roles: Vec<Role>,
        /// What stands between them.
        with: String,
    },
    /// The first line of a field without what differs from one failure to the next: JSON as `<json>`, quoted text as
    /// `<text>`, UUIDs as `<uuid>`, hexadecimal words as `<hex>`, other digits as `<n>`.
    Masked {
        /// The field.
        role: Role,
        /// Bytes that are kept at most.
        at_most: usize,
    },
    /// The code of the rule that took the failure; only for the reason, and only of rules that have one.
    Code,
    /// What stands at a path: a text, a number or a truth value, or what a regular expression finds in it.
    Path {
        /// Number of the field.
        field: usize,
        /// What is taken of it: the first group that took part, else the whole match.
        regex: Option<Expression>,
    },
    /// What stands at several paths, with their names: `os=linux python=3.12`.
    Labels(Vec<(String, usize)>),
    /// A text that is the same for all records.
    Constant(String),
}

/// The roles that can be derived: those that are one value, but for the word that names the shape and the id that is no name put
/// together.
pub(super) const DERIVABLE: [Role; 24] = [
    Role::Time,
    Role::Packet,
    Role::Suite,
    Role::Scenario,
    Role::Mode,
    Role::Message,
    Role::Invariant,
    Role::Reason,
    Role::Outcome,
    Role::Run,
    Role::Branch,
    Role::Revision,
    Role::Env,
    Role::Seed,
    Role::Replay,
    Role::File,
    Role::Test,
    Role::Url,
    Role::Job,
    Role::Stack,
    Role::Organization,
    Role::Duration,
    Role::Attempt,
    Role::Artifacts,
];

/// The most fields that are joined with their names.
const MOST_LABELS: usize = 16;

/// The rules by which [`mask()`](super::mask()) works, as a profile names them.
const MASK_VERSION: u64 = 1;
/// Bytes of a masked text, where the profile does not say.
const AT_MOST: u64 = 200;

/// Reads the `[[derive]]` entries of a profile.
pub(super) fn read(root: &Section<'_>, unnamed: &mut Unnamed, faults: &mut Faults<'_>) -> Vec<Derivation> {
    let mut list: Vec<Derivation> = Vec::new();
    for section in root.sections("derive", faults) {
        section.refuse_unknown(&["role", "from"], faults);
        let name = section.required_text("role", faults);
        let sources = section.sections("from", faults);
        if sources.is_empty() {
            faults.add(section.at, "`from` names no source");
        }
        let role = name.and_then(|name| derivable(name, faults));
        let read: Vec<Source> =
            sources.iter().filter_map(|source| read_source(source, role, unnamed, faults)).collect();
        let Some((name, role)) = name.zip(role) else { continue };
        if list.iter().any(|earlier| earlier.role == role) {
            faults.add(name.at, format!("role `{role}` is derived twice"));
            continue;
        }
        list.push(Derivation { role, from: read });
    }
    list
}

fn derivable(name: Spot<&str>, faults: &mut Faults<'_>) -> Option<Role> {
    let role = DERIVABLE.into_iter().find(|role| role.name() == name.value);
    if role.is_none() {
        faults.add(name.at, unknown("derived role", name.value, DERIVABLE.map(Role::name)));
    }
    role
}

fn read_source(
    section: &Section<'_>,
    of: Option<Role>,
    unnamed: &mut Unnamed,
    faults: &mut Faults<'_>,
) -> Option<Source> {
    let ways = ["role", "join", "code", "path", "labels", "const"].map(|key| section.entry(key));
    let [role, join, code, path, labels, constant] = ways;
    if ways.into_iter().flatten().count() != 1 {
        faults.add(section.at, "a source is one of `role`, `path`, `join`, `labels`, `const` and `code`");
        return None;
    }
    if let Some(path) = path {
        section.refuse_unknown(&["path", "regex"], faults);
        let regex = section.text("regex", faults).and_then(|pattern| Expression::read(pattern, faults));
        let field = unnamed.field(field_path::of_entry(path, faults), faults)?;
        return Some(Source::Path { field, regex });
    }
    if let Some(labels) = labels {
        section.refuse_unknown(&["labels"], faults);
        return read_labels(labels, unnamed, faults);
    }
    if let Some(constant) = constant {
        section.refuse_unknown(&["const"], faults);
        let text = constant.text("const", faults)?;
        if text.value.is_empty() {
            faults.add(text.at, "`const` is empty");
        }
        return Some(Source::Constant(text.value.to_owned()));
    }
    if let Some(code) = code {
        section.refuse_unknown(&["code"], faults);
        if code.as_flag() != Some(true) {
            faults.add(code.at(), code.wrong("code", "true"));
        }
        if of.is_some_and(|role| role != Role::Reason) {
            faults.add(section.at, "the code of a rule can only be a reason");
        }
        return Some(Source::Code);
    }
    if let Some(join) = join {
        section.refuse_unknown(&["join", "with"], faults);
        let roles = join.texts("join", faults)?;
        let roles = roles.into_iter().filter_map(|name| text_role(name, faults)).collect();
        let with = section.text("with", faults).map_or_else(String::new, |text| text.value.to_owned());
        return Some(Source::Joined { roles, with });
    }
    section.refuse_unknown(&["role", "regex", "mask", "at_most"], faults);
    let role = role?.text("role", faults).and_then(|name| text_role(name, faults));
    let regex = section.text("regex", faults).and_then(|pattern| Expression::read(pattern, faults));
    let Some(version) = section.entry("mask") else {
        if let Some(at_most) = section.entry("at_most") {
            faults.add(at_most.at(), "`at_most` is for masked texts alone");
        }
        return Some(Source::Field { role: role?, regex });
    };
    if let Some(entry) = section.entry("regex") {
        faults.add(entry.at(), "`regex` and `mask` exclude each other");
    }
    check_mask(version, faults);
    let at_most = section.count("at_most", faults).unwrap_or(AT_MOST);
    if !(1..=4096).contains(&at_most) {
        let at = section.entry("at_most").map_or(section.at, Entry::at);
        faults.add(at, format!("{} is not a number of 1 to 4096 bytes", quoted("at_most")));
    }
    Some(Source::Masked { role: role?, at_most: usize::try_from(at_most).unwrap_or(usize::MAX) })
}

/// Fields that are joined with their names: the last keys of their paths, or all keys where these are the same.
fn read_labels(labels: Entry<'_>, unnamed: &mut Unnamed, faults: &mut Faults<'_>) -> Option<Source> {
    let items = labels.items().filter(|items| labels.is_array() && !items.is_empty());
    let Some(items) = items.filter(|items| items.len() <= MOST_LABELS) else {
        faults.add(labels.at(), format!("`labels` is no list of 1 to {MOST_LABELS} paths"));
        return None;
    };
    let mut paths: Vec<(Vec<String>, usize)> = Vec::new();
    for item in items {
        let Some(path) = field_path::of_entry(item, faults) else { continue };
        let keys = path.value.clone();
        if let Some(field) = unnamed.field(Some(path), faults) {
            paths.push((keys, field));
        }
    }
    let name = |keys: &Vec<String>| {
        let is_shared = paths.iter().filter(|(other, _)| other.last() == keys.last()).count() > 1;
        if is_shared { keys.join(".") } else { keys.last().cloned().unwrap_or_default() }
    };
    Some(Source::Labels(paths.iter().map(|(keys, field)| (name(keys), *field)).collect()))
}

fn check_mask(version: Entry<'_>, faults: &mut Faults<'_>) {
    if let Some(count) = version.count("mask", faults).filter(|&count| count != MASK_VERSION) {
        faults.add(version.at(), format!("unknown version {count} of the mask, known: {MASK_VERSION}"));
    }
}

fn text_role(name: Spot<&str>, faults: &mut Faults<'_>) -> Option<Role> {
    let texts = || Role::ALL.into_iter().filter(|role| role.is_text());
    let role = texts().find(|role| role.name() == name.value);
    if role.is_none() {
        faults.add(name.at, unknown("text role", name.value, texts().map(Role::name)));
    }
    role
}
