//! What the scenarios of a fresh result did.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Scenario;
use crate::recurrence::{Label, ScenarioJudgement, Verdict};

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
    /// An environment in which it failed now and never did before, with the runs that it had there: of what fails in some
    /// environments alone.
    pub(super) fn clean_environment(&self, row: &Scenario) -> Option<(&str, u64)> {
        let depends = row.verdict == Some(Verdict::EnvDependent) || row.label == Some(Label::SomeEnvironments);
        let clean_runs = |env: &str| {
            let known = row.envs.table.iter().find(|level| level.level == env);
            // One that is not listed where some are left out may have failed.
            let (failed, runs) =
                known.map_or((u64::from(row.envs.rest.is_some()), 0), |known| (known.failed_runs, known.runs));
            (failed == 0).then_some(runs)
        };
        self.envs.iter().filter(|_| depends).find_map(|env| Some((env.as_str(), clean_runs(env)?)))
    }
}
