//! One sweep's use of a store.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::clock::now_ms;
use super::contents::{Contents, whole_content, write_content};
use super::index::{Index, Loaded, Place, Sighting};
use super::known::{Found, Known, gone, identify};
use super::seal::{Kind, Seal, VERSION};
use super::store::{Missing, Store};
use crate::archive::{Content, Discovery, RunFrom, Skipped};
use crate::observer::Observer;
use crate::tally::{Broken, Keeper, Out, Partial};

/// A place seen again is written down again when this many milliseconds have passed.
const STALE_MS: u64 = 86_400_000;

/// How a store is used.
#[derive(Clone, Copy, Debug)]
pub struct Use<'u> {
    /// The settings that change what an archive comes to: [`crate::tally::Configuration::fingerprint`].
    pub settings: u128,
    /// Whether every file is hashed, also where nothing about it changed since it was.
    pub verify: bool,
    /// Whether archives of the swept folders that are gone still count.
    pub keep_gone: bool,
    /// How run ids are taken from paths.
    pub run_from: &'u RunFrom,
    /// Largest zstd window that is decoded, in bytes.
    pub max_window: u64,
}

/// A store in the hands of one sweep.
pub struct Session<'s> {
    store: &'s Store,
    settings: u128,
    observer: &'s dyn Observer,
    /// What is known of each archive that was found; `None` of streams and of what cannot be read.
    known: Vec<Option<Known>>,
    /// What the answer depends on besides the bytes.
    named: Vec<(String, String)>,
    /// Places of archives that were moved from there.
    moved: Vec<Place>,
    /// Whether the index is to be written anew in any case.
    is_faulty: bool,
    has_failed: AtomicBool,
}

impl<'s> Session<'s> {
    /// Tells which bytes each archive holds, and adds those that are gone where they are to be kept. Runs on the rayon
    /// pool that it is called in.
    #[must_use]
    pub fn begin(store: &'s Store, found: &mut Discovery, how: Use<'_>, observer: &'s dyn Observer) -> Self {
        let Loaded { index, fault, is_lost, is_whole } = Index::load(store.root());
        let fault = fault.filter(|_| !is_lost || store.has_entries());
        // A copy that is lost, damaged or older is made anew without a word: nothing was taken from it.
        let is_faulty = fault.is_some() || !is_whole && !is_lost;
        if let Some(why) = fault {
            let then = if is_lost {
                "it is made anew: every file is hashed, and archives that are gone are forgotten"
            } else {
                "its copy stands in"
            };
            observer.warn(&format!("the store's index cannot be used ({why}): {then}"));
        }
        if is_lost && is_faulty && how.keep_gone {
            let path = store.root().join("index").to_string_lossy().into_owned();
            let why = "lost: archives that were deleted since they were swept do not count any more".to_owned();
            found.skipped.push(Skipped::loss(path, why));
        }
        let known: Vec<Option<Known>> =
            found.archives.par_iter().map(|entry| identify(entry, found, &index, how.verify)).collect();
        let mut all: Vec<Found> = std::mem::take(&mut found.archives).into_iter().zip(known).collect();
        let gone = gone(found, &index, &all, how.run_from);
        // Only an archive that stands at a new place can be one that was moved there; what stood beside it all along is
        // another run with the same text.
        let is_new = |known: &Option<Known>| known.as_ref().is_some_and(|known| !index.0.contains_key(&known.place));
        let new: Vec<&Found> = all.iter().filter(|(_, known)| is_new(known)).collect();
        let contents = Contents { store, settings: how.settings, max_window: how.max_window };
        let (stay, went) = contents.divide(gone, &new, how.keep_gone);
        let moved = went.into_iter().filter_map(|(_, known)| Some(known?.place)).collect();
        if how.keep_gone {
            all.extend(stay);
            all.sort_by(|(a, _), (b, _)| a.relative.as_bytes().cmp(b.relative.as_bytes()));
        }
        let named = all.iter().map(|(entry, _)| (entry.relative.clone(), entry.run.clone())).collect();
        let (entries, known) = all.into_iter().unzip();
        found.archives = entries;
        let has_failed = AtomicBool::new(false);
        Self { store, settings: how.settings, observer, known, named, moved, is_faulty, has_failed }
    }

    /// A name for the answer to this very set of archives, under these settings and `options`; `None` where not every
    /// archive is known by its bytes.
    #[must_use]
    pub fn answer_key(&self, options: &str) -> Option<u128> {
        let mut bytes = Vec::new();
        let mut out = Out(&mut bytes);
        // Writing to memory does not fail.
        let _ = out.number(VERSION.into());
        let _ = out.wide(self.settings);
        let _ = out.bytes(options.as_bytes());
        for (known, (relative, run)) in self.known.iter().zip(&self.named) {
            let known = known.as_ref()?;
            let _ = out.bytes(relative.as_bytes());
            let _ = out.bytes(run.as_bytes());
            let _ = out.number(u64::from(known.is_gone));
            let _ = out.wide(known.sighting.bytes);
        }
        Some(xxh3_128(&bytes))
    }

    /// Whether every archive holds the bytes that it held in the beginning. Runs on the rayon pool that it is called in.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.known.par_iter().all(|known| known.as_ref().is_some_and(Known::is_still))
    }

    /// Says that what is kept of every archive was used, without reading it.
    pub fn touch(&self) {
        for known in self.known.iter().flatten() {
            self.store.touch(self.seal(Kind::Partial, known));
            // Without it a copy would not be known for one, once the archive is gone.
            self.store.touch(self.seal(Kind::Content, known));
        }
    }

    /// Writes down which file holds which bytes.
    pub fn end(&self) {
        let now = now_ms();
        let news: Vec<&Known> = self
            .known
            .iter()
            .flatten()
            .filter(|known| !(known.is_gone || known.is_written && known.sighting.seen_ms + STALE_MS > now))
            .collect();
        if news.is_empty() && self.moved.is_empty() && !self.is_faulty {
            return;
        }
        let updated = Index::update(self.store.root(), |index| {
            for place in &self.moved {
                index.0.remove(place);
            }
            for known in news {
                index.0.insert(known.place.clone(), Sighting { seen_ms: now, ..known.sighting });
            }
        });
        if let Err(error) = updated {
            self.warn_once(&error);
        }
    }

    fn seal(&self, kind: Kind, known: &Known) -> Seal {
        Seal { kind, key: known.sighting.bytes, settings: self.settings }
    }

    /// The value of an archive's entry; one that is broken is told and made anew.
    fn read<T>(&self, kind: Kind, index: usize, parse: impl Fn(&[u8]) -> Result<T, Broken>) -> Option<T> {
        let seal = self.seal(kind, self.known.get(index)?.as_ref()?);
        let why = match self.store.read(seal) {
            Ok(value) => match parse(&value) {
                Ok(parsed) => {
                    self.store.touch(seal);
                    return Some(parsed);
                }
                Err(Broken) => "it makes no sense".to_owned(),
            },
            Err(Missing::Absent) => return None,
            Err(Missing::Broken(why)) => why,
        };
        let path = &self.named[index].0;
        self.observer.warn(&format!("what the store keeps of {path} is not used: {why}; the archive is read again"));
        None
    }

    fn write(&self, kind: Kind, index: usize, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        let Some(Some(known)) = self.known.get(index) else { return };
        let can_be_kept = !known.is_gone && known.is_still() && !self.has_failed.load(Ordering::Relaxed);
        if can_be_kept && let Err(error) = self.store.write(self.seal(kind, known), write) {
            self.warn_once(&error);
        }
    }

    pub(super) fn warn_once(&self, error: &std::io::Error) {
        if !self.has_failed.swap(true, Ordering::Relaxed) {
            let root = self.store.root().display();
            self.observer.warn(&format!("failed to write to the store {root}: {error}; the answer stands without it"));
        }
    }

    pub(super) fn store(&self) -> &Store {
        self.store
    }

    pub(super) fn observer(&self) -> &dyn Observer {
        self.observer
    }
}

impl Keeper for Session<'_> {
    fn recall(&self, archive: usize, with_entries: bool) -> Option<Partial> {
        let partial = self.read(Kind::Partial, archive, Partial::read);
        let mut partial = partial.filter(|partial| !with_entries || partial.entries.is_some());
        if let (Some(partial), Some(Some(known))) = (&mut partial, self.known.get(archive))
            && known.is_gone
        {
            partial.ledger.is_gone = true;
        }
        partial
    }

    fn keep(&self, archive: usize, partial: &Partial) {
        self.write(Kind::Partial, archive, |mut out| partial.write(&mut out));
    }

    fn recall_content(&self, archive: usize) -> Option<Content> {
        self.read(Kind::Content, archive, whole_content)
    }

    fn keep_content(&self, archive: usize, content: &Content) {
        self.write(Kind::Content, archive, |mut out| write_content(content, &mut Out(&mut out)));
    }
}
