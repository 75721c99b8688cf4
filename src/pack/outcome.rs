//! What became of archives that were to be packed.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::archive::{DamageKind, DiscoverError, Format, Skipped};

/// What a packing came to.
#[derive(Debug, Default)]
pub struct Packed {
    /// One for each archive that was begun, in byte order of their paths.
    pub rows: Vec<PackRow>,
    /// What was passed over.
    pub skipped: Vec<Skipped>,
    /// What ended it early; archives behind it were not begun.
    pub failure: Option<PackError>,
}

impl Packed {
    /// Whether anything was left as it is, or packed without all of its text.
    #[must_use]
    pub fn has_loss(&self) -> bool {
        self.skipped.iter().any(|skipped| skipped.is_loss)
            || self.rows.iter().any(|row| !matches!(row.fate, Fate::Packed | Fate::Kept) || row.damage_count > 0)
    }
}

/// One archive.
#[derive(Debug)]
pub struct PackRow {
    /// Relative path.
    pub path: String,
    /// Relative path of the packed archive in the output folder.
    pub output: String,
    /// Container format; `None` when it could not be opened.
    pub format: Option<Format>,
    /// What became of it.
    pub fate: Fate,
    /// Size of the archive in bytes.
    pub bytes_on_disk: u64,
    /// Length of the packed text in bytes.
    pub bytes_decoded: u64,
    /// Size of the packed archive in bytes.
    pub bytes_packed: u64,
    /// Frames of the packed archive, the seek table's own left out.
    pub frames: u64,
    /// The first places of damage.
    pub damage: Vec<Fault>,
    /// All places of damage that were met.
    pub damage_count: u64,
    /// Whether the original was removed.
    pub removed: bool,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

/// How it went.
#[derive(Debug)]
pub enum Fate {
    /// Packed and verified.
    Packed,
    /// An earlier call packed it, and its packed archive holds the same text.
    Kept,
    /// Left as it is, and nothing was written.
    Refused(Refusal),
    /// It could not be opened or read.
    Unreadable(io::Error),
    /// Its packing is what failed.
    Failed,
}

/// A place of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub what: DamageKind,
    /// Where, in the archive's own bytes.
    pub compressed_offset: u64,
}

/// Why an archive was left as it is.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Text is missing or suspect.
    #[error("damaged")]
    Damaged,
    /// Its writer is not done with it.
    #[error("it changed while it was read")]
    Changed,
    /// A compressed archive whose first bytes are gone looks like text.
    #[error("by its name it is compressed, but it holds neither zstd nor gzip nor text")]
    NotText,
    /// A frame would have to be as long as the line, of which so many bytes were seen.
    #[error("a line of {0} bytes or more is longer than --max-line, and no frame may break it")]
    LineTooLong(usize),
    /// The output has another text, as after the archive grew since it was packed.
    #[error("its packed archive is there and holds another text: --force replaces it")]
    OtherText,
    /// The output's name is taken.
    #[error("its output is there and is no packed archive that can be read: --force replaces it")]
    Taken,
    /// The output is the archive, which is no packed one.
    #[error("it would replace itself: pack it into another folder")]
    Itself,
    /// A seek table has an end.
    #[error("a seek table has room for {0} frames only: use a larger --frame-size")]
    TooManyFrames(usize),
}

/// Why nothing, or no more, was packed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// The arguments lead to no list of archives.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Threads could not be started.
    #[error("failed to start threads")]
    Threads(#[source] io::Error),
    /// Two archives would become one.
    #[error("`{first}` and `{second}` would both become `{output}`: pack them into different folders")]
    SameOutput {
        /// An archive.
        first: String,
        /// Another.
        second: String,
        /// The name in the output folder.
        output: String,
    },
    /// The output is an input.
    #[error("`{}` would replace itself: pack into another folder", path.display())]
    ReplacesInput {
        /// The archive.
        path: PathBuf,
    },
    /// The name of an output does not stay in its folder.
    #[error("failed to name the output `{path}`: expected a path without `..`")]
    Name {
        /// The output.
        path: String,
    },
    /// An archive could not be written.
    #[error("failed to write `{}`", path.display())]
    Write {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was read back is not what was written. The original is untouched and the output is gone.
    #[error("failed to verify `{}`: {what}; the disk or the memory may be faulty", path.display())]
    Mismatch {
        /// The output.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// The original is still there, beside the packed archive.
    #[error("failed to remove `{}`, which is packed", path.display())]
    Remove {
        /// The original.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
