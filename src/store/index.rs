//! Which file held which bytes when it was last seen.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use super::seal::{self, Kind, Seal, Unsealed};
use crate::files::{lock, open_own, write_whole};
use crate::tally::{Broken, In, Out};

const SEAL: Seal = Seal { kind: Kind::Index, key: 0, settings: 0 };

/// A file that was changed so short before its bytes were hashed may have been changed again without another time: file
/// systems keep times as coarse as two seconds. (The rule is that of git's index.)
const COARSE_NS: i128 = 2_000_000_000;

/// The same of one that somebody writes to through a memory map: its times move with the first write to a page, and again
/// only once that page was written to the disk, which takes half a minute, or a few on a busy machine. A file that is younger
/// is hashed again by the next sweep.
const MAPPED_NS: i128 = 5 * 60 * 1_000_000_000;

/// What tells that a file was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    device: u64,
    inode: u64,
    pub(super) size: u64,
    modified_ns: i64,
    changed_ns: i64,
}

impl Stat {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let ns = |seconds: i64, ns: i64| seconds.saturating_mul(1_000_000_000).saturating_add(ns);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether the file may have been changed since `hashed_ns` (nanoseconds since 1970) without being another one by
    /// these numbers, within one sweep.
    pub(super) fn is_racy(&self, hashed_ns: i64) -> bool {
        self.is_younger(COARSE_NS, hashed_ns)
    }

    /// The same from one sweep to the next: also by a writer that keeps it mapped.
    pub(super) fn may_be_mapped(&self, hashed_ns: i64) -> bool {
        self.is_younger(MAPPED_NS, hashed_ns)
    }

    fn is_younger(&self, than_ns: i128, hashed_ns: i64) -> bool {
        i128::from(self.modified_ns.max(self.changed_ns)) + than_ns > i128::from(hashed_ns)
    }
}

/// The place of an archive: the folder that was swept, and the path below it.
pub(super) type Place = (String, String);

/// What is known of the file at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) stat: Stat,
    /// XXH3-128 of its bytes.
    pub(super) bytes: u128,
    /// When they were hashed, in nanoseconds since 1970.
    pub(super) hashed_ns: i64,
    /// When a sweep last met it, in ms since 1970.
    pub(super) seen_ms: u64,
}

/// Every place that was ever swept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index(pub(super) BTreeMap<Place, Sighting>);

/// The index and its copy: entries can be made anew from archives, but nothing else knows where those stood that are gone.
const FILES: [&str; 2] = ["index", "index.copy"];

/// An index as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Loaded {
    pub(super) index: Index,
    /// What is wrong with the files; the copy may have stood in.
    pub(super) fault: Option<String>,
    /// Whether nothing of it could be read.
    pub(super) is_lost: bool,
    /// Whether index and copy are there and the same.
    pub(super) is_whole: bool,
}

impl Index {
    /// The index of a store, or its copy; an empty one where neither can be believed.
    pub(super) fn load(root: &Path) -> Loaded {
        let mut fault = None;
        let files = FILES.map(|file| seal::read_file(&root.join(file), true));
        let is_whole = matches!(&files, [Ok(index), Ok(copy)] if index == copy);
        for (file, bytes) in FILES.into_iter().zip(files) {
            match Self::opened(bytes) {
                Ok(index) => return Loaded { index, fault, is_lost: false, is_whole },
                Err(why) => fault = fault.or(Some(format!("{file}: {why}"))),
            }
        }
        Loaded { index: Self::default(), fault, is_lost: true, is_whole }
    }

    /// What is wrong with the index, and what with its copy.
    pub(super) fn faults(root: &Path) -> [Option<String>; 2] {
        let [index, copy] = FILES.map(|file| Self::opened(seal::read_file(&root.join(file), true)));
        // After a kill between the two, until the next sweep.
        let differs = matches!((&index, &copy), (Ok(index), Ok(copy)) if index != copy);
        let copy = copy.err().or_else(|| differs.then(|| "it is not the same as the index".to_owned()));
        [index.err(), copy]
    }

    /// Says of a store without entries that nothing is known yet, so that an index that is missing later was lost.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn begin(root: &Path, is_empty: bool) -> io::Result<()> {
        let is_there = FILES.iter().any(|file| root.join(file).exists());
        if is_there || !is_empty { Ok(()) } else { Self::update(root, |_| ()) }
    }

    fn opened(bytes: io::Result<Vec<u8>>) -> Result<Self, String> {
        let bytes = bytes.map_err(|error| error.to_string())?;
        let value = seal::open(&bytes).and_then(|opened| {
            if opened.seal == SEAL && opened.rest.is_empty() { opened.value() } else { Err(Unsealed::Other) }
        });
        let value = value.map_err(|error| error.to_string())?;
        Self::read(&mut In(&value)).map_err(|Broken| Unsealed::Senseless.to_string())
    }

    /// Changes the index of a store, alone: what others changed meanwhile stays.
    ///
    /// # Errors
    /// When it cannot be written, or is locked for too long.
    pub(super) fn update(root: &Path, change: impl FnOnce(&mut Self)) -> io::Result<()> {
        let options = &mut File::options();
        let file = open_own(&root.join("index.lock"), options.create(true).truncate(false).write(true))?;
        if !lock(&file, true, &|| ())? {
            return Err(io::Error::other("somebody else has it locked"));
        }
        let Loaded { mut index, is_whole, .. } = Self::load(root);
        let before = index.clone();
        change(&mut index);
        if index == before && is_whole {
            return Ok(());
        }
        let sealed = seal::seal(SEAL, |mut out| index.write(&mut Out(&mut out)))?;
        // One after the other: whatever happens, one of them is whole.
        FILES.iter().try_for_each(|file| write_whole(&root.join(file), true, |out| out.write_all(&sealed)))
    }

    fn write<W: io::Write>(&self, out: &mut Out<'_, W>) -> io::Result<()> {
        out.len(self.0.len())?;
        for ((root, below), sighting) in &self.0 {
            out.bytes(root.as_bytes())?;
            out.bytes(below.as_bytes())?;
            let Sighting { stat, bytes, hashed_ns, seen_ms } = sighting;
            [stat.device, stat.inode, stat.size].into_iter().try_for_each(|number| out.number(number))?;
            [stat.modified_ns, stat.changed_ns, *hashed_ns].into_iter().try_for_each(|ns| out.signed(ns))?;
            out.number(*seen_ms)?;
            out.wide(*bytes)?;
        }
        Ok(())
    }

    fn read(input: &mut In<'_>) -> Result<Self, Broken> {
        let mut index = Self::default();
        for _ in 0..input.len()? {
            let place = (input.text()?.to_owned(), input.text()?.to_owned());
            let [device, inode, size] = [input.number()?, input.number()?, input.number()?];
            let [modified_ns, changed_ns, hashed_ns] = [input.signed()?, input.signed()?, input.signed()?];
            let stat = Stat { device, inode, size, modified_ns, changed_ns };
            let seen_ms = input.number()?;
            index.0.insert(place, Sighting { stat, bytes: input.wide()?, hashed_ns, seen_ms });
        }
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> Place {
        ("/logs".into(), name.into())
    }

    fn sighting(bytes: u128) -> Sighting {
        let stat = Stat { device: 1, inode: 2, size: 3, modified_ns: -4, changed_ns: 5 };
        Sighting { stat, bytes, hashed_ns: 6, seen_ms: 7 }
    }

    #[test]
    fn a_file_is_believed_by_its_times_only_where_they_are_old() {
        let stat = Stat { modified_ns: 10_000_000_000, changed_ns: 5, ..Stat::default() };
        assert!(stat.is_racy(9_000_000_000) && stat.is_racy(10_000_000_000) && stat.is_racy(11_999_999_999));
        assert!(!stat.is_racy(12_000_000_000));
        let renamed = Stat { modified_ns: 5, changed_ns: 10_000_000_000, ..stat };
        assert!(renamed.is_racy(11_000_000_000));
        // A writer that keeps it mapped needs longer to show.
        let minutes = |minutes: i64| 10_000_000_000 + minutes * 60_000_000_000;
        assert!(stat.may_be_mapped(minutes(4)) && !stat.is_racy(minutes(4)) && !stat.may_be_mapped(minutes(5)));
    }

    #[test]
    fn what_others_wrote_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Index::load(folder.path()).is_lost);
        Index::begin(folder.path(), true).unwrap();
        let empty = Loaded { index: Index::default(), fault: None, is_lost: false, is_whole: true };
        assert_eq!(Index::load(folder.path()), empty);
        std::thread::scope(|scope| {
            for number in 0..20 {
                let root = folder.path();
                scope.spawn(move || {
                    Index::update(root, |index| {
                        index.0.insert(place(&number.to_string()), sighting(number));
                    })
                });
            }
        });
        let index = Index::load(folder.path()).index;
        assert_eq!(index.0.len(), 20);
        assert_eq!(index.0[&place("7")], sighting(7));
    }

    #[test]
    fn a_broken_index_is_told_and_its_copy_stands_in() {
        let folder = tempfile::tempdir().unwrap();
        let add = |name: &str| Index::update(folder.path(), |index| index.0.extend([(place(name), sighting(1))]));
        add("a").unwrap();
        for file in FILES {
            std::fs::write(folder.path().join(file), "nonsense").unwrap();
            let loaded = Index::load(folder.path());
            assert_eq!((loaded.index.0.len(), loaded.is_lost, loaded.is_whole), (1, false, false), "{file}");
            assert_eq!(loaded.fault.is_some(), file == "index");
            let faults = Index::faults(folder.path()).map(|fault| fault.is_some());
            assert_eq!(faults, FILES.map(|other| other == file), "{file}");
            std::fs::remove_file(folder.path().join(file)).unwrap();
            add("b").unwrap();
            let loaded = Index::load(folder.path());
            assert_eq!((loaded.index.0.len(), loaded.fault, loaded.is_whole), (2, None, true), "{file}");
            assert_eq!(Index::faults(folder.path()), [None, None]);
            Index::update(folder.path(), |index| index.0.retain(|at, _| *at == place("a"))).unwrap();
        }
        for file in FILES {
            std::fs::write(folder.path().join(file), "nonsense").unwrap();
        }
        assert!(Index::load(folder.path()).is_lost);
        add("c").unwrap();
        assert_eq!(Index::load(folder.path()).index.0.len(), 1);
    }
}
