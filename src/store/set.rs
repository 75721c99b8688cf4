//! A sweep's archives in one file, to be merged with others elsewhere.
//!
//! The file is sealed values one behind the other: the head of the set, then what each archive came to, in the order of
//! the head, but for those that repeat another one.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use thiserror::Error;

use super::contents::{read_content, write_content};
use super::seal::{self, Kind, Seal, Unsealed};
use super::session::Session;
use crate::archive::{Content, Discovery, Entry, GIVEN_TWICE, Ledger, Skipped};
use crate::lock::lock;
use crate::tally::{Broken, Configuration, In, Keeper, Out, Partial};

/// Keeps what archives came to in memory, sealed; and in a store, where there is one.
pub struct Gathered<'s> {
    store: Option<&'s Session<'s>>,
    settings: u128,
    archives: Vec<Mutex<Kept>>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    partial: Option<Vec<u8>>,
    content: Option<Content>,
}

impl<'s> Gathered<'s> {
    /// For so many archives.
    #[must_use]
    pub fn new(archives: usize, settings: u128, store: Option<&'s Session<'s>>) -> Self {
        Self { store, settings, archives: (0..archives).map(|_| Mutex::default()).collect() }
    }

    fn set(&self, archive: usize, set: impl FnOnce(&mut Kept)) {
        set(&mut lock(&self.archives[archive]));
    }

    fn partial(&self, archive: usize, partial: &Partial) {
        let seal = Seal { kind: Kind::Partial, key: archive as u128, settings: self.settings };
        let sealed = seal::seal(seal, |mut out| partial.write(&mut out));
        // What does not fit is missing from the set, which says so.
        self.set(archive, |kept| kept.partial = sealed.ok());
    }
}

impl Keeper for Gathered<'_> {
    fn recall(&self, archive: usize, with_entries: bool) -> Option<Partial> {
        let partial = self.store?.recall(archive, with_entries)?;
        self.partial(archive, &partial);
        Some(partial)
    }

    fn keep(&self, archive: usize, partial: &Partial) {
        self.partial(archive, partial);
        if let Some(store) = self.store {
            store.keep(archive, partial);
        }
    }

    fn recall_content(&self, archive: usize) -> Option<Content> {
        let known = lock(&self.archives[archive]).content.clone();
        known.or_else(|| {
            let content = self.store?.recall_content(archive)?;
            self.set(archive, |kept| kept.content = Some(content.clone()));
            Some(content)
        })
    }

    fn keep_content(&self, archive: usize, content: &Content) {
        self.set(archive, |kept| kept.content = Some(content.clone()));
        if let Some(store) = self.store {
            store.keep_content(archive, content);
        }
    }
}

/// What stands in the head of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSet {
    /// The settings that it was made with.
    pub configuration: Configuration,
    /// The arguments, as given.
    pub inputs: Vec<String>,
    /// What was passed over or could not be read.
    pub skipped: Vec<Skipped>,
    archives: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    relative: String,
    run: String,
    content: Option<Content>,
    has_partial: bool,
}

impl PartSet {
    /// The set of a sweep that is over, of the archives that it found as (relative path, run).
    #[must_use]
    pub fn new(
        configuration: Configuration,
        inputs: Vec<String>,
        found: &[(String, String)],
        ledger: &Ledger,
        gathered: &Gathered<'_>,
    ) -> Self {
        let read: BTreeMap<&str, bool> =
            ledger.archives.iter().map(|row| (row.path.as_str(), row.duplicate_of.is_none())).collect();
        let member = |((relative, run), kept): (&(String, String), &Mutex<Kept>)| {
            // What could not be read stands among what was skipped.
            let &has_partial = read.get(relative.as_str())?;
            let content = lock(kept).content.clone();
            Some(Member { relative: relative.clone(), run: run.clone(), content, has_partial })
        };
        let archives = found.iter().zip(&gathered.archives).filter_map(member).collect();
        Self { configuration, inputs, skipped: ledger.skipped.clone(), archives }
    }

    /// Writes the set with what its archives came to.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, gathered: &Gathered<'_>, out: &mut dyn Write) -> io::Result<()> {
        let settings = self.configuration.fingerprint();
        let head = Seal { kind: Kind::Set, key: self.archives.len() as u128, settings };
        out.write_all(&seal::seal(head, |mut out| self.write_head(&mut Out(&mut out)))?)?;
        let kept = gathered.archives.iter().map(|kept| lock(kept));
        let mut partials = kept.filter_map(|mut kept| kept.partial.take());
        for _ in self.archives.iter().filter(|member| member.has_partial) {
            let partial = partials.next().ok_or_else(|| io::Error::other("an archive comes to more than 4 GiB"))?;
            out.write_all(&partial)?;
        }
        Ok(())
    }

    fn write_head<W: Write>(&self, out: &mut Out<'_, W>) -> io::Result<()> {
        out.bytes(&self.configuration.to_bytes())?;
        out.len(self.inputs.len())?;
        self.inputs.iter().try_for_each(|input| out.bytes(input.as_bytes()))?;
        out.len(self.skipped.len())?;
        for Skipped { path, why, is_loss, .. } in &self.skipped {
            out.bytes(path.as_bytes())?;
            out.bytes(why.as_bytes())?;
            out.number(u64::from(*is_loss))?;
        }
        out.len(self.archives.len())?;
        for Member { relative, run, content, has_partial } in &self.archives {
            out.bytes(relative.as_bytes())?;
            out.bytes(run.as_bytes())?;
            out.number(u64::from(*has_partial) << 1 | u64::from(content.is_some()))?;
            content.as_ref().map_or(Ok(()), |content| write_content(content, out))?;
        }
        Ok(())
    }

    fn read_head(bytes: &[u8]) -> Result<Self, Broken> {
        let input = &mut In(bytes);
        let configuration = Configuration::read(&mut In(input.bytes()?))?;
        let mut set = Self { configuration, ..Self::default() };
        for _ in 0..input.len()? {
            set.inputs.push(input.text()?.to_owned());
        }
        for _ in 0..input.len()? {
            let (path, why) = (input.text()?.to_owned(), input.text()?.to_owned());
            set.skipped.push(Skipped { path, why, is_loss: input.number()? != 0, file: None });
        }
        for _ in 0..input.len()? {
            let (relative, run, flags) = (input.text()?.to_owned(), input.text()?.to_owned(), input.number()?);
            let content = (flags & 1 != 0).then(|| read_content(input)).transpose()?;
            set.archives.push(Member { relative, run, content, has_partial: flags & 2 != 0 });
        }
        if input.is_empty() { Ok(set) } else { Err(Broken) }
    }
}

/// A setting's value in a message: a definition by its length and hash.
fn shown(value: &str) -> String {
    if value.len() <= 80 {
        return value.to_owned();
    }
    format!("a definition of {} bytes, {:016x}", value.len(), xxhash_rust::xxh3::xxh3_64(value.as_bytes()))
}

/// Why files of partials cannot be merged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A file cannot be read.
    #[error("failed to read `{file}`")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file is no file of partials, or broken.
    #[error("failed to read `{file}` as partials: {why}; make it again with `relapse sweep --partial`")]
    Broken {
        /// The file.
        file: String,
        /// What is wrong.
        why: Unsealed,
    },
    /// The taxonomies that travel with partials are none.
    #[error("failed to read the taxonomies of the partials; make them again with `relapse sweep --partial`")]
    Taxonomies,
    /// Two files were made with different settings.
    #[error("failed to merge `{second}` with `{first}`: they differ in {setting}: {of_second} and {of_first}")]
    Mixed {
        /// A file.
        first: String,
        /// Another one.
        second: String,
        /// The setting.
        setting: String,
        /// Its value in the first.
        of_first: String,
        /// Its value in the second.
        of_second: String,
    },
    /// Two archives of one path hold different text.
    #[error(
        "failed to merge `{second}` with `{first}`: both have an archive `{path}`, with different text; sweep the \
        folder that holds both, or folders whose paths below them differ"
    )]
    SamePath {
        /// A file.
        first: String,
        /// Another one.
        second: String,
        /// The path.
        path: String,
    },
}

/// An archive of a set: number of its file, what is known of it, and what it came to, sealed.
type Merged = (usize, Member, Option<Vec<u8>>);

/// Files of partials, put together: what a sweep over all of their archives would find.
#[derive(Debug, Default)]
pub struct Merging {
    files: Vec<String>,
    configuration: Configuration,
    inputs: Vec<String>,
    skipped: Vec<Skipped>,
    /// By relative path.
    archives: BTreeMap<Vec<u8>, Merged>,
}

impl Merging {
    /// Adds a file.
    ///
    /// # Errors
    /// When it cannot be read, is broken, or does not fit to the others.
    pub fn add_file(&mut self, path: &Path) -> Result<(), MergeError> {
        let file = path.display().to_string();
        let bytes =
            seal::read_file(path, false).map_err(|source| MergeError::Unreadable { file: file.clone(), source })?;
        self.add(&file, &bytes)
    }

    /// Adds the bytes of a file.
    ///
    /// # Errors
    /// When it is broken, or does not fit to the others.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), MergeError> {
        let broken = |why| MergeError::Broken { file: file.to_owned(), why };
        let head = seal::open(bytes).map_err(broken)?;
        if head.seal.kind != Kind::Set {
            return Err(broken(Unsealed::Other));
        }
        let value = head.value().map_err(broken)?;
        let set = PartSet::read_head(&value).map_err(|Broken| broken(Unsealed::Senseless))?;
        if let Some(first) = self.files.first() {
            if let Some((setting, of_first, of_second)) = self.configuration.difference(&set.configuration) {
                let [of_first, of_second, setting] = [of_first, of_second, setting].map(shown);
                let (first, second) = (first.clone(), file.to_owned());
                return Err(MergeError::Mixed { first, second, setting, of_first, of_second });
            }
        } else {
            self.configuration = set.configuration;
        }
        let number = self.files.len();
        self.files.push(file.to_owned());
        self.inputs.extend(set.inputs);
        self.skipped.extend(set.skipped);
        let mut rest = head.rest;
        let mut before = None;
        for member in set.archives {
            let partial = if member.has_partial {
                let opened = seal::open(rest).map_err(broken)?;
                // They are numbered: none may stand for another archive than it was made of.
                let is_next = before.replace(opened.seal.key).is_none_or(|before| before < opened.seal.key);
                if opened.seal.kind != Kind::Partial || opened.seal.settings != head.seal.settings || !is_next {
                    return Err(broken(Unsealed::Other));
                }
                let sealed = rest[..rest.len() - opened.rest.len()].to_vec();
                rest = opened.rest;
                Some(sealed)
            } else {
                None
            };
            self.archive(number, member, partial)?;
        }
        if rest.is_empty() { Ok(()) } else { Err(broken(Unsealed::Other)) }
    }

    fn archive(&mut self, file: usize, member: Member, partial: Option<Vec<u8>>) -> Result<(), MergeError> {
        let path = member.relative.clone();
        let Some((first, known, sealed)) = self.archives.get_mut(path.as_bytes()) else {
            self.archives.insert(path.into_bytes(), (file, member, partial));
            return Ok(());
        };
        if known.content.is_none() || known.content != member.content {
            let (first, second) = (self.files[*first].clone(), self.files[file].clone());
            return Err(MergeError::SamePath { first, second, path });
        }
        // It may repeat another archive in one file and none in the other.
        if sealed.is_none() {
            *sealed = partial;
        }
        self.skipped.push(Skipped { path, why: GIVEN_TWICE.into(), is_loss: false, file: None });
        Ok(())
    }

    /// The settings of all files.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The arguments of all files, as they were given.
    #[must_use]
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// What a discovery of everything would have found.
    #[must_use]
    pub fn found(&self) -> Discovery {
        let mut found = Discovery { skipped: self.skipped.clone(), ..Discovery::default() };
        found.skipped.sort_by(|a, b| (a.path.as_bytes(), &a.why).cmp(&(b.path.as_bytes(), &b.why)));
        // Nothing is there to be read.
        let entry = |(_, member, _): &Merged| {
            Entry::of_gone(PathBuf::new(), member.relative.clone(), member.run.clone(), 0, None)
        };
        found.archives = self.archives.values().map(entry).collect();
        found
    }

    /// What the archives came to, by their place in [`Merging::found`].
    #[must_use]
    pub fn keeper(&self) -> impl Keeper + '_ {
        Recalled(self.archives.values().collect())
    }
}

struct Recalled<'m>(Vec<&'m Merged>);

impl Keeper for Recalled<'_> {
    fn recall(&self, archive: usize, _: bool) -> Option<Partial> {
        let value = seal::open(self.0.get(archive)?.2.as_ref()?).ok()?.value().ok()?;
        Partial::read(&value).ok()
    }

    fn keep(&self, _: usize, _: &Partial) {}

    fn recall_content(&self, archive: usize) -> Option<Content> {
        self.0.get(archive)?.1.content.clone()
    }

    fn keep_content(&self, _: usize, _: &Content) {}
}
