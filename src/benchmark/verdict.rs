//! Verdicts and how they were reached.

use serde::Serialize;

/// What the candidate is; the first that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Worse beyond doubt, and enough to matter.
    Regressed,
    /// Better beyond doubt, and enough to matter.
    Improved,
    /// Certainly within half of delta of the baseline.
    Equivalent,
    /// A single measurement worse than every one of the baseline.
    Suspect,
    /// Nothing of these is shown; the reasons say why.
    Inconclusive,
}

impl Verdict {
    /// Every verdict, in order.
    pub const ALL: [Self; 5] = [Self::Regressed, Self::Improved, Self::Equivalent, Self::Suspect, Self::Inconclusive];

    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Equivalent => "equivalent",
            Self::Suspect => "suspect",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// How the candidate was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Not at all: no candidate, or too short a baseline.
    None,
    /// Signed ranks of challenger against incumbent, line by line.
    Paired,
    /// Mann-Whitney against earlier measurements.
    Unpaired,
    /// One measurement against earlier ones.
    Single,
    /// Mann-Whitney inside each mode of a bimodal baseline.
    Modes,
}

/// What a bimodal lane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The modes are mixed otherwise than before.
    ModeMix,
    /// The values moved inside the modes.
    ModeShift,
}
