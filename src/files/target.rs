//! One file that has no name until it is whole.
//!
//! Where the system has files without names (Linux, on most file systems), a run that is killed leaves nothing at all.
//! Elsewhere the file has a hidden name, which a folder's walk passes over and every end but a kill removes.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

/// A file that is not yet there for anyone else.
#[derive(Debug)]
pub(crate) struct Target {
    file: File,
    /// Its hidden name, where it cannot do without.
    hidden: Option<TempPath>,
}

impl Target {
    /// Begins a file on the file system of a folder, with this mode less the umask.
    pub(crate) fn create(folder: &Path, mode: u32) -> io::Result<Self> {
        if let Some(file) = nameless(folder, mode) {
            return Ok(Self { file, hidden: None });
        }
        let (file, path) = hidden(mode).tempfile_in(folder)?.into_parts();
        Ok(Self { file, hidden: Some(path) })
    }

    /// To write to.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Asks the system to forget what it holds of the file in memory, so that reading goes to the disk.
    pub(crate) fn forget_cached(&self) {
        forget_cached(&self.file);
    }

    /// A path that opens the file from its start, as long as `self` lives.
    pub(crate) fn path(&self) -> PathBuf {
        self.hidden.as_ref().map_or_else(|| descriptor(&self.file), |path| path.to_path_buf())
    }

    /// Takes over mode, group, owner and time of change of the file that was packed, as other packers do: who could
    /// not read the one must not read the other. Owner and group only where this process may give files away.
    pub(crate) fn resemble(&self, original: &Metadata) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
            let mut mode = original.mode() & 0o777;
            if self.file.metadata()?.gid() != original.gid() && fchown(&self.file, None, Some(original.gid())).is_err()
            {
                mode &= 0o707; // not for another group's eyes
            }
            let _ = fchown(&self.file, Some(original.uid()), None);
            self.file.set_permissions(fs::Permissions::from_mode(mode))?;
        }
        // A file system without times of change keeps its own.
        let _ = original.modified().and_then(|modified| self.file.set_modified(modified));
        Ok(())
    }

    /// Gives the file its name, at once and whole; folders are made. `root` and what is above it is there already.
    ///
    /// # Errors
    /// When the name is taken and `replace` does not hold, or the system refuses.
    pub(crate) fn appear(self, path: &Path, root: &Path, replace: bool) -> io::Result<()> {
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)?;
        self.name(path, folder, replace)?;
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(root)) {
            sync_folder(folder)?;
        }
        Ok(())
    }

    /// Gives the file its name in a folder that is there.
    fn name(self, path: &Path, folder: &Path, replace: bool) -> io::Result<()> {
        match self.hidden {
            Some(hidden) if replace => hidden.persist(path)?,
            Some(hidden) => hidden.persist_noclobber(path)?,
            None => match link(&self.file, path) {
                Err(error) if replace && error.kind() == io::ErrorKind::AlreadyExists => {
                    // A name beside it first: only renaming replaces a file at once.
                    let beside = hidden(0).make_in(folder, |path| link(&self.file, path))?;
                    beside.into_temp_path().persist(path)?;
                }
                linked => linked?,
            },
        }
        Ok(())
    }
}

/// Writes a file whole, over what has its name: a reader finds the old one or the new one. A link of that name is replaced,
/// and what it leads to stays. `sync`: onto the disk before it appears.
///
/// # Errors
/// When it cannot be written; the old one stays then.
pub fn write_whole(
    path: &Path,
    sync: bool,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut target = Target::create(folder, 0o666)?; // less the umask
    let mut writer = BufWriter::with_capacity(1 << 16, target.file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if sync {
        target.file().sync_all()?;
    }
    target.name(path, folder, true)
}

fn forget_cached(file: &File) {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    let _ = file;
}

/// Writes a file that an earlier call left to the disk, with its name, and out of memory, as [`Target`] does with its own.
pub(crate) fn settle_again(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    forget_cached(&file);
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a folder's entries to the disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn hidden(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".relapse-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    builder
}

#[cfg(target_os = "linux")]
fn descriptor(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file)))
}

#[cfg(target_os = "linux")]
fn nameless(folder: &Path, mode: u32) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    options.read(true).write(true).mode(mode).custom_flags(libc::O_TMPFILE);
    // Without /proc it could not be given a name.
    options.open(folder).ok().filter(|file| descriptor(file).exists())
}

#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    Ok(linkat(CWD, descriptor(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn descriptor(_: &File) -> PathBuf {
    PathBuf::new()
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path, _: u32) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A target as the system gives it, and one with a hidden name.
    fn targets(folder: &Path) -> [Target; 2] {
        let (file, path) = hidden(0o600).tempfile_in(folder).unwrap().into_parts();
        [Target::create(folder, 0o600).unwrap(), Target { file, hidden: Some(path) }]
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_appears_whole_where_no_other_is() {
        let folder = tempfile::tempdir().unwrap();
        for (number, mut target) in targets(folder.path()).into_iter().enumerate() {
            let path = folder.path().join(format!("{number}/below/a.zst"));
            target.file().write_all(b"text").unwrap();
            assert_eq!(fs::read(target.path()).unwrap(), b"text");
            assert!(!path.exists());
            target.appear(&path, folder.path(), false).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"text");
            assert_eq!(entries(path.parent().unwrap()), 1);

            for (replace, mut target) in [false, true].into_iter().zip(targets(folder.path())) {
                target.file().write_all(b"other").unwrap();
                let appeared = target.appear(&path, folder.path(), replace);
                let kind = appeared.map_err(|error| error.kind());
                assert_eq!(kind, if replace { Ok(()) } else { Err(io::ErrorKind::AlreadyExists) });
                assert_eq!(fs::read(&path).unwrap(), if replace { &b"other"[..] } else { b"text" });
            }
            let mut target = Target::create(folder.path(), 0o600).unwrap();
            target.file().write_all(b"third").unwrap();
            target.appear(&path, folder.path(), true).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"third");
            assert_eq!(entries(path.parent().unwrap()), 1, "no name beside it is left");
        }
        assert_eq!(entries(folder.path()), 2);
    }

    #[test]
    fn what_never_appears_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(targets(folder.path()));
        assert_eq!(entries(folder.path()), 0);
    }

    #[cfg(unix)]
    #[test]
    fn who_could_not_read_the_original_cannot_read_it_either() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let original = folder.path().join("original");
        fs::write(&original, "").unwrap();
        for mode in [0o600, 0o640, 0o444] {
            fs::set_permissions(&original, fs::Permissions::from_mode(mode)).unwrap();
            let original = fs::metadata(&original).unwrap();
            for target in targets(folder.path()) {
                target.resemble(&original).unwrap();
                let now = target.file.metadata().unwrap();
                assert_eq!(now.permissions().mode() & 0o777, mode);
                assert_eq!(now.modified().unwrap(), original.modified().unwrap());
            }
        }
    }
}
