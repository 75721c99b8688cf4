//! The outages that only the baseline knows: their runs are not kept any more.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Output;
use super::row::{Remembered, Scenario};
use crate::recurrence::{KnownFrom, KnownOutage, PastRow, Recurrence, ScenarioJudgement, Shape};
use crate::text::terminal::plural;

/// The runs of the new sweep.
struct New {
    ids: BTreeSet<String>,
    times: BTreeMap<String, i64>,
}

impl Output {
    /// Adds to what came back the outages that this one lists, and of which the new sweep holds no run any more: to the times before,
    /// and to the sentence. No verdict changes.
    pub(super) fn recall(&self, recurrence: &mut Recurrence) {
        let mut known: BTreeMap<[&str; 4], Vec<&Scenario>> = BTreeMap::new();
        for row in &self.scenarios {
            known.entry([&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode]).or_default().push(row);
        }
        let runs = &recurrence.runs;
        let new = New {
            ids: runs.iter().map(|run| run.id.clone()).collect(),
            times: runs.iter().filter_map(|run| Some((run.id.clone(), run.first_unix_ms?))).collect(),
        };
        let times = self.runs.iter().filter_map(|run| Some((run.id.as_str(), run.first_unix_ms?))).collect();
        for row in &mut recurrence.scenarios {
            let rows = known.get(&row.names()).map_or(&[][..], Vec::as_slice);
            let own = match rows {
                // Runs of which none named a branch may be of any.
                [only] if only.branch.is_none() || row.branch.is_none() => Some(*only),
                rows => rows.iter().find(|known| known.branch == row.branch).copied(),
            };
            if let Some(own) = own {
                new.add(row, own, &times);
            }
        }
    }
}

impl New {
    fn add(&self, row: &mut ScenarioJudgement, own: &Scenario, times: &BTreeMap<&str, i64>) {
        for signature in &mut row.signatures {
            let before = own.signatures.iter().find(|before| before.incident_id == signature.incident_id);
            if let Some(before) = before {
                self.recall(&mut signature.past, &before.past, times);
            }
        }
        self.recall(&mut row.past, &own.past, times);
        if let Some(last) = row.past.earlier_outages.last() {
            let outages = plural(row.past.earlier_outages.len() as u64, "more outage");
            let (from, to) = (&last.start_run, &last.last_failed_run);
            let told = format!("; the baseline has {outages} before these runs, the last of {from} to {to}");
            // What the log does not say stands last.
            let at = row.why.find("; not controlled: ").unwrap_or(row.why.len());
            row.why.insert_str(at, &told);
        }
    }

    /// Adds those that are gone to what came back.
    fn recall(&self, past: &mut PastRow, before: &Remembered, times: &BTreeMap<&str, i64>) {
        let Some(relapse) = &mut past.relapse else { return };
        let is_mass = past.outages.last().is_some_and(|last| last.mass);
        let began = self.times.get(&relapse.since_run);
        let is_gone = |outage: &KnownOutage| {
            let is_held = [&outage.start_run, &outage.last_failed_run].into_iter().any(|run| self.ids.contains(run));
            let is_earlier = began.zip(outage.last_failed_unix_ms).is_none_or(|(now, then)| then < *now);
            !is_held && is_earlier && outage.mass == is_mass
        };
        let known = before.earlier_outages.iter().cloned().chain(before.outages(times));
        past.earlier_outages = known.filter(is_gone).collect();
        relapse.times_before += past.earlier_outages.len() as u64;
    }
}

impl Remembered {
    /// Its own outages, where they are proven.
    fn outages(&self, times: &BTreeMap<&str, i64>) -> impl Iterator<Item = KnownOutage> {
        let is_proven = self.pattern.as_ref().is_some_and(|it| matches!(it.name, Shape::Outages | Shape::Single));
        self.outages.iter().filter(move |_| is_proven).map(|outage| KnownOutage {
            source: KnownFrom::Baseline,
            start_run: outage.start.run.clone(),
            last_failed_run: outage.last_failed_run.clone(),
            last_failed_unix_ms: times.get(outage.last_failed_run.as_str()).copied(),
            runs: outage.runs,
            failed_runs: outage.failed_runs,
            reasons: outage.reasons.clone(),
            mass: outage.mass,
        })
    }
}
