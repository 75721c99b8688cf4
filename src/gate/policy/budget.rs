//! Ceilings, and the parts that they are on.

use std::collections::BTreeSet;

use globset::GlobMatcher;

use crate::definition::{Entry, Faults, Section, pattern, quoted, unknown};
use crate::gate::measure::Measure;
use crate::gate::violation::Level;

/// A ceiling on one measure of everything, or of a part.
#[derive(Clone, Debug)]
pub struct Budget {
    /// The part; `None` for everything.
    pub scope: Option<Scope>,
    /// What is counted.
    pub measure: Measure,
    /// How much of it may be.
    pub ceiling: Ceiling,
}

/// How much of something may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// At most.
    pub at_most: u64,
    /// What more does; `None` for what its check does.
    pub level: Option<Level>,
}

/// A part of all scenarios.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Its name.
    pub name: String,
    packet: Option<GlobMatcher>,
    suite: Option<GlobMatcher>,
    scenario: Option<GlobMatcher>,
}

impl Scope {
    /// Whether a scenario, by packet, suite and id, belongs to it.
    #[must_use]
    pub fn holds(&self, [packet, suite, scenario]: [&str; 3]) -> bool {
        let holds = |pattern: &Option<GlobMatcher>, text| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        holds(&self.packet, packet) && holds(&self.suite, suite) && holds(&self.scenario, scenario)
    }
}

impl Budget {
    /// Its id: `max:kind:flaky`, or `scope:NAME:max:kind:flaky`.
    #[must_use]
    pub fn id(&self) -> String {
        let scope = self.scope.as_ref().map(|scope| format!("scope:{}:", scope.name));
        format!("{}max:{}", scope.unwrap_or_default(), self.measure.id())
    }
}

/// The ceilings on everything, then those of the scopes.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Budget> {
    let mut budgets = Vec::new();
    if let Some(max) = root.section("max", faults) {
        read_max(&max, None, &mut budgets, faults);
    }
    let mut names = BTreeSet::new();
    for section in root.sections("scope", faults) {
        section.refuse_unknown(&["name", "packet", "suite", "scenario", "max"], faults);
        let name = section.required_text("name", faults);
        if let Some(name) = name
            && !names.insert(name.value)
        {
            faults.add(name.at, format!("scope {} is there already", quoted(name.value)));
        }
        if ["packet", "suite", "scenario"].iter().all(|key| section.entry(key).is_none()) {
            faults.add(section.at, "a scope without a pattern: packet, suite or scenario");
        }
        let scope = Scope {
            name: name.map_or_else(String::new, |name| name.value.to_owned()),
            packet: pattern(&section, "packet", faults),
            suite: pattern(&section, "suite", faults),
            scenario: pattern(&section, "scenario", faults),
        };
        if let Some(max) = section.required_section("max", faults) {
            let before = budgets.len();
            read_max(&max, Some(&scope), &mut budgets, faults);
            if budgets.len() == before && max.entries().is_empty() {
                faults.add(max.at, "a scope without a ceiling");
            }
        }
    }
    budgets
}

fn read_max(max: &Section<'_>, scope: Option<&Scope>, budgets: &mut Vec<Budget>, faults: &mut Faults<'_>) {
    for (key, entry) in max.entries() {
        let by_name: Option<fn(&str) -> Option<Measure>> = match key.value {
            "kind" => Some(Measure::kind),
            "verdict" => Some(Measure::verdict),
            "severity" => Some(Measure::severity),
            "class" => Some(|name| Some(Measure::Class(name.to_owned()))),
            "owner" => Some(|name| Some(Measure::Owner(name.to_owned()))),
            _ => None,
        };
        let Some(by_name) = by_name else {
            match Measure::plain(key.value) {
                None => faults.add(key.at, unknown_measure(key.value)),
                Some(measure) if scope.is_some() && measure.is_of_the_whole() => {
                    faults.add(key.at, format!("{} is counted over everything, not in a scope", quoted(key.value)));
                }
                Some(measure) => push(scope, measure, key.value, entry, budgets, faults),
            }
            continue;
        };
        let Some(section) = entry.section(key.value, faults) else { continue };
        for (name, entry) in section.entries() {
            match by_name(name.value) {
                Some(measure) => push(scope, measure, name.value, entry, budgets, faults),
                None => faults.add(name.at, unknown(key.value, name.value, names_of(key.value))),
            }
        }
    }
}

/// A measure's name that is unknown.
fn unknown_measure(key: &str) -> String {
    let mut known = Measure::plain_keys();
    known.extend(["kind", "verdict", "class", "severity", "owner"]);
    unknown("measure", key, known)
}

fn names_of(key: &str) -> Vec<&'static str> {
    match key {
        "kind" => crate::recurrence::Kind::ALL.map(crate::recurrence::Kind::name).to_vec(),
        "verdict" => Measure::verdicts().map(crate::recurrence::Verdict::name).collect(),
        _ => crate::taxonomy::Severity::ALL.iter().map(|severity| severity.name()).collect(),
    }
}

fn push(
    scope: Option<&Scope>,
    measure: Measure,
    key: &str,
    entry: Entry<'_>,
    budgets: &mut Vec<Budget>,
    faults: &mut Faults<'_>,
) {
    if let Some(ceiling) = ceiling(key, entry, faults) {
        budgets.push(Budget { scope: scope.cloned(), measure, ceiling });
    }
}

/// `3`, or `{ at_most = 3, level = "warn" }`.
pub(super) fn ceiling(key: &str, entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<Ceiling> {
    if !entry.is_table() {
        return Some(Ceiling { at_most: entry.count(key, faults)?, level: None });
    }
    let section = entry.section(key, faults)?;
    section.refuse_unknown(&["at_most", "level"], faults);
    let level = section.word("level", "level", &Level::TABLE, faults);
    if section.entry("at_most").is_none() {
        faults.add(section.at, "missing key `at_most`");
    }
    Some(Ceiling { at_most: section.count("at_most", faults)?, level })
}
