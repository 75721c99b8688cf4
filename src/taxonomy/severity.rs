//! How grave a failure is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How grave a failure is; the gravest is the least, so that sorting lists the gravest first.
///
/// Written and read as its name in lower case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// To be escalated at once.
    Critical,
    /// Next in line.
    High,
    /// Can wait for the gravest.
    Medium,
    /// Can wait.
    Low,
    /// Without a grade.
    #[default]
    Other,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Other];

    /// Names and severities, as definitions read them.
    pub(super) const TABLE: [(&'static str, Self); 5] = [
        ("critical", Self::Critical),
        ("high", Self::High),
        ("medium", Self::Medium),
        ("low", Self::Low),
        ("other", Self::Other),
    ];

    /// The name: `critical`, `high`, `medium`, `low` or `other`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Other => "other",
        }
    }

    /// The severity of that exact name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// The severity of that rank; [`Self::Other`] beyond the last.
    #[must_use]
    pub fn from_rank(rank: u8) -> Self {
        Self::ALL.get(usize::from(rank)).copied().unwrap_or_default()
    }

    /// The rank: 0 for the gravest, up to 4.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// The graver of the two: an override raises a severity and never lowers it.
    #[must_use]
    pub fn raised_to(self, other: Self) -> Self {
        self.min(other)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn ranks_run_from_the_gravest_down() {
        for (rank, severity) in Severity::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(severity.rank()), rank);
            assert_eq!(Severity::TABLE[rank], (severity.name(), severity));
        }
        assert!(Severity::ALL.is_sorted());
    }

    #[test]
    fn names_are_what_serde_writes() {
        for severity in Severity::ALL {
            let json = serde_json::to_string(&severity).unwrap();
            assert_eq!(json, format!("\"{severity}\""));
            assert_eq!(serde_json::from_str::<Severity>(&json).unwrap(), severity);
            assert_eq!(Severity::from_name(severity.name()), Some(severity));
        }
        assert_eq!(Severity::from_name("High"), None);
    }

    #[test]
    fn raising_never_lowers() {
        for one in Severity::ALL {
            for other in Severity::ALL {
                let raised = one.raised_to(other);
                assert!(raised.rank() <= one.rank());
                assert_eq!(raised, other.raised_to(one));
            }
        }
    }
}
