//! Text from logs, made plain for Markdown and for chats that read something like it.
//!
//! Character references and backslashes are not enough: hosts look for `@name`, `#12`, addresses and commit ids in what
//! Markdown has made of them. What stands in a code span is left alone by all of them, so that is where text goes.

use crate::text::inert::inert;

/// Characters of one text.
const MOST: usize = 300;
/// Hexadecimal digits that may be taken for a commit.
const LEAST_COMMIT: usize = 7;

/// The text as a code span. It has no line ends and nothing invisible, and backticks become a letter that looks like
/// them, so that the span ends where it should in whatever reads it.
pub(super) fn code(text: &str) -> String {
    let text = inert(text, MOST).replace('`', "\u{2cb}");
    match text.trim() {
        "" => "(empty)".to_owned(),
        text => format!("`{text}`"),
    }
}

/// A sentence with texts from logs in it: plain words and numbers as they are, every other word as a code span.
pub(super) fn prose(text: &str) -> String {
    let words: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(word).collect();
    words.join(" ")
}

fn word(word: &str) -> String {
    let core = word.trim_start_matches('(').trim_end_matches(['.', ',', ';', ':', ')', '%']);
    let is_word = core.chars().all(|c| c.is_ascii_alphabetic());
    let is_number = core.starts_with(|c: char| c.is_ascii_digit())
        && core.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | 'e'));
    let is_commit = core.len() >= LEAST_COMMIT && core.chars().all(|c| c.is_ascii_hexdigit());
    // Without a core there are only marks of a sentence.
    if (is_word || is_number) && !is_commit || word == "=" {
        return word.to_owned();
    }
    let start = word.find(core).unwrap_or(0);
    let (before, after) = (&word[..start], &word[start + core.len()..]);
    format!("{before}{}{after}", code(core))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_hosts_act_upon_stands_in_code() {
        for (text, expected) in [
            (
                "5 of 12 runs failed (rate 0.9 to 32.8 %), 1,310 in all",
                "5 of 12 runs failed (rate 0.9 to 32.8 %), 1,310 in all",
            ),
            (
                "it failed in run-10, with seed 13564383248322906776;",
                "it failed in `run-10`, with seed `13564383248322906776`;",
            ),
            ("(det64:5b1c)", "(`det64:5b1c`)"),
            ("@all see www.evil.example", "`@all` see `www.evil.example`"),
            (
                "<img src=x> [a](http://b) #12 GH-1 a@b.c :tada:",
                "`<img` `src=x>` `[a](http://b`) `#12` `GH-1` `a@b.c` `:tada`:",
            ),
            ("**bold** | _x_ \\ ``", "`**bold**` `|` `_x_` `\\` `ˋˋ`"),
            ("deadbeef cafe 1e-9", "`deadbeef` cafe 1e-9"),
        ] {
            assert_eq!(prose(text), expected);
        }
        assert_eq!(code("a\nb`c\u{202e}"), "`a\\u{a}bˋc\\u{202e}`");
        assert_eq!(code("  "), "(empty)");
    }

    proptest! {
        /// Outside of code spans stand only plain words, numbers and marks of sentences.
        #[test]
        fn nothing_else_stands_outside_of_code(text in r"[ -~\n\u{202e}éß@#<>`|\[\]():/*_]{0,60}") {
            let plain = prose(&text);
            prop_assert!(!plain.contains('\n') && plain.matches('`').count().is_multiple_of(2), "{plain}");
            for outside in plain.split('`').step_by(2) {
                let is_plain = |c: char| c.is_ascii_alphanumeric() || " .,;:()%=-".contains(c);
                prop_assert!(outside.chars().all(is_plain), "{outside:?} of {plain:?}");
            }
        }
    }
}
