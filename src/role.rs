//! The roles that a field of a record can have.
//!
//! Every log shape has its own names for the same few things: when, which test, how it ended and why. A profile maps
//! its field paths to these roles; a taxonomy's rules and the rest of the program speak of roles only.

use std::fmt;

/// What a field of a record means, whatever the log calls it.
///
/// The order of the variants is the order of [`Role::ALL`] and carries no rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The word that names the record's schema and its version.
    Schema,
    /// When the record was written.
    Time,
    /// The run that the record belongs to.
    Run,
    /// The branch that was tested.
    Branch,
    /// The suite of the scenario.
    Suite,
    /// The scenario: the test, as one names it when it fails.
    Scenario,
    /// The packet: the group of work that the scenario belongs to.
    Packet,
    /// The mode: the variant in which the scenario ran.
    Mode,
    /// The revision of the code under test.
    Revision,
    /// The fingerprint of the environment.
    Env,
    /// The seed of the scenario's random numbers.
    Seed,
    /// How it ended.
    Outcome,
    /// The code of the reason for that ending.
    Reason,
    /// The message of the failure.
    Message,
    /// The command that replays the scenario.
    Replay,
    /// Paths of the artifacts that the scenario left behind.
    Artifacts,
    /// The invariant that did not hold.
    Invariant,
    /// Identifiers of the entities that took part.
    Entities,
    /// How long it took, in milliseconds.
    Duration,
    /// Which attempt of the run this was.
    Attempt,
    /// Measured values.
    Metrics,
    /// The source file of the test.
    File,
    /// The name of the test within its file.
    Test,
    /// The page of the run at whoever ran it.
    Url,
    /// The job of the run.
    Job,
    /// The stack of the failure.
    Stack,
    /// The organization (the tenant) under test.
    Organization,
    /// The scenario's id; absent where the log gives none, and the scenario's name was put together.
    ScenarioId,
}

impl Role {
    /// Every role, in the order of the variants.
    pub const ALL: [Self; 28] = [
        Self::Schema,
        Self::Time,
        Self::Run,
        Self::Branch,
        Self::Suite,
        Self::Scenario,
        Self::Packet,
        Self::Mode,
        Self::Revision,
        Self::Env,
        Self::Seed,
        Self::Outcome,
        Self::Reason,
        Self::Message,
        Self::Replay,
        Self::Artifacts,
        Self::Invariant,
        Self::Entities,
        Self::Duration,
        Self::Attempt,
        Self::Metrics,
        Self::File,
        Self::Test,
        Self::Url,
        Self::Job,
        Self::Stack,
        Self::Organization,
        Self::ScenarioId,
    ];

    /// The name by which definitions call the role.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Time => "time",
            Self::Run => "run",
            Self::Branch => "branch",
            Self::Suite => "suite",
            Self::Scenario => "scenario",
            Self::Packet => "packet",
            Self::Mode => "mode",
            Self::Revision => "revision",
            Self::Env => "env",
            Self::Seed => "seed",
            Self::Outcome => "outcome",
            Self::Reason => "reason",
            Self::Message => "message",
            Self::Replay => "replay",
            Self::Artifacts => "artifacts",
            Self::Invariant => "invariant",
            Self::Entities => "entities",
            Self::Duration => "duration",
            Self::Attempt => "attempt",
            Self::Metrics => "metrics",
            Self::File => "file",
            Self::Test => "test",
            Self::Url => "url",
            Self::Job => "job",
            Self::Stack => "stack",
            Self::Organization => "organization",
            Self::ScenarioId => "scenario_id",
        }
    }

    /// The role of that exact name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role's value is one text, so that a rule can look into it.
    ///
    /// Times, seeds, durations, attempts, lists and measured values are not.
    #[must_use]
    pub const fn is_text(self) -> bool {
        match self {
            Self::Schema
            | Self::Run
            | Self::Branch
            | Self::Suite
            | Self::Scenario
            | Self::Packet
            | Self::Mode
            | Self::Revision
            | Self::Env
            | Self::Outcome
            | Self::Reason
            | Self::Message
            | Self::Replay
            | Self::Invariant
            | Self::File
            | Self::Test
            | Self::Url
            | Self::Job
            | Self::Stack
            | Self::Organization
            | Self::ScenarioId => true,
            Self::Time
            | Self::Seed
            | Self::Artifacts
            | Self::Entities
            | Self::Duration
            | Self::Attempt
            | Self::Metrics => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn every_role_stands_once_at_its_own_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
        assert_eq!(Role::ScenarioId as usize + 1, Role::ALL.len());
    }

    #[test]
    fn names_lead_back_to_their_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(role.to_string(), role.name());
        }
        assert_eq!(Role::from_name("Reason"), None);
        assert_eq!(Role::from_name(""), None);
    }

    #[test]
    fn display_obeys_a_width() {
        assert_eq!(format!("{:>8}|", Role::Seed), "    seed|");
    }
}
