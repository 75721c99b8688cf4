//! Words for a POSIX shell.

use crate::text::shell::posix;

/// A word as a POSIX shell reads it back, without what no word can hold.
#[must_use]
pub(super) fn quote(word: &str) -> String {
    // A shell's word cannot hold it.
    posix(&word.replace('\0', ""))
}

/// A text as a regular expression that matches just it, in the dialects of Go, JavaScript, Java, PCRE and `CMake`.
#[must_use]
pub(super) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{literal, quote};

    #[test]
    fn words_are_quoted_only_where_they_must_be() {
        assert_eq!(quote("tests/a.py::test_x"), "tests/a.py::test_x");
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's $HOME"), "'it'\\''s $HOME'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("x[1]"), "'x[1]'");
        assert_eq!(quote("~a"), "'~a'");
        assert_eq!(literal("a (b) [c]"), "a \\(b\\) \\[c\\]");
    }
}
