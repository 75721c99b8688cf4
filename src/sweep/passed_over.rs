//! Files that were passed over though they are named like the archives that were read, and arguments that lead to none. Where
//! a job begins to write another ending or into another place, the verdicts of before stand, and nobody should take them for
//! today's.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{GIVEN_TWICE, Ledger, Manifest, RunFrom, SYMBOLIC_LINK};
use crate::tally::{Tally, by_number, name_shape};
use crate::text::terminal::{listed, plural};

/// Paths that are named.
const NAMED: usize = 4;

/// That folders were asked for which hold no archive.
pub(super) fn vacant(folders: &[String]) -> Option<String> {
    let hold =
        if folders.len() == 1 { "a folder that was asked for holds" } else { "folders that were asked for hold" };
    let named = || listed(folders.iter(), NAMED);
    (!folders.is_empty()).then(|| format!("{hold} no archive, so that nothing there is judged: {}", named()))
}

/// That a list of runs names none of those that were read, so that it says nothing of them.
pub(super) fn unjoined(manifest: &Manifest, tally: &Tally) -> Option<String> {
    let mut read = tally.runs().iter().map(|run| tally.text(run.id));
    let (listed, first) = (manifest.runs().next()?, read.next()?);
    let is_joined = |run: &str| manifest.of(run).is_some();
    (!is_joined(first) && !read.any(is_joined)).then(|| {
        format!(
            "the list of runs (--runs) names none of the runs that were read: it lists such as `{listed}`, and they are called such as \
             `{first}`; --from-path takes ids from paths, as 'build-(?<run>[0-9]+)/'"
        )
    })
}

/// That `--from-path` finds no run in some paths, where records do not name it either: what they hold is judged as runs of
/// their own. `unnamed`: what these are called.
pub(super) fn unnamed(unnamed: &[String], tally: &Tally) -> Option<String> {
    let known: BTreeSet<&str> = tally.runs().iter().map(|run| tally.text(run.id)).collect();
    let mut names: Vec<&String> = unnamed.iter().filter(|name| known.contains(name.as_str())).collect();
    names.sort_by(|a, b| by_number(b, a).then_with(|| b.cmp(a)));
    (!names.is_empty()).then(|| {
        let archives = plural(names.len() as u64, "archive");
        let named = listed(names.iter(), NAMED);
        format!("--from-path finds no run in the path of {archives}, so that each is a run of its own: {named}")
    })
}

/// That files were passed over whose paths differ in numbers and ending alone from those of archives. What stands beside an
/// archive is a companion of it, such as a checksum or a summary; companions may outlive their archives. A link may lead to a
/// folder, and is held against those of the archives too.
pub(super) fn like_archives(ledger: &Ledger) -> Option<String> {
    let passed = || ledger.skipped.iter().filter(|one| !one.is_loss && one.why != GIVEN_TWICE);
    passed().next()?;
    let stems: BTreeSet<String> = ledger.archives.iter().map(|one| RunFrom::default().of(&one.path)).collect();
    let newest = newest_by_shape(stems.iter().map(String::as_str));
    let folders = newest_by_shape(stems.iter().flat_map(|stem| stem.match_indices('/').map(|(at, _)| &stem[..at])));
    let mut companions = BTreeSet::new();
    let mut alike = Vec::new();
    for skipped in passed() {
        let place = seen(&skipped.path);
        match cuts(&place).find(|(stem, _)| stems.contains(*stem)) {
            Some((_, ending)) => drop(companions.insert(ending.to_owned())),
            None => alike.extend(cuts(&place).find_map(|(stem, ending)| {
                let shape = name_shape(stem);
                let folder = || folders.get(&shape).filter(|_| skipped.why == SYMBOLIC_LINK);
                let is_newer = by_number(newest.get(&shape).or_else(folder)?, stem).is_lt();
                Some((skipped.path.as_str(), ending.to_owned(), is_newer))
            })),
        }
    }
    alike.retain(|(_, ending, is_newer)| *is_newer || !companions.contains(ending));
    alike.sort_by(|(a, ..), (b, ..)| by_number(b, a).then_with(|| b.cmp(a)));
    (!alike.is_empty()).then(|| {
        format!(
            "passed over, though named like archives that were read: {}; what they hold is not judged (of folders, .jsonl and \
             .ndjson are taken and, of other names, what holds results by its first bytes; nothing that is empty, hidden or a link)",
            listed(alike.iter().map(|(path, ..)| path), NAMED),
        )
    })
}

/// Of names that are alike but for their numbers, the one with the highest.
fn newest_by_shape<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<String, &'n str> {
    let mut newest: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        let of_shape = newest.entry(name_shape(name)).or_insert(name);
        if by_number(of_shape, name).is_lt() {
            *of_shape = name;
        }
    }
    newest
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
        let why = |path: &str| if path.ends_with("link") { SYMBOLIC_LINK } else { "" }.to_owned();
        let name = |path: &str| path.trim_end_matches(" link").to_owned();
        let passed = |path: &&str| Skipped { path: name(path), why: why(path), is_loss: false, file: None };
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
        // A link to a folder like those of archives; another folder holds none.
        assert_eq!(told(&read, &["w/2026.01.03 link"]).as_deref(), Some("w/2026.01.03"));
        assert_eq!(told(&read, &["w/2026.01.03", "w/latest link", "v link"]), None);
    }
}
