//! One rule: what it asks of a failure, and what it gives to the failures it takes.

use super::class::Classes;
use super::{ClassId, Severity};
use crate::definition::{Expression, Faults, Section, Spot, quoted, unknown};
use crate::role::Role;

/// A rule takes a failure when everything that it asks for holds.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The class of the failures it takes.
    pub class: ClassId,
    /// A second class that stands beside the first, for reports only.
    pub secondary: Option<ClassId>,
    /// Their severity, before overrides.
    pub severity: Severity,
    /// Whom to ask.
    pub owner: String,
    /// A short name of the rule, its own within the taxonomy.
    pub code: Option<String>,
    /// The field that the literals and the regular expression look into.
    pub field: Role,
    /// One of these must stand in the field, whatever the ASCII letter case; no condition when empty.
    pub any: Vec<String>,
    /// Each of these must stand in the field.
    pub all: Vec<String>,
    /// None of these may stand in the field.
    pub none: Vec<String>,
    /// What other fields of the record must be.
    pub when: Vec<Condition>,
    /// Must match somewhere in the field.
    pub regex: Option<Expression>,
    /// The line of the taxonomy at which it stands.
    pub line: usize,
}

/// What one field of a record must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub role: Role,
    /// What it must be.
    pub test: Test,
}

/// What a field must be. A field that is absent reads as an empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Exactly one of these texts.
    OneOf(Vec<String>),
    /// A text in which the regular expression matches somewhere.
    Matches(Expression),
    /// Not empty.
    Present,
    /// Empty or absent.
    Absent,
}

impl Test {
    /// Whether the value of a field passes.
    #[must_use]
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Self::OneOf(texts) => texts.iter().any(|text| text == value),
            Self::Matches(expression) => expression.is_match(value),
            Self::Present => !value.is_empty(),
            Self::Absent => value.is_empty(),
        }
    }
}

const KEYS: [&str; 11] =
    ["class", "severity", "owner", "code", "secondary", "field", "any", "all", "none", "when", "regex"];

impl Rule {
    /// Reads one `[[rule]]`; `None` only when a fault was noted.
    pub(super) fn read(section: &Section<'_>, classes: &mut Classes, faults: &mut Faults<'_>) -> Option<Self> {
        section.refuse_unknown(&KEYS, faults);
        // A class is mentioned even by a rule with other faults, else its `[[class]]` would look unused.
        let class = section.required_text("class", faults).map(|name| classes.mention(name.value));
        let secondary = section.readable_text("secondary", faults).map(|name| (name.at, classes.mention(name.value)));
        if let Some((at, secondary)) = secondary
            && Some(secondary) == class
        {
            faults.add(at, "`secondary` is the class itself");
        }
        let severity = section.required_word("severity", "severity", &Severity::TABLE, faults);
        let owner = section.required_text("owner", faults);
        let code = section.readable_text("code", faults);
        let field = section.text("field", faults).map_or(Some(Role::Reason), |name| text_role("field", name, faults));
        let [any, all, none] = ["any", "all", "none"].map(|key| literals(section, key, faults));
        let when = section.section("when", faults).map(|when| conditions(&when, faults)).unwrap_or_default();
        let regex = section.text("regex", faults).and_then(|pattern| Expression::read(pattern, faults));
        if ["any", "all", "none", "when", "regex"].iter().all(|key| section.entry(key).is_none()) {
            let message =
                "rule without a condition (any, all, none, when, regex): what is left belongs to `[fallback]`";
            faults.add(section.at, message);
        }
        Some(Self {
            class: class?,
            secondary: secondary.map(|(_, class)| class),
            severity: severity?,
            owner: owner?.value.to_owned(),
            code: code.map(|code| code.value.to_owned()),
            field: field?,
            any,
            all,
            none,
            when,
            regex,
            line: faults.line(section.at),
        })
    }

    /// Every literal of the rule.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.any.iter().chain(&self.all).chain(&self.none).map(String::as_str)
    }
}

/// The role of that name, when its value is a text.
fn text_role(key: &str, name: Spot<&str>, faults: &mut Faults<'_>) -> Option<Role> {
    let known = || Role::ALL.into_iter().filter(|role| role.is_text()).map(Role::name);
    match Role::from_name(name.value) {
        Some(role) if role.is_text() => return Some(role),
        Some(role) => {
            let known: Vec<&str> = known().collect();
            faults.add(name.at, format!("`{key}` names `{role}`, which is not a text; texts: {}", known.join(", ")));
        }
        None => faults.add(name.at, unknown("field", name.value, known())),
    }
    None
}

/// A list of literals: none empty, none twice.
fn literals(section: &Section<'_>, key: &str, faults: &mut Faults<'_>) -> Vec<String> {
    let spots = section.texts(key, faults).unwrap_or_default();
    let mut folded: Vec<(String, usize)> =
        spots.iter().map(|spot| (spot.value.to_ascii_lowercase(), spot.at)).collect();
    folded.sort_unstable();
    for pair in folded.windows(2) {
        if pair[0].0 == pair[1].0 {
            faults
                .add(pair[1].1, format!("{} stands twice in `{key}` (letter case does not count)", quoted(&pair[1].0)));
        }
    }
    for spot in spots.iter().filter(|spot| spot.value.is_empty()) {
        faults.add(spot.at, format!("empty literal in `{key}`: every text holds it"));
    }
    spots.into_iter().map(|spot| spot.value.to_owned()).collect()
}

/// The conditions of a `when` table by role: a text, a list of texts, `{ regex = "..." }`, `true` (present) or `false`
/// (absent).
fn conditions(when: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let entries = when.entries();
    if entries.is_empty() {
        faults.add(when.at, "`when` is an empty table");
    }
    for (key, entry) in entries {
        let role = text_role("when", key, faults);
        let test = if let Some(flag) = entry.as_flag() {
            Some(if flag { Test::Present } else { Test::Absent })
        } else if let Some(text) = entry.as_text() {
            Some(Test::OneOf(vec![text.to_owned()]))
        } else if entry.is_array() {
            let texts = entry.texts(key.value, faults).unwrap_or_default();
            Some(Test::OneOf(texts.into_iter().map(|text| text.value.to_owned()).collect()))
        } else if entry.is_table() {
            entry
                .section(key.value, faults)
                .and_then(|section| {
                    section.refuse_unknown(&["regex"], faults);
                    section.required_text("regex", faults).and_then(|pattern| Expression::read(pattern, faults))
                })
                .map(Test::Matches)
        } else {
            faults.add(entry.at(), entry.wrong(key.value, "a string, a list of strings, a regex, true or false"));
            None
        };
        if let (Some(role), Some(test)) = (role, test) {
            conditions.push(Condition { role, test });
        }
    }
    conditions
}
