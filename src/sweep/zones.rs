//! Times without a zone, which were taken as UTC.

use std::collections::BTreeMap;

use crate::archive::ArchiveLedger;
use crate::repair::Repair;
use crate::terminal::plural;

/// One warning, however many archives have times without a zone.
pub(super) fn warn(archives: &mut BTreeMap<usize, ArchiveLedger>) {
    let times = |ledger: &ArchiveLedger| ledger.counts.repaired.of(Repair::AssumedZone);
    let all: u64 = archives.values().map(times).sum();
    let others = (archives.values().filter(|ledger| times(ledger) > 0).count() as u64).saturating_sub(1);
    if let Some(first) = archives.values_mut().find(|ledger| times(ledger) > 0) {
        let others =
            if others == 0 { String::new() } else { format!(", here and in {}", plural(others, "other archive")) };
        let all = plural(all, "time");
        first.warnings.push(format!("{all} without a zone taken as UTC{others}: state `zone` in the profile"));
    }
}
