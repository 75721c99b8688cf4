//! Scenarios with one cause, as `recurrence.json` has them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::text::number::Rounded;

/// Scenarios that fail in the same runs: one cause, most likely; or that broke at one, where others may have changed by chance.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Group {
    /// Its name here: g1, g2, ...
    pub id: String,
    /// Packet, suite, scenario and mode of each.
    pub scenarios: Vec<[String; 4]>,
    /// Runs in which any of them failed, since they broke where that is known.
    pub failed_runs: u64,
    /// Least Jaccard index of two neighbouring ones; null of those that broke at one run.
    pub jaccard: Option<Rounded>,
    /// Greatest adjusted p of two neighbouring ones; null of those that broke at one run.
    pub q: Option<Rounded>,
    /// Where they broke; null of those that fail in the same runs between changes of their rates.
    pub since: Option<SinceRow>,
}

/// Where scenarios broke at once.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SinceRow {
    /// The first run.
    pub run: String,
    /// What the 99 % intervals of all have in common.
    pub from_run: String,
    /// Its other end.
    pub to_run: String,
}
