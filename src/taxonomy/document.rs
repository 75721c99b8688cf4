//! A taxonomy, read from its TOML document.

use super::class::{Class, ClassId, Classes};
use super::literals::Literals;
use super::rule::Rule;
use super::{Override, Reproduction, Severity, overrides, reach, reproduce};
use crate::definition::{Entry, Faults, Section, quoted};
use std::collections::BTreeMap;

/// Which class, severity and owner a failure gets; checked whole, so that it can be used without further questions.
///
/// # Format
/// ```toml
/// name = "nightly"                  # required
/// description = "What it is for."   # optional
/// mixed_outcomes = "flake"          # optional: the class that history speaks for where outcomes are mixed
///
/// [fallback]                        # required: what no rule takes
/// class = "unclassified"
/// severity = "high"                 # critical, high, medium, low, other
/// owner = "triage"
///
/// [[class]]                         # optional: what holds for a class, whichever rule gives it
/// name = "infra"
/// counts = "incident_only"          # or "series", the default
///
/// [[class.evidence]]                # optional: what a person needs before working on it, in this order
/// name = "service log"              # shown as found or missing; found by any of what follows, else by a person
/// roles = ["url", "job"]            # the first record carries one of these
/// artifact = '(?i)service.*\.log$'  # one of its artifacts is called so
/// message = '\$[A-Z_]+'             # its message says so
/// history = true                    # it passed and failed in one run or revision
///
/// [[rule]]                          # in order: the first that holds wins
/// class = "infra"                   # required, as are severity and owner
/// severity = "medium"
/// owner = "infra-owners"
/// code = "oracle_gone"              # optional: a short name, its own within the file
/// secondary = "harness"             # optional: a second class beside the first
/// field = "message"                 # the role that is looked into; default "reason"
/// any = ["timeout", "unavailable"]  # one of these must stand in it, whatever the ASCII letter case
/// all = ["oracle"]                  # each of these
/// none = ["simulated"]              # none of these
/// regex = 'code \d+'                # must match somewhere in it; letter case counts, `(?i)` if it should not
/// when = { mode = ["strict", "hardened"], suite = "core", file = { regex = '\.e2e\.' }, invariant = true, replay = false }
///
/// [[override]]                      # raises severities, never lowers them, and those of the fallback too
/// invariant = "TENANT-*"            # a whole invariant, or its start and `*`; letter case counts
/// severity = "critical"
///
/// [reproduce]                       # optional: commands for people, by name; of a list the first that can be filled in
/// scenario = ["pnpm vitest run {file} -t {scenario}", "pnpm vitest run {file}"]
/// ```
/// A rule needs at least one of `any`, `all`, `none`, `when` and `regex`, and all that it has must hold. `when` asks of
/// each role: to be exactly a text, or one of a list, or to be matched by a regex, or to be present and not empty
/// (`true`), or not (`false`). An absent field reads as an empty text. `A or (B and C)` is written as two rules of one class; they may differ in
/// severity, owner and code, while what a `[[class]]` sets holds for both.
///
/// # Faults
/// Besides wrong types, missing and unknown keys and unknown words: a literal that is empty or stands twice in a list,
/// a list that is empty, evidence that is named twice, a rule without a condition, a bad regex, a code, class or invariant that is set twice, a
/// `[[class]]` that nothing gives, and rules that can never win because of their own `none` or because earlier rules on
/// the same field with only `any` and `all` take everything that they could take. At most 1024 rules, 1024 overrides,
/// and 4096 literals of 64 KiB in all; a compiled regex takes at most 1 MiB, all of them 32.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    /// The text that it was read from.
    text: String,
    name: String,
    description: String,
    mixed_outcomes: Option<ClassId>,
    reproductions: Vec<Reproduction>,
    classes: Vec<Class>,
    rules: Vec<Rule>,
    overrides: Vec<Override>,
    fallback: Fallback,
    literals: Literals,
    expression_bytes: usize,
}

/// What a failure gets that no rule takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Its class.
    pub class: ClassId,
    /// Its severity, before overrides.
    pub severity: Severity,
    /// Whom to ask.
    pub owner: String,
}

const MAX_RULES: usize = 1024;
const MAX_LITERALS: usize = 4096;
const MAX_LITERAL_BYTES: usize = 64 << 10;

impl Taxonomy {
    pub(super) fn read(root: &Section<'_>, text: &str, faults: &mut Faults<'_>) -> Option<Self> {
        root.refuse_unknown(
            &["name", "description", "mixed_outcomes", "reproduce", "fallback", "class", "rule", "override"],
            faults,
        );
        let name = root.required_text("name", faults);
        let description = root.text("description", faults);
        let mut classes = Classes::default();
        let sections = root.sections("rule", faults);
        let rules = read_rules(&sections, &mut classes, faults);
        let fallback = read_fallback(root, &mut classes, faults);
        let mixed_outcomes = root.readable_text("mixed_outcomes", faults).map(|name| classes.mention(name.value));
        let classes = classes.settle(&root.sections("class", faults), faults);
        let overrides = overrides::read(&root.sections("override", faults), faults);
        let literals = check_literals(&sections, &rules, faults);
        Some(Self {
            text: text.to_owned(),
            name: name?.value.to_owned(),
            description: description.map_or_else(String::new, |text| text.value.to_owned()),
            mixed_outcomes,
            reproductions: reproduce::read(root, faults),
            classes,
            rules: rules.into_iter().map(|(_, rule)| rule).collect(),
            overrides,
            fallback: fallback?,
            literals: literals?,
            expression_bytes: faults.expression_bytes(),
        })
    }

    /// The text that it was read from; an owner that was named instead of its fallback's is not in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Bytes that its regular expressions take at most.
    pub(crate) fn expression_bytes(&self) -> usize {
        self.expression_bytes
    }

    /// The name that the file gives itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for; empty when the file does not say.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Every class that a rule or the fallback gives, by number.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The overrides, in the order of the file.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// What no rule takes.
    #[must_use]
    pub fn fallback(&self) -> &Fallback {
        &self.fallback
    }

    /// The class that a failure's history speaks for where its scenario passed and failed under one revision, with one
    /// seed and environment.
    #[must_use]
    pub fn mixed_outcomes(&self) -> Option<&Class> {
        self.mixed_outcomes.map(|class| &self.classes[class.index()])
    }

    /// Commands by which a person sees a failure again, in the order of the file.
    #[must_use]
    pub fn reproductions(&self) -> &[Reproduction] {
        &self.reproductions
    }

    /// The class of that name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.name == name)
    }

    /// The same, but that what no rule takes goes to this owner.
    #[must_use]
    pub fn with_fallback_owner(mut self, owner: &str) -> Self {
        owner.clone_into(&mut self.fallback.owner);
        self
    }

    pub(super) fn literals(&self) -> &Literals {
        &self.literals
    }
}

/// The rules without faults, each with the byte offset at which it stands.
fn read_rules(sections: &[Section<'_>], classes: &mut Classes, faults: &mut Faults<'_>) -> Vec<(usize, Rule)> {
    if let Some(section) = sections.get(MAX_RULES) {
        faults.add(section.at, format!("more than {MAX_RULES} rules"));
    }
    let mut rules = Vec::new();
    let mut codes = BTreeMap::new();
    for section in sections.iter().take(MAX_RULES) {
        let Some(rule) = Rule::read(section, classes, faults) else { continue };
        if let Some(code) = &rule.code
            && let Some(line) = codes.insert(code.clone(), rule.line)
        {
            let at = section.entry("code").map_or(section.at, Entry::at);
            faults.add(at, format!("code {} already names the rule at line {line}", quoted(code)));
        }
        rules.push((section.at, rule));
    }
    rules
}

fn read_fallback(root: &Section<'_>, classes: &mut Classes, faults: &mut Faults<'_>) -> Option<Fallback> {
    let section = root.required_section("fallback", faults)?;
    section.refuse_unknown(&["class", "severity", "owner"], faults);
    let class = section.required_text("class", faults).map(|name| classes.mention(name.value));
    let severity = section.required_word("severity", "severity", &Severity::TABLE, faults);
    let owner = section.required_text("owner", faults);
    Some(Fallback { class: class?, severity: severity?, owner: owner?.value.to_owned() })
}

/// Holds the literals of all rules to their limits, finds rules that can never win, and builds the automaton.
fn check_literals(sections: &[Section<'_>], rules: &[(usize, Rule)], faults: &mut Faults<'_>) -> Option<Literals> {
    let (mut count, mut bytes) = (0, 0);
    for (at, rule) in rules {
        count += rule.literals().count();
        bytes += rule.literals().map(str::len).sum::<usize>();
        if count > MAX_LITERALS || bytes > MAX_LITERAL_BYTES {
            faults.add(*at, format!("more than {MAX_LITERALS} literals or {} KiB of them", MAX_LITERAL_BYTES >> 10));
            return None;
        }
    }
    let plain: Vec<Rule> = rules.iter().map(|(_, rule)| rule.clone()).collect();
    for (place, why) in reach::unreachable(&plain) {
        faults.add(rules[place].0, why);
    }
    let all = plain.iter().flat_map(Rule::literals);
    if faults.is_builtin() {
        return Some(Literals::later(all));
    }
    let literals = Literals::new(all);
    if let Err(error) = &literals {
        faults.add(sections.first().map_or(0, |section| section.at), format!("literals make no automaton: {error}"));
    }
    literals.ok()
}

#[cfg(test)]
mod tests;
