//! What was read by an assumption that a reader should know: one warning of each kind, however many archives have it.

use std::collections::BTreeMap;

use crate::archive::ArchiveLedger;
use crate::format::{SAME_NAMES, UNTOLD};
use crate::repair::Repair;
use crate::text::terminal::plural;

/// Warns of times without a zone, of ids that are no text, and of tests without an end.
pub(super) fn warn(archives: &mut BTreeMap<usize, ArchiveLedger>) {
    for ledger in archives.values_mut() {
        let warning = unfinished(ledger);
        ledger.warnings.extend(warning);
    }
    let is_any_of_profile =
        archives.values().any(|ledger| ledger.told.is_none() && ledger.counts.repaired.of(Repair::AssumedZone) > 0);
    let advice = if is_any_of_profile { ": state `zone` in the profile" } else { "" };
    once_with(
        archives,
        |ledger| ignored(ledger, UNTOLD),
        |all, others| {
            format!(
                "{} counted by suites and told of no test{others}: look there at what the job itself printed",
                plural(all, "failure")
            )
        },
    );
    let same_names = |ledger: &ArchiveLedger| ignored(ledger, SAME_NAMES);
    once_with(archives, same_names, |all, others| {
        format!(
            "{}{others}: two tests of one name in each run? Nothing tells them apart, so that they count as one that fails \
             where any of them does",
            if all == 1 {
                "1 test has the name of another".to_owned()
            } else {
                format!("{all} tests have the name of another")
            }
        )
    });
    once(archives, Repair::AssumedZone, |all, others| {
        format!("{} without a zone taken as UTC{others}{advice}", plural(all, "time"))
    });
    once(archives, Repair::UnreadableIds, |all, others| {
        format!(
            "{} with ids that are no text{others}: U+FFFD in them may make two scenarios one",
            plural(all, "record")
        )
    });
}

/// That tests of an archive began and did not end.
fn unfinished(ledger: &ArchiveLedger) -> Option<String> {
    let told = ledger.told.as_ref().filter(|told| told.unfinished > 0)?;
    Some(format!("{} began and did not end: the run was cut off, or its process died", plural(told.unfinished, "test")))
}

/// How much of a kind a reader left out of an archive.
fn ignored(ledger: &ArchiveLedger, kind: &str) -> u64 {
    ledger.told.as_ref().and_then(|told| told.ignored.get(kind)).copied().unwrap_or_default()
}

/// Has the first archive with a kind of repair say how many lines of all archives have it, and in how many others.
fn once(archives: &mut BTreeMap<usize, ArchiveLedger>, kind: Repair, say: impl FnOnce(u64, &str) -> String) {
    once_with(archives, |ledger| ledger.counts.repaired.of(kind), say);
}

/// The same of whatever is counted.
fn once_with(
    archives: &mut BTreeMap<usize, ArchiveLedger>,
    lines: impl Fn(&ArchiveLedger) -> u64,
    say: impl FnOnce(u64, &str) -> String,
) {
    let all: u64 = archives.values().map(&lines).sum();
    let others = (archives.values().filter(|ledger| lines(ledger) > 0).count() as u64).saturating_sub(1);
    if let Some(first) = archives.values_mut().find(|ledger| lines(ledger) > 0) {
        let others =
            if others == 0 { String::new() } else { format!(", here and in {}", plural(others, "other archive")) };
        first.warnings.push(say(all, &others));
    }
}
