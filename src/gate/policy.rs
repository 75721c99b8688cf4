//! `relapse-policy-v1`: what may be wrong this week, and how much of it.

mod accepted;
mod benchmark;
mod budget;
mod change_budget;
mod coverage;
mod loss;
mod quarantine;

use std::collections::BTreeMap;

pub use accepted::AcceptedChange;
pub use benchmark::BenchmarkBudget;
pub use budget::{Budget, Ceiling, Scope};
pub use change_budget::ChangeBudgets;
pub use coverage::Coverage;
pub use loss::LossBudget;
pub use quarantine::Quarantined;

use super::reliability::KNOWN_REASONS;
use super::violation::{Category, Level};
use crate::definition::{self, DefinitionError, Faults, Section};
use crate::recurrence::PlannedFix;

/// The schema of the native policy.
const SCHEMA: &str = "relapse-policy-v1";

/// Budgets on what a sweep finds; checked whole, so that it can be used without further questions.
///
/// # Format
/// ```toml
/// schema = "relapse-policy-v1"      # required
/// name = "weekly"                   # required
/// description = "What it guards."   # optional
///
/// [max]                             # ceilings on everything; a key that is not there has none
/// deterministic = 0                 # scenarios by kind or verdict; those not in the latest runs are stale, see [levels]
/// flaky = { at_most = 3, level = "warn" }
/// new_failure = 0
/// mass_failure_runs = 0             # of the whole alone, as are:
/// failed_entries = 0                # records that failed, by the words of their profile
/// flake_suspects = 0                # scenario ids of which a record passed and another failed
/// unknown_reason_codes = 0          # distinct ones that contain no word of known_reason_codes; a pass need not have one
/// verdict = { flaky = 0 }           # where a kind and a verdict share a name, the plain key is the kind
/// class = { autograd_state = 0 }    # open incidents by class, severity and owner
/// severity = { critical = 0 }
/// owner = { "ft-dispatch-owners" = 2 }
///
/// [[scope]]                         # the same ceilings on a part; every pattern that stands must match
/// name = "dispatch"                 # required; its own
/// packet = "FT-P2C-*"
/// suite = "dispatch_*"
/// scenario = "dispatch/*"
/// max = { deterministic = 0 }
///
/// [[coverage]]                      # what must have run: what is excluded, or of unknown outcome, has not
/// packet = "FT-P2C-001"             # required
/// min_scenarios = 14                # records of the packet that passed or failed
/// min_pass_ratio = 1.0              # of them
/// required_suites = ["scalar_dac"]
///
/// [evidence]                        # a verdict on fewer runs warns
/// min_runs = 5
///
/// [loss]                            # input that was lost, or means nothing; default 0 each
/// rejected_lines = 0
/// damaged_archives = 0
/// unreadable_archives = 0
/// unknown_outcomes = 0              # records whose outcome their profile does not name
///
/// # Failures that are known: no ceiling on scenarios, incidents or changes counts them. A regressed deterministic one
/// # fails all the same, and records are records: failed_entries, flake_suspects and coverage count them.
/// [[quarantine]]
/// scenario = "scheduler/*"          # required, a pattern
/// reason = "wall_clock_*"           # optional: only when all its failures are of such reasons
/// owner = "someone"                 # required, as are ticket and expires
/// ticket = "T-123"
/// expires = 2026-12-31              # a day on which it still holds
///
/// # Fixes that were made, so that the clean runs since are one planned look: fewer show that it holds than show a fix that
/// # nobody named. As in `relapse.toml`, which has those of every command. What fails since is a warning (evidence:fix).
/// [[fix]]
/// scenario = "scheduler/*"          # required, a pattern, as are ticket and since
/// ticket = "T-123"
/// since = "run-0042"                # the first run that has it, or its revision
///
/// [baseline]                        # what may have changed since --baseline
/// new = 0                           # new, returned, worsened, recurring, quiet, absent
/// worsened = { at_most = 0, level = "warn" }
///
/// [benchmark]                       # what a benchmark's verdict does, and what it takes
/// regressed = "deny"                # the default, as are: host_moved, drifting and suspect = "warn", inconclusive = "allow"
/// delta = 0.03                      # least effect that matters, as a ratio less 1
/// alpha = 0.01                      # greatest adjusted p of a regression
///
/// # Changes for the worse that were taken for good: the lane is compared with what it was from that run on.
/// [[benchmark.accepted]]
/// lane = "conv2d"                   # required, as are run, owner and reason
/// run = "run-0042"                  # the run since which it is worse
/// owner = "someone"
/// reason = "Correctness first."
/// until = 2026-12-31                # optional: a day on which it still holds
///
/// [levels]                          # allow, warn or deny a check as a whole: max, coverage, evidence, stale, loss,
/// evidence = "warn"                 # quarantine, baseline, unmatched; deny but for evidence and stale. Unmatched,
///                                   # what a policy names and nothing is, is deny for scopes and else warn
/// stale = "warn"                    # failures that no ceiling counts, and scopes that hold nothing: what did not run lately
///
/// [hints]                           # what to do, by check
/// max = "Replay the scenarios."
/// ```
/// `known_reason_codes = ["parity"]` at the top replaces the built-in list.
///
/// # Faults
/// Besides wrong types, missing and unknown keys and unknown words: a bad pattern, a scope without a pattern or without
/// a ceiling, two scopes of one name, a packet with two coverages or one that asks for nothing, a ceiling of the whole
/// within a scope, a name that is blank.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The name that the file gives itself.
    pub name: String,
    /// What it guards; empty when the file does not say.
    pub description: String,
    /// Ceilings on everything, then those of the scopes, in the order of the file.
    pub budgets: Vec<Budget>,
    /// What must have run, in the order of the file.
    pub coverage: Vec<Coverage>,
    /// Fewest runs that a verdict should stand on.
    pub min_runs: Option<u64>,
    /// Most input that may be lost.
    pub loss: LossBudget,
    /// Failures that are known.
    pub quarantine: Vec<Quarantined>,
    /// Fixes that are named before they are proven.
    pub fixes: Vec<PlannedFix>,
    /// What may have changed since the baseline.
    pub changes: ChangeBudgets,
    /// What a benchmark's verdict does.
    pub benchmark: BenchmarkBudget,
    /// Words that make a reason code known.
    pub known_reasons: Vec<String>,
    levels: BTreeMap<Category, Level>,
    hints: BTreeMap<Category, String>,
}

impl Policy {
    /// Whether it asks anything of records: not only of benchmarks and of what was lost.
    pub(super) fn judges_records(&self) -> bool {
        !(self.budgets.is_empty()
            && self.coverage.is_empty()
            && self.min_runs.is_none()
            && self.changes.is_empty()
            && self.quarantine.is_empty())
    }

    /// Reads a policy; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, &[], Self::read)
    }

    /// The level of a check as a whole.
    #[must_use]
    pub fn level(&self, category: Category) -> Level {
        self.levels.get(&category).copied().unwrap_or(category.default_level())
    }

    /// The level of a check as a whole, where the policy says it.
    #[must_use]
    pub fn said_level(&self, category: Category) -> Option<Level> {
        self.levels.get(&category).copied()
    }

    /// What to do about a violation of a check.
    #[must_use]
    pub fn hint(&self, category: Category) -> &str {
        self.hints.get(&category).map_or(category.hint(), String::as_str)
    }

    fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Self> {
        root.refuse_unknown(
            &[
                "schema",
                "name",
                "description",
                "known_reason_codes",
                "max",
                "scope",
                "coverage",
                "evidence",
                "loss",
                "quarantine",
                "fix",
                "baseline",
                "benchmark",
                "levels",
                "hints",
            ],
            faults,
        );
        root.required_word("schema", "schema", &[(SCHEMA, ())], faults);
        let name = root.required_text("name", faults);
        let description = root.text("description", faults);
        let known = root.texts("known_reason_codes", faults);
        let levels = read_levels(root, faults);
        let hints = read_hints(root, faults);
        let budgets = budget::read(root, faults);
        let coverage = coverage::read(root, faults);
        let min_runs = root.section("evidence", faults).and_then(|evidence| {
            evidence.refuse_unknown(&["min_runs"], faults);
            evidence.count("min_runs", faults)
        });
        let loss = loss::read(root, faults);
        let quarantine = quarantine::read(&root.sections("quarantine", faults), faults);
        let fixes = root.sections("fix", faults);
        let fixes = fixes.iter().filter_map(|section| PlannedFix::read(section, faults)).collect();
        let changes = change_budget::read(root, faults);
        let benchmark = benchmark::read(root, faults);
        Some(Self {
            name: name?.value.to_owned(),
            description: description.map_or_else(String::new, |text| text.value.to_owned()),
            budgets,
            coverage,
            min_runs,
            loss,
            quarantine,
            fixes,
            changes,
            benchmark,
            known_reasons: known.map_or_else(
                || KNOWN_REASONS.map(str::to_owned).to_vec(),
                |known| known.into_iter().map(|word| word.value.to_owned()).collect(),
            ),
            levels,
            hints,
        })
    }
}

fn categories() -> Vec<(&'static str, Category)> {
    Category::ALL.iter().map(|&category| (category.name(), category)).collect()
}

fn read_levels(root: &Section<'_>, faults: &mut Faults<'_>) -> BTreeMap<Category, Level> {
    let Some(section) = root.section("levels", faults) else { return BTreeMap::new() };
    let known: Vec<_> = categories().into_iter().filter(|(_, category)| *category != Category::Benchmark).collect();
    section.refuse_unknown(&known.iter().map(|(name, _)| *name).collect::<Vec<_>>(), faults);
    let level = |&(name, category): &(&'static str, Category)| {
        Some((category, section.word(name, "level", &Level::TABLE, faults)?))
    };
    known.iter().filter_map(level).collect()
}

fn read_hints(root: &Section<'_>, faults: &mut Faults<'_>) -> BTreeMap<Category, String> {
    let Some(section) = root.section("hints", faults) else { return BTreeMap::new() };
    let known = categories();
    section.refuse_unknown(&known.iter().map(|(name, _)| *name).collect::<Vec<_>>(), faults);
    let hint = |&(name, category): &(&'static str, Category)| {
        Some((category, section.readable_text(name, faults)?.value.to_owned()))
    };
    known.iter().filter_map(hint).collect()
}

#[cfg(test)]
mod tests;
