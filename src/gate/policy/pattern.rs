//! Patterns of names.

use globset::GlobMatcher;

use crate::definition::{Faults, Section};

/// A pattern; one that cannot be read is noted.
pub(super) fn pattern(section: &Section<'_>, key: &str, faults: &mut Faults<'_>) -> Option<GlobMatcher> {
    let text = section.readable_text(key, faults)?;
    match globset::Glob::new(text.value) {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            faults.add(text.at, format!("bad pattern: {}", error.kind()));
            None
        }
    }
}
