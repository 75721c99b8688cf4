//! Opening files that ought to be regular ones: whoever opens a pipe waits until somebody opens its other end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file to read; anything else under that name is refused and never waited for.
///
/// # Errors
/// When there is none, or something else.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    opened(path, File::options().read(true), 0)
}

/// Opens or makes a file that only this program writes, also never one that a link leads to.
///
/// # Errors
/// When it cannot be opened, or something else has its name.
pub(crate) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Said of a link in plain words, where the system would speak of too many levels.
    if let Ok(there) = fs::symlink_metadata(path) {
        regular(there.file_type())?;
    }
    #[cfg(unix)]
    return opened(path, options, libc::O_NOFOLLOW);
    #[cfg(not(unix))]
    opened(path, options, 0)
}

fn opened(path: &Path, options: &mut OpenOptions, flags: i32) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags | libc::O_NONBLOCK);
    #[cfg(not(unix))]
    let _ = flags;
    if let Ok(there) = fs::metadata(path) {
        regular(there.file_type())?;
    }
    let file = options.open(path)?;
    // It may have become another one meanwhile.
    regular(file.metadata()?.file_type())?;
    Ok(file)
}

/// Whether a file may be written under a name: nothing or a regular file has it. A link is never written through.
///
/// # Errors
/// When something else has it.
pub fn in_the_way(path: &Path) -> io::Result<()> {
    let Some(kind) = fs::symlink_metadata(path).ok().and_then(|there| kind(there.file_type())) else { return Ok(()) };
    let leads = fs::read_link(path).map_or_else(|_| String::new(), |to| format!(" to `{}`", to.display()));
    let why = format!("it is {kind}{leads}, and only a regular file is replaced: remove it, or name another place");
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

fn regular(found: FileType) -> io::Result<()> {
    match kind(found) {
        None => Ok(()),
        Some(kind) => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {kind}, not a regular file"))),
    }
}

/// What stands under a name, if it is no regular file.
fn kind(found: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return Some("a pipe");
        }
        if found.is_socket() {
            return Some("a socket");
        }
    }
    match () {
        () if found.is_file() => None,
        () if found.is_dir() => Some("a folder"),
        () if found.is_symlink() => Some("a link"),
        () => Some("a device"),
    }
}
