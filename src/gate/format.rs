//! A decision for a person, for another program, and for what shows annotations and test results.

mod github;
mod human;
mod junit;
mod sarif;

pub use github::github;
pub use human::human;
pub use junit::junit;
pub use sarif::sarif;

use super::violation::Violation;

/// What a finding is about, as lines of text: scenarios, commands, reasons, files, what to do. At most `most` of each.
fn details(found: &Violation, most: usize) -> Vec<(&'static str, Vec<&str>)> {
    let lists = [
        ("scenarios", &found.scenario_ids),
        ("replay", &found.replay_commands),
        ("reasons", &found.reason_codes),
        ("artifacts", &found.artifact_refs),
    ];
    let mut details: Vec<(&'static str, Vec<&str>)> = lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| (name, list.iter().take(most).map(String::as_str).collect()))
        .collect();
    details.push(("hint", vec![&found.remediation_hint]));
    details
}

#[cfg(test)]
mod tests;
