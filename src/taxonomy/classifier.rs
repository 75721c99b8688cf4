//! Class, severity and owner of one failure after another.
//!
//! Each field that rules look into is passed over at most once per record, by one automaton that holds every literal
//! of the taxonomy; the pass fills a set of the literals seen. A rule is then a few words of bits to compare. A field is
//! first looked into when the first rule that asks for it comes up: where a reason decides, the message is never read.

use super::literals::Literals;
use super::{Class, ClassId, Rule, Severity, Taxonomy};
use crate::role::Role;

/// What a failure gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// The place of the rule that took it; `None` for the fallback.
    pub rule: Option<usize>,
    /// Its class.
    pub class: ClassId,
    /// Its severity, after overrides.
    pub severity: Severity,
    /// The place of the first override that raised the severity this far; `None` where none did.
    pub raised_by: Option<usize>,
}

/// What a thread keeps between two failures, so that neither allocates. Fits every classifier.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// One set of literals for each field.
    seen: Vec<u64>,
    /// Whether a field's set is filled.
    scanned: Vec<bool>,
}

/// A taxonomy made ready to classify. Shared by threads; each brings its own [`Scratch`].
#[derive(Clone, Debug)]
pub struct Classifier {
    taxonomy: Taxonomy,
    literals: Literals,
    /// The fields whose literals are asked for.
    scanned: Vec<Role>,
    masks: Vec<Masks>,
    used: Vec<Role>,
}

/// The literals of a rule as sets.
#[derive(Clone, Debug)]
struct Masks {
    /// The place of the rule's field among those that are scanned; `None` when the rule has no literals.
    slot: Option<usize>,
    any: Option<Box<[u64]>>,
    all: Box<[u64]>,
    none: Box<[u64]>,
}

impl Masks {
    fn hold(&self, seen: &[u64]) -> bool {
        let any = self.any.as_ref().is_none_or(|any| any.iter().zip(seen).any(|(mask, seen)| mask & seen != 0));
        any && self.all.iter().zip(seen).all(|(mask, seen)| mask & seen == *mask)
            && self.none.iter().zip(seen).all(|(mask, seen)| mask & seen == 0)
    }
}

impl Classifier {
    /// Makes a taxonomy ready.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy) -> Self {
        let literals = taxonomy.literals().clone();
        let rules = taxonomy.rules();
        let looks = |rule: &Rule| rule.literals().next().is_some();
        let scanned: Vec<Role> =
            Role::ALL.into_iter().filter(|&role| rules.iter().any(|rule| rule.field == role && looks(rule))).collect();
        let masks = rules
            .iter()
            .map(|rule| Masks {
                slot: scanned.iter().position(|&role| role == rule.field).filter(|_| looks(rule)),
                any: (!rule.any.is_empty()).then(|| literals.set(&rule.any)),
                all: literals.set(&rule.all),
                none: literals.set(&rule.none),
            })
            .collect();
        let decides = |role: Role| {
            rules.iter().any(|rule| {
                (rule.field == role && (looks(rule) || rule.regex.is_some()))
                    || rule.when.iter().any(|condition| condition.role == role)
            }) || (role == Role::Invariant && !taxonomy.overrides().is_empty())
        };
        let used = Role::ALL.into_iter().filter(|&role| decides(role)).collect();
        Self { taxonomy: taxonomy.clone(), literals, scanned, masks, used }
    }

    /// What a failure gets; `field` gives the text of a role, or `None` where the record has none.
    ///
    /// Depends on the texts of [`Self::fields_used`] alone. An absent field reads as an empty text.
    pub fn classify<'t>(&self, field: impl Fn(Role) -> Option<&'t str>, scratch: &mut Scratch) -> Assignment {
        scratch.scanned.clear();
        scratch.scanned.resize(self.scanned.len(), false);
        scratch.seen.clear();
        scratch.seen.resize(self.scanned.len() * self.literals.words(), 0);
        let text = |role: Role| field(role).unwrap_or_default();
        let rules = self.taxonomy.rules();
        let rule = rules.iter().zip(&self.masks).position(|(rule, masks)| {
            masks.slot.is_none_or(|slot| masks.hold(self.seen(slot, text, scratch)))
                && rule.when.iter().all(|condition| condition.test.holds(text(condition.role)))
                && rule.regex.as_ref().is_none_or(|regex| regex.is_match(text(rule.field)))
        });
        let fallback = self.taxonomy.fallback();
        let (class, severity) =
            rule.map_or((fallback.class, fallback.severity), |place| (rules[place].class, rules[place].severity));
        let mut assignment = Assignment { rule, class, severity, raised_by: None };
        if !self.taxonomy.overrides().is_empty() {
            self.raise(text(Role::Invariant), &mut assignment);
        }
        assignment
    }

    /// The literals that a field holds; looks into it once.
    fn seen<'s, 't>(&self, slot: usize, text: impl Fn(Role) -> &'t str, scratch: &'s mut Scratch) -> &'s [u64] {
        let words = self.literals.words();
        let seen = &mut scratch.seen[slot * words..(slot + 1) * words];
        if !scratch.scanned[slot] {
            self.literals.scan(text(self.scanned[slot]), seen);
            scratch.scanned[slot] = true;
        }
        seen
    }

    fn raise(&self, invariant: &str, assignment: &mut Assignment) {
        for (place, entry) in self.taxonomy.overrides().iter().enumerate() {
            if entry.severity < assignment.severity && entry.invariant.matches(invariant) {
                assignment.severity = assignment.severity.raised_to(entry.severity);
                assignment.raised_by = Some(place);
            }
        }
    }

    /// The taxonomy.
    #[must_use]
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// The roles whose texts decide, in the order of [`Role::ALL`]: equal texts give equal assignments.
    #[must_use]
    pub fn fields_used(&self) -> &[Role] {
        &self.used
    }

    /// A class of the taxonomy.
    ///
    /// # Panics
    /// When the number is of another taxonomy.
    #[must_use]
    pub fn class(&self, class: ClassId) -> &Class {
        &self.taxonomy.classes()[class.index()]
    }

    /// The rule that took a failure; `None` for the fallback.
    #[must_use]
    pub fn rule(&self, assignment: Assignment) -> Option<&Rule> {
        self.taxonomy.rules().get(assignment.rule?)
    }

    /// Whom to ask about a failure.
    #[must_use]
    pub fn owner(&self, assignment: Assignment) -> &str {
        self.rule(assignment).map_or(&self.taxonomy.fallback().owner, |rule| &rule.owner)
    }

    /// The second class of a failure, where its rule gives one.
    #[must_use]
    pub fn secondary(&self, assignment: Assignment) -> Option<&Class> {
        self.rule(assignment)?.secondary.map(|class| self.class(class))
    }

    /// The code of the rule that took a failure, where it has one.
    #[must_use]
    pub fn code(&self, assignment: Assignment) -> Option<&str> {
        self.rule(assignment)?.code.as_deref()
    }
}

#[cfg(test)]
mod tests;
