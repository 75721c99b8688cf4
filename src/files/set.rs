//! Files that appear in a folder together.
//!
//! ```text
//!   DIR/.relapse-lock      while somebody writes
//!   DIR/.relapse-staged/   what is being written; a kill leaves it, and the next writer removes it
//!   DIR/.relapse-ready/    the same folder, renamed once everything in it is whole and on the disk: from then on the
//!                          new files are the ones that count, and what is left in it moves to DIR one by one
//! ```
//! A kill at any moment leaves either the old files or the new ones: while the ready folder is there, readers look into it
//! first ([`open_of_set`]), and the next writer ends what was begun. Nothing is written through a link: a file is made
//! under its own name in the staging folder, and moving it replaces a name, never what a link leads to.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::regular::{in_the_way, open};
use super::target::sync_folder;
use super::turn::Turn;

const STAGED: &str = ".relapse-staged";
const READY: &str = ".relapse-ready";

/// Why files could not be written.
#[derive(Debug, Error)]
#[error("failed to write `{path}`")]
pub struct WriteError {
    /// The file, or the folder of all of them.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Files on their way into a folder: all of them appear with [`FileSet::commit`], none without it.
#[derive(Debug)]
pub struct FileSet {
    /// As it was named.
    named: PathBuf,
    folder: PathBuf,
    staged: PathBuf,
    /// Dropped after the staged files are gone.
    _turn: Turn,
}

impl FileSet {
    /// Writes files into a folder together, as [`Self::begin`] and [`Self::commit`] do.
    ///
    /// # Errors
    /// When `write` fails, or the folder cannot be written to, or somebody else writes there for too long.
    pub fn write<E: From<WriteError>>(
        folder: &Path,
        waiting: &dyn Fn(),
        write: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |source| WriteError { path: folder.to_owned(), source };
        let set = Self::begin(folder, waiting).map_err(failed)?;
        write(&set)?;
        Ok(set.commit().map_err(failed)?)
    }

    /// Begins a set in a folder, which is made where there is none, when it is its turn. What a kill left there is ended
    /// or removed. `waiting` is called once, when another writer is waited for.
    ///
    /// # Errors
    /// When the folder cannot be written to, or somebody else writes there for too long.
    pub fn begin(folder: &Path, waiting: &dyn Fn()) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let (named, folder) = (folder.to_owned(), folder.canonicalize()?);
        let turn = Turn::take(&folder, waiting)?;
        finish(&folder)?;
        let staged = folder.join(STAGED);
        match fs::remove_dir_all(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&staged)?,
        }
        Ok(Self { named, folder, staged, _turn: turn })
    }

    /// Writes a file of the set.
    ///
    /// # Errors
    /// When it cannot be written, or something that is no file has its name in the folder.
    pub fn file(
        &self,
        name: &str,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        self.stage(name, write).map_err(|source| WriteError { path: self.named.join(name), source })
    }

    fn stage(&self, name: &str, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
        // Better now than when half of the set has moved.
        in_the_way(&self.folder.join(name))?;
        let file = File::options().write(true).create_new(true).open(self.staged.join(name))?;
        let mut writer = BufWriter::with_capacity(1 << 16, file);
        write(&mut writer)?;
        writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    /// Lets the files appear.
    ///
    /// # Errors
    /// When the system refuses. Either no file has appeared then, or readers take all of them for there.
    pub fn commit(self) -> io::Result<()> {
        sync_folder(&self.staged)?;
        fs::rename(&self.staged, self.folder.join(READY))?;
        sync_folder(&self.folder)?;
        finish(&self.folder)
    }
}

impl Drop for FileSet {
    fn drop(&mut self) {
        // Gone, where it was committed.
        let _ = fs::remove_dir_all(&self.staged);
    }
}

/// Moves what is ready to its place.
fn finish(folder: &Path) -> io::Result<()> {
    let ready = folder.join(READY);
    match fs::symlink_metadata(&ready) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(there) if !there.is_dir() => {
            let why = format!("`{}` is no folder: remove it", ready.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(_) => {}
    }
    let names: io::Result<Vec<OsString>> = fs::read_dir(&ready)?.map(|entry| Ok(entry?.file_name())).collect();
    let mut names = names?;
    // The reports for people come last: they speak of the others.
    names.sort();
    for name in names {
        fs::rename(ready.join(&name), folder.join(&name))?;
    }
    sync_folder(folder)?;
    fs::remove_dir(&ready)
}

/// Opens a file of a set to read: as the last whole set has it, also where a kill left that half moved.
///
/// # Errors
/// When there is none, or no regular file has the name.
pub fn open_of_set(folder: &Path, name: &str) -> io::Result<File> {
    match open(&folder.join(READY).join(name)) {
        // Moved meanwhile or long ago, or never there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => open(&folder.join(name)),
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<OsString> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    fn begun(folder: &Path, text: &str) -> FileSet {
        let set = FileSet::begin(folder, &|| ()).unwrap();
        for name in ["a", "b"] {
            set.file(name, |out| out.write_all(text.as_bytes())).unwrap();
        }
        set
    }

    fn read(folder: &Path) -> [String; 2] {
        ["a", "b"].map(|name| io::read_to_string(open_of_set(folder, name).unwrap()).unwrap())
    }

    #[test]
    fn files_appear_together_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("made/below");
        begun(&folder, "old").commit().unwrap();
        assert_eq!((read(&folder), names(&folder)), (["old", "old"].map(Into::into), vec!["a".into(), "b".into()]));
        drop(begun(&folder, "new"));
        assert_eq!((read(&folder), names(&folder)), (["old", "old"].map(Into::into), vec!["a".into(), "b".into()]));
        let failing = begun(&folder, "new");
        failing.file("c", |_| Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        drop(failing);
        assert_eq!(names(&folder), ["a", "b"]);
    }

    /// The states that a kill can leave, from the first staged byte to the last moved file.
    #[test]
    fn a_kill_at_every_step_leaves_one_answer() {
        for step in 0..6_usize {
            let place = tempfile::tempdir().unwrap();
            let folder = place.path();
            begun(folder, "old").commit().unwrap();
            std::mem::forget(begun(folder, "new")); // Its lock stays held by this process, as no kill leaves it.
            fs::remove_file(folder.join(".relapse-lock")).unwrap();
            let (staged, ready) = (folder.join(STAGED), folder.join(READY));
            if step == 0 {
                fs::write(staged.join("b"), "ha").unwrap();
            }
            if step >= 2 {
                fs::rename(&staged, &ready).unwrap();
            }
            for name in ["a", "b"].iter().take(step.saturating_sub(2)) {
                fs::rename(ready.join(name), folder.join(name)).unwrap();
            }
            if step == 5 {
                fs::remove_dir(&ready).unwrap();
            }
            let counts = if step < 2 { "old" } else { "new" };
            assert_eq!(read(folder), [counts, counts], "step {step}");
            // The next writer ends or removes it, whether it comes to an end itself or not.
            drop(FileSet::begin(folder, &|| ()).unwrap());
            assert_eq!((read(folder), names(folder)), ([counts, counts].map(Into::into), vec!["a".into(), "b".into()]));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_and_one_that_comes_too_late_replaced() {
        let place = tempfile::tempdir().unwrap();
        let (folder, input) = (place.path().join("out"), place.path().join("input"));
        fs::write(&input, "read").unwrap();
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&input, folder.join("a")).unwrap();
        let set = FileSet::begin(&folder, &|| ()).unwrap();
        let said = set.file("a", |out| out.write_all(b"new")).unwrap_err().source.to_string();
        assert!(said.starts_with("it is a link to `"), "{said}");
        fs::remove_file(folder.join("a")).unwrap();
        drop(set);
        let set = begun(&folder, "new");
        std::os::unix::fs::symlink(&input, folder.join("a")).unwrap();
        set.commit().unwrap();
        assert_eq!(
            (read(&folder), fs::read_to_string(&input).unwrap()),
            (["new", "new"].map(Into::into), "read".into())
        );
    }
}
