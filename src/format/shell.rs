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

/// The command for one test of Jest. Both the file and the name are regular expressions, and an open one would match every other
/// test that has this one's name in its own.
#[must_use]
pub(super) fn jest(file: &str, name: &str) -> String {
    let name = quote(&whole(name));
    // Points match themselves, and are easier to read as they are.
    let file =
        if literal(&file.replace('.', "")) == file.replace('.', "") { quote(file) } else { quote(&literal(file)) };
    if file == "''" { format!("npx jest -t {name}") } else { format!("npx jest {file} -t {name}") }
}

/// The command for one test of Vitest, whose files are given by a part of their names.
#[must_use]
pub(super) fn vitest(file: &str, name: &str) -> String {
    format!("npx vitest run {} -t {}", quote(file), quote(&whole(name)))
}

/// The command for one test of node's runner.
#[must_use]
pub(super) fn node(file: &str, name: &str) -> String {
    let pattern = format!("--test-name-pattern={}", whole(name));
    format!("node --test {} {}", quote(&pattern), quote(file)).trim_end_matches(" ''").to_owned()
}

/// A regular expression that matches a text from its start to its end.
#[must_use]
pub(super) fn whole(text: &str) -> String {
    format!("^{}$", literal(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::{jest, literal, node, quote, vitest};

    #[test]
    fn commands_run_one_test() {
        assert_eq!(jest("src/a.test.js", " adds (1)"), r"npx jest src/a.test.js -t '^adds \(1\)$'");
        assert_eq!(jest("src/[id].test.js", "x"), r"npx jest 'src/\[id\]\.test\.js' -t '^x$'");
        assert_eq!(jest("", "x"), "npx jest -t '^x$'");
        assert_eq!(vitest("src/[id].test.ts", "x"), "npx vitest run 'src/[id].test.ts' -t '^x$'");
        assert_eq!(node("a.test.js", "x y"), "node --test '--test-name-pattern=^x y$' a.test.js");
        assert_eq!(node("", "x"), "node --test '--test-name-pattern=^x$'");
    }

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
