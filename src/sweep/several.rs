//! Reports of one run that are taken for runs: test tools write one a module, a shard or a class.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{Ledger, RunFrom};
use crate::text::terminal::plural;

/// Folders that must look alike before they are told.
const LEAST_FOLDERS: usize = 3;

/// That reports of one name lie in each of several folders, several in each, and each is a run of its own.
pub(super) fn reports_a_run(ledger: &Ledger) -> Option<String> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for archive in ledger.archives.iter().filter(|archive| archive.told.is_some()) {
        let is_named = archive.run != RunFrom::default().of(&archive.path);
        let Some((folder, name)) = archive.path.rsplit_once('/').filter(|_| !is_named) else { continue };
        folders.entry(folder).or_default().insert(name);
    }
    folders.retain(|_, names| names.len() > 1);
    let names: BTreeSet<&str> = folders.values().flatten().copied().collect();
    let reports: usize = folders.values().map(BTreeSet::len).sum();
    // Reports of other names in each folder are runs that were put in folders.
    if folders.len() < LEAST_FOLDERS || names.len() * 2 > reports {
        return None;
    }
    let (folder, of_folder) = folders.first_key_value()?;
    Some(format!(
        "{} hold several reports each, of the same names ({folder}/ has {}), and each report is taken for a run of its own; if \
         a folder is a run, say so with --from-path '^(?<run>.+)/'",
        plural(folders.len() as u64, "folder"),
        of_folder.iter().take(2).copied().collect::<Vec<_>>().join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{ArchiveLedger, Told};

    fn said(paths: &[&str]) -> Option<String> {
        let archive = |path: &&str| ArchiveLedger {
            path: (*path).to_owned(),
            run: RunFrom::default().of(path),
            told: Some(Told::default()),
            ..ArchiveLedger::default()
        };
        reports_a_run(&Ledger { archives: paths.iter().map(archive).collect(), skipped: Vec::new() })
    }

    #[test]
    fn reports_of_the_same_names_in_each_folder_are_of_one_run() {
        let paths = ["1/a.xml", "1/b.xml", "2/a.xml", "2/b.xml", "3.zip!/a.xml", "3.zip!/b.xml"];
        let told = said(&paths).unwrap();
        assert!(
            told.starts_with("3 folders hold several reports each, of the same names (1/ has a.xml, b.xml)"),
            "{told}"
        );
        assert_eq!(said(&paths[..4]), None);
        assert_eq!(said(&["1/a.xml", "2/a.xml", "3/a.xml"]), None);
        assert_eq!(said(&["w1/r1.xml", "w1/r2.xml", "w2/r3.xml", "w2/r4.xml", "w3/r5.xml", "w3/r6.xml"]), None);
    }
}
