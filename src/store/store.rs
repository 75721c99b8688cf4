//! The folder that a store is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use thiserror::Error;

use super::index::Index;
use super::seal::{self, Kind, Seal, Unsealed};
use crate::files::{lock, open_own, write_whole};

/// An entry that is used is dated anew when its date is older than this; `store prune` counts in no less.
const STALE: Duration = Duration::from_mins(1);

/// A store that no entry is removed from while this lives.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    _lock: File,
}

/// Why a store cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder cannot be made or written to.
    #[error("failed to write to the store `{}`", path.display())]
    Unwritable {
        /// The store.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder is none, or cannot be read.
    #[error("failed to read the store `{}`", path.display())]
    Unreadable {
        /// The store.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Entries are being removed, or used.
    #[error("the store `{}` is in use: try again when {} is done", path.display(), if *alone { "the sweep" } else { "`relapse store prune`" })]
    InUse {
        /// The store.
        path: PathBuf,
        /// Whether it was wanted alone.
        alone: bool,
    },
}

/// Why there is no entry.
#[derive(Debug)]
pub(super) enum Missing {
    /// There never was, or it was removed.
    Absent,
    /// It cannot be read or believed.
    Broken(String),
}

impl Store {
    /// Opens a store for sweeps, any number of them at once; a folder is made where there is none.
    ///
    /// # Errors
    /// When it cannot be written to, or entries are being removed.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Self::locked(root, true, false)
    }

    /// Opens a store that is there, so that nobody else uses it.
    ///
    /// # Errors
    /// When there is none, or it is in use.
    pub fn alone(root: &Path) -> Result<Self, StoreError> {
        Self::locked(root, false, true)
    }

    /// Opens a store that is there, to look at it.
    ///
    /// # Errors
    /// When there is none.
    pub fn existing(root: &Path) -> Result<Self, StoreError> {
        Self::locked(root, false, false)
    }

    fn locked(root: &Path, make: bool, alone: bool) -> Result<Self, StoreError> {
        let unwritable = |source| StoreError::Unwritable { path: root.to_owned(), source };
        if make {
            for folder in ENTRIES.map(folder) {
                fs::create_dir_all(root.join(folder)).map_err(unwritable)?;
            }
            // Said at once, not after an hour of reading.
            tempfile::tempfile_in(root.join(folder(Kind::Partial))).map_err(unwritable)?;
        } else if !root.join(folder(Kind::Partial)).is_dir() {
            let source = io::Error::new(io::ErrorKind::NotFound, "no sweep made it with --store");
            return Err(StoreError::Unreadable { path: root.to_owned(), source });
        }
        let path = root.join("lock");
        let file = open_own(&path, File::options().create(true).truncate(false).write(true).read(true));
        // To look at it, it need not be writable.
        let look = |error| if make || alone { Err(error) } else { open_own(&path, File::options().read(true)) };
        let file = file.or_else(look).map_err(unwritable)?;
        match lock(&file, alone, &|| ()) {
            Ok(true) => {
                let store = Self { root: root.to_owned(), _lock: file };
                if make {
                    // Where it cannot be written, nothing else will be.
                    let _ = Index::begin(root, !store.has_entries());
                }
                Ok(store)
            }
            Ok(false) => Err(StoreError::InUse { path: root.to_owned(), alone }),
            Err(source) => Err(unwritable(source)),
        }
    }

    /// Whether anything was ever kept.
    pub(super) fn has_entries(&self) -> bool {
        let is_entry = |entry: io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| !entry.file_name().to_string_lossy().starts_with(HIDDEN))
        };
        fs::read_dir(self.root.join(folder(Kind::Partial))).is_ok_and(|mut entries| entries.any(is_entry))
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self, seal: Seal) -> PathBuf {
        let name = match seal.kind {
            Kind::Answer => format!("{:032x}", seal.key),
            _ => format!("{:032x}-{:032x}", seal.key, seal.settings),
        };
        self.root.join(folder(seal.kind)).join(name)
    }

    /// The value of an entry.
    pub(super) fn read(&self, seal: Seal) -> Result<Vec<u8>, Missing> {
        let path = self.path(seal);
        let bytes = match seal::read_file(&path, true) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Missing::Absent),
            Err(error) => return Err(Missing::Broken(error.to_string())),
        };
        let value = seal::open(&bytes).and_then(|opened| {
            if opened.seal == seal && opened.rest.is_empty() { opened.value() } else { Err(Unsealed::Other) }
        });
        value.map_err(|error| Missing::Broken(error.to_string()))
    }

    /// Writes an entry whole: a reader finds it as it was or as it is.
    pub(super) fn write(&self, seal: Seal, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let sealed = seal::seal(seal, write)?;
        write_whole(&self.path(seal), false, |out| out.write_all(&sealed))
    }

    /// Says that an entry was used.
    pub(super) fn touch(&self, seal: Seal) {
        let path = self.path(seal);
        let age = fs::metadata(&path).and_then(|metadata| metadata.modified());
        if age.is_ok_and(|date| SystemTime::now().duration_since(date).is_ok_and(|age| age > STALE)) {
            // A date that cannot be set is only one that is older.
            let opened = open_own(&path, File::options().append(true));
            let _ = opened.and_then(|file| file.set_modified(SystemTime::now()));
        }
    }
}

/// The kinds of entries, each in a folder of its own.
pub(super) const ENTRIES: [Kind; 3] = [Kind::Partial, Kind::Content, Kind::Answer];

/// The folder of entries of a kind.
pub(super) fn folder(kind: Kind) -> &'static str {
    match kind {
        Kind::Partial => "partials",
        Kind::Content => "contents",
        Kind::Answer => "answers",
        Kind::Set | Kind::Index => ".",
    }
}

/// How names begin of what is being written, and of what a kill left.
pub(super) const HIDDEN: &str = ".relapse-";
