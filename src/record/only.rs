//! Which lines of a log are records.

use super::slot::Slot;

/// What one field of a line must have, so that the line is a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// Number of the field.
    pub field: usize,
    /// The words that it may have; any value where there are none.
    pub words: Vec<String>,
}

impl Only {
    /// Whether a value is one of those.
    pub(super) fn takes(&self, slot: &Slot<'_>) -> bool {
        let holds = |word: &str| self.words.iter().any(|known| known == word);
        match slot {
            Slot::Absent | Slot::Null => false,
            _ if self.words.is_empty() => true,
            Slot::Text(text) => holds(text),
            Slot::Bool(value) => holds(if *value { "true" } else { "false" }),
            Slot::Integer(value) => holds(&value.to_string()),
            Slot::Number(value) => holds(&value.to_string()),
            Slot::HugeInteger | Slot::Texts(_) | Slot::Moment(_) | Slot::Other(_) => false,
        }
    }
}

#[cfg(test)]
#[path = "only_tests.rs"]
mod tests;
