//! Commands by which a person sees a failure again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::definition::{Faults, Section, quoted, unknown};
use crate::role::Role;
use crate::text::shell;

/// A way to see a failure again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reproduction {
    /// What it is called: `smoke`, `full`.
    pub name: String,
    /// The first of these whose places can be filled in.
    templates: Vec<Vec<Part>>,
}

/// A command for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct CommandRow {
    /// What it runs: `smoke`, `full`.
    pub name: String,
    /// The command, for a POSIX shell.
    pub command: String,
}

impl CommandRow {
    /// The command by which a failure is seen again: the log's own, else the first of the taxonomy's. The one place where
    /// this is decided.
    #[must_use]
    pub fn replay<'c>(of_log: Option<&'c str>, of_taxonomy: &'c [Self]) -> Option<&'c str> {
        of_log.or_else(|| of_taxonomy.first().map(|way| way.command.as_str()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The text of a role as one word of a POSIX shell.
    Place(Role),
}

impl Reproduction {
    /// The command for a failure; `None` when a place of each template is unknown. A text with control characters, or
    /// one that would be an option, fills no place.
    #[must_use]
    pub fn command<'t>(&self, field: impl Fn(Role) -> Option<&'t str>) -> Option<String> {
        let fill = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Place(role) => {
                let fits = |text: &&str| !text.is_empty() && !text.starts_with('-') && !text.contains(char::is_control);
                field(*role).filter(fits).map(shell::posix)
            }
        };
        self.templates.iter().find_map(|template| template.iter().map(fill).collect())
    }
}

/// Reads the `[reproduce]` table.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Reproduction> {
    let Some(section) = root.section("reproduce", faults) else { return Vec::new() };
    let mut list = Vec::new();
    for (name, entry) in section.entries() {
        let texts = entry.texts(name.value, faults).unwrap_or_default();
        let templates = texts.into_iter().map(|text| template(text.value, text.at, faults)).collect();
        list.push(Reproduction { name: name.value.to_owned(), templates });
    }
    list
}

fn template(text: &str, at: usize, faults: &mut Faults<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        parts.push(Part::Text(rest[..start].to_owned()));
        let Some(end) = rest[start..].find('}') else {
            faults.add(at, format!("{} has a `{{` without its `}}`", quoted(text)));
            return parts;
        };
        let name = &rest[start + 1..start + end];
        let places = || Role::ALL.into_iter().filter(|role| role.is_text() || *role == Role::Seed);
        if let Some(role) = places().find(|role| role.name() == name) {
            parts.push(Part::Place(role));
        } else {
            faults.add(at, unknown("place", name, places().map(Role::name)));
        }
        rest = &rest[start + end + 1..];
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

#[cfg(test)]
mod tests {
    use crate::role::Role;
    use crate::taxonomy::Taxonomy;

    const HEAD: &str = "name = 't'\n[fallback]\nclass = 'c'\nseverity = 'low'\nowner = 'o'\n";

    #[test]
    fn the_first_template_that_can_be_filled_in_is_the_command() {
        let text = format!("{HEAD}[reproduce]\none = ['run {{file}} -t {{scenario}}', 'run {{file}}']\n");
        let taxonomy = Taxonomy::parse("t", &text).unwrap();
        let [one] = taxonomy.reproductions() else { panic!("one") };
        let of = |file, scenario| {
            one.command(move |role| match role {
                Role::File => file,
                Role::Scenario => scenario,
                _ => None,
            })
        };
        assert_eq!(of(Some("a b.ts"), Some("S1")).as_deref(), Some("run 'a b.ts' -t S1"));
        assert_eq!(of(Some("a.ts"), None).as_deref(), Some("run a.ts"));
        assert_eq!(of(Some("a.ts"), Some("x\ny")).as_deref(), Some("run a.ts"));
        assert_eq!(of(Some("a.ts"), Some("--reporter=x")).as_deref(), Some("run a.ts"));
        assert_eq!(of(Some("--config=./evil.mjs"), Some("S1")), None);
        assert_eq!(of(None, Some("S1")), None);
    }

    #[test]
    fn places_must_be_known_and_closed() {
        let text = format!("{HEAD}[reproduce]\none = ['run {{fiel}}', 'run {{file']\n");
        let faults = Taxonomy::parse("t", &text).unwrap_err().to_string();
        assert!(faults.contains("unknown place `fiel`, known: schema"), "{faults}");
        assert!(faults.contains("has a `{` without its `}`"), "{faults}");
    }
}
