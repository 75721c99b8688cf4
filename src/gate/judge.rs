//! A policy and what a sweep found.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::culprits::Culprits;
use super::decision::{Decision, Inputs};
use super::doubts::doubts;
use super::facts::{Facts, OpenIncident, is_sure, names};
use super::floors;
use super::losses;
use super::measure::Measure;
use super::measured;
use super::policy::{Budget, Policy, Scope};
use super::reliability::{is_known, nothing_was_judged};
use super::violation::{Category, Level, Violation};
use crate::benchmark::Verdict;
use crate::recurrence::{Kind, ScenarioJudgement};
use crate::tally::{PacketEntries, Rule};

/// The profile's words say what passed.
const RULE: Rule = Rule::Profile;

/// What stands beside a policy and what was found.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The day on which entries of the quarantine have to hold.
    pub today: Date,
    /// Whether lost input fails nothing.
    pub allow_loss: bool,
    /// Whether a benchmark that decides nothing fails the gate.
    pub strict: bool,
}

/// Holds what a sweep found to a policy.
#[must_use]
pub fn judge(policy: &Policy, facts: &Facts<'_>, terms: Terms) -> Decision {
    let mut judge = Judge {
        policy,
        facts,
        terms,
        packets: facts.outcome.entries.packets(RULE),
        incidents: facts.open_incidents(),
        regressed_before: facts.regressed_before(),
        used: vec![false; policy.quarantine.len()],
        sheltered: BTreeSet::new(),
        found: Vec::new(),
    };
    judge.loss();
    judge.coverage();
    judge.ceilings();
    judge.stale(RULE);
    judge.gone();
    judge.evidence();
    judge.doubts();
    judge.changes();
    judge.quarantine();
    judge.held_by_a_window();
    judge.held_on_a_branch();
    judge.held_new();
    judge.failing_on();
    judge.benchmarks();
    judge.unmatched();
    let inputs = Inputs::new(facts, RULE, judge.incidents.len(), judge.sheltered.len());
    Decision::new(policy.name.clone(), inputs, judge.found)
}

/// A policy being held to what was found; what it says of changes is in `changed`.
pub(super) struct Judge<'j> {
    pub(super) policy: &'j Policy,
    pub(super) facts: &'j Facts<'j>,
    terms: Terms,
    packets: BTreeMap<String, PacketEntries>,
    pub(super) incidents: BTreeMap<String, OpenIncident>,
    /// Scenarios that fail always and of which the baseline knows that they regressed.
    regressed_before: BTreeSet<[&'j str; 4]>,
    /// Which entries of the quarantine held something back.
    used: Vec<bool>,
    /// Scenarios that the quarantine holds back.
    pub(super) sheltered: BTreeSet<[String; 3]>,
    found: Vec<Violation>,
}

impl Judge<'_> {
    pub(super) fn note(
        &mut self,
        category: Category,
        level: Option<Level>,
        id: String,
        message: String,
        culprits: Culprits,
    ) {
        let level = level.unwrap_or_else(|| self.policy.level(category));
        if level == Level::Allow {
            return;
        }
        let hint = self.policy.hint(category);
        let Culprits { packets, scenarios, branches, replays, artifacts, reasons, .. } = culprits;
        self.found.push(Violation {
            packet_id: (packets.len() == 1).then(|| packets.into_iter().next()).flatten(),
            scenario_ids: scenarios.into_iter().collect(),
            branches: branches.into_iter().collect(),
            replay_commands: replays.into_iter().collect(),
            artifact_refs: artifacts.into_iter().collect(),
            reason_codes: reasons.into_iter().collect(),
            ..Violation::new(id, category.name(), level, message, hint)
        });
    }

    fn loss(&mut self) {
        let waives = self.terms.allow_loss && self.policy.level(Category::Loss) == Level::Deny;
        for (level, id, message) in losses::found(&self.facts.outcome.ledger, self.policy.loss, waives) {
            self.note(Category::Loss, level, id, message, Culprits::default());
        }
    }

    fn coverage(&mut self) {
        let has_benchmarks = !self.facts.benchmarks.series.is_empty();
        let is_empty = self.packets.is_empty() && (!has_benchmarks || self.policy.judges_records());
        let of_words = is_empty.then(|| self.facts.outcome.ledger.totals().unjudged).and_then(|unjudged| {
            let (excluded, unknown) = (unjudged.excluded(), unjudged.unknown_outcomes());
            let why = format!("no record passed or failed ({excluded} excluded, {unknown} of unknown outcome)");
            (excluded + unknown > 0).then_some(why)
        });
        let empty = is_empty.then_some(if has_benchmarks {
            "there are benchmark lines and no record, and the policy asks for more than benchmarks"
        } else {
            "there is no record and no benchmark line"
        });
        if let Some(why) = self.facts.nothing.or(of_words.as_deref()).or(empty) {
            let message = nothing_was_judged(why);
            // Whatever the policy says of coverage: without anything to judge no other check can fail.
            self.note(Category::Coverage, Some(Level::Deny), "coverage:nothing".into(), message, Culprits::default());
        }
        for (id, message) in floors::stale(&self.policy.coverage, &self.packets, self.facts, RULE) {
            self.note(Category::Coverage, Some(Level::Warn), id, message, Culprits::default());
        }
        for coverage in &self.policy.coverage {
            for (id, message) in floors::missed(coverage, &self.packets, self.facts) {
                let packet = &coverage.packet;
                let culprits = Culprits { packets: BTreeSet::from([packet.clone()]), ..Culprits::default() };
                self.note(Category::Coverage, None, format!("coverage:{packet}:{id}"), message, culprits);
            }
        }
    }

    fn ceilings(&mut self) {
        for budget in &self.policy.budgets {
            let culprits = self.culprits(budget);
            let most = budget.ceiling.at_most;
            if culprits.count > most {
                let place = budget.scope.as_ref().map_or(String::new(), |scope| format!(" in scope {}", scope.name));
                let message = format!("{}{place}, at most {most} may be", budget.measure.counted(culprits.count));
                self.note(Category::Max, budget.ceiling.level, budget.id(), message, culprits);
            }
        }
    }

    fn culprits(&mut self, budget: &Budget) -> Culprits {
        let entries = &self.facts.outcome.entries;
        let mut culprits = Culprits::default();
        match &budget.measure {
            Measure::Kind(_) | Measure::Verdict(_) => {
                let facts = self.facts;
                for scenario in facts.recurrence.scenarios.iter().filter(|scenario| !scenario.stale) {
                    let is_meant = match budget.measure {
                        Measure::Kind(kind) => scenario.judged.kind == kind,
                        Measure::Verdict(verdict) => scenario.judged.verdict == verdict,
                        _ => false,
                    };
                    if is_meant && holds(budget.scope.as_ref(), names(scenario)) && !self.shelters(scenario) {
                        culprits.scenario(scenario);
                    }
                }
            }
            Measure::Class(_) | Measure::Severity(_) | Measure::Owner(_) => {
                let incidents = std::mem::take(&mut self.incidents);
                for incident in incidents.values() {
                    let names = incident.scenario.each_ref().map(String::as_str);
                    if budget.measure.means(incident)
                        && holds(budget.scope.as_ref(), names)
                        && !self.shelters_incident(incident)
                    {
                        culprits.incident(incident);
                    }
                }
                self.incidents = incidents;
            }
            Measure::MassFailureRuns => culprits.count = self.facts.recurrence.summary.mass_failure_runs.len() as u64,
            Measure::FailedEntries => {
                culprits.count = entries.failed(RULE);
                culprits.scenarios = self.facts.failed_scenarios(RULE).into_iter().collect();
            }
            Measure::FlakeSuspects => {
                culprits.scenarios = entries.flake_suspects(RULE);
                culprits.count = culprits.scenarios.len() as u64;
            }
            Measure::UnknownReasonCodes => {
                let known = &self.policy.known_reasons;
                culprits.reasons =
                    entries.reasons(RULE).into_iter().filter(|reason| !is_known(reason, known)).collect();
                culprits.count = culprits.reasons.len() as u64;
            }
        }
        culprits
    }

    /// Whether the quarantine holds a scenario back: each of its ways to fail that is not resolved.
    pub(super) fn shelters(&mut self, scenario: &ScenarioJudgement) -> bool {
        if is_sure(scenario, &self.regressed_before) {
            return false;
        }
        let open: Vec<&str> = scenario
            .signatures
            .iter()
            .filter(|signature| signature.judged.kind != Kind::Resolved)
            .map(|signature| signature.reason_code.as_str())
            .collect();
        let by: Vec<Option<usize>> = open.iter().map(|reason| self.entry(&scenario.scenario_id, reason)).collect();
        let all = !by.is_empty() && by.iter().all(Option::is_some);
        if all {
            self.shelter(names(scenario), by.into_iter().flatten());
        }
        all
    }

    pub(super) fn shelters_incident(&mut self, incident: &OpenIncident) -> bool {
        let by = if incident.is_sure { None } else { self.entry(&incident.scenario[2], &incident.reason) };
        if let Some(entry) = by {
            self.shelter(incident.scenario.each_ref().map(String::as_str), [entry]);
        }
        by.is_some()
    }

    pub(super) fn shelter(&mut self, names: [&str; 3], entries: impl IntoIterator<Item = usize>) {
        self.sheltered.insert(names.map(str::to_owned));
        for entry in entries {
            self.used[entry] = true;
        }
    }

    /// The entry of the quarantine that holds for a failure today.
    pub(super) fn entry(&self, scenario: &str, reason: &str) -> Option<usize> {
        let today = self.terms.today;
        self.policy.quarantine.iter().position(|entry| entry.expires >= today && entry.holds(scenario, reason))
    }

    fn doubts(&mut self) {
        for (id, message) in doubts(self.facts) {
            self.note(Category::Evidence, Some(Level::Warn), id.to_owned(), message, Culprits::default());
        }
    }

    fn evidence(&mut self) {
        let Some(least) = self.policy.min_runs else { return };
        let mut culprits = Culprits::default();
        let judged = self.facts.recurrence.scenarios.iter();
        for scenario in judged.filter(|scenario| !scenario.stale && scenario.failed_runs > 0 && scenario.runs < least) {
            culprits.scenario(scenario);
        }
        if culprits.count > 0 {
            let verdicts = if culprits.count == 1 { "verdict stands" } else { "verdicts stand" };
            let message = format!("{} {verdicts} on fewer than {least} runs", culprits.count);
            self.note(Category::Evidence, None, "evidence:min_runs".to_owned(), message, culprits);
        }
    }

    fn quarantine(&mut self) {
        for (number, entry) in self.policy.quarantine.iter().enumerate() {
            let of = |what: &str| format!("quarantine:{what}:{}", entry.scenarios);
            let whose = format!("quarantine of {} ({}, {})", entry.scenarios, entry.owner, entry.ticket);
            if entry.expires < self.terms.today {
                let message = format!("{whose} expired on {}", entry.expires);
                self.note(Category::Quarantine, None, of("expired"), message, Culprits::default());
            } else if !self.used[number] && !self.holds_something(number) {
                let message = format!("{whose} holds nothing back");
                self.note(Category::Unmatched, None, of("unused"), message, Culprits::default());
            }
        }
    }

    /// Whether an entry of the quarantine means an open incident, though no ceiling asked for it.
    fn holds_something(&self, number: usize) -> bool {
        let entry = &self.policy.quarantine[number];
        self.incidents.values().any(|incident| entry.holds(&incident.scenario[2], &incident.reason))
    }

    fn benchmarks(&mut self) {
        let levels = &self.policy.benchmark;
        if self.facts.benchmarks.series.is_empty() && !self.policy.judges_records() && !self.packets.is_empty() {
            let message = "the policy holds no record to anything, and there is no benchmark line that it could judge";
            let id = "unmatched:benchmark".to_owned();
            self.note(Category::Unmatched, None, id, message.to_owned(), Culprits::default());
        }
        let is_told = self.terms.strict || levels.inconclusive != Level::Allow;
        for (id, message) in measured::doubts(self.facts, is_told, self.packets.is_empty()) {
            self.note(Category::Benchmark, Some(Level::Warn), id.to_owned(), message, Culprits::default());
        }
        for series in &self.facts.benchmarks.series {
            let verdict = series.judgement.verdict;
            let level = match verdict {
                Verdict::Regressed => levels.regressed,
                Verdict::HostMoved => levels.host_moved,
                Verdict::Drifting => levels.drifting,
                Verdict::Suspect => levels.suspect,
                Verdict::Inconclusive if self.terms.strict => Level::Deny,
                Verdict::Inconclusive => levels.inconclusive,
                Verdict::Improved | Verdict::Equivalent => continue,
            };
            let (lane, metric) = (&series.key.lane, &series.key.metric);
            let id = format!("benchmark:{}:{lane}:{metric}", verdict.name());
            let message = format!("{lane} {metric}: {}: {}", verdict.name(), series.judgement.why);
            self.note(Category::Benchmark, Some(level), id, message, Culprits::default());
        }
    }

    fn unmatched(&mut self) {
        let mut seen = BTreeSet::new();
        let (classes, owners) = (self.facts.classes(), self.facts.owners());
        for budget in &self.policy.budgets {
            let asked = match &budget.measure {
                Measure::Class(class) => Some(("class", class, &classes)),
                Measure::Owner(owner) => Some(("owner", owner, &owners)),
                _ => None,
            };
            if let Some((what, name, known)) = asked
                && !known.contains(name.as_str())
            {
                let known = known.iter().copied().collect::<Vec<_>>().join(", ");
                let message = format!(
                    "no {what} {name} in taxonomy {}, known: {known}",
                    self.facts.taxonomies.names(|_| true, " or ")
                );
                let id = format!("unmatched:{}", budget.id());
                self.note(Category::Unmatched, None, id, message, Culprits::default());
            }
            if let Some(scope) = &budget.scope
                && seen.insert(&scope.name)
                && !(self.facts.ran(|names| scope.holds(names))
                    && self.facts.outcome.entries.any(Some(RULE), |names| scope.holds(names)))
            {
                let message = format!(
                    "scope {} matches no scenario that passed or failed, so that its ceilings hold nothing",
                    scope.name
                );
                let id = format!("unmatched:scope:{}", scope.name);
                let level = self.policy.said_level(Category::Unmatched).unwrap_or(Level::Deny);
                self.note(Category::Unmatched, Some(level), id, message, Culprits::default());
            }
        }
    }
}

fn holds(scope: Option<&Scope>, names: [&str; 3]) -> bool {
    scope.is_none_or(|scope| scope.holds(names))
}
