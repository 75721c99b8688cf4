//! One log line as the rest of the program sees it.

use super::more::More;
use super::profile::OutcomeKind;
use super::texts::Texts;
use crate::role::Role;

/// A record, borrowed from its line.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// What the outcome's word means.
    pub outcome: OutcomeKind,
    /// Group of the scenario; empty where the log carries none.
    pub packet: &'a str,
    /// Suite of the scenario; empty where the log carries none.
    pub suite: &'a str,
    /// The scenario.
    pub scenario: &'a str,
    /// Whether the scenario's name was put together, since the log gives no id.
    pub scenario_is_joined: bool,
    /// Variant of the scenario; empty where the log carries none.
    pub mode: &'a str,
    /// Environment in which it ran.
    pub env: Option<&'a str>,
    /// Seed with which it ran.
    pub seed: Option<u64>,
    /// Why it ended as it did; empty where the log carries none.
    pub reason: &'a str,
    /// Whether the code of the rule that takes the failure is its reason, where that rule has one.
    pub reason_yields_to_code: bool,
    /// Message of its failure.
    pub message: Option<&'a str>,
    /// Invariant that was violated.
    pub invariant: Option<&'a str>,
    /// Run that it belongs to, where the record says so itself.
    pub run: Option<&'a str>,
    /// Branch that was tested.
    pub branch: Option<&'a str>,
    /// Revision that was tested.
    pub revision: Option<&'a str>,
    /// Command that runs it again.
    pub replay: Option<&'a str>,
    /// Files that tell more.
    pub artifacts: Texts<'a>,
    /// The outcome's word.
    pub outcome_word: &'a str,
    /// The schema's word.
    pub schema: Option<&'a str>,
    /// What else its line says.
    pub more: More<'a>,
}

impl Record<'static> {
    /// A passing record that says nothing else, to build others from.
    pub const EMPTY: Self = Self {
        time: 0,
        outcome: OutcomeKind::Pass,
        packet: "",
        suite: "",
        scenario: "",
        scenario_is_joined: false,
        mode: "",
        env: None,
        seed: None,
        reason: "",
        reason_yields_to_code: false,
        message: None,
        invariant: None,
        run: None,
        branch: None,
        revision: None,
        replay: None,
        artifacts: Texts::None,
        outcome_word: "",
        schema: None,
        more: More::NONE,
    };
}

impl<'a> Record<'a> {
    /// Whether it is a failure.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.outcome == OutcomeKind::Fail
    }

    /// The text of a role; `None` for roles that are absent or no text.
    #[must_use]
    pub fn text(&self, role: Role) -> Option<&'a str> {
        match role {
            Role::Schema => self.schema,
            Role::Run => self.run,
            Role::Branch => self.branch,
            Role::Suite => Some(self.suite),
            Role::Scenario => Some(self.scenario),
            Role::ScenarioId => Some(self.scenario).filter(|_| !self.scenario_is_joined),
            Role::Packet => Some(self.packet),
            Role::Mode => Some(self.mode),
            Role::Revision => self.revision,
            Role::Env => self.env,
            Role::Outcome => Some(self.outcome_word),
            Role::Reason => Some(self.reason),
            Role::Message => self.message,
            Role::Replay => self.replay,
            Role::Invariant => self.invariant,
            Role::File | Role::Test | Role::Url | Role::Job | Role::Stack | Role::Organization => self.more.text(role),
            Role::Time
            | Role::Seed
            | Role::Artifacts
            | Role::Entities
            | Role::Duration
            | Role::Attempt
            | Role::Metrics => None,
        }
    }

    /// The value of a role as people read it; `None` where the record has none.
    #[must_use]
    pub fn shown(&self, role: Role) -> Option<String> {
        let shown = match role {
            Role::Time if self.time == 0 => return None,
            Role::Time => jiff::Timestamp::from_millisecond(self.time)
                .map_or_else(|_| format!("{} ms since 1970", self.time), |time| time.to_string()),
            Role::Seed => self.seed?.to_string(),
            Role::Artifacts => self.artifacts.iter().collect::<Vec<_>>().join(", "),
            Role::Entities | Role::Duration | Role::Attempt | Role::Metrics => self.more.shown(role)?,
            _ => self.text(role)?.to_owned(),
        };
        Some(shown).filter(|shown| !shown.is_empty())
    }

    /// What a failure's line tells for whoever looks into it, as a JSON object by role: message, files, the page of its
    /// run, entities and so on. Long texts are cut. `None` where the log carries none of that.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        self.more.told(|role| self.text(role))
    }
}
