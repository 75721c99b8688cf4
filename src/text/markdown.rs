//! Text from logs in Markdown: shown as it is, and nothing of it is markup, a link, a mention or a tag.

use std::fmt::Write;

use crate::text::inert::{inert, inert_line};

/// Characters of a text that are shown on one line.
const LINE: usize = 400;
/// Lines of a block that are shown.
const LINES: usize = 40;

/// A code span. Within one nothing has a meaning but as many backticks as it starts with (`CommonMark` 0.31, 6.1).
#[must_use]
pub fn code(text: &str) -> String {
    let text = inert(text.trim(), LINE);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A backtick at an end would join the fence; one space there is not shown.
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The same in a cell of a table, where a bar ends the cell even within code.
#[must_use]
pub fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// An indented block: every line of it is code whatever it holds, and none starts at the margin, where a shell's
/// heredoc or `PowerShell`'s here-string would end.
#[must_use]
pub fn block(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let (shown, more) = lines.split_at(lines.len().min(LINES));
    let mut out = indented(shown, LINE);
    if !more.is_empty() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    … and {} more lines", more.len());
    }
    out
}

/// A block of which both ends are shown, where it is long: what a program says last is why it failed.
#[must_use]
pub fn ends(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    if lines.len() <= 2 * LINES {
        return indented(&lines, LINE);
    }
    let left_out = lines.len() - 2 * LINES;
    let (head, tail) = (&lines[..LINES], &lines[lines.len() - LINES..]);
    format!("{}    … {left_out} lines left out …\n{}", indented(head, LINE), indented(tail, LINE))
}

/// A command, whole: one that is cut is another command.
#[must_use]
pub fn command(text: &str) -> String {
    indented(&[text], usize::MAX)
}

fn indented(lines: &[&str], most: usize) -> String {
    let mut out = String::new();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    {}", inert_line(line, most));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{block, cell, code, command, ends};

    #[test]
    fn a_span_is_longer_than_what_it_holds() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a `b` ``c"), "``` a `b` ``c ```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("  "), "(empty)");
        assert_eq!(code("a\n# b\u{1b}"), "`a\\u{a}# b\\u{1b}`");
        assert_eq!(cell("a|b"), "`a\\|b`");
    }

    #[test]
    fn no_line_of_a_block_starts_at_the_margin() {
        let text = block("EOF\n'@\n\r\n# x\u{2028}y\n");
        assert!(text.lines().all(|line| line.starts_with("    ")), "{text}");
        assert_eq!(block(&"x\n".repeat(60)).lines().count(), 41);
        assert_eq!(ends(&"x\n".repeat(80)).lines().count(), 80);
        let long = (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        assert!(ends(&long).starts_with("    0\n") && ends(&long).ends_with("    199\n"));
        assert!(ends(&long).contains("    39\n    … 120 lines left out …\n    160\n"));
        assert_eq!(command(&"x".repeat(9000)).len(), 9005);
    }
}
