//! The roles that a field of a record can have.
//!
//! Every log shape has its own names for the same few things: when, which test, how it ended and why. A profile maps
//! its field paths to these roles; a taxonomy's rules and the rest of the program speak of roles only.

use crate::words::words;

words! {
    /// What a field of a record means, whatever the log calls it.
    ///
    /// The order of the variants is the order of [`Role::ALL`] and carries no rank.
    Role {
        /// The word that names the record's schema and its version.
        Schema => "schema",
        /// When the record was written.
        Time => "time",
        /// The run that the record belongs to.
        Run => "run",
        /// The branch that was tested.
        Branch => "branch",
        /// The suite of the scenario.
        Suite => "suite",
        /// The scenario: the test, as one names it when it fails.
        Scenario => "scenario",
        /// The packet: the group of work that the scenario belongs to.
        Packet => "packet",
        /// The mode: the variant in which the scenario ran.
        Mode => "mode",
        /// The revision of the code under test.
        Revision => "revision",
        /// The fingerprint of the environment.
        Env => "env",
        /// The seed of the scenario's random numbers.
        Seed => "seed",
        /// How it ended.
        Outcome => "outcome",
        /// The code of the reason for that ending.
        Reason => "reason",
        /// The message of the failure.
        Message => "message",
        /// The command that replays the scenario.
        Replay => "replay",
        /// Paths of the artifacts that the scenario left behind.
        Artifacts => "artifacts",
        /// The invariant that did not hold.
        Invariant => "invariant",
        /// Identifiers of the entities that took part.
        Entities => "entities",
        /// How long it took, in milliseconds.
        Duration => "duration",
        /// Which attempt of the run this was.
        Attempt => "attempt",
        /// Measured values.
        Metrics => "metrics",
        /// The source file of the test.
        File => "file",
        /// The name of the test within its file.
        Test => "test",
        /// The page of the run at whoever ran it.
        Url => "url",
        /// The job of the run.
        Job => "job",
        /// The stack of the failure.
        Stack => "stack",
        /// The organization (the tenant) under test.
        Organization => "organization",
        /// The scenario's id; absent where the log gives none, and the scenario's name was put together.
        ScenarioId => "scenario_id",
    }
}

impl Role {
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
