//! What the scenarios of a fresh result did.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Scenario;
use crate::recurrence::{Label, ScenarioJudgement, Verdict};

/// Runs of an environment in which a scenario never failed, from which on a failure there is a new one.
const CLEAN_RUNS_OF_AN_ENVIRONMENT: u64 = 5;
/// What a scenario did in the fresh result.
#[derive(Default)]
pub(super) struct Fresh {
    pub(super) attempts: u64,
    pub(super) failed_attempts: u64,
    /// Environments in which it failed.
    pub(super) envs: BTreeSet<String>,
}

/// Each scenario that failed, by its names.
pub(super) fn attempts(rows: &[ScenarioJudgement]) -> BTreeMap<[&str; 4], Fresh> {
    let mut of: BTreeMap<[&str; 4], Fresh> = BTreeMap::new();
    for row in rows {
        let fresh = of.entry(row.names()).or_default();
        fresh.attempts += row.attempts;
        fresh.failed_attempts += row.failed_attempts;
        let failing = row.envs.table.iter().filter(|level| level.failed_attempts > 0);
        fresh.envs.extend(failing.map(|level| level.level.clone()));
    }
    of
}

impl Fresh {
    /// An environment in which it failed now, and never did in the runs before.
    pub(super) fn clean_environment(&self, row: &Scenario) -> Option<(&str, u64)> {
        let is_clean = |env: &&String| {
            let known = row.envs.table.iter().find(|level| level.level == **env)?;
            (known.failed_runs == 0 && known.runs >= CLEAN_RUNS_OF_AN_ENVIRONMENT).then_some(known.runs)
        };
        // Only what depends on the environment tells one from another.
        let depends = matches!(row.verdict, Some(Verdict::EnvDependent)) || row.label == Some(Label::SomeEnvironments);
        let mut clean = self.envs.iter().map(|env| Some((env.as_str(), is_clean(&env)?)));
        // Where it failed in a known one too, it is that failure.
        let all: Option<Vec<(&str, u64)>> = clean.by_ref().collect();
        all.filter(|_| depends)?.into_iter().next()
    }
}
