//! Containers: zip and tar files are folders of archives.
//!
//! A member of a zip file is found by its number; one of a tar file by where it lies in the tar's text. A container is opened
//! once for members that are read soon after each other, as those of one are.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use super::damage::{Break, DamageKind};
use super::format::Format;
use super::map::FileMap;
use super::name::text_of;
use super::stream;
use crate::lock::lock;

/// What stands between a container's path and those of its members.
pub const WITHIN: &str = "!/";
/// Members of one container that are read.
pub(super) const MOST_MEMBERS: usize = 200_000;
/// Bytes of one member's text.
const MOST_OF_MEMBER: u64 = 16 << 30;
/// Bytes at the start of a tar's text that tell it.
const TAR_HEADER: usize = 512;
/// Containers that are kept open: each thread is at one, and some read ahead.
const KEPT_OPEN: usize = 32;

/// The containers of a walk that were opened last. Each holds a file, of which a process may have a thousand.
pub(super) type Recent = Mutex<VecDeque<Arc<Opened>>>;

/// An open container.
#[derive(Debug)]
pub(super) enum Opened {
    /// Its directory, read once.
    Zip(Box<zip::ZipArchive<Cursor<Bytes>>>),
    /// Its text.
    Tar(FileMap),
}

/// The bytes of a file that several read.
#[derive(Clone, Debug)]
pub(super) struct Bytes(Arc<FileMap>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A file that holds files.
#[derive(Debug)]
pub struct Container {
    source: Source,
    /// How the text of a tar is packed; `None` for zip.
    packing: Option<Format>,
    opened: Mutex<Weak<Opened>>,
    recent: Arc<Recent>,
    /// A hash of the bytes of the file that it is, or that it is in, once it is asked for.
    pub(crate) hash: Arc<OnceLock<Option<u128>>>,
}

/// Where a container is.
#[derive(Debug)]
enum Source {
    File(PathBuf),
    /// In another one.
    Within(Box<Member>),
}

impl Source {
    /// Its bytes.
    fn map(&self) -> io::Result<FileMap> {
        match self {
            Self::File(path) => FileMap::open(path),
            // What is damaged shows where it is read.
            Self::Within(member) => member.spool().map(|(map, _)| map),
        }
    }
}

/// One file in a container.
#[derive(Clone, Debug)]
pub struct Member {
    pub(crate) container: Arc<Container>,
    /// Its path in there; of one in a container in a container, the path from the outer one.
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
        (self.container.path(), &self.name) == (other.container.path(), &other.name)
    }
}

impl Eq for Member {}

impl Container {
    /// The container that a file is, by its content; `None` where it is none, or cannot be opened.
    #[must_use]
    pub(super) fn of_file(path: &Path, recent: &Arc<Recent>) -> Option<Arc<Self>> {
        // A pipe would be empty behind this.
        std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Self::at(Source::File(path.to_owned()), recent, Arc::default())
    }

    /// The container that a member of another one is.
    #[must_use]
    pub(super) fn of_member(member: &Member) -> Option<Arc<Self>> {
        let outer = &member.container;
        Self::at(Source::Within(Box::new(member.clone())), &outer.recent, Arc::clone(&outer.hash))
    }

    fn at(source: Source, recent: &Arc<Recent>, hash: Arc<OnceLock<Option<u128>>>) -> Option<Arc<Self>> {
        let map = source.map().ok()?;
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
        Some(Arc::new(Self { source, packing, opened: Mutex::default(), recent: Arc::clone(recent), hash }))
    }

    /// The file that it is, or that it is in.
    fn path(&self) -> &Path {
        match &self.source {
            Source::File(path) => path,
            Source::Within(member) => member.container.path(),
        }
    }

    /// Its own path in the outer container, and what stands before those of its members.
    fn prefix(&self) -> String {
        match &self.source {
            Source::File(_) => String::new(),
            Source::Within(member) => format!("{}{WITHIN}", member.name),
        }
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

    fn list_zip(self: &Arc<Self>, found: &mut Vec<Member>) -> io::Result<()> {
        let opened = self.open()?;
        let Opened::Zip(zip) = &*opened else { return Ok(()) };
        let mut zip = zip.clone();
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
        let map = self.source.map()?;
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
        let name = self.prefix() + name.trim_start_matches("./");
        found.push(Member { container: Arc::clone(self), name, size, place });
        Ok(())
    }

    /// The container, opened unless it is still.
    fn open(&self) -> io::Result<Arc<Opened>> {
        let mut opened = lock(&self.opened);
        if let Some(opened) = opened.upgrade() {
            return Ok(opened);
        }
        let map = self.source.map()?;
        let new = Arc::new(match self.packing {
            None => Opened::Zip(Box::new(zip::ZipArchive::new(Cursor::new(Bytes(Arc::new(map))))?)),
            Some(Format::Plain) => Opened::Tar(map),
            // What is damaged cuts the member that it is in.
            Some(packing) => Opened::Tar(stream::spool(stream::decoder(&map, packing)?, map.len())?.0),
        });
        *opened = Arc::downgrade(&new);
        let mut recent = lock(&self.recent);
        recent.push_back(Arc::clone(&new));
        if recent.len() > KEPT_OPEN {
            recent.pop_front();
        }
        Ok(new)
    }
}

impl Member {
    /// Whether it is in a container that is in another one.
    pub(super) fn is_deep(&self) -> bool {
        matches!(self.container.source, Source::Within(_))
    }

    /// Its bytes, and what is damaged at their end.
    ///
    /// # Errors
    /// When the container cannot be opened, or the member is encrypted or packed in a way that is not read.
    pub(super) fn spool(&self) -> io::Result<(FileMap, Option<Break>)> {
        if self.size > MOST_OF_MEMBER {
            return Err(io::Error::other(format!("a member of {} bytes: too large to be a log", self.size)));
        }
        match (&self.place, &*self.container.open()?) {
            (Place::Number(number), Opened::Zip(zip)) => {
                let mut zip = zip.clone();
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
            (Place::Range(range), Opened::Tar(text)) => {
                let start = range.start.min(text.len());
                let end = range.end.min(text.len());
                let map = FileMap::spool(&text[start..end])?;
                let damage = (end < range.end).then(|| Break::lossy(DamageKind::Truncated, end - start));
                Ok((map, damage))
            }
            // It is another one now.
            _ => Err(io::Error::other("its container changed")),
        }
    }
}
