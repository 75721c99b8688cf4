//! What the tally says of each incident as a whole.

use std::collections::BTreeSet;

use super::cell::What;
use super::incident::First;
use super::order::RunOrder;
use super::run_set::RunSet;
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
    /// The time of its last record, as far as clocks are believed.
    pub last_seen_ms: Option<i64>,
    /// Runs in which it happened.
    pub runs_failed: u64,
    /// Runs in which its scenario passed or failed, whatever the class: the runs of `runs_failed` are among them.
    pub runs_seen: u64,
    /// Distinct seeds with which it happened.
    pub seeds_failed: u64,
    /// Distinct environments in which it happened.
    pub envs_failed: u64,
}

/// What some of the runs hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Failed records of each incident, by its number.
    pub failed: Vec<u64>,
    /// Scenarios with a record, of those that are in the tally.
    pub scenarios: u64,
}

impl Tally {
    /// What the wanted runs hold.
    #[must_use]
    pub fn within(&self, wanted: impl Fn(u32) -> bool) -> Within {
        let mut failed = vec![0; self.incidents().len()];
        let mut seen = vec![false; self.scenarios().len()];
        for cell in self.cells.iter() {
            seen[cell.key.scenario as usize] |= cell.passed.iter().any(|(run, _)| wanted(run));
        }
        for outcome in self.outcomes.iter() {
            let records = || outcome.runs.iter().filter(|(run, _)| wanted(*run)).map(|(_, count)| u64::from(count));
            let scenario = self.cells[outcome.cell as usize].key.scenario as usize;
            if !seen[scenario] {
                seen[scenario] = records().next().is_some();
            }
            if let What::Failed(incident) = outcome.what {
                failed[incident as usize] += records().sum::<u64>();
            }
        }
        Within { failed, scenarios: seen.into_iter().filter(|seen| *seen).count() as u64 }
    }

    /// Every incident over all runs, in no order.
    #[must_use]
    pub fn incident_summaries(&self, order: &RunOrder) -> Vec<IncidentSummary<'_>> {
        let runs_seen = self.runs_seen();
        let mut levels: Vec<(BTreeSet<u64>, BTreeSet<u32>)> = vec![Default::default(); self.incidents().len()];
        for outcome in self.outcomes.iter() {
            if let What::Failed(incident) = outcome.what {
                let key = self.cells[outcome.cell as usize].key;
                let (seeds, envs) = &mut levels[incident as usize];
                seeds.extend(key.seed());
                envs.extend(key.env().map(|env| env.0));
            }
        }
        // A run without a known place is neither the first nor the last where there is another.
        let position = |first: &First| (!order.is_placed(first.run), order.position[first.run as usize]);
        let last_seen = |first: &First| {
            order.clock(first.run).map(|start| if order.can_be(first.time_ms) { first.time_ms } else { start })
        };
        let mut summaries: Vec<Option<IncidentSummary<'_>>> = vec![None; self.incidents().len()];
        for first in self.firsts() {
            let number = first.incident as usize;
            let (seeds, envs) = &levels[number];
            let summary = summaries[number].get_or_insert(IncidentSummary {
                incident: first.incident,
                first,
                last_run: first.run,
                last_seen_ms: None,
                runs_failed: 0,
                runs_seen: runs_seen[self.incidents()[number].scenario as usize],
                seeds_failed: seeds.len() as u64,
                envs_failed: envs.len() as u64,
            });
            summary.runs_failed += 1;
            if position(first) < position(summary.first) {
                summary.first = first;
            }
            if order.position[first.run as usize] > order.position[summary.last_run as usize] {
                summary.last_run = first.run;
            }
            summary.last_seen_ms = summary.last_seen_ms.max(last_seen(first));
        }
        for (summary, incident) in summaries.iter_mut().zip(self.incidents()) {
            if let Some(summary) = summary
                && (order.can_be(incident.last_seen_ms) || summary.last_seen_ms.is_none())
            {
                summary.last_seen_ms = Some(incident.last_seen_ms);
            }
        }
        summaries.into_iter().flatten().collect()
    }

    /// For each scenario, the runs in which it passed or failed; 0 for scenarios that never failed, which nobody asks for.
    fn runs_seen(&self) -> Vec<u64> {
        let mut asked = vec![false; self.scenarios().len()];
        for incident in self.incidents() {
            asked[incident.scenario as usize] = true;
        }
        let by_scenario = self.cells_by_scenario();
        let counts = |what| matches!(what, What::Failed(_));
        // The last scenario that was seen in each run.
        let mut last = vec![None; self.runs().len()];
        let mut count = |scenario: u32| {
            let mut seen = 0;
            for &cell in by_scenario.of(scenario) {
                let counted = self.outcomes(cell).filter(|outcome| counts(outcome.what)).map(|outcome| &outcome.runs);
                for (run, _) in std::iter::once(&cell.passed).chain(counted).flat_map(RunSet::iter) {
                    seen += u64::from(last[run as usize].replace(scenario) != Some(scenario));
                }
            }
            seen
        };
        (0..).zip(asked).map(|(scenario, asked)| if asked { count(scenario) } else { 0 }).collect()
    }
}
