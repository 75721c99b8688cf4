//! Files that were passed over though they are named like the archives that were read. Where a job begins to write another
//! ending or into another place, the verdicts of before stand, and nobody should take them for today's.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{GIVEN_TWICE, Ledger, RunFrom};
use crate::tally::{by_number, name_shape};
use crate::text::terminal::listed;

/// Paths that are named.
const NAMED: usize = 4;

/// That files were passed over whose paths differ in numbers and ending alone from those of archives. What stands beside an
/// archive is a companion of it, such as a checksum or a summary; companions may outlive their archives.
pub(super) fn like_archives(ledger: &Ledger) -> Option<String> {
    let passed = || ledger.skipped.iter().filter(|one| !one.is_loss && one.why != GIVEN_TWICE);
    passed().next()?;
    let stems: BTreeSet<String> = ledger.archives.iter().map(|one| RunFrom::default().of(&one.path)).collect();
    let mut newest: BTreeMap<String, &str> = BTreeMap::new();
    for stem in &stems {
        let of_shape = newest.entry(name_shape(stem)).or_insert(stem);
        if by_number(of_shape, stem).is_lt() {
            *of_shape = stem;
        }
    }
    let mut companions = BTreeSet::new();
    let mut alike = Vec::new();
    for skipped in passed() {
        let place = seen(&skipped.path);
        match cuts(&place).find(|(stem, _)| stems.contains(*stem)) {
            Some((_, ending)) => drop(companions.insert(ending.to_owned())),
            None => alike.extend(cuts(&place).find_map(|(stem, ending)| {
                let is_newer = by_number(newest.get(&name_shape(stem))?, stem).is_lt();
                Some((skipped.path.as_str(), ending.to_owned(), is_newer))
            })),
        }
    }
    alike.retain(|(_, ending, is_newer)| *is_newer || !companions.contains(ending));
    alike.sort_by(|(a, ..), (b, ..)| by_number(b, a).then_with(|| b.cmp(a)));
    (!alike.is_empty()).then(|| {
        format!(
            "passed over, though named like archives that were read: {}; what they hold is not judged (of folders, .jsonl and \
             .ndjson are taken, plain or with .zst or .gz, and nothing that is hidden or a link)",
            listed(alike.iter().map(|(path, ..)| path), NAMED),
        )
    })
}

/// A path without its hidden folders.
fn seen(path: &str) -> String {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folders = folders.split('/').filter(|folder| !folder.is_empty() && !folder.starts_with('.'));
    folders.chain([name]).collect::<Vec<_>>().join("/")
}

/// Where a path may end and its ending begin; the longest first.
fn cuts(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let dots = path.rmatch_indices('.').map(|(at, _)| at).take_while(move |&at| at > name);
    std::iter::once(path.len()).chain(dots).map(|at| path.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{ArchiveLedger, Skipped};

    fn told(archives: &[&str], skipped: &[&str]) -> Option<String> {
        let archive = |path: &&str| ArchiveLedger { path: (*path).to_owned(), ..ArchiveLedger::default() };
        let passed = |path: &&str| Skipped { path: (*path).to_owned(), why: String::new(), is_loss: false, file: None };
        let archives = archives.iter().map(archive).collect();
        let told = like_archives(&Ledger { archives, skipped: skipped.iter().map(passed).collect() })?;
        let (_, named) = told.split_once(": ")?;
        Some(named.split_once(';')?.0.to_owned())
    }

    #[test]
    fn what_differs_in_numbers_and_ending_alone_is_told() {
        let read = ["run-19.jsonl.zst", "run-20.jsonl", "w/2026.01.02/r.jsonl"];
        for passed in [
            "run-21.jsonl.xz",
            "run-21.log",
            "run-21",
            ".new/run-21.jsonl",
            "run-07.log",
            "w/2026.01.03/r.log",
            "w/.x/2026.01.03/r.jsonl",
        ] {
            assert_eq!(told(&read, &[passed]).as_deref(), Some(passed));
        }
        let beside = ["run-20.jsonl.sha256", "run-20.log", "run-20.summary.json", "w/2026.01.02/r.xml"];
        let others = ["run-21-summary.json", "README.md", "index-21.html", ".run-21.jsonl", ".git", "v/run-21.log"];
        assert_eq!(told(&read, &[&beside[..], &others].concat()), None);
        // Companions that outlived their archives, and those of runs that have none any more.
        assert_eq!(told(&read, &["run-20.log", "run-03.log"]), None);
        assert_eq!(told(&read, &["run-20.log", "run-03.log", "run-21.log"]).as_deref(), Some("run-21.log"));
        assert_eq!(told(&read, &["run-21.xz", "run-22.xz"]).as_deref(), Some("run-22.xz, run-21.xz"));
    }
}
