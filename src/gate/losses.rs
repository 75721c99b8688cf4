//! Lost input in a few words.

use crate::archive::Ledger;

/// The first few of a list.
pub(super) fn listed(all: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = all.len().saturating_sub(SHOWN);
    let shown = all[..all.len().min(SHOWN)].join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

/// Archives with lines that are no record.
pub(super) fn rejects(ledger: &Ledger) -> Vec<String> {
    let archives = ledger.archives.iter().filter(|archive| archive.counts.rejected.total() > 0);
    archives
        .map(|archive| {
            let first = archive.rejects.first();
            let first = first.map(|first| format!(", first line {} ({})", first.line, first.reason.name()));
            format!("{}: {}{}", archive.path, archive.counts.rejected.total(), first.unwrap_or_default())
        })
        .collect()
}

/// Archives with damage.
pub(super) fn damages(ledger: &Ledger) -> Vec<String> {
    let archives = ledger.archives.iter().filter(|archive| archive.damage_count > 0);
    archives
        .map(|archive| {
            let first = archive.damage.first();
            let word = |kind| serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned));
            let first = first
                .map(|first| format!(": {} at byte {}", word(first.what).unwrap_or_default(), first.compressed_offset));
            let lost = archive.counts.lost_bytes;
            format!("{}{}, {lost} bytes of text lost around it", archive.path, first.unwrap_or_default())
        })
        .collect()
}
