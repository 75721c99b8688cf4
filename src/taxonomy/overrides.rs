//! Overrides: an invariant so grave that its failures are grave whatever rule takes them.

use std::fmt;

use super::Severity;
use crate::definition::{Faults, Section, quoted};

/// Which invariants an override speaks of. Letter case matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// That one: `NOTIF-001`.
    Exact(String),
    /// Each that starts so: `TENANT-*`.
    Prefix(String),
}

impl Pattern {
    /// Reads a pattern: at most one `*`, at its end and not alone.
    fn read(text: &str) -> Option<Self> {
        match text.strip_suffix('*') {
            None if !text.contains('*') => Some(Self::Exact(text.to_owned())),
            Some(prefix) if !prefix.is_empty() && !prefix.contains('*') => Some(Self::Prefix(prefix.to_owned())),
            _ => None,
        }
    }

    /// Whether it speaks of an invariant.
    #[must_use]
    pub fn matches(&self, invariant: &str) -> bool {
        match self {
            Self::Exact(whole) => whole == invariant,
            Self::Prefix(prefix) => invariant.starts_with(prefix.as_str()),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(whole) => f.write_str(whole),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

/// Failures of some invariants are at least this grave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The invariants.
    pub invariant: Pattern,
    /// The least severity of their failures.
    pub severity: Severity,
    /// The line of the taxonomy at which it stands.
    pub line: usize,
}

const MAX_OVERRIDES: usize = 1024;

/// Reads the `[[override]]` entries.
pub(super) fn read(sections: &[Section<'_>], faults: &mut Faults<'_>) -> Vec<Override> {
    if let Some(section) = sections.get(MAX_OVERRIDES) {
        faults.add(section.at, format!("more than {MAX_OVERRIDES} overrides"));
    }
    let mut overrides: Vec<Override> = Vec::new();
    for section in sections.iter().take(MAX_OVERRIDES) {
        section.refuse_unknown(&["invariant", "severity"], faults);
        let severity = section.required_word("severity", "severity", &Severity::TABLE, faults);
        let Some(text) = section.required_text("invariant", faults) else { continue };
        let Some(invariant) = Pattern::read(text.value) else {
            faults.add(
                text.at,
                format!("`*` can only end the start of an invariant, not stand so in {}", quoted(text.value)),
            );
            continue;
        };
        if let Some(earlier) = overrides.iter().find(|earlier| earlier.invariant == invariant) {
            faults.add(
                text.at,
                format!("invariant {} is already overridden at line {}", quoted(text.value), earlier.line),
            );
            continue;
        }
        let line = faults.line(section.at);
        // A severity that was refused is noted: the entry still takes part in the search for duplicates.
        overrides.push(Override { invariant, severity: severity.unwrap_or(Severity::Other), line });
    }
    overrides
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_pattern_is_a_whole_invariant_or_its_start() {
        let exact = Pattern::read("NOTIF-001").unwrap();
        assert!(exact.matches("NOTIF-001"));
        assert!(!exact.matches("NOTIF-0011") && !exact.matches("notif-001") && !exact.matches(""));
        let prefix = Pattern::read("TENANT-*").unwrap();
        assert!(prefix.matches("TENANT-001") && prefix.matches("TENANT-"));
        assert!(!prefix.matches("TENANT") && !prefix.matches("A-TENANT-1"));
    }

    #[test]
    fn a_star_elsewhere_is_refused() {
        for text in ["*", "**", "*-001", "A*B", "A**"] {
            assert_eq!(Pattern::read(text), None, "{text}");
        }
    }
}
