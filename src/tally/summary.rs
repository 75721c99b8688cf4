//! What the tally says of each incident as a whole.

use std::collections::BTreeSet;

use super::cell::What;
use super::incident::First;
use super::read::RunOrder;
use super::tally::Tally;

/// An incident over all runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncidentSummary<'t> {
    /// Number of the incident.
    pub incident: u32,
    /// Its first record: least (run order, record time, relative path, line).
    pub first: &'t First,
    /// Number of the last run in which it happened.
    pub last_run: u32,
    /// Runs in which it happened.
    pub runs_failed: u64,
    /// Runs with a counted attempt of its scenario: one that was neither excluded nor of a class that is kept out of
    /// recurrence series.
    pub runs_seen: u64,
    /// Distinct seeds with which it happened.
    pub seeds_failed: u64,
    /// Distinct environments in which it happened.
    pub envs_failed: u64,
}

impl Tally {
    /// Every incident over all runs, in no order.
    #[must_use]
    pub fn incident_summaries(&self, order: &RunOrder) -> Vec<IncidentSummary<'_>> {
        let runs_seen = self.runs_seen();
        let mut levels: Vec<(BTreeSet<u64>, BTreeSet<u32>)> = vec![Default::default(); self.incidents().len()];
        for cell in self.cells() {
            for outcome in self.outcomes(cell) {
                if let What::Failed(incident) = outcome.what {
                    let (seeds, envs) = &mut levels[incident as usize];
                    seeds.extend(cell.key.seed());
                    envs.extend(cell.key.env().map(|env| env.0));
                }
            }
        }
        let position = |first: &First| order.position[first.run as usize];
        let mut summaries: Vec<Option<IncidentSummary<'_>>> = vec![None; self.incidents().len()];
        for first in self.firsts() {
            let number = first.incident as usize;
            let (seeds, envs) = &levels[number];
            let summary = summaries[number].get_or_insert(IncidentSummary {
                incident: first.incident,
                first,
                last_run: first.run,
                runs_failed: 0,
                runs_seen: runs_seen[self.incidents()[number].scenario as usize],
                seeds_failed: seeds.len() as u64,
                envs_failed: envs.len() as u64,
            });
            summary.runs_failed += 1;
            if position(first) < position(summary.first) {
                summary.first = first;
            }
            if position(first) > order.position[summary.last_run as usize] {
                summary.last_run = first.run;
            }
        }
        summaries.into_iter().flatten().collect()
    }

    /// For each scenario, the runs with a counted attempt; 0 for scenarios that never failed, which nobody asks for.
    fn runs_seen(&self) -> Vec<u64> {
        let mut asked = vec![false; self.scenarios().len()];
        for incident in self.incidents() {
            asked[incident.scenario as usize] = true;
        }
        let mut runs: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); asked.len()];
        for cell in self.cells() {
            let scenario = cell.key.scenario as usize;
            if !asked[scenario] {
                continue;
            }
            runs[scenario].extend(cell.passed.iter().map(|(run, _)| run));
            for outcome in self.outcomes(cell) {
                if matches!(outcome.what, What::Failed(incident) if !self.incidents()[incident as usize].incident_only)
                {
                    runs[scenario].extend(outcome.runs.iter().map(|(run, _)| run));
                }
            }
        }
        runs.iter().map(|runs| runs.len() as u64).collect()
    }
}
