//! Which file held which bytes when it was last seen.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::seal::{self, Kind, Seal, Unsealed};
use super::store::{appear, lock, unix_ms};
use crate::tally::{Broken, In, Out};

const SEAL: Seal = Seal { kind: Kind::Index, key: 0, settings: 0 };

/// A file that was changed so short before its bytes were hashed may have been changed again without another time: file
/// systems keep times as coarse as two seconds. (The rule is that of git's index.)
const COARSE_NS: i128 = 2_000_000_000;

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
    /// these numbers.
    pub(super) fn is_racy(&self, hashed_ns: i64) -> bool {
        i128::from(self.modified_ns.max(self.changed_ns)) + COARSE_NS > i128::from(hashed_ns)
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

impl Index {
    /// The index of a store; an empty one where there is none.
    ///
    /// # Errors
    /// Why there is none that can be believed.
    pub(super) fn load(root: &Path) -> Result<Self, String> {
        let bytes = match std::fs::read(root.join("index")) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.to_string()),
        };
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
        let file = File::options().create(true).truncate(false).write(true).open(root.join("index.lock"))?;
        if !lock(&file, true)? {
            return Err(io::Error::other("somebody else has it locked"));
        }
        let mut index = Self::load(root).unwrap_or_default();
        let before = index.clone();
        change(&mut index);
        if index == before {
            return Ok(());
        }
        let sealed = seal::seal(SEAL, |mut out| index.write(&mut Out(&mut out)))?;
        appear(&root.join("index"), &sealed, true)
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

/// Nanoseconds since 1970.
pub(super) fn now_ns() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos())
        .unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    unix_ms(SystemTime::now())
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
    }

    #[test]
    fn what_others_wrote_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Index::load(folder.path()), Ok(Index::default()));
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
        let index = Index::load(folder.path()).unwrap();
        assert_eq!(index.0.len(), 20);
        assert_eq!(index.0[&place("7")], sighting(7));
    }

    #[test]
    fn a_broken_index_is_told_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index"), "nonsense").unwrap();
        assert!(Index::load(folder.path()).is_err());
        Index::update(folder.path(), |index| index.0.extend([(place("a"), sighting(1))])).unwrap();
        assert_eq!(Index::load(folder.path()).unwrap().0.len(), 1);
    }
}
