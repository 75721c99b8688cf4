//! Archives that hold the same text as another of their run.

use std::collections::BTreeMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use crate::archive::{Archive, Break, Buffer, Decoder, Entry, Format};

/// Length and XXH3-128 of an archive's decoded text. What is missing has its part in it, so that a broken copy is no
/// copy; a wrong checksum alone is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    len: u64,
    hash: u128,
    /// Places where text is missing.
    losses: u64,
}

/// An archive that repeats another.
#[derive(Debug)]
pub(super) struct Duplicate {
    /// The archive, first by path, whose text it repeats.
    pub(super) of: usize,
    pub(super) format: Format,
    /// Its own damage, with the place in the text.
    pub(super) damage: Vec<(Break, u64)>,
}

/// What the archives of one run are to each other.
#[derive(Debug, Default)]
pub(super) struct Kinship {
    /// Archives that repeat another.
    pub(super) duplicates: BTreeMap<usize, Duplicate>,
    /// Another archive of the same run with other text.
    pub(super) shares_run_with: BTreeMap<usize, usize>,
}

/// Compares archives that share a run; the only ones that are read for it. To be called within a pool.
pub(super) fn find(entries: &[Entry], max_window: u64) -> Kinship {
    let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_run.entry(&entry.run).or_default().push(index);
    }
    let mut kinship = Kinship::default();
    for archives in by_run.into_values().filter(|archives| archives.len() > 1) {
        let contents: Vec<Option<(Content, Duplicate)>> =
            archives.par_iter().map(|&index| content(&entries[index], max_window)).collect();
        let mut first_with: BTreeMap<Content, usize> = BTreeMap::new();
        for (&index, content) in archives.iter().zip(contents) {
            let Some((content, duplicate)) = content else { continue };
            match first_with.get(&content) {
                Some(&first) => {
                    kinship.duplicates.insert(index, Duplicate { of: first, ..duplicate });
                }
                None => {
                    first_with.insert(content, index);
                }
            }
        }
        let distinct: Vec<usize> = first_with.into_values().collect();
        if let [first, .., last] = distinct[..] {
            for &index in &distinct {
                kinship.shares_run_with.insert(index, if index == first { last } else { first });
            }
        }
    }
    kinship
}

/// `None` for an archive that cannot be opened, or that is a stream which can be read once only.
fn content(entry: &Entry, max_window: u64) -> Option<(Content, Duplicate)> {
    if !entry.can_be_read_again() {
        return None;
    }
    let archive = Archive::open(entry, max_window).ok()?;
    let mut hash = Xxh3::new();
    let mut content = Content { len: 0, hash: 0, losses: 0 };
    let mut damage = Vec::new();
    let (mut text, mut decoder) = (Buffer::default(), Decoder::default());
    for unit in 0..archive.units() {
        let mut reader = archive.read_unit(unit);
        loop {
            let end = reader.next_piece(&mut text, &mut decoder);
            hash.update(text.text());
            content.len += text.len() as u64;
            if let Some(found) = end.damage {
                content.losses += u64::from(found.loses_text);
                damage.push((found, content.len));
            }
            if end.last {
                break;
            }
        }
    }
    content.hash = hash.digest128();
    Some((content, Duplicate { of: 0, format: archive.format, damage }))
}
