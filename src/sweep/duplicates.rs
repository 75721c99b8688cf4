//! Archives that hold the same text as another of their run.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::sweep::Sweep;
use crate::archive::{Content, Entry, RunFrom, TextId};
use crate::tally::Keeper;

/// An archive that repeats another.
#[derive(Debug)]
pub(super) struct Duplicate {
    /// The archive, first by path, whose text it repeats.
    pub(super) of: usize,
    pub(super) content: Content,
}

/// What the archives of one run are to each other.
#[derive(Debug, Default)]
pub(super) struct Kinship {
    /// Archives that repeat another.
    pub(super) duplicates: BTreeMap<usize, Duplicate>,
    /// Another archive of the same run and name, but for endings, with other text.
    pub(super) shares_run_with: BTreeMap<usize, usize>,
}

/// The archives of a sweep, those set aside that repeat another.
#[derive(Debug)]
pub(super) struct Distinct {
    /// The archives that are read.
    pub(super) entries: Vec<Entry>,
    /// Their places among all that was found.
    pub(super) places: Vec<usize>,
    /// Those that are not, with their places.
    pub(super) duplicates: Vec<(usize, Entry)>,
    pub(super) kinship: Kinship,
}

impl Distinct {
    /// Asks the keeper for the content of archives and reads it where that does not know it. To be called within a pool.
    pub(super) fn of(sweep: &Sweep, found: Vec<Entry>, keeper: Option<&dyn Keeper>) -> Self {
        let content = |index: usize| {
            let known = keeper.and_then(|keeper| keeper.recall_content(index));
            known.or_else(|| {
                let content = Content::read(&found[index], sweep.max_window)?;
                if let Some(keeper) = keeper {
                    keeper.keep_content(index, &content);
                }
                Some(content)
            })
        };
        if sweep.keep_contents {
            (0..found.len()).into_par_iter().for_each(|index| drop(content(index)));
        }
        let kinship = find(&found, content);
        let (duplicates, archives): (Vec<_>, Vec<_>) =
            found.into_iter().enumerate().partition(|(index, _)| kinship.duplicates.contains_key(index));
        let (places, entries) = archives.into_iter().unzip();
        Self { entries, places, duplicates, kinship }
    }
}

/// Compares archives that share a run; the only ones whose content is asked for, unless all are.
fn find(entries: &[Entry], content: impl Fn(usize) -> Option<Content> + Sync) -> Kinship {
    let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_run.entry(&entry.run).or_default().push(index);
    }
    let mut kinship = Kinship::default();
    for archives in by_run.into_values().filter(|archives| archives.len() > 1) {
        let contents: Vec<Option<Content>> = archives.par_iter().map(|&index| content(index)).collect();
        // One text of two platforms is not one.
        let mut first_with: BTreeMap<(TextId, Option<&str>), usize> = BTreeMap::new();
        for (&index, content) in archives.iter().zip(contents) {
            let Some(content) = content else { continue };
            let of = (content.text, entries[index].context().and_then(|context| context.env.as_deref()));
            match first_with.get(&of) {
                Some(&first) => {
                    kinship.duplicates.insert(index, Duplicate { of: first, content });
                }
                None => {
                    first_with.insert(of, index);
                }
            }
        }
        // Those that a pattern made one run are shards of it, or attempts.
        let mut of_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in first_with.into_values() {
            of_name.entry(RunFrom::default().of(&entries[index].relative)).or_default().push(index);
        }
        for same in of_name.into_values() {
            if let [first, .., last] = same[..] {
                let other = |index| (index, if index == first { last } else { first });
                kinship.shares_run_with.extend(same.into_iter().map(other));
            }
        }
    }
    kinship
}
