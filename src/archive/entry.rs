//! One archive to read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::container::Member;
use super::context::Context;
use super::name::text_of;
use super::run_id::{RunFrom, strip_container};

/// The argument that stands for standard input.
pub const STDIN: &str = "-";

/// One archive to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Path relative to its argument, under the argument's last component where several folders were given.
    /// Bytes of names that are no UTF-8 stand as `\xff`.
    pub relative: String,
    /// Id of the run that its records belong to, unless they name one themselves.
    pub run: String,
    /// Path below its argument, if that is a folder.
    pub(super) below: Option<String>,
    pub(super) argument: usize,
    pub(super) is_gone: bool,
    /// The file in the container at `path` that it is.
    pub(super) member: Option<Member>,
    /// What stands outside of its records.
    pub(super) context: Option<Arc<Context>>,
}

impl Entry {
    /// The entry of one file, or of standard input, that no discovery led to.
    #[must_use]
    pub fn of_file(path: &str) -> Self {
        if path != STDIN {
            return Self::of_path(PathBuf::from(path));
        }
        let (relative, run) = ("stdin".to_owned(), "stdin".to_owned());
        Self { path: None, relative, run, below: None, argument: 0, is_gone: false, member: None, context: None }
    }

    /// The entry of a file that no discovery led to.
    pub(crate) fn of_path(path: PathBuf) -> Self {
        let relative = file_name(&path);
        let (run, path) = (RunFrom::default().of(&relative), Some(path));
        Self { path, relative, run, below: None, argument: 0, is_gone: false, member: None, context: None }
    }

    /// The entry of an archive that was at `path` once; `argument` is the number of the argument that it stood below, and
    /// `below` where it stood there.
    #[must_use]
    pub fn of_gone(path: PathBuf, relative: String, run: String, argument: usize, below: Option<String>) -> Self {
        Self { path: Some(path), relative, run, below, argument, is_gone: true, member: None, context: None }
    }

    /// Its path below its argument, if that is a folder.
    #[must_use]
    pub fn below(&self) -> Option<&str> {
        self.below.as_deref()
    }

    /// Whether it is no more where it stood.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// The number of the argument that led to it.
    #[must_use]
    pub fn argument(&self) -> usize {
        self.argument
    }

    /// The file in a container that it is.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        self.member.as_ref()
    }

    /// Bytes of it on disk, or in its container; 0 for a stream.
    #[must_use]
    pub fn size(&self) -> u64 {
        let of_file = || self.path.as_ref().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |file| file.len());
        self.member.as_ref().map_or_else(of_file, |member| member.size)
    }

    /// What stands outside of its records.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        self.context.as_deref()
    }

    /// Says what stands outside of its records; what it knows already counts first.
    pub fn learn(&mut self, more: &Context) {
        let known = self.context.as_deref().cloned().unwrap_or_default().or(more);
        self.context = (!known.is_silent()).then(|| Arc::new(known));
    }

    /// Whether it is a file, and no stream whose bytes are gone once they were read.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.path.as_ref().is_some_and(|path| std::fs::metadata(path).map_or(true, |metadata| metadata.is_file()))
    }

    /// The relative path without `.zst` or `.gz`.
    #[must_use]
    pub fn log(&self) -> &str {
        strip_container(&self.relative)
    }
}

/// The last component of a path, as text.
pub(super) fn file_name(path: &Path) -> String {
    text_of(path.file_name().unwrap_or(path.as_os_str()))
}
