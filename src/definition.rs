//! What definitions share: taxonomies and profiles are TOML files, checked whole before they are used.
//!
//! A faulty file is answered with every fault that it has, each with its line and column, in one go. Where the text is
//! not TOML at all, the faults of its syntax are the answer: what stands around broken syntax is a guess. Keys that
//! nothing reads are refused, with the known ones named.

mod catalog;
mod expression;
mod pattern;
mod section;

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

pub use catalog::{Catalog, CatalogError};
pub use expression::Expression;
pub(crate) use pattern::pattern;
pub use section::{Entry, Section, Spot};

/// The largest definition file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// One fault of a definition, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, on one line.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// A definition that cannot be used, with all its faults in the order of the text.
///
/// Displayed as `NAME:LINE:COLUMN: message`, one fault a line, without a newline at the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(name, faults))]
pub struct DefinitionError {
    /// The built-in name or the path of the definition.
    pub name: String,
    /// Every fault; never empty.
    pub faults: Vec<Fault>,
}

fn lines(name: &str, faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{name}:{fault}")).collect();
    lines.join("\n")
}

/// The faults found so far in one text.
#[derive(Debug)]
pub struct Faults<'t> {
    text: &'t str,
    /// The offset at which each line starts.
    starts: Vec<usize>,
    found: Vec<(usize, String)>,
    is_builtin: bool,
    /// What the regular expressions read so far take.
    expression_bytes: usize,
}

impl<'t> Faults<'t> {
    fn new(text: &'t str, is_builtin: bool) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
            found: Vec::new(),
            is_builtin,
            expression_bytes: 0,
        }
    }

    /// Whether the text is one of the program's own, which tests have checked whole.
    pub(crate) fn is_builtin(&self) -> bool {
        self.is_builtin
    }

    /// Bytes that the regular expressions read so far take at most.
    pub(crate) fn expression_bytes(&self) -> usize {
        self.expression_bytes
    }

    /// Notes a fault at a byte offset of the text.
    pub fn add(&mut self, at: usize, message: impl Into<String>) {
        self.found.push((at, one_line(message.into())));
    }

    /// The line of a byte offset, counted from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at)
    }

    /// The faults in the order of the text, each placed. Linear in the text, however many stand on one line.
    fn placed(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|&(at, _)| at);
        let mut column_of = (0, 0, 0);
        let mut placed = Vec::with_capacity(self.found.len());
        for (at, message) in std::mem::take(&mut self.found) {
            let at = at.min(self.text.len());
            let line = self.line(at);
            let start = self.starts[line - 1];
            let (known_line, known_at, known_column) = column_of;
            let (from, before) = if known_line == line { (known_at, known_column) } else { (start, 0) };
            // A character is counted at its first byte: every byte but those that continue one.
            let column = before + self.text.as_bytes()[from..at].iter().filter(|&byte| byte & 0xc0 != 0x80).count();
            column_of = (line, at, column);
            placed.push(Fault { line, column: column + 1, message });
        }
        placed
    }
}

/// Reads a TOML text, which may be that of a row of `builtins`: `build` takes what it needs from the root and notes what is
/// wrong.
///
/// # Errors
/// Every fault of the text; also when `build` gave nothing without saying why.
pub fn read<T>(
    name: &str,
    text: &str,
    builtins: &[Builtin],
    build: impl FnOnce(&Section<'_>, &mut Faults<'_>) -> Option<T>,
) -> Result<T, DefinitionError> {
    let mut faults = Faults::new(text, builtins.iter().any(|row| row.text == text));
    let (document, errors) = toml::de::DeTable::parse_recoverable(text);
    for error in &errors {
        faults.add(error.span().map_or(0, |span| span.start), error.message());
    }
    let built = if errors.is_empty() { build(&Section::root(document.get_ref()), &mut faults) } else { None };
    match built {
        Some(value) if faults.found.is_empty() => Ok(value),
        _ => {
            if faults.found.is_empty() {
                faults.add(0, "incomplete definition");
            }
            Err(DefinitionError { name: name.to_owned(), faults: faults.placed() })
        }
    }
}

/// Reads a definition's file, at most [`MAX_FILE_BYTES`] of UTF-8.
///
/// # Errors
/// What the operating system says; `InvalidData` for a file that is too large or not UTF-8.
pub fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MAX_FILE_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "more than 1 MiB, too large for a definition"));
    }
    Ok(text)
}

/// Whether an argument that may be a name or a file can only be a file's.
#[must_use]
pub fn looks_like_a_path(argument: &str) -> bool {
    argument.contains(['/', '\\']) || Path::new(argument).extension().is_some_and(|extension| extension == "toml")
}

/// One row of a table of built-in definitions.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Its TOML text.
    pub text: &'static str,
}

/// "unknown field `reson`, known: reason, message".
pub fn unknown<'k>(what: &str, word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    format!("unknown {what} {}, known: {}", quoted(word), known.join(", "))
}

/// A word of the file as a message shows it: in backticks, controls escaped, cut when it is long.
#[must_use]
pub fn quoted(word: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = word.chars().take(SHOWN).collect();
    if shown.len() < word.len() {
        shown.push('…');
    }
    format!("`{}`", one_line(shown))
}

/// The text with its control characters escaped, so that it stays on its line.
fn one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let mut line = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests;
