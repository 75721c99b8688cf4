//! What a store holds, whether it is sound, and what of it is not needed any more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::answer::Answer;
use super::clock::unix_ms;
use super::contents::whole_content;
use super::index::{Index, Loaded};
use super::seal::{self, Kind, Unsealed};
use super::store::{ENTRIES, HIDDEN, Store, folder};
use crate::archive::path_of;
use crate::tally::{Broken, Partial};

/// One file of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its name in the store.
    pub file: String,
    /// Where the archive stood when it was last seen; none for answers, and for entries that no sweep lived to write
    /// down.
    pub archive: Option<String>,
    /// Whether that archive is gone.
    pub is_gone: bool,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was last used, to a minute, in ms since 1970.
    pub used_unix_ms: u64,
    /// What is wrong with it, once it was looked at.
    pub fault: Option<String>,
    /// Whether it was removed, so that a sweep makes it anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_removed: bool,
    #[serde(skip)]
    path: PathBuf,
    /// The hash of the archive's bytes, or the answer's key.
    #[serde(skip)]
    key: u128,
}

/// The files of a store.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Listing {
    schema_version: &'static str,
    /// Bytes of all entries.
    pub bytes: u64,
    /// The entries, by kind, then by archive.
    pub entries: Vec<Entry>,
    /// What is wrong with the index.
    pub index_fault: Option<String>,
    /// What is wrong with its copy, once that was looked at.
    pub index_copy_fault: Option<String>,
}

impl Listing {
    /// Files in which something is wrong.
    #[must_use]
    pub fn broken(&self) -> u64 {
        let index = [&self.index_fault, &self.index_copy_fault].into_iter().flatten().count();
        (self.entries.iter().filter(|entry| entry.fault.is_some()).count() + index) as u64
    }
}

/// What is to be removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prune {
    /// Entries that no sweep used for so long.
    pub older_than: Option<Duration>,
    /// Entries of archives that are gone.
    pub gone: bool,
    /// Whether it is only said what would be removed.
    pub dry: bool,
}

impl Pruned {
    /// The archives, by their last places, of which nothing is left once this is removed.
    #[must_use]
    pub fn gone(&self) -> BTreeSet<&str> {
        self.removed.iter().filter(|entry| entry.is_gone).filter_map(|entry| entry.archive.as_deref()).collect()
    }
}

/// What was removed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pruned {
    schema_version: &'static str,
    /// Whether nothing was removed, and this is what would be.
    pub dry_run: bool,
    /// Bytes of everything removed.
    pub bytes: u64,
    /// The entries.
    pub removed: Vec<Entry>,
    /// How many are left.
    pub kept: u64,
}

/// The name of an archive of the index: of a folder's, below it.
fn whole(root: &str, below: &str) -> String {
    if root.is_empty() { below.to_owned() } else { format!("{root}/{below}") }
}

impl Store {
    /// Every entry.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing { schema_version: "relapse-store-v1", ..Listing::default() };
        let Loaded { index, fault, .. } = Index::load(self.root());
        listing.index_fault = fault;
        let mut places: BTreeMap<u128, (String, bool)> = BTreeMap::new();
        for ((root, below), sighting) in &index.0 {
            let path = whole(root, below);
            let is_gone = !path_of(&path).exists();
            // Of several archives with the same bytes, one that is there.
            places
                .entry(sighting.bytes)
                .and_modify(|known| {
                    if known.1 {
                        *known = (path.clone(), is_gone);
                    }
                })
                .or_insert((path, is_gone));
        }
        for kind in ENTRIES {
            for entry in fs::read_dir(self.root().join(folder(kind)))? {
                let entry = entry?;
                let file = entry.file_name().to_string_lossy().into_owned();
                let Some(key) = key(&file) else { continue };
                // Somebody else may remove it meanwhile.
                let Ok(metadata) = entry.metadata() else { continue };
                let place = places.get(&key).filter(|_| kind != Kind::Answer);
                listing.bytes += metadata.len();
                listing.entries.push(Entry {
                    kind,
                    file: format!("{}/{file}", folder(kind)),
                    archive: place.map(|(path, _)| path.clone()),
                    is_gone: place.is_some_and(|(_, is_gone)| *is_gone),
                    bytes: metadata.len(),
                    used_unix_ms: metadata.modified().map_or(0, unix_ms),
                    fault: None,
                    is_removed: false,
                    path: entry.path(),
                    key,
                });
            }
        }
        listing.entries.sort_by(|a, b| (a.kind, &a.archive, &a.file).cmp(&(b.kind, &b.archive, &b.file)));
        Ok(listing)
    }

    /// Every entry, each read whole and checked, and the index with its copy.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn verify(&self) -> io::Result<Listing> {
        let mut listing = self.list()?;
        [listing.index_fault, listing.index_copy_fault] = Index::faults(self.root());
        for entry in &mut listing.entries {
            entry.fault = match seal::read_file(&entry.path, true) {
                Ok(bytes) => check(entry, &bytes).err().map(|why| why.to_string()),
                Err(error) => Some(error.to_string()),
            };
        }
        Ok(listing)
    }

    /// Removes what [`Self::verify`] found broken, so that sweeps make it anew: but for what is kept of archives that are
    /// gone, which nothing could be made anew from. With it go all answers: a sweep that has one looks at nothing else.
    /// The store must be had alone.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn mend(&self, listing: &mut Listing) -> io::Result<()> {
        let is_lost = |entry: &Entry| entry.fault.is_some() && !entry.is_gone;
        let forgets = listing.entries.iter().any(is_lost);
        for entry in &mut listing.entries {
            if is_lost(entry) || forgets && entry.kind == Kind::Answer {
                fs::remove_file(&entry.path)?;
                entry.is_removed = true;
            }
        }
        Ok(())
    }

    /// Removes entries. The store must be had alone.
    ///
    /// # Errors
    /// When something cannot be removed, or the index not be written.
    pub fn prune(&self, which: Prune) -> io::Result<Pruned> {
        let listing = self.list()?;
        let now = SystemTime::now();
        let oldest = which.older_than.map(|age| unix_ms(now.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH)));
        let mut pruned = Pruned { schema_version: "relapse-store-prune-v1", dry_run: which.dry, ..Pruned::default() };
        let mut left = BTreeSet::new();
        for entry in listing.entries {
            if oldest.is_some_and(|oldest| entry.used_unix_ms < oldest) || which.gone && entry.is_gone {
                if !which.dry {
                    fs::remove_file(&entry.path)?;
                }
                pruned.bytes += entry.bytes;
                pruned.removed.push(entry);
            } else {
                left.insert(entry.key);
                pruned.kept += 1;
            }
        }
        if which.dry {
            return Ok(pruned);
        }
        // What a kill left behind, of any age: nobody writes now.
        for kind in ENTRIES {
            for entry in fs::read_dir(self.root().join(folder(kind)))? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Index::update(self.root(), |index| {
            // What has no entry any more is nothing but a hash: of files that are gone it is of no use.
            index.0.retain(|(root, below), sighting| {
                left.contains(&sighting.bytes) || path_of(&whole(root, below)).exists()
            });
        })?;
        Ok(pruned)
    }
}

/// The key in an entry's name.
fn key(name: &str) -> Option<u128> {
    u128::from_str_radix(name.get(..32)?, 16).ok()
}

fn check(entry: &Entry, bytes: &[u8]) -> Result<(), Unsealed> {
    let opened = seal::open(bytes)?;
    if opened.seal.kind != entry.kind || opened.seal.key != entry.key || !opened.rest.is_empty() {
        return Err(Unsealed::Other);
    }
    let value = opened.value()?;
    let parsed = match opened.seal.kind {
        Kind::Partial => Partial::read(&value).map(drop),
        Kind::Answer => Answer::read(&value).map(drop),
        _ => whole_content(&value).map(drop),
    };
    parsed.map_err(|Broken| Unsealed::Senseless)
}
