//! The words of a finding that every format has.

use std::borrow::Cow;

use crate::gate::violation::Violation;
use crate::text::inert::inert;

/// A finding in one line.
pub(super) fn message(found: &Violation) -> Cow<'_, str> {
    inert(&found.message, usize::MAX)
}

/// What a finding is about, each item on one line: scenarios, commands, reasons, files, what to do. At most `most` of each,
/// and how many more there are. What would steer what shows them is spelled out.
pub(super) fn details(found: &Violation, most: usize) -> Vec<(&'static str, Vec<Cow<'_, str>>)> {
    let lists = [
        ("scenarios", &found.scenario_ids),
        ("branches", &found.branches),
        ("replay", &found.replay_commands),
        ("reasons", &found.reason_codes),
        ("artifacts", &found.artifact_refs),
    ];
    let mut details = Vec::new();
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let mut items: Vec<Cow<'_, str>> = list.iter().take(most).map(|item| inert(item, usize::MAX)).collect();
        if list.len() > most {
            items.push(Cow::Owned(format!("and {} more (--format json has all)", list.len() - most)));
        }
        details.push((name, items));
    }
    details.push(("hint", vec![Cow::from(&found.remediation_hint)]));
    details
}
