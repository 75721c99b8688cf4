//! Which lines of a log are records.

/// What one field of a line must have, so that the line is a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// Number of the field.
    pub field: usize,
    /// The words that it may have; any value where there are none.
    pub words: Vec<String>,
}

#[cfg(test)]
#[path = "only_tests.rs"]
mod tests;
