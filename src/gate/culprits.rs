//! What went over a ceiling.

use std::collections::BTreeSet;

use super::facts::OpenIncident;
use crate::diff::Change;
use crate::recurrence::ScenarioJudgement;

/// Scenarios and incidents that went over a ceiling.
#[derive(Default)]
pub(super) struct Culprits {
    pub(super) count: u64,
    pub(super) packets: BTreeSet<String>,
    pub(super) scenarios: BTreeSet<String>,
    pub(super) branches: BTreeSet<String>,
    pub(super) replays: BTreeSet<String>,
    pub(super) artifacts: BTreeSet<String>,
    pub(super) reasons: BTreeSet<String>,
}

impl Culprits {
    pub(super) fn scenario(&mut self, scenario: &ScenarioJudgement) {
        self.count += 1;
        self.packets.insert(scenario.packet_id.clone());
        self.scenarios.insert(scenario.scenario_id.clone());
        self.branches.extend(scenario.branch.clone());
        if let Some(reproduce) = &scenario.reproduce {
            self.replays.extend(reproduce.replay_command.clone());
            self.artifacts.extend(reproduce.artifact_refs.iter().cloned());
        }
        self.reasons.extend(scenario.signatures.iter().map(|signature| signature.reason_code.clone()));
    }

    pub(super) fn change(&mut self, change: &Change) {
        self.count += 1;
        self.packets.insert(change.packet_id.clone());
        self.scenarios.insert(change.scenario_id.clone());
        self.branches.extend(change.branch.iter().chain(&change.also_on).cloned());
        self.replays.extend(change.replay_command.clone());
        self.artifacts.extend(change.artifact_refs.iter().cloned());
        self.reasons.insert(change.reason_code.clone());
    }

    pub(super) fn incident(&mut self, incident: &OpenIncident) {
        self.count += 1;
        let [packet, _, scenario] = &incident.scenario;
        self.packets.insert(packet.clone());
        self.scenarios.insert(scenario.clone());
        self.replays.extend(incident.replay.clone());
        self.artifacts.extend(incident.artifacts.iter().cloned());
        self.reasons.insert(incident.reason.clone());
    }
}
