//! Verdicts and how they were reached.

use schemars::JsonSchema;
use serde::Serialize;

use crate::words::words;

words! {
    /// What the candidate is; the first that holds, in this order.
    Verdict {
        /// Worse beyond doubt, and enough to matter: than its baseline, or than the best that it was since the last change
        /// that was accepted.
        Regressed => "regressed",
        /// The same, with most lanes of its host since one run: the machine, rather than the code.
        HostMoved => "host_moved",
        /// Gets worse from run to run, without a step.
        Drifting => "drifting",
        /// Better beyond doubt, and enough to matter.
        Improved => "improved",
        /// Certainly within half of delta of the baseline.
        Equivalent => "equivalent",
        /// A single measurement worse than every one of the baseline.
        Suspect => "suspect",
        /// Nothing of these is shown; the reasons say why.
        Inconclusive => "inconclusive",
    }
}

/// How the candidate was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize)]
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
    /// Student's prediction interval for the median of a run among those of earlier runs.
    Runs,
    /// Mann-Whitney inside each mode of a bimodal baseline.
    Modes,
}

/// What a bimodal lane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The modes are mixed otherwise than before.
    ModeMix,
    /// The values moved inside the modes.
    ModeShift,
}
