//! What a gate finds.

use schemars::JsonSchema;
use serde::Serialize;

use crate::words::words;

words! {
    /// What a finding does.
    Level {
        /// Nothing.
        Allow => "allow",
        /// It is said.
        Warn => "warn",
        /// The gate fails.
        Deny => "deny",
    }
}

words! {
    /// Which check found it.
    Category {
        /// Input that was lost.
        Loss => "loss",
        /// What must have run.
        Coverage => "coverage",
        /// A ceiling.
        Max => "max",
        /// A verdict on few runs, a clock that is not believed, an archive that holds less than is usual.
        Evidence => "evidence",
        /// Failures of scenarios that were not in the latest runs, so that no ceiling counts them.
        Stale => "stale",
        /// An entry of the quarantine that expired or that nothing matches.
        Quarantine => "quarantine",
        /// A change since the baseline.
        Baseline => "baseline",
        /// A benchmark.
        Benchmark => "benchmark",
        /// A condition of the policy that matched nothing.
        Unmatched => "unmatched",
    }
}

impl Category {
    /// What its findings do where the policy does not say.
    #[must_use]
    pub fn default_level(self) -> Level {
        match self {
            Self::Evidence | Self::Stale | Self::Unmatched => Level::Warn,
            Self::Loss | Self::Coverage | Self::Max | Self::Quarantine | Self::Baseline | Self::Benchmark => {
                Level::Deny
            }
        }
    }

    /// What to do where the policy does not say.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Loss => {
                "See ledger.json of `relapse sweep` for what was lost; fetch the archive again, or raise [loss]."
            }
            Self::Coverage => "Run what is missing, or change [[coverage]] with the reason in its commit.",
            Self::Max => {
                "Replay the scenarios with their commands; `relapse explain SCENARIO` says why they are judged so."
            }
            Self::Evidence => "Wait for more runs before relying on these verdicts.",
            Self::Stale => {
                "Run them again, or retire them for good; where an archive is a part of a run, give its run with --from-path."
            }
            Self::Quarantine => "Mend the failure, or renew or remove its entry in [[quarantine]].",
            Self::Baseline => "Look at what changed between the last run of the baseline and the first that differs.",
            Self::Benchmark => "Run the benchmark again on the same host, beside its baseline.",
            Self::Unmatched => "Remove the condition, or mend its pattern.",
        }
    }
}

/// One finding, with all that triage needs.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Violation {
    /// The budget, such as `max:kind:flaky`.
    pub budget_id: String,
    /// Which check.
    pub category: &'static str,
    /// What it does.
    pub level: Level,
    /// What is wrong, with its numbers.
    pub message: String,
    /// The packet, where it is about one.
    pub packet_id: Option<String>,
    /// The scenarios that it is about.
    pub scenario_ids: Vec<String>,
    /// The branches on which they were judged, where runs name several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<String>,
    /// Commands that run them again.
    pub replay_commands: Vec<String>,
    /// Files that tell more.
    pub artifact_refs: Vec<String>,
    /// Why they failed.
    pub reason_codes: Vec<String>,
    /// What to do.
    pub remediation_hint: String,
}

impl Violation {
    /// A finding about nothing in particular.
    #[must_use]
    pub fn new(budget_id: String, category: &'static str, level: Level, message: String, hint: &str) -> Self {
        Self {
            budget_id,
            category,
            level,
            message,
            packet_id: None,
            scenario_ids: Vec::new(),
            branches: Vec::new(),
            replay_commands: Vec::new(),
            artifact_refs: Vec::new(),
            reason_codes: Vec::new(),
            remediation_hint: hint.to_owned(),
        }
    }
}
