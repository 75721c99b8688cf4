//! Text from logs, made harmless: for a terminal, for Markdown, for a page and for a build's runner.

use std::borrow::Cow;
use std::fmt::Write;
use std::io;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What nobody sees although its general category is that of a letter, a mark or a symbol, as ranges: fillers and joiners
/// of `Default_Ignorable_Code_Point` (the variation selectors change no more than the look of what stands before them), and
/// blanks that are drawn as nothing.
const BLANK: [(char, char); 8] = [
    ('\u{34f}', '\u{34f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{16fe4}', '\u{16fe4}'),
    ('\u{1d159}', '\u{1d159}'),
];

/// What begins a command of a runner wherever it stands in a line, before a bracket or a word: `##[error]` of GitHub
/// (`ActionCommand.TryParse` of actions/runner), `##vso[` of Azure Pipelines (`Command.TryParse` of its agent),
/// `##teamcity[` of service messages of `TeamCity`.
const COMMAND_ANYWHERE: &str = "##";
/// What begins one of GitHub's where nothing but white space stands before it in its line (`ActionCommand.TryParseV2`).
const COMMAND_FIRST: &str = "::";

/// What is invisible, as the inside of a character class of a regular expression of Unicode (JavaScript's with the flag
/// `u`, and the crate `regex`): the one statement of it for what shows texts elsewhere.
#[must_use]
pub fn invisible_class() -> String {
    let mut class = r"\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}".to_owned();
    for (from, to) in BLANK {
        class.extend(from.escape_unicode().chain(['-']).chain(to.escape_unicode()));
    }
    class
}

/// The text with all that is invisible, unassigned or turns the direction of the text around it written as escapes, so that
/// a log cannot move the cursor, hide lines or words, or recolour a report; and with what begins a command of a build's
/// runner broken, since any line may be printed there. Cut at `most` characters.
#[must_use]
pub fn inert(text: &str, most: usize) -> Cow<'_, str> {
    let mut acts = commands(text).peekable();
    if acts.peek().is_none() && !text.chars().any(is_invisible) && text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for (number, (at, c)) in text.char_indices().enumerate() {
        if number == most {
            out.push('…');
            break;
        }
        if acts.next_if_eq(&at).is_some() || is_invisible(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// A line of a text of several, as of a stack trace, likewise; but that tabs, which indent it, are four spaces.
#[must_use]
pub fn inert_line(line: &str, most: usize) -> String {
    inert(&line.replace('\t', "    "), most).into_owned()
}

/// Whole output of several lines, in which our own words stand beside those of logs: no line of it is a command of a build's
/// runner.
#[must_use]
pub fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains(COMMAND_ANYWHERE) && !text.contains(COMMAND_FIRST) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut rest = 0;
        for at in commands(line) {
            out.push_str(&line[rest..at]);
            out.extend(line[at..].chars().take(1).flat_map(char::escape_unicode));
            rest = at + 1;
        }
        out.push_str(&line[rest..]);
    }
    Cow::Owned(out)
}

/// The text of a JSON document with the same content, of which no string holds a raw control, anything else invisible, or a
/// command of a build's runner: all of these are written as `\uXXXX`.
#[must_use]
pub fn inert_json(text: &str) -> Cow<'_, str> {
    // Controls of ASCII stand between the values; within strings JSON itself has them escaped, but for this one.
    const DELETE: u8 = 0x7f;
    if text.is_ascii() && memchr::memchr(DELETE, text.as_bytes()).is_none() {
        return json_without_commands(text);
    }
    let is_hidden = |c: char| c == char::from(DELETE) || !c.is_ascii() && is_invisible(c);
    escaped(text, is_hidden)
}

/// The text of a JSON document as it is, but for what a build's runner would take for a command.
#[must_use]
pub fn json_without_commands(text: &str) -> Cow<'_, str> {
    if anywhere(text).next().is_none() { Cow::Borrowed(text) } else { escaped(text, |_| false) }
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    let mut acts = anywhere(text).peekable();
    if acts.peek().is_none() && !text.chars().any(&is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if acts.next_if_eq(&at).is_some() || is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A writer of a JSON document that hands it on as [`inert_json`] has it, piece by piece: a document may be larger than what
/// memory there is. Of a document that ends with a newline nothing is held back at its end.
#[derive(Debug)]
pub struct InertJson<W> {
    out: W,
    /// What the next piece decides: a character that is not whole, or the beginning of a command.
    held: Vec<u8>,
}

impl<W: io::Write> InertJson<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, held: Vec::new() }
    }
}

impl<W: io::Write> io::Write for InertJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let whole: Cow<'_, [u8]> = if self.held.is_empty() {
            Cow::Borrowed(bytes)
        } else {
            self.held.extend_from_slice(bytes);
            Cow::Owned(std::mem::take(&mut self.held))
        };
        let hashes = whole.iter().rev().take(2).take_while(|&&byte| byte == b'#').count();
        let end = match std::str::from_utf8(&whole[..whole.len() - hashes]) {
            // Cut within a character.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => whole.len() - hashes,
        };
        match std::str::from_utf8(&whole[..end]) {
            Ok(text) => self.out.write_all(inert_json(text).as_bytes())?,
            // No document of ours; whoever reads it will say so.
            Err(_) => self.out.write_all(&whole[..end])?,
        }
        self.held = whole[end..].to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.out.write_all(&held)?;
        self.out.flush()
    }
}

/// Places, ascending, of the characters of a line (of one byte) that must be broken, so that a build's runner sees no command
/// in it.
fn commands(line: &str) -> impl Iterator<Item = usize> {
    let text = line.trim_start();
    let first = text.starts_with(COMMAND_FIRST).then(|| line.len() - text.len());
    first.into_iter().chain(anywhere(line))
}

/// Places of the second `#` of what begins a command wherever it stands.
fn anywhere(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let begins = |&at: &usize| {
        bytes[..at].ends_with(b"#") && bytes.get(at + 1).is_some_and(|&next| next == b'[' || next.is_ascii_alphabetic())
    };
    memchr::memchr_iter(b'#', bytes).filter(begins)
}

/// Whether nobody sees a character, or its place depends on the text around it.
pub(crate) fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || BLANK.iter().any(|&(from, to)| (from..=to).contains(&c))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{InertJson, inert, inert_json, inert_line, invisible_class, is_invisible, without_commands};

    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(inert("plain ünï", 20), "plain ünï");
        assert_eq!(inert("a\u{1b}[31mb\n", 20), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(inert("\u{202e}x", 20), "\\u{202e}x");
        assert_eq!(inert("abcdef", 3), "abc…");
        assert_eq!((inert("\tat", 20), inert_line("\tat\u{7}", 20).as_str()), ("\\u{9}at".into(), "    at\\u{7}"));
    }

    #[test]
    fn what_nobody_sees_is_spelled_out() {
        for c in "\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{2028}\u{2060}\u{2066}\u{3164}\u{feff}\u{fff9}\u{e0041}\u{e007f}".chars() {
            assert_eq!(inert(&format!("a{c}b"), 20), format!("a{}b", c.escape_unicode()));
        }
        // Letters, marks upon them, pictures and their variants are seen.
        let seen = "é e\u{301} ß 名前 עברית عربي ✓ █▁ \u{2764}\u{fe0f} \u{1f600} \u{a0}";
        assert_eq!(inert(seen, 100), seen);
    }

    #[test]
    fn what_is_unassigned_or_blank_is_spelled_out() {
        for c in "\u{2800}\u{fffe}\u{ffff}\u{110bd}\u{13430}\u{d7a4}\u{e0001}\u{e0fff}\u{10ffff}".chars() {
            assert_eq!(inert(&format!("a{c}b"), 20), format!("a{}b", c.escape_unicode()));
        }
    }

    #[test]
    fn every_control_is_invisible_and_other_programs_are_told_the_same() {
        assert!(('\0'..=char::MAX).filter(|c| c.is_control()).all(is_invisible));
        let class = regex::Regex::new(&format!("^[{}]$", invisible_class().replace("\\u{", "\\x{"))).unwrap();
        // The two crates may know different versions of Unicode: what is assigned in one of them only is let pass.
        let differ = ('\0'..=char::MAX).filter(|c| class.is_match(&c.to_string()) != is_invisible(*c));
        let assigned = regex::Regex::new(r"^\p{Cn}$").unwrap();
        let other = |c: &char| assigned.is_match(&c.to_string()) == is_invisible(*c);
        assert_eq!(differ.filter(other).count(), 0);
    }

    #[test]
    fn no_line_is_a_command_of_a_runner() {
        for (text, shown) in [
            ("::stop-commands::x", "\\u{3a}:stop-commands::x"),
            (" \u{a0}::add-mask::s", " \u{a0}\\u{3a}:add-mask::s"),
            ("a ##[add-mask]s ##[x]", "a #\\u{23}[add-mask]s #\\u{23}[x]"),
            ("###[x]", "##\\u{23}[x]"),
            ("a ##vso[task.setvariable]s", "a #\\u{23}vso[task.setvariable]s"),
            ("##TeamCity[x]", "#\\u{23}TeamCity[x]"),
            ("# a::b ## [x] :: y ##", "# a::b ## [x] :: y ##"),
        ] {
            assert_eq!(inert(text, 100), shown);
            assert_eq!(without_commands(text), shown);
        }
        assert_eq!(without_commands("a\n  ::x\n::y\nb::c\n"), "a\n  \\u{3a}:x\n\\u{3a}:y\nb::c\n");
        assert_eq!(inert("::x", 1), "\\u{3a}…");
    }

    #[test]
    fn a_document_in_pieces_is_as_inert_as_in_one() {
        let text = "{\"##[a]\": \"# ## ###[b] \u{202e}é\u{e0041}##[c]\"}\n";
        for len in 1..=text.len() {
            let mut written = Vec::new();
            let mut out = InertJson::new(&mut written);
            text.as_bytes().chunks(len).for_each(|piece| out.write_all(piece).unwrap());
            out.flush().unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), inert_json(text), "in pieces of {len}");
        }
    }

    #[test]
    fn json_stays_what_it_says() {
        let value =
            serde_json::json!({"##[a]": "\u{9b}31m \u{7f} \u{202e} ##[add-mask]s \u{e0041} \u{ffff} é \\ \" \n"});
        for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let shown = inert_json(&text);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
            assert!(!shown.contains("##[") && !shown.chars().any(|c| c != '\n' && is_invisible(c)), "{shown}");
        }
        assert!(matches!(inert_json("{\n  \"a\": 1\n}"), std::borrow::Cow::Borrowed(_)));
    }
}
