//! Counting what became of what was said.

use super::held::{Delay, Held};
use super::said::Said;
use super::whole::{Between, Whole, meet};
use crate::recurrence::{Kind, Verdict};

/// What was said on each date, and what the whole history shows.
pub(super) struct Counting<'c> {
    pub(super) whole: &'c Whole,
    /// By date, then by scenario.
    pub(super) said: &'c [Vec<Option<Said>>],
    /// Dates that verdicts are held against.
    pub(super) after: usize,
}

impl Counting<'_> {
    pub(super) fn count(&self, setting: String) -> Held {
        let mut held = Held { setting, ..Held::default() };
        let (mut changes, mut fixes) = (Vec::new(), Vec::new());
        for scenario in 0..self.whole.scenarios.len() {
            for date in 1..self.said.len() {
                self.announced(&mut held, scenario, date);
                self.turned(&mut held, scenario, date);
            }
            changes.extend(self.changes_told(scenario));
            let is_fixed = self.whole.scenarios[scenario].verdict == Verdict::Fixed;
            let behind =
                self.whole.scenarios[scenario].last_failed().filter(|&last| last >= self.whole.cut(scenario, 0));
            fixes.extend(
                behind
                    .filter(|_| is_fixed)
                    .map(|behind| self.told(scenario, behind, |said: &Said| said.verdict == Verdict::Fixed)),
            );
        }
        held.change_told = Delay::of(&changes);
        held.fix_told = Delay::of(&fixes);
        held
    }

    fn at(&self, scenario: usize, date: usize) -> Option<&Said> {
        self.said[date][scenario].as_ref()
    }

    /// What a date says that the one before did not, beside what came of it.
    fn announced(&self, held: &mut Held, scenario: usize, date: usize) {
        let (Some(now), before) = (self.at(scenario, date), self.at(scenario, date - 1)) else { return };
        let is_new_verdict = before.is_none_or(|before| before.verdict != now.verdict);
        let is_new_kind = before.is_none_or(|before| before.kind != now.kind);
        let is_released = now.is_released && !before.is_some_and(|before| before.is_released);
        let is_told = matches!(now.verdict, Verdict::Fixed | Verdict::Regressed | Verdict::Relapsed);
        let is_of_a_kind = matches!(now.kind, Kind::Flaky | Kind::Deterministic);
        if !(is_new_verdict && is_told || is_new_kind && is_of_a_kind || is_released) {
            return;
        }
        let end = date + self.after;
        if end >= self.said.len() {
            held.too_young += 1;
            return;
        }
        let failed = self.whole.failed(scenario, date, end);
        if is_new_verdict
            && now.verdict == Verdict::Fixed
            && let Some(failed) = failed
        {
            held.fixed_failed_again.add(failed);
        }
        if is_released && let Some(failed) = failed {
            held.released_failed_again.add(failed);
        }
        let then = self.at(scenario, end);
        if is_new_verdict && let Some(began) = now.began() {
            let is_known = then.is_some_and(|then| then.rises.iter().any(|&rise| meet(rise, began)));
            match now.verdict {
                Verdict::Regressed => held.regressed_not_borne_out.add(!is_known),
                _ => held.relapsed_not_borne_out.add(!is_known),
            }
        }
        let is_then = |kind| then.is_some_and(|then| then.kind == kind);
        match now.kind {
            Kind::Flaky if is_new_kind => held.flaky_then_deterministic.add(is_then(Kind::Deterministic)),
            Kind::Deterministic if is_new_kind => held.deterministic_then_flaky.add(is_then(Kind::Flaky)),
            _ => {}
        }
    }

    fn turned(&self, held: &mut Held, scenario: usize, date: usize) {
        let (Some(before), Some(now)) = (self.at(scenario, date - 1), self.at(scenario, date)) else { return };
        held.churn.scenario_dates += 1;
        if before.kind != now.kind {
            held.churn.turns += 1;
            let from = date.saturating_sub(self.after);
            held.churn.without_change += u64::from(!self.whole.changed(scenario, from, date));
        }
    }

    /// Of each change for the worse since the first date, how long it took to tell it.
    fn changes_told(&self, scenario: usize) -> impl Iterator<Item = Option<(u64, u64)>> {
        let since = self.whole.cut(scenario, 0);
        let rises = self.whole.scenarios[scenario].rises.iter().filter(move |(at, _)| *at >= since);
        rises.map(move |&(at, rise)| {
            let tells = |said: &Said| said.began().is_some_and(|began: Between| meet(began, rise));
            self.told(scenario, at, tells)
        })
    }

    /// Dates and runs from a place until it was told.
    fn told(&self, scenario: usize, since: u32, tells: impl Fn(&Said) -> bool) -> Option<(u64, u64)> {
        let knows = |&date: &usize| self.whole.cut(scenario, date) > since;
        let first = (0..self.said.len()).find(knows)?;
        let told = (first..self.said.len()).find(|&date| self.at(scenario, date).is_some_and(&tells))?;
        let runs = self.whole.scenarios[scenario].counted(since, self.whole.cut(scenario, told));
        Some(((told - first + 1) as u64, runs))
    }
}
