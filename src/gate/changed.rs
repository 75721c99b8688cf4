//! What changed since a baseline, held to the policy's ceilings.

use std::collections::{BTreeMap, BTreeSet};

use super::culprits::Culprits;
use super::judge::Judge;
use super::violation::{Category, Level};
use crate::diff::{Change, Comparison};
use crate::recurrence::Recurrence;
use crate::text::terminal::{listed, plural};

/// Runs that a finding names.
const NAMED: usize = 4;

impl Judge<'_> {
    pub(super) fn changes(&mut self) {
        let Some(comparison) = self.facts.changes else {
            if !self.policy.changes.is_empty() {
                let message =
                    "the policy has budgets on changes, and there is no --baseline to compare with".to_owned();
                self.note(Category::Unmatched, None, "unmatched:baseline".to_owned(), message, Culprits::default());
            }
            return;
        };
        if comparison.stands {
            let message =
                "no new runs since the baseline was written: what it was itself compared with stands".to_owned();
            let id = "baseline:stands".to_owned();
            self.note(Category::Baseline, Some(Level::Warn), id, message, Culprits::default());
        }
        for warning in &comparison.warnings {
            let id = "baseline:warning".to_owned();
            self.note(Category::Baseline, Some(Level::Warn), id, warning.clone(), Culprits::default());
        }
        let (mut over, mut runs) = (Culprits::default(), BTreeSet::new());
        let aside = set_aside_runs(self.facts.recurrence, comparison);
        for (&kind, ceiling) in &self.policy.changes {
            let mut culprits = Culprits::default();
            for change in comparison.changes.iter().filter(|change| change.kind.name() == kind) {
                // One outage that is over is no number of changes.
                if change.new.is_set_aside() {
                    over.change(change);
                    runs.extend([&change.first_failed_run, &change.last_failed_run].into_iter().flatten());
                    runs.extend(aside.get(&change.names()).into_iter().flatten());
                } else if !self.shelters_change(change) {
                    culprits.change(change);
                }
            }
            let (count, most) = (culprits.count, ceiling.at_most);
            if count > most {
                let incidents = if count == 1 { "incident" } else { "incidents" };
                let message = format!("{count} {kind} {incidents} since the baseline, at most {most} may be");
                self.note(Category::Baseline, ceiling.level, format!("baseline:{kind}"), message, culprits);
            }
        }
        if over.count > 0 {
            let message = format!(
                "{} failed only in mass-failure runs that were set aside ({}), so that no ceiling on changes counts {}",
                plural(over.count, "incident"),
                listed(runs.iter(), NAMED),
                if over.count == 1 { "it" } else { "them" }
            );
            self.note(Category::Baseline, Some(Level::Warn), "baseline:set_aside".to_owned(), message, over);
        }
    }

    fn shelters_change(&mut self, change: &Change) -> bool {
        let is_sure = self.incidents.get(&change.incident_id).is_some_and(|incident| incident.is_sure);
        let by = if is_sure { None } else { self.entry(&change.scenario_id, &change.reason_code) };
        if let Some(entry) = by {
            self.shelter([&change.packet_id, &change.suite_id, &change.scenario_id], [entry]);
        }
        by.is_some()
    }
}

/// The new runs that were set aside, by the scenarios that they were set aside for.
fn set_aside_runs<'r>(recurrence: &'r Recurrence, comparison: &Comparison) -> BTreeMap<[&'r str; 4], Vec<&'r String>> {
    let new: BTreeSet<&String> = comparison.summary.compared_runs.iter().collect();
    let mut aside: BTreeMap<[&str; 4], Vec<&String>> = BTreeMap::new();
    for row in &recurrence.scenarios {
        aside.entry(row.names()).or_default().extend(row.set_aside_runs.iter().filter(|run| new.contains(run)));
    }
    aside
}
