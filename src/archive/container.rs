//! Containers: zip and tar files are folders of archives.
//!
//! A member of a zip file is found by its number; one of a tar file by where it lies in the tar's text, which is decoded once
//! and kept while its members are read.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::damage::{Break, DamageKind};
use super::format::Format;
use super::map::FileMap;
use super::name::text_of;
use super::stream;
use crate::lock::lock;

/// What stands between a container's path and those of its members.
pub const WITHIN: &str = "!/";
/// Members of one container that are read.
const MOST_MEMBERS: usize = 200_000;
/// Bytes of one member's text.
const MOST_OF_MEMBER: u64 = 16 << 30;
/// Bytes at the start of a tar's text that tell it.
const TAR_HEADER: usize = 512;

/// A file that holds files.
#[derive(Debug)]
pub struct Container {
    path: PathBuf,
    /// How the text of a tar is packed; `None` for zip.
    packing: Option<Format>,
    /// How many members are read of it.
    taken: AtomicUsize,
    /// The text of a tar, and how often a member of it was opened.
    held: Mutex<(Option<Arc<FileMap>>, usize)>,
    /// A hash of its bytes, once it is asked for.
    pub(crate) hash: OnceLock<Option<u128>>,
}

/// One file in a container.
#[derive(Clone, Debug)]
pub struct Member {
    pub(crate) container: Arc<Container>,
    /// Its path in there.
    pub(crate) name: String,
    /// Bytes of it.
    pub(crate) size: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// Its number in a zip file.
    Number(usize),
    /// Where it lies in the text of a tar.
    Range(Range<usize>),
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        (&self.container.path, &self.name) == (&other.container.path, &other.name)
    }
}

impl Eq for Member {}

impl Container {
    /// The container that a file is, by its content; `None` where it is none, or cannot be opened.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Arc<Self>> {
        // A pipe would be empty behind this.
        let map =
            std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).and_then(|_| FileMap::open(path).ok())?;
        let packing = match Format::detect(&map) {
            _ if map.starts_with(b"PK\x03\x04") || map.starts_with(b"PK\x05\x06") => None,
            format => {
                let mut start = Vec::new();
                let text = stream::decoder(&map, format).ok()?;
                // What is damaged further on shows its start.
                let _ = text.take(TAR_HEADER as u64).read_to_end(&mut start);
                if start.get(257..262) != Some(b"ustar") {
                    return None;
                }
                Some(format)
            }
        };
        Some(Arc::new(Self {
            path: path.to_owned(),
            packing,
            taken: AtomicUsize::new(0),
            held: Mutex::default(),
            hash: OnceLock::new(),
        }))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files in it, and why not all of them can be listed.
    pub(super) fn members(self: &Arc<Self>) -> (Vec<Member>, Option<String>) {
        let mut found = Vec::new();
        let listed = match self.packing {
            None => self.list_zip(&mut found),
            Some(packing) => self.list_tar(packing, &mut found),
        };
        let why = listed.err().map(|error| format!("unreadable behind {} of its files: {error}", found.len()));
        (found, why)
    }

    /// Says how many of its members are read.
    pub(super) fn take(&self, members: usize) {
        self.taken.store(members, Ordering::Relaxed);
    }

    fn list_zip(self: &Arc<Self>, found: &mut Vec<Member>) -> io::Result<()> {
        let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&self.path)?))?;
        for number in 0..zip.len() {
            let file = zip.by_index_raw(number)?;
            if file.is_file() {
                let name = file.name()?.replace('\\', "/");
                self.add(found, &name, file.size(), Place::Number(number))?;
            }
        }
        Ok(())
    }

    fn list_tar(self: &Arc<Self>, packing: Format, found: &mut Vec<Member>) -> io::Result<()> {
        let map = FileMap::open(&self.path)?;
        let mut tar = tar::Archive::new(stream::decoder(&map, packing)?.take(stream::MOST_TEXT));
        for entry in tar.entries()? {
            let entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = text_of(entry.path()?.as_os_str());
            let at = |bytes: u64| usize::try_from(bytes).map_err(io::Error::other);
            let start = at(entry.raw_file_position())?;
            let end = start.saturating_add(at(entry.size())?);
            self.add(found, &name, entry.size(), Place::Range(start..end))?;
        }
        Ok(())
    }

    fn add(self: &Arc<Self>, found: &mut Vec<Member>, name: &str, size: u64, place: Place) -> io::Result<()> {
        if found.len() >= MOST_MEMBERS {
            return Err(io::Error::other("it holds more files than are read of one container"));
        }
        let name = name.trim_start_matches("./").to_owned();
        found.push(Member { container: Arc::clone(self), name, size, place });
        Ok(())
    }

    /// The text of a tar, kept until each member that is read was opened once.
    fn tar_text(&self, packing: Format) -> io::Result<Arc<FileMap>> {
        let mut held = lock(&self.held);
        let text = if let Some(text) = &held.0 {
            Arc::clone(text)
        } else {
            let map = FileMap::open(&self.path)?;
            Arc::new(match packing {
                Format::Plain => map,
                // What is damaged cuts the member that it is in.
                packing => stream::spool(stream::decoder(&map, packing)?, map.len())?.0,
            })
        };
        held.1 += 1;
        let is_last = held.1.is_multiple_of(self.taken.load(Ordering::Relaxed).max(1));
        held.0 = (!is_last).then(|| Arc::clone(&text));
        Ok(text)
    }
}

impl Member {
    /// Its bytes, and what is damaged at their end.
    ///
    /// # Errors
    /// When the container cannot be opened, or the member is encrypted or packed in a way that is not read.
    pub(super) fn spool(&self) -> io::Result<(FileMap, Option<Break>)> {
        if self.size > MOST_OF_MEMBER {
            return Err(io::Error::other(format!("a member of {} bytes: too large to be a log", self.size)));
        }
        match (&self.place, self.container.packing) {
            (Place::Number(number), _) => {
                let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&self.container.path)?))?;
                let file = zip.by_index(*number)?;
                let (map, damage) = stream::spool(file.take(MOST_OF_MEMBER), 0)?;
                // All of it is there, so that the checksum alone can be what is wrong.
                let is_complete = map.len() as u64 == self.size;
                let damage = damage.map(|damage| match damage.kind {
                    DamageKind::CorruptData if is_complete => Break::lossless(DamageKind::ChecksumMismatch, map.len()),
                    _ => damage,
                });
                Ok((map, damage))
            }
            (Place::Range(range), packing) => {
                let text = self.container.tar_text(packing.unwrap_or(Format::Plain))?;
                let start = range.start.min(text.len());
                let end = range.end.min(text.len());
                let map = FileMap::spool(&text[start..end])?;
                let damage = (end < range.end).then(|| Break::lossy(DamageKind::Truncated, end - start));
                Ok((map, damage))
            }
        }
    }
}
