//! The comparison that an earlier sweep made, while there are no new runs.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Output;
use super::change::{ByKind, Change, ChangeKind, Comparison};
use super::compare::{compare, other_words};
use crate::incident::IncidentRow;

/// Said of a comparison that stands.
const STANDS: &str = "no new runs since: the comparison stands that was made when the last of them came";

/// How `new` differs from its baseline `old`. Where it has no run that the baseline does not hold, what the baseline was
/// itself compared with stands: whoever sweeps twice into the folder that is also the baseline learns the same twice, and not
/// that nothing is new.
pub(super) fn compare_or_keep(old: &Output, new: &Output) -> Comparison {
    let comparison = compare(old, new);
    let earlier = old.comparison.as_ref().filter(|_| comparison.summary.compared_runs.is_empty());
    match earlier.filter(|earlier| stands(earlier, old, new)) {
        Some(earlier) => kept(earlier.clone(), &comparison, new),
        None => comparison,
    }
}

/// Whether both were made with the same settings, and the new sweep judges the runs that the earlier one compared.
fn stands(earlier: &Comparison, old: &Output, new: &Output) -> bool {
    let runs: BTreeSet<&str> = new.runs.iter().map(|run| run.id.as_str()).collect();
    let compared = &earlier.summary.compared_runs;
    let is_same = other_words(old, new).is_none()
        && old.taxonomy == new.taxonomy
        && old.packet_filter == new.packet_filter
        && old.window == new.window;
    is_same && !compared.is_empty() && compared.iter().all(|run| runs.contains(run.as_str()))
}

fn kept(mut earlier: Comparison, now: &Comparison, new: &Output) -> Comparison {
    earlier.stands = true;
    if !earlier.notes.iter().any(|note| note == STANDS) {
        earlier.notes.insert(0, STANDS.to_owned());
    }
    // The first says that nothing was compared.
    for warning in now.warnings.iter().skip(1) {
        if !earlier.warnings.contains(warning) {
            earlier.warnings.push(warning.clone());
        }
    }
    let rows: BTreeMap<&str, &IncidentRow> = new.incidents.iter().map(|row| (row.incident_id.as_str(), row)).collect();
    // What came later to runs that both hold takes the place of what was said of it, where it is graver.
    let known: BTreeMap<String, ChangeKind> =
        earlier.changes.iter().map(|change| (change.incident_id.clone(), change.kind)).collect();
    let is_graver = |change: &&Change| known.get(&change.incident_id).is_none_or(|kind| change.kind < *kind);
    let later: Vec<Change> = now.changes.iter().filter(is_graver).cloned().collect();
    let ids: BTreeSet<&str> = later.iter().map(|change| change.incident_id.as_str()).collect();
    earlier.changes.retain(|change| !ids.contains(change.incident_id.as_str()));
    earlier.changes.extend(later.iter().cloned());
    earlier.changes.sort_by_key(|change| change.kind);
    earlier.summary.by_kind = ByKind::count(&earlier.changes);
    for change in &mut earlier.changes {
        if let Some(row) = rows.get(change.incident_id.as_str()) {
            change.severity = row.severity;
            change.owner_hint.clone_from(&row.owner_hint);
            (change.verdict, change.headline) = (row.verdict, row.kind);
        }
    }
    earlier
}
