//! Rules that can never win.
//!
//! What is found, and nothing else; a rule that is named here never wins, whatever the text:
//!
//! A rule can hold in as many ways as its `any` has literals (in one way when it has none). In each way the field is
//! known to hold that literal and every literal of `all`. A way is dead when
//! - one of the known literals contains a literal of the rule's own `none`, or
//! - an earlier rule on the same field, with only `any` and `all`, holds in it for sure: each literal of its `all`, and
//!   one of its `any` (when it has any), is contained in a known literal.
//!
//! A rule whose every way is dead is unreachable; different ways may die of different rules. ASCII letter case never
//! counts. Not looked into: what `when`, `regex` or a longer text would add, or earlier rules that have `none`, `when`
//! or `regex`.

use super::Rule;
use crate::definition::quoted;
use std::collections::BTreeSet;

struct Folded<'r> {
    rule: &'r Rule,
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl<'r> Folded<'r> {
    fn new(rule: &'r Rule) -> Self {
        let fold = |list: &[String]| list.iter().map(|literal| literal.to_ascii_lowercase()).collect();
        Self { rule, any: fold(&rule.any), all: fold(&rule.all), none: fold(&rule.none) }
    }

    /// Whether its literals alone decide, so that it can be known to hold.
    fn is_plain(&self) -> bool {
        self.none.is_empty() && self.rule.when.is_empty() && self.rule.regex.is_none()
    }
}

/// What an earlier rule still asks for, given that a text holds every literal of some list.
struct Rest<'f> {
    line: usize,
    any: &'f [String],
    all: Vec<&'f str>,
}

impl<'f> Rest<'f> {
    fn new(earlier: &'f Folded<'_>, known: &[String]) -> Self {
        let held = |literal: &&String| known.iter().any(|text| text.contains(literal.as_str()));
        let any = if earlier.any.iter().any(|literal| held(&literal)) { &[][..] } else { &earlier.any[..] };
        let all = earlier.all.iter().filter(|literal| !held(literal)).map(String::as_str).collect();
        Self { line: earlier.rule.line, any, all }
    }

    /// Whether the rule holds when the text also holds `way`.
    fn holds_with(&self, way: &str) -> bool {
        self.all.iter().all(|literal| way.contains(literal))
            && (self.any.is_empty() || self.any.iter().any(|literal| way.contains(literal.as_str())))
    }
}

/// The places of the rules that can never win, each with the reason why.
pub(super) fn unreachable(rules: &[Rule]) -> Vec<(usize, String)> {
    let folded: Vec<Folded<'_>> = rules.iter().map(Folded::new).collect();
    let mut found = Vec::new();
    for (place, rule) in folded.iter().enumerate() {
        let earlier: Vec<&Folded<'_>> = folded[..place]
            .iter()
            .filter(|earlier| earlier.is_plain() && earlier.rule.field == rule.rule.field)
            .collect();
        if let Some(why) = why_never(rule, &earlier) {
            found.push((place, why));
        }
    }
    found
}

fn why_never(rule: &Folded<'_>, earlier: &[&Folded<'_>]) -> Option<String> {
    let contradiction = |text: &str| rule.none.iter().find(|literal| text.contains(literal.as_str()));
    for text in &rule.all {
        if let Some(literal) = contradiction(text) {
            let (text, literal) = (quoted(text), quoted(literal));
            return Some(format!("rule can never hold: `all` asks for {text}, `none` refuses {literal}"));
        }
    }
    let rests: Vec<Rest<'_>> = earlier.iter().map(|earlier| Rest::new(earlier, &rule.all)).collect();
    let only = [String::new()];
    let ways = if rule.any.is_empty() { &only } else { &rule.any[..] };
    let mut lines = BTreeSet::new();
    for way in ways {
        if contradiction(way).is_none() {
            lines.insert(rests.iter().find(|rest| rest.holds_with(way))?.line);
        }
    }
    if lines.is_empty() {
        return Some("rule can never hold: `none` refuses every literal of `any`".to_owned());
    }
    let one = lines.len() == 1;
    let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
    let (lines, which) = (lines.join(", "), if one { "rule at line" } else { "rules at lines" });
    Some(format!("rule can never win: everything that it could take is taken by the earlier {which} {lines}"))
}
