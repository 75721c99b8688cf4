//! What no ceiling counts and nobody should miss: failures that did not run lately or get no verdict, and scopes that are stale.

use std::collections::BTreeMap;

use super::culprits::Culprits;
use super::facts::{Facts, OpenIncident, names};
use super::judge::Judge;
use super::losses::listed;
use super::measure::Measure;
use super::policy::{Budget, Scope};
use super::violation::Category;
use crate::recurrence::{Kind, ScenarioJudgement, Verdict};
use crate::tally::Rule;
use crate::text::terminal::plural;

impl Judge<'_> {
    /// Failures that no ceiling counts, since what failed did not run lately, or gets no verdict.
    pub(super) fn stale(&mut self, rule: Rule) {
        let (facts, budgets) = (self.facts, &self.policy.budgets);
        let latest = facts.latest_runs();
        let failed_lately = |scenario: &ScenarioJudgement| {
            scenario.recurrence.last_failure.as_deref().is_some_and(|run| latest.contains(run))
        };
        let [mut gone, mut not_rerun, mut unproven] = std::array::from_fn(|_| Culprits::default());
        for scenario in &facts.recurrence.scenarios {
            if escapes(scenario, budgets) && !self.shelters(scenario) {
                gone.scenario(scenario);
            } else if is_not_rerun(scenario, budgets) && !self.shelters(scenario) {
                not_rerun.scenario(scenario);
            } else if is_unproven(scenario, budgets) && failed_lately(scenario) && !self.shelters(scenario) {
                unproven.scenario(scenario);
            }
        }
        let mut unjudged = Culprits::default();
        let incidents = std::mem::take(&mut self.incidents);
        for incident in incidents.values() {
            if is_unjudged(incident, budgets) && !self.shelters_incident(incident) {
                unjudged.incident(incident);
            }
        }
        self.incidents = incidents;
        for (id, told, culprits) in [
            ("stale:scenarios", told(&gone), gone),
            ("stale:not_rerun", told_not_rerun(&not_rerun), not_rerun),
            ("stale:unproven", told_unproven(&unproven), unproven),
            ("stale:no_verdict", told_unjudged(&unjudged), unjudged),
        ] {
            if culprits.count > 0 {
                self.note(Category::Stale, None, id.to_owned(), told, culprits);
            }
        }
        for (id, message) in scopes(&self.policy.budgets, self.facts, rule) {
            self.note(Category::Stale, None, id, message, Culprits::default());
        }
    }
}

/// Whether a scenario is clean since what failed, an environment or a seed, ran no more, and no ceiling counts that: one would
/// count what it was.
fn is_not_rerun(scenario: &ScenarioJudgement, budgets: &[Budget]) -> bool {
    scenario.judged.verdict == Verdict::NotRerun && !scenario.stale && are_asked(scenario, budgets)
}

/// What failed and did not run since, in words.
fn told_not_rerun(culprits: &Culprits) -> String {
    let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
    format!(
        "{} failed in an environment or with a seed that did not run since, so that no ceiling on kinds or verdicts counts {}: {}",
        plural(culprits.count, "scenario"),
        if culprits.count == 1 { "it" } else { "them" },
        listed(&named)
    )
}

/// Whether a scenario has a verdict that waits for more, while no ceiling on kinds or verdicts counts
/// that: those of what is proven would pass it for as long as it waits.
fn is_unproven(scenario: &ScenarioJudgement, budgets: &[Budget]) -> bool {
    let waits = matches!(
        scenario.judged.verdict,
        Verdict::NewFailure | Verdict::InsufficientEvidence | Verdict::SeedUnidentifiable
    );
    waits && !scenario.stale && are_asked(scenario, budgets)
}

/// Whether ceilings on kinds or verdicts are meant for a scenario, and none counts it.
fn are_asked(scenario: &ScenarioJudgement, budgets: &[Budget]) -> bool {
    let counts = |budget: &Budget| match budget.measure {
        Measure::Kind(kind) => kind == scenario.judged.kind,
        Measure::Verdict(verdict) => verdict == scenario.judged.verdict,
        _ => false,
    };
    let mut meant = of_verdicts(budgets, names(scenario)).peekable();
    meant.peek().is_some() && !meant.any(counts)
}

/// What waits for more evidence, in words.
fn told_unproven(culprits: &Culprits) -> String {
    let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
    format!(
        "{} that failed lately {} unproven, which no ceiling on kinds or verdicts counts: {}",
        plural(culprits.count, "scenario"),
        if culprits.count == 1 { "is" } else { "are" },
        listed(&named)
    )
}

/// Whether an incident gets no verdict, as all of its scenario in the latest runs, and no ceiling counts it otherwise.
fn is_unjudged(incident: &OpenIncident, budgets: &[Budget]) -> bool {
    let names = incident.scenario.each_ref().map(String::as_str);
    let counts = |budget: &Budget| is_meant_by(budget, names) && budget.measure.means(incident);
    incident.is_unjudged && of_verdicts(budgets, names).next().is_some() && !budgets.iter().any(counts)
}

/// What fails and has no verdict, in words.
fn told_unjudged(culprits: &Culprits) -> String {
    let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
    format!(
        "{} failed and did not pass in the latest runs, or in those of an environment, all by classes that get no verdict, such \
         as infrastructure, so that no ceiling on kinds or verdicts counts {}: {}",
        plural(named.len() as u64, "scenario"),
        if named.len() == 1 { "it" } else { "them" },
        listed(&named)
    )
}

/// The budgets on kinds and verdicts of which a scenario is meant.
pub(super) fn of_verdicts<'b>(budgets: &'b [Budget], names: [&'b str; 3]) -> impl Iterator<Item = &'b Budget> {
    let is_of = |budget: &&Budget| matches!(budget.measure, Measure::Kind(_) | Measure::Verdict(_));
    budgets.iter().filter(is_of).filter(move |budget| is_meant_by(budget, names))
}

/// Whether a scenario failed, was not in the latest runs, and would count for a ceiling had it been.
fn escapes(scenario: &ScenarioJudgement, budgets: &[Budget]) -> bool {
    let is_open = matches!(scenario.judged.kind, Kind::Deterministic | Kind::Flaky | Kind::Unproven);
    let counts = |budget: &Budget| {
        let is_meant = match &budget.measure {
            Measure::Kind(kind) => scenario.judged.kind == *kind,
            Measure::Verdict(verdict) => scenario.judged.verdict == *verdict,
            Measure::Class(_) | Measure::Severity(_) | Measure::Owner(_) => true,
            _ => false,
        };
        is_meant && is_meant_by(budget, names(scenario))
    };
    scenario.stale && scenario.failed_runs > 0 && is_open && budgets.iter().any(counts)
}

/// Whether a scenario is of the part that a budget is about.
pub(super) fn is_meant_by(budget: &Budget, names: [&str; 3]) -> bool {
    budget.scope.as_ref().is_none_or(|scope| scope.holds(names))
}

/// Stale failures in words.
fn told(culprits: &Culprits) -> String {
    let (scenarios, them) =
        if culprits.count == 1 { ("scenario that failed was", "it") } else { ("scenarios that failed were", "them") };
    let named: Vec<String> = culprits.scenarios.iter().cloned().collect();
    format!(
        "{} {scenarios} not in the latest runs, so that no ceiling counts {them}: {}",
        culprits.count,
        listed(&named)
    )
}

/// Scopes that no scenario of the latest runs is of, so that their ceilings hold what was before alone: ids, and that in
/// words. One that matches nothing anywhere is told as such.
fn scopes(budgets: &[Budget], facts: &Facts<'_>, rule: Rule) -> Vec<(String, String)> {
    let scopes: BTreeMap<&str, &Scope> =
        budgets.iter().filter_map(|budget| budget.scope.as_ref()).map(|scope| (scope.name.as_str(), scope)).collect();
    if scopes.is_empty() {
        return Vec::new();
    }
    let latest = facts.latest_runs();
    let ran = |scope: &Scope, is_of: &dyn Fn(&str) -> bool| {
        facts.outcome.entries.any_in(Some(rule), is_of, |names| scope.holds(names))
    };
    let has_stopped = |scope: &&Scope| ran(scope, &|_| true) && !ran(scope, &|run| latest.contains(run));
    let told = |scope: &Scope| {
        let message = format!(
            "scope {} matches no scenario that passed or failed {}, but before: its ceilings hold what was then",
            scope.name,
            facts.in_latest(&latest)
        );
        (format!("stale:scope:{}", scope.name), message)
    };
    scopes.into_values().filter(has_stopped).map(told).collect()
}
