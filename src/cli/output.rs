//! Writing: to files whole or not at all, to standard output until nobody listens.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use thiserror::Error;

use super::error::CliError;
use crate::inert::{inert_json, without_commands};

/// Why something could not be written.
#[derive(Debug, Error)]
pub(super) enum OutputError {
    #[error("failed to write `{path}`")]
    File { path: PathBuf, source: io::Error },
    #[error("failed to write to standard output")]
    Stdout(#[source] io::Error),
    #[error("failed to read SOURCE_DATE_EPOCH `{0}` as seconds since 1970")]
    Epoch(String),
}

/// Writes a file under a temporary name beside it and renames it, so that its name never stands for half a report.
/// Its folder is created. A link stays a link; a pipe or device (`/dev/null`) is written to and never replaced.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), OutputError> {
    let whole = || -> io::Result<()> {
        let target = path.canonicalize();
        let path = target.as_deref().unwrap_or(path);
        if path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let mut writer = BufWriter::new(std::fs::File::options().write(true).open(path)?);
            write(&mut writer)?;
            return writer.flush();
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".relapse-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
        let file = builder.tempfile_in(folder)?;
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    whole().map_err(|source| OutputError::File { path: path.to_owned(), source })
}

/// Refuses to write over a file that is read.
pub(super) fn spare<'f>(output: Option<&Path>, inputs: impl IntoIterator<Item = &'f Path>) -> Result<(), CliError> {
    let Some(there) = output.and_then(|output| output.canonicalize().ok()).filter(|path| path.is_file()) else {
        return Ok(());
    };
    match inputs.into_iter().find(|input| input.canonicalize().is_ok_and(|input| input == there)) {
        Some(input) => {
            let input = input.display();
            Err(CliError::Usage(format!("refused to write over `{input}`, which is read: name another file")))
        }
        None => Ok(()),
    }
}

/// Writes a value as JSON with two spaces and a final newline.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), OutputError> {
    write_file(path, |out| {
        // Gathers the many short pieces without a call through a table for each.
        let mut out = BufWriter::with_capacity(1 << 16, out);
        serde_json::to_writer_pretty(&mut out, value)?;
        out.write_all(b"\n")?;
        out.flush()
    })
}

/// Prints text for people; a reader that has gone is no error. No line of it is a command of a build's runner.
pub(super) fn print(text: &str) -> Result<(), OutputError> {
    let out = io::stdout().lock();
    let is_plain = anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never;
    write_all(&mut anstream::AutoStream::auto(out), shown(text, is_plain).as_bytes())
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
pub(super) fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    Ok(print_json_text(&format!("{}\n", serde_json::to_string_pretty(value)?))?)
}

/// Prints a JSON document, in which nothing of a log acts on what shows it: [`inert_json`].
pub(super) fn print_json_text(text: &str) -> Result<(), OutputError> {
    print_raw(inert_json(text).as_bytes())
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

/// Says something on standard error; where nobody can hear it, that is no error.
pub(super) fn say(text: &str) {
    let out = io::stderr().lock();
    let is_plain = anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never;
    let _ = writeln!(anstream::AutoStream::auto(out), "{}", shown(text, is_plain));
}

/// Why nothing at all could be read.
pub(super) fn why_nothing(ledger: &crate::archive::Ledger) -> String {
    let why = ledger.skipped.iter().find(|skipped| skipped.is_loss);
    why.map(|why| format!("{}: {}", why.path, why.why)).unwrap_or_default()
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
