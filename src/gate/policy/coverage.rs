//! What must have run.

use crate::definition::{Faults, Section, quoted};

/// What a packet must have at least.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The packet.
    pub packet: String,
    /// Records.
    pub min_scenarios: u64,
    /// Share of them that pass.
    pub min_pass_ratio: f64,
    /// Suites with a record.
    pub required_suites: Vec<String>,
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Coverage> {
    let mut coverage: Vec<Coverage> = Vec::new();
    for section in root.sections("coverage", faults) {
        section.refuse_unknown(&["packet", "min_scenarios", "min_pass_ratio", "required_suites"], faults);
        let packet = section.required_text("packet", faults);
        let min_scenarios = section.count("min_scenarios", faults);
        let share = |ratio: f64| (0.0..=1.0).contains(&ratio);
        let min_pass_ratio = section.number("min_pass_ratio", "a share from 0 to 1", share, faults);
        let suites = section.texts("required_suites", faults);
        if ["min_scenarios", "min_pass_ratio", "required_suites"].iter().all(|key| section.entry(key).is_none()) {
            faults.add(section.at, "asks for nothing: min_scenarios, min_pass_ratio or required_suites");
        }
        let Some(packet) = packet else { continue };
        if coverage.iter().any(|known| known.packet == packet.value) {
            faults.add(packet.at, format!("packet {} has a coverage already", quoted(packet.value)));
        }
        coverage.push(Coverage {
            packet: packet.value.to_owned(),
            min_scenarios: min_scenarios.unwrap_or(0),
            min_pass_ratio: min_pass_ratio.unwrap_or(0.0),
            required_suites: suites.into_iter().flatten().map(|suite| suite.value.to_owned()).collect(),
        });
    }
    coverage
}
