//! A replay command: text from a log, made into words without a shell.

use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Command {
    /// The text of the log.
    pub text: String,
    /// Variables that are set for it, from the text: `A=1 run`.
    pub assignments: Vec<(String, String)>,
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Whether a shell reads the text.
    pub shell: bool,
}

/// Why a text is no command.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// Nothing to run.
    #[error("failed to read the replay command: it is empty")]
    Empty,
    /// A quote that is not closed, or a backslash at the end.
    #[error("failed to split the replay command into words: a quote is not closed")]
    Unclosed,
    /// Longer than a person reads.
    #[error("failed to read the replay command: it has {0} bytes, of at most {MOST_BYTES}")]
    TooLong(usize),
    /// A null or another control character, which no argument should have.
    #[error("failed to read the replay command: it holds control characters")]
    Control,
    /// It means something only to a shell.
    #[error(
        "failed to run the replay command without a shell: `{0}` means something only to one; look at it, then say --shell"
    )]
    NeedsShell(char),
}

/// Bytes of a command that a person can be asked to read.
const MOST_BYTES: usize = 16 << 10;

impl Command {
    /// The command of a text, split as a shell would but expanding nothing; a comment at the end is dropped.
    ///
    /// # Errors
    /// When it is empty, holds control characters, or would mean something else to a shell.
    pub fn split(text: &str) -> Result<Self, CommandError> {
        check(text)?;
        if let Some(sign) = shell_sign(text) {
            return Err(CommandError::NeedsShell(sign));
        }
        let mut words = shlex::split(text).ok_or(CommandError::Unclosed)?;
        let first = words.iter().position(|word| assignment(word).is_none()).ok_or(CommandError::Empty)?;
        let assignments = words.drain(..first).collect::<Vec<String>>();
        let assignments = assignments.iter().filter_map(|word| assignment(word)).collect();
        Ok(Self { text: text.to_owned(), assignments, words, shell: false })
    }

    /// The command of a text that a POSIX shell reads.
    ///
    /// # Errors
    /// When it is empty or holds control characters.
    pub fn for_shell(text: &str) -> Result<Self, CommandError> {
        check(text)?;
        let words = ["sh", "-c", text].map(str::to_owned).to_vec();
        Ok(Self { text: text.to_owned(), assignments: Vec::new(), words, shell: true })
    }

    /// Whether it begins with the words of one of some prefixes, and sets no variable; what a shell reads never does.
    #[must_use]
    pub fn is_allowed(&self, prefixes: &[Vec<String>]) -> bool {
        let begins = |prefix: &Vec<String>| !prefix.is_empty() && self.words.starts_with(prefix);
        !self.shell && self.assignments.is_empty() && prefixes.iter().any(begins)
    }
}

fn check(text: &str) -> Result<(), CommandError> {
    if text.trim().is_empty() {
        return Err(CommandError::Empty);
    }
    if text.len() > MOST_BYTES {
        return Err(CommandError::TooLong(text.len()));
    }
    if text.contains(|c: char| c.is_control() && c != '\t') { Err(CommandError::Control) } else { Ok(()) }
}

/// `A=1` as its two parts.
fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

/// The first character that a POSIX shell would act upon: operators, expansions and patterns outside of quotes,
/// expansions within double quotes.
fn shell_sign(text: &str) -> Option<char> {
    let (mut single, mut double, mut starts_word) = (false, false, true);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        let was_start = std::mem::replace(&mut starts_word, false);
        match c {
            '\'' if !double => single = !single,
            _ if single => {}
            '\\' => {
                characters.next();
            }
            '"' => double = !double,
            '$' | '`' => return Some(c),
            _ if double => {}
            ' ' | '\t' => starts_word = true,
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '{' | '}' => return Some(c),
            '~' | '!' if was_start => return Some(c),
            // The rest is a comment.
            '#' if was_start => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Command, CommandError};

    #[test]
    fn words_are_those_of_a_shell() {
        let command = Command::split("A=1 B='x y' cargo test -p \"a b\" -- --exact 'x $y' # mode=strict").unwrap();
        assert_eq!(command.words, ["cargo", "test", "-p", "a b", "--", "--exact", "x $y"]);
        assert_eq!(command.assignments, [("A".into(), "1".into()), ("B".into(), "x y".into())]);
        assert_eq!(Command::split("run a=b c#d").unwrap().words, ["run", "a=b", "c#d"]);
    }

    #[test]
    fn what_only_a_shell_understands_is_refused() {
        for (text, sign) in [
            ("a; rm -rf /", ';'),
            ("a && b", '&'),
            ("a | b", '|'),
            ("a > b", '>'),
            ("a $(b)", '$'),
            ("a \"$b\"", '$'),
            ("a `b`", '`'),
            ("a *.ts", '*'),
            ("a ~/b", '~'),
            ("a {b,c}", '{'),
            ("! a", '!'),
        ] {
            assert_eq!(Command::split(text), Err(CommandError::NeedsShell(sign)), "{text}");
        }
        for text in ["a 'b; c'", "a \"b; c\"", "a b\\;c", "a b~c"] {
            assert!(Command::split(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for (text, error) in [
            ("", CommandError::Empty),
            ("  ", CommandError::Empty),
            ("A=1", CommandError::Empty),
            ("# only", CommandError::Empty),
            ("a 'b", CommandError::Unclosed),
            ("a\nb", CommandError::Control),
            ("a\0b", CommandError::Control),
        ] {
            assert_eq!(Command::split(text), Err(error), "{text:?}");
        }
        assert_eq!(Command::for_shell("a\u{1b}b"), Err(CommandError::Control));
        assert_eq!(Command::for_shell(&"a".repeat(20_000)), Err(CommandError::TooLong(20_000)));
    }

    #[test]
    fn prefixes_are_compared_word_by_word() {
        let allowed = |text: &str| {
            let prefixes = vec![vec!["cargo".to_owned(), "test".to_owned()], Vec::new()];
            Command::split(text).unwrap().is_allowed(&prefixes)
        };
        assert!(allowed("cargo test -p x") && allowed("cargo 'test'"));
        assert!(!allowed("cargo testing") && !allowed("cargo") && !allowed("RUSTC=evil cargo test") && !allowed("x"));
        let prefixes = vec![vec!["sh".to_owned()]];
        assert!(!Command::for_shell("x").unwrap().is_allowed(&prefixes));
    }
}
