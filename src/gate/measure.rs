//! What a ceiling counts.

use super::facts::OpenIncident;
use crate::recurrence::{Kind, Verdict};
use crate::taxonomy::Severity;

/// What a ceiling counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Scenarios with this headline.
    Kind(Kind),
    /// Scenarios with this verdict.
    Verdict(Verdict),
    /// Open incidents of a class.
    Class(String),
    /// Open incidents of a severity.
    Severity(Severity),
    /// Open incidents of an owner.
    Owner(String),
    /// Runs in which a large part of all scenarios failed.
    MassFailureRuns,
    /// Records that failed.
    FailedEntries,
    /// Scenario ids of which a record passed and another failed.
    FlakeSuspects,
    /// Distinct reason codes that contain no known word.
    UnknownReasonCodes,
}

/// Measures of the whole alone, by their key.
pub(super) const OF_THE_WHOLE: [(&str, Measure); 4] = [
    ("mass_failure_runs", Measure::MassFailureRuns),
    ("failed_entries", Measure::FailedEntries),
    ("flake_suspects", Measure::FlakeSuspects),
    ("unknown_reason_codes", Measure::UnknownReasonCodes),
];

impl Measure {
    /// The measure that a plain key names: a kind, else a verdict, else one of the whole.
    pub(super) fn plain(key: &str) -> Option<Self> {
        Self::kind(key)
            .or_else(|| Self::verdict(key))
            .or_else(|| OF_THE_WHOLE.iter().find(|(name, _)| *name == key).map(|(_, measure)| measure.clone()))
    }

    pub(super) fn kind(key: &str) -> Option<Self> {
        Kind::from_name(key).map(Self::Kind)
    }

    pub(super) fn verdict(key: &str) -> Option<Self> {
        Self::verdicts().find(|verdict| verdict.name() == key).map(Self::Verdict)
    }

    /// The verdicts that a scenario may have: a ceiling on another would count nothing.
    pub(super) fn verdicts() -> impl Iterator<Item = Verdict> {
        Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Masked)
    }

    pub(super) fn severity(key: &str) -> Option<Self> {
        Severity::from_name(key).map(Self::Severity)
    }

    /// Every plain key.
    pub(super) fn plain_keys() -> Vec<&'static str> {
        let mut keys: Vec<&'static str> = Kind::ALL.map(Kind::name).to_vec();
        keys.extend(Self::verdicts().map(Verdict::name).filter(|name| Self::kind(name).is_none()));
        keys.extend(OF_THE_WHOLE.iter().map(|(name, _)| *name));
        keys
    }

    /// Whether it counts an open incident.
    pub(super) fn means(&self, incident: &OpenIncident) -> bool {
        match self {
            Self::Class(class) => incident.class == *class,
            Self::Severity(severity) => incident.severity == *severity,
            Self::Owner(owner) => incident.owner == *owner,
            _ => false,
        }
    }

    /// Whether it is counted over everything, and not of a part.
    pub(super) fn is_of_the_whole(&self) -> bool {
        OF_THE_WHOLE.iter().any(|(_, measure)| measure == self)
    }

    /// Its name in budget ids, such as `kind:flaky`.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Kind(kind) => format!("kind:{}", kind.name()),
            Self::Verdict(verdict) => format!("verdict:{}", verdict.name()),
            Self::Class(class) => format!("class:{class}"),
            Self::Severity(severity) => format!("severity:{}", severity.name()),
            Self::Owner(owner) => format!("owner:{owner}"),
            Self::MassFailureRuns | Self::FailedEntries | Self::FlakeSuspects | Self::UnknownReasonCodes => {
                OF_THE_WHOLE.iter().find(|(_, measure)| measure == self).map_or("", |(name, _)| name).to_owned()
            }
        }
    }

    /// What `count` of it are called.
    pub(super) fn counted(&self, count: u64) -> String {
        let plural = |one: &str| if count == 1 { one.to_owned() } else { format!("{one}s") };
        match self {
            Self::Kind(kind) => format!("{count} {} of kind {}", plural("scenario"), kind.name()),
            Self::Verdict(verdict) => format!("{count} {} with verdict {}", plural("scenario"), verdict.name()),
            Self::Class(class) => format!("{count} open {} of class {class}", plural("incident")),
            Self::Severity(severity) => format!("{count} open {} of severity {}", plural("incident"), severity.name()),
            Self::Owner(owner) => format!("{count} open {} of owner {owner}", plural("incident")),
            Self::MassFailureRuns => format!("{count} mass-failure {}", plural("run")),
            Self::FailedEntries => format!("{count} {} failed", plural("record")),
            Self::FlakeSuspects => format!("{count} scenario {} both passed and failed", plural("id")),
            Self::UnknownReasonCodes => format!("{count} unknown reason {}", plural("code")),
        }
    }
}
