//! Writing: to files whole or not at all, to standard output until nobody listens.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use thiserror::Error;

use relapse::files::{self, FileSet, WriteError};
use relapse::text::inert::{inert, inert_json, without_commands};
use relapse::text::json::pretty;

/// Why something could not be written.
#[derive(Debug, Error)]
pub(super) enum OutputError {
    #[error(transparent)]
    File(#[from] WriteError),
    #[error("failed to write to standard output")]
    Stdout(#[source] io::Error),
    #[error("failed to write JSON")]
    Json(#[from] serde_json::Error),
    #[error("failed to read SOURCE_DATE_EPOCH `{0}` as seconds since 1970")]
    Epoch(String),
}

/// Writes a file that the command line names, whole or not at all; its folder is made. A pipe or device, also one that a
/// link leads to (`/dev/stdout`), is written to and never replaced; a link to a file is refused.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), OutputError> {
    let whole = || -> io::Result<()> {
        if OWN_OUTPUT.iter().any(|own| path == Path::new(own)) {
            // Opened anew it would have a place of its own in a file.
            let mut text = Vec::new();
            write(&mut text)?;
            let mut out = io::stdout().lock();
            return out.write_all(&text).and_then(|()| out.flush());
        }
        if is_stream(path) {
            let mut writer = BufWriter::new(File::options().write(true).open(path)?);
            write(&mut writer)?;
            return writer.flush();
        }
        if !path.is_dir() {
            files::in_the_way(path)?;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        files::write_whole(path, true, write)
    };
    Ok(whole().map_err(|source| WriteError { path: path.to_owned(), source })?)
}

/// Names of standard output.
const OWN_OUTPUT: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// Whether what has a name is written to as it is: a pipe or device; also a file that the shell opened.
pub(super) fn is_stream(path: &Path) -> bool {
    let is_opened = || ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder)) && path.is_symlink();
    path.metadata().is_ok_and(|there| !there.is_dir() && (!there.is_file() || is_opened()))
}

/// Writes files into a folder together; nobody else writes there meanwhile.
pub(super) fn write_set<E: From<WriteError>>(
    folder: &Path,
    write: impl FnOnce(&FileSet) -> Result<(), E>,
) -> Result<(), E> {
    FileSet::write(folder, &waiting(folder), write)
}

/// Says that somebody else is waited for who is writing into a folder.
pub(super) fn waiting(folder: &Path) -> impl Fn() {
    let shown = inert(&folder.display().to_string(), 200).into_owned();
    move || say(&format!("note: waiting for somebody else who is writing into `{shown}`"))
}

/// Writes a value as JSON with two spaces and a final newline.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), OutputError> {
    write_file(path, |out| pretty(value, out))
}

/// Prints text for people; a reader that has gone is no error. No line of it is a command of a build's runner.
pub(super) fn print(text: &str) -> Result<(), OutputError> {
    let out = io::stdout().lock();
    let is_plain = anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never;
    write_all(&mut anstream::AutoStream::auto(out), shown(text, is_plain).as_bytes())
}

/// Prints text for people as [`print()`] does, its lines broken between words where the terminal ends.
pub(super) fn print_broken(text: &str) -> Result<(), OutputError> {
    // What another program reads is as wide as it is.
    let is_shown = io::stdout().is_terminal() || std::env::var_os("COLUMNS").is_some();
    if is_shown { print(&broken(text, columns())) } else { print(text) }
}

/// The lines of a text in so many columns; what a line begins with goes on in those that are made of it.
fn broken(text: &str, columns: usize) -> String {
    let one = |line: &str| {
        if textwrap::core::display_width(line) <= columns {
            return line.to_owned();
        }
        let indent = " ".repeat(line.len() - line.trim_start_matches(' ').len());
        let options = textwrap::Options::new(columns)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(line, options)
    };
    text.split('\n').map(one).collect::<Vec<_>>().join("\n")
}

/// What is printed of a text: styles may stand between what belongs to one command.
fn shown(text: &str, is_plain: bool) -> String {
    let plain = if is_plain { anstream::adapter::strip_str(text).to_string() } else { text.to_owned() };
    without_commands(&plain).into_owned()
}

fn write_all(out: &mut impl Write, bytes: &[u8]) -> Result<(), OutputError> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(OutputError::Stdout(error)),
        _ => Ok(()),
    }
}

/// Prints a value as JSON with two spaces.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), OutputError> {
    print_json_text(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints a JSON document, in which nothing of a log acts on what shows it: [`inert_json`].
pub(super) fn print_json_text(text: &str) -> Result<(), OutputError> {
    print_raw(inert_json(text).as_bytes())
}

/// Prints texts that are made one by one, each of whole lines, as [`print()`] prints them all.
pub(super) fn print_each(texts: impl IntoIterator<Item = String>) -> Result<(), OutputError> {
    let mut gathered = String::new();
    for text in texts {
        gathered.push_str(&text);
        if gathered.len() >= 1 << 16 {
            print(&gathered)?;
            gathered.clear();
        }
    }
    print(&gathered)
}

/// Columns of what is printed: `COLUMNS` where that is set, else the terminal's, else 100.
pub(super) fn columns() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    set.or_else(terminal).unwrap_or(100).clamp(40, 400)
}

/// Prints bytes as they are; a reader that has gone is no error.
pub(super) fn print_raw(bytes: &[u8]) -> Result<(), OutputError> {
    write_all(&mut io::stdout().lock(), bytes)
}

/// Says what is doubtful of what was read, where no report will.
pub(super) fn say_warnings(warnings: &[String]) {
    for warning in warnings {
        say(&format!("warning: {}", inert(warning, 300)));
    }
}

/// Says something on standard error; where nobody can hear it, that is no error.
pub(super) fn say(text: &str) {
    let out = io::stderr().lock();
    let is_plain = anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never;
    let _ = writeln!(anstream::AutoStream::auto(out), "{}", shown(text, is_plain));
}

/// Why nothing at all could be read.
pub(super) fn why_nothing(ledger: &relapse::archive::Ledger) -> String {
    let lost: Vec<&relapse::archive::Skipped> = ledger.skipped.iter().filter(|skipped| skipped.is_loss).collect();
    unreadable(lost.iter().map(|lost| (lost.path.as_str(), lost.why.as_str())))
}

/// What could not be read, why, and what would help.
pub(super) fn unreadable<'l>(lost: impl Iterator<Item = (&'l str, &'l str)> + Clone) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = lost.clone().take(SHOWN).map(|(path, why)| format!("{path}: {why}")).collect();
    let more = lost.count().saturating_sub(SHOWN);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{more}; make that readable for this user, or name other archives", shown.join("; "))
}

/// The moment after which no record can have been made, in milliseconds since 1970: as of a report.
pub(super) fn now_ms() -> Result<i64, OutputError> {
    Ok(i64::try_from(generated_unix_ms()?).unwrap_or(i64::MAX))
}

/// Milliseconds since 1970 that a report says it was made at: of `SOURCE_DATE_EPOCH` where that is set.
pub(super) fn generated_unix_ms() -> Result<u64, OutputError> {
    if let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") {
        let parsed = seconds.trim().parse::<u64>().ok().and_then(|seconds| seconds.checked_mul(1000));
        return parsed.ok_or(OutputError::Epoch(seconds));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
