//! Words for a POSIX shell.

/// A word as a POSIX shell reads it back: bare where every character is harmless, else in single quotes.
#[must_use]
pub(super) fn quote(word: &str) -> String {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_harmless) {
        return word.to_owned();
    }
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('\'');
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str("'\\''"),
            // A shell's word cannot hold it.
            '\0' => {}
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
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
