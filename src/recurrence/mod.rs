//! Recurrence: what the failures of each scenario, and of each of its signatures, are: flaky or deterministic, new,
//! back, fixed, or not known yet, and how much more evidence would tell.
//!
//! ```text
//! tally --> timelines (one a branch) --> mass failures --> for each scenario, in parallel:
//!           attempts -> series -> segments, witness, tests -> draft
//!       drafts --> families of tests (false discovery rate) --> verdicts --> co-failing groups
//! ```
//! Units, decision list and worked numbers are those of the project's recurrence specification; each rule stands in
//! the file that its noun names.

mod association;
mod attempts;
mod bench;
mod breakages;
mod by_calendar;
mod by_revision;
mod calendar;
mod carried;
mod case;
mod complete;
mod cost;
mod decide;
mod describe;
mod draft;
mod ended;
mod environment_sets;
mod explained;
mod families;
mod fix_base;
mod fixed;
mod group_row;
mod grouping;
mod groups;
mod judge;
mod judgement;
mod known_outage;
mod landed;
mod leading;
mod masked;
mod mass;
mod names;
mod newest;
mod options;
mod outage_row;
mod outages;
mod past;
mod planned_fix;
mod planned_look;
mod quarantine;
mod regression;
mod regression_range;
mod relapse;
mod relapse_event;
mod reproduce;
mod rerun;
mod series;
mod settle;
mod stretch;
mod timeline;
mod timeline_judge;
mod together;
mod verdict;
mod ways;
mod why;
mod why_dependence;
mod why_outages;
mod why_planned;
mod witness;

pub use association::{LevelRow, Levels};
pub use group_row::{Group, SinceRow};
pub use judge::judge;
pub use judgement::{
    ChangepointRow, Judged, Quarantine, Recurrence, RunRow, ScenarioJudgement, SignatureJudgement, Summary, WitnessRow,
};
pub use known_outage::{KnownFrom, KnownOutage};
pub use options::{Options, Release};
pub use outage_row::{BoundaryRow, ByRevisionRow, OutageRow, PastRow, PatternRow, RelapseEvent, RelapseRow};
pub use past::{Reason, Shape};
pub use planned_fix::PlannedFix;
pub use planned_look::{FixState, PlannedFixRow};
pub use regression_range::RegressionRange;
pub use reproduce::Reproduce;
pub(crate) use timeline::UNKNOWN_BRANCH;
pub use verdict::{Kind, Label, Standing, Verdict, is_recent};

#[cfg(test)]
mod tests;
