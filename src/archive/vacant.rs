//! Folders that were asked for and hold no archive.

use std::collections::BTreeSet;

use super::discover::Discovery;
use super::entry::Entry;
use crate::text::terminal::listed;

/// Paths that are named.
const NAMED: usize = 4;

impl Discovery {
    /// The folders among the arguments in which there is no archive, also none that is gone, each with what it holds instead.
    /// One that could not be looked through is a loss.
    #[must_use]
    pub fn vacant(&self, inputs: &[String]) -> Vec<String> {
        let hold: BTreeSet<usize> = self.archives.iter().map(Entry::argument).collect();
        let folders = self.folders.iter().filter(|(number, _)| !hold.contains(number));
        let told = folders.filter_map(|(&number, folder)| {
            let input = inputs.get(number)?;
            let passed: Vec<_> = self.skipped.iter().filter(|one| one.path.starts_with(&folder.prefix)).collect();
            if passed.iter().any(|one| one.is_loss) {
                return None;
            }
            if passed.is_empty() {
                return Some(format!("{input} (empty)"));
            }
            Some(format!("{input} (passed over: {})", listed(passed.iter().map(|one| &one.path), NAMED)))
        });
        told.collect()
    }
}
