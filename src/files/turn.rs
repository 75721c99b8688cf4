//! One writer at a time in a folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::lock::lock;
use super::regular::open_own;

/// The name of the lock. It is a file of its own, since a folder's own lock may be held by who called us (`flock DIR
/// relapse ...`), and goes with the turn.
const NAME: &str = ".relapse-lock";

/// The right to write into a folder, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    path: PathBuf,
    _file: File,
}

impl Turn {
    /// Waits for the turn. `waiting` is called once, when that takes long enough to be told.
    pub(super) fn take(folder: &Path, waiting: &dyn Fn()) -> io::Result<Self> {
        let path = folder.join(NAME);
        loop {
            let file = open_own(&path, File::options().create(true).truncate(false).write(true))?;
            if !lock(&file, true, waiting)? {
                let why = "somebody else has been writing there for a while: try again when that is done";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
            }
            // Who had it before removed its name; a lock that nobody else can find is none.
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // While it is still held: nobody else can have found a newer one.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let there = fs::symlink_metadata(path).map(place);
    there.is_ok_and(|there| file.metadata().map(place).is_ok_and(|own| own == there))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
