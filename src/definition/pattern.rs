//! Patterns of names.

use globset::GlobMatcher;

use super::{Faults, Section};

/// Characters that name a test's parameters, as `test_add[1]` or `add {a}`, and stand for themselves.
const LITERAL: [char; 4] = ['[', ']', '{', '}'];

/// A pattern of `*` and `?`; one that cannot be read is noted.
pub(crate) fn pattern(section: &Section<'_>, key: &str, faults: &mut Faults<'_>) -> Option<GlobMatcher> {
    let text = section.readable_text(key, faults)?;
    let mut glob = String::with_capacity(text.value.len());
    for c in text.value.chars() {
        if LITERAL.contains(&c) && !glob.ends_with('\\') {
            glob.push('\\');
        }
        glob.push(c);
    }
    match globset::Glob::new(&glob) {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            faults.add(text.at, format!("bad pattern: {}", error.kind()));
            None
        }
    }
}
