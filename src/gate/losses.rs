//! Lost input in a few words.

use super::policy::LossBudget;
use super::violation::Level;
use crate::archive::Ledger;

/// The first few of a list.
pub(super) fn listed(all: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = all.len().saturating_sub(SHOWN);
    let shown = all[..all.len().min(SHOWN)].join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

/// A loss's level, where it is not the policy's, its id and its message.
type Finding = (Option<Level>, String, String);

/// The finding of a loss that something lets pass: what is let pass is said all the same.
fn allowed(id: &str, by: &str, message: &str) -> Finding {
    (Some(Level::Warn), format!("loss:allowed:{id}"), format!("let pass by {by}: {message}"))
}

/// The findings of losses; those beyond the policy's budget are let pass where `--allow-loss` does, as are those within.
pub(super) fn found(ledger: &Ledger, budget: LossBudget, waives: bool) -> Vec<Finding> {
    let beyond = over(ledger, budget);
    let is_beyond = |id: &str| beyond.iter().any(|(denied, _)| *denied == id);
    let within = over(ledger, LossBudget::default()).into_iter().filter(|(id, _)| !is_beyond(id));
    let within: Vec<Finding> =
        within.map(|(id, message)| allowed(id, "an allowance in the policy's [loss]", &message)).collect();
    let of_budget = |(id, message): (&str, String)| {
        if waives { allowed(id, "--allow-loss", &message) } else { (None, format!("loss:{id}"), message) }
    };
    beyond.into_iter().map(of_budget).chain(within).collect()
}

/// What was lost beyond a budget: the id of each finding, and its message.
fn over(ledger: &Ledger, budget: LossBudget) -> Vec<(&'static str, String)> {
    let totals = ledger.totals();
    let unreadable: Vec<String> =
        ledger.skipped.iter().filter(|skipped| skipped.is_loss).map(|s| format!("{}: {}", s.path, s.why)).collect();
    let rejected = totals.counts.rejected.total();
    let unknown = totals.unjudged.unknown_outcomes();
    let rows = [
        ("rejected_lines", rejected, budget.rejected_lines, "rejected lines", rejects(ledger)),
        ("damaged_archives", totals.damaged_archives, budget.damaged_archives, "damaged archives", damages(ledger)),
        ("unreadable_archives", unreadable.len() as u64, budget.unreadable_archives, "unreadable archives", unreadable),
        ("unknown_outcomes", unknown, budget.unknown_outcomes, "records of unknown outcome", unknown_outcomes(ledger)),
    ];
    let over = rows.into_iter().filter(|(_, count, most, ..)| count > most);
    over.map(|(id, count, most, what, details)| (id, format!("{what} {count}, at most {most}: {}", listed(&details))))
        .collect()
}

/// Archives with lines that are no record.
fn rejects(ledger: &Ledger) -> Vec<String> {
    let archives = ledger.archives.iter().filter(|archive| archive.counts.rejected.total() > 0);
    archives
        .map(|archive| {
            let first = archive.rejects.first();
            let first = first.map(|first| format!(", first line {} ({})", first.line, first.reason.name()));
            format!("{}: {}{}", archive.path, archive.counts.rejected.total(), first.unwrap_or_default())
        })
        .collect()
}

/// Archives with records of unknown outcome, and the words.
fn unknown_outcomes(ledger: &Ledger) -> Vec<String> {
    let archives = ledger.archives.iter().filter(|archive| archive.unjudged.unknown_outcomes() > 0);
    archives.map(|archive| format!("{}: {}", archive.path, archive.unjudged.listed())).collect()
}

/// Archives with damage.
fn damages(ledger: &Ledger) -> Vec<String> {
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
