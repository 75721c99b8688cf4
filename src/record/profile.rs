//! Profiles: which field of a log's records means what.

use jiff::tz::Offset;

use super::derivation::Derivation;
use super::only::Only;
use crate::definition::Expression;
use crate::role::Role;

/// Mapped fields of one profile.
pub const MOST_FIELDS: usize = 32;

/// Maps the field paths of a log shape to roles; checked whole, so that it can be used without further questions.
///
/// # Format
/// ```toml
/// name = "nightly-log"              # required
/// description = "What writes it."   # optional
///
/// [only]                            # optional: which lines are records; others are ignored, and no loss
/// kind = ["test.finished"]          # one of these words
/// "run.id" = true                   # any value but null
///
/// [[field]]                         # in profile order: faults of a record are named in this order
/// role = "time"                     # optional: a field without one is checked and not used
/// path = "ts"                       # "error.message" is `message` within `error`
/// type = "time"
/// unit = "ms"                       # only for times, required there: "s", "ms", "us", "ns" or "rfc3339"
///                                   # zone = "+02:00" beside "rfc3339" is that of times which state none, else UTC
///
/// [[field]]
/// role = "scenario"
/// path = ["test.id"]                # one key with a dot in it; so is "test\\.id"
/// type = "text"
///
/// [[field]]
/// role = "outcome"
/// path = "result"
/// type = "text"
///
/// [[field]]
/// role = "seed"
/// path = "seed"
/// type = "unsigned"
/// required = false                  # absent and null are both fine; default true
///
/// [outcome]
/// pass = ["pass"]                   # exact words, letter case and all; at least one. "true" and "0" are also true and 0
/// fail = ["fail", "error"]          # optional
/// excluded = ["skip"]               # optional: neither passed nor failed
/// other = "unknown"                 # the default: a word in no list is neither a failure nor a pass. Its records are
///                                   # left out, counted by word, and told of until the word stands in a list; with
///                                   # "fail" it is a failure, where the log's own tool has it so
///
/// [[derive]]                        # optional: a role that stands in no field of its own
/// role = "scenario"                 # any role that is one value
/// from = [                          # the first that gives a text
///     { role = "scenario" },                         # a field as it stands
///     { role = "test", regex = '([A-Z]+-\d+):' },    # the first group, else the whole match
///     { path = "meta.title" },                       # a field without a role; also with a regex
///     { join = ["file", "test"], with = "::" },      # roles behind each other
///     { const = "all" },                             # the same for all records
/// ]
///
/// [[derive]]
/// role = "env"
/// from = [{ labels = ["os", "ci.python"] }]          # os=linux python=3.12
///
/// [[derive]]
/// role = "reason"
/// from = [
///     { role = "invariant" },
///     { code = true },                               # the code of the rule that took the failure
///     { role = "message", mask = 1, at_most = 200 }, # without numbers, quoted text, JSON, hex and UUIDs
/// ]
/// ```
/// `taxonomy = "NAME"` beside the name is the taxonomy for the log's failures where none is asked for, and
/// `prefix = 'REGEX'` is what stands before the record in every line, such as the moment that a build server adds
/// (`'\S+Z '`): it is stripped where it matches at a line's start. Derivations are
/// done in order, and each may use those before it; a rule of a taxonomy that looks into the reason sees it before the
/// code of a rule takes its place.
///
/// The roles `scenario` and `outcome` must be mapped or derived, and the fields of `time` and `outcome` be required. Types and the roles
/// that take them: see [`Kind`] and [`Kind::fits`].
///
/// # Faults
/// Besides wrong types, missing and unknown keys and unknown words: a role or a path that is mapped twice, a path that
/// leads through another (`error` and `error.message`) or has more than 32 keys, a dotted path that no field can have
/// (`tests[].name`, `$.id`, `.id`: a path leads through objects only), a type that does not fit its role, a word that
/// stands twice in `[outcome]`, a derivation without a source, of another role or done twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that the file gives itself.
    pub name: String,
    /// What it is for; empty when the file does not say.
    pub description: String,
    /// The mapped fields, in profile order.
    pub fields: Vec<Field>,
    /// What the words of the outcome mean.
    pub outcome: OutcomeWords,
    /// Keys that stand in no field of their own, in order: each may use those before it.
    pub derivations: Vec<Derivation>,
    /// Name of the taxonomy for its failures, where none is asked for.
    pub taxonomy: Option<String>,
    /// What stands before every record of a line, and is no part of it.
    pub prefix: Option<Expression>,
    /// What a line must have to be a record: all of these. Others are events that are left out.
    pub only: Vec<Only>,
}

/// One mapped field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it means; `None` for a field that a record must have and that nothing uses.
    pub role: Option<Role>,
    /// The keys that lead to it from the record; never empty.
    pub path: Vec<String>,
    /// What its value must be.
    pub kind: Kind,
    /// Whether a record must have it; where not, absent and null are the same.
    pub required: bool,
    /// The zone of times that state none.
    pub zone: Option<Offset>,
}

/// What the value of a field must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A string.
    Text,
    /// An integer of 0 to 2^64-1.
    Unsigned,
    /// An integer of -2^63 to 2^63-1.
    Integer,
    /// A point in time.
    Time(TimeUnit),
    /// An array of strings.
    Texts,
    /// Any number.
    Number,
    /// Any value.
    Any,
}

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Milliseconds since 1970, an integer.
    Milliseconds,
    /// Seconds since 1970, a number.
    Seconds,
    /// Microseconds since 1970, an integer.
    Microseconds,
    /// Nanoseconds since 1970, an integer.
    Nanoseconds,
    /// A string as RFC 3339 has it.
    Rfc3339,
}

/// What the words of the outcome mean. Words are compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeWords {
    /// The scenario passed; never empty.
    pub pass: Vec<String>,
    /// The scenario failed.
    pub fail: Vec<String>,
    /// The record says nothing about the scenario.
    pub excluded: Vec<String>,
    /// What a word in no list means: unknown, or a failure.
    pub other: OutcomeKind,
}

/// What an outcome's word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    /// The scenario passed.
    Pass,
    /// The scenario failed.
    Fail,
    /// Neither: skipped, cached, or not the scenario's doing.
    Excluded,
    /// Neither: the profile does not name the word.
    Unknown,
}

impl Profile {
    /// The field of a role.
    #[must_use]
    pub fn field(&self, role: Role) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(role))
    }

    /// The paths that every record of this profile has, in profile order: by them one tells which profile a line
    /// resembles. Never empty.
    pub fn shape_paths(&self) -> impl Iterator<Item = &[String]> {
        self.fields.iter().filter(|field| field.required).map(|field| field.path.as_slice())
    }
}

impl Kind {
    /// Whether a role's value can be of this kind.
    ///
    /// | role | kinds |
    /// |---|---|
    /// | time | time |
    /// | seed | unsigned: seeds are whole numbers and never pass through a float |
    /// | run | text, unsigned |
    /// | attempt | unsigned |
    /// | duration (milliseconds) | unsigned, integer, number |
    /// | artifacts | texts |
    /// | entities | text, texts, any |
    /// | metrics | number, any |
    /// | schema | text, unsigned |
    /// | all others | text |
    #[must_use]
    pub const fn fits(self, role: Role) -> bool {
        match role {
            Role::Time => matches!(self, Self::Time(_)),
            Role::Seed | Role::Attempt => matches!(self, Self::Unsigned),
            Role::Run | Role::Schema => matches!(self, Self::Text | Self::Unsigned),
            Role::Duration => matches!(self, Self::Unsigned | Self::Integer | Self::Number),
            Role::Artifacts => matches!(self, Self::Texts),
            Role::Entities => matches!(self, Self::Text | Self::Texts | Self::Any),
            Role::Metrics => matches!(self, Self::Number | Self::Any),
            Role::Branch
            | Role::Suite
            | Role::Scenario
            | Role::Packet
            | Role::Mode
            | Role::Revision
            | Role::Env
            | Role::Outcome
            | Role::Reason
            | Role::Message
            | Role::Replay
            | Role::Invariant
            | Role::File
            | Role::Test
            | Role::Url
            | Role::Job
            | Role::Stack
            | Role::Organization
            | Role::ScenarioId => matches!(self, Self::Text),
        }
    }

    /// The name of the type in a profile's file; the unit of a time is a key of its own.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Unsigned => "unsigned",
            Self::Integer => "integer",
            Self::Time(_) => "time",
            Self::Texts => "texts",
            Self::Number => "number",
            Self::Any => "any",
        }
    }
}

impl OutcomeWords {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.pass.iter().chain(&self.fail).chain(&self.excluded).map(String::as_str)
    }

    /// Whether booleans are words: where the lists hold one of them as a text.
    #[must_use]
    pub fn has_booleans(&self) -> bool {
        self.all().any(|word| matches!(word, "true" | "false"))
    }

    /// Whether integers are words: where the lists hold one as a text.
    #[must_use]
    pub fn has_integers(&self) -> bool {
        self.all().any(|word| word.parse::<i64>().is_ok())
    }

    /// What a word means.
    #[must_use]
    pub fn kind(&self, word: &str) -> OutcomeKind {
        let stands_in = |words: &[String]| words.iter().any(|known| known == word);
        if stands_in(&self.pass) {
            OutcomeKind::Pass
        } else if stands_in(&self.fail) {
            OutcomeKind::Fail
        } else if stands_in(&self.excluded) {
            OutcomeKind::Excluded
        } else {
            self.other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, OutcomeKind, OutcomeWords, TimeUnit};
    use crate::role::Role;

    #[test]
    fn words_are_compared_exactly() {
        for other in [OutcomeKind::Unknown, OutcomeKind::Fail] {
            let [pass, fail, excluded] = ["pass", "fail", "skip"].map(|word| vec![word.to_owned()]);
            let words = OutcomeWords { pass, fail, excluded, other };
            for (word, kind) in [
                ("pass", OutcomeKind::Pass),
                ("fail", OutcomeKind::Fail),
                ("skip", OutcomeKind::Excluded),
                ("Pass", other),
                ("PASS", other),
                ("pass ", other),
                ("error", other),
                ("", other),
            ] {
                assert_eq!(words.kind(word), kind, "{word}");
            }
        }
    }

    #[test]
    fn every_role_takes_some_kind_and_only_times_take_times() {
        let time = Kind::Time(TimeUnit::Seconds);
        let kinds = [Kind::Text, Kind::Unsigned, Kind::Integer, time, Kind::Texts, Kind::Number, Kind::Any];
        for role in Role::ALL {
            assert!(kinds.iter().any(|kind| kind.fits(role)), "{role}");
            assert_eq!(time.fits(role), role == Role::Time, "{role}");
            assert_eq!(Kind::Text.fits(role), role.is_text() || role == Role::Entities, "{role}");
        }
    }
}
