//! One incident in two sweeps: how it fared in each, and what kind of change that is.

use std::collections::BTreeSet;

use super::change::{ChangeKind, Counts, Proof};
use super::history::{History, Part, Side};
use super::merged::Merged;
use crate::incident::IncidentRow;
use crate::recurrence::Verdict;
use crate::stats::Level;
use crate::text::run_ranges::RunRanges;

/// Level of the test for failing more often, and its false discovery rate.
pub(super) const LEVEL: f64 = 0.05;

/// Runs of a branch from which on what never happened there is new there.
const LEAST_OF_BRANCH: usize = 5;

/// The two sweeps.
pub(super) struct Pair<'o> {
    pub(super) old: &'o Side<'o>,
    pub(super) new: &'o Side<'o>,
    /// For each run of the new one, whether the old one does not hold it.
    pub(super) is_compared: &'o [bool],
    /// Whether both looked at the same records in the same way, so that what the old one lacks of a run came later.
    pub(super) is_like: bool,
}

/// One incident in both, on one branch.
pub(super) struct Case<'o> {
    /// Its row in the new sweep, else in the old one.
    pub(super) row: &'o IncidentRow,
    /// The runs that it is looked at in.
    pub(super) part: Part<'o>,
    /// Other branches on which the same became of it.
    pub(super) also_on: Vec<Part<'o>>,
    /// The runs of the baseline that these are compared with.
    pub(super) beside: Part<'o>,
    /// Whether it happened in those.
    pub(super) is_known: bool,
    pub(super) new_row: Option<&'o IncidentRow>,
    /// The new sweep's verdict on it.
    pub(super) verdict: Option<Verdict>,
    /// Whether the baseline called it fixed.
    pub(super) was_fixed: bool,
    pub(super) new_history: History,
    pub(super) old: Counts,
    /// Of the baseline's, those since the last change of its scenario's failure rate, and the run that this was at: what is
    /// known to have become worse does so once.
    pub(super) since_change: Option<(Counts, u32)>,
    pub(super) new: Counts,
    /// Runs compared in which it failed, newest first.
    pub(super) failed: Vec<u32>,
    /// Runs that the baseline holds too, in which it failed by records that came later.
    pub(super) late: Vec<u32>,
    /// Whether its scenario ran in the runs compared, where that can be told.
    pub(super) ran: Option<bool>,
    /// Whether every failure in the baseline was in mass-failure runs that were set aside.
    pub(super) is_set_aside: bool,
    /// The runs of its scenario since its last failure in the new sweep, oldest first.
    pub(super) clean: Vec<u32>,
    /// The first run of the compared ones since which its rate is higher, where the new sweep's verdict is that it regressed.
    pub(super) regressed_at: Option<u32>,
    /// Of one that returned, the runs of its scenario since its last failure in the baseline, and that run.
    pub(super) away: Option<(usize, u32)>,
    /// Likewise, what shows it.
    pub(super) proof: Option<Proof>,
    pub(super) p: Option<f64>,
    pub(super) q: Option<f64>,
}

impl<'o> Pair<'o> {
    /// An incident that is to be compared, once a branch: one that the baseline knows, or that failed in the runs
    /// compared.
    pub(super) fn cases(&self, id: &str) -> Vec<Case<'o>> {
        let (old_row, new_row) = (self.old.incidents.get(id).copied(), self.new.incidents.get(id).copied());
        let Some(row) = new_row.or(old_row) else { return Vec::new() };
        let mut branches = self.old.branches(row);
        branches.append(&mut self.new.branches(row));
        let parts = branches.iter().filter(|_| branches.len() > 1).map(|&branch| Part::On(branch));
        let cases: Vec<Case<'o>> = parts.filter_map(|part| self.case(old_row, new_row, part)).collect();
        if cases.is_empty() { self.case(old_row, new_row, Part::All).into_iter().collect() } else { cases }
    }

    fn case(
        &self,
        old_row: Option<&'o IncidentRow>,
        new_row: Option<&'o IncidentRow>,
        part: Part<'o>,
    ) -> Option<Case<'o>> {
        let row = new_row.or(old_row)?;
        let mut beside = self.old.beside(part);
        let (mut old_history, new_history) = (self.old.history(row, beside), self.new.history(row, part));
        // A branch of a few runs that never saw it fail knows less than the branch that it comes from.
        if old_history.happened().next().is_none() && self.old.runs_of(beside) < LEAST_OF_BRANCH {
            beside = self.old.main_line;
            old_history = self.old.history(row, beside);
        }
        let is_known = old_history.happened().next().is_some();
        let is_late = |run: &u32| self.old.has_without_failure(&self.new.run_id(*run), row.names());
        let late: BTreeSet<u32> = new_history.happened().filter(|_| self.is_like).filter(is_late).collect();
        // Of what fails as before, runs that count since they failed would make the rate of the new ones look higher.
        let counts_late = !is_known || old_history.is_set_aside();
        let is_new_run = |run: u32| self.is_compared.get(run as usize) == Some(&true);
        let compared = |run: u32| is_new_run(run) || counts_late && late.contains(&run);
        let failed: Vec<u32> = new_history.happened().filter(|run| is_new_run(*run) || late.contains(run)).collect();
        if !is_known && failed.is_empty() {
            return None;
        }
        let ran = if !failed.is_empty() {
            Some(true)
        } else if new_history.is_listed {
            Some(new_history.ran.iter().any(|&run| compared(run)))
        } else {
            // Not among all scenarios: it did not run. Not among some of them: it may have passed.
            (self.new.output.unlisted == 0).then_some(false)
        };
        let was_fixed = old_row.is_some_and(|row| self.old.verdict(row, beside) == Some(Verdict::Fixed));
        let verdict = new_row.and_then(|row| self.new.verdict(row, part));
        // Who holds all runs has judged them, with all that is known of them.
        let holds_all = || {
            let mut old = old_history.present().into_iter().map(|run| self.old.run_id(run));
            old.all(|run| self.new.places.contains_key(run.as_str()))
        };
        let away = || {
            let merged = Merged::new((self.old, &old_history), (self.new, &new_history), compared);
            let came_back = || merged.is_relapse() && (verdict == Some(Verdict::Relapsed) || !holds_all());
            let absence = merged.absence().filter(|&(since, _)| since > 0)?;
            let proof = if came_back() { Proof::Relapsed } else { was_fixed.then_some(Proof::Reopened)? };
            Some((absence, proof))
        };
        // Of most incidents nothing failed in the new runs.
        let away = if is_known && old_history.is_listed && !failed.is_empty() { away() } else { None };
        let (away, proof) = away.unzip();
        // The change is the scenario's: of one that fails in several ways it may be another's.
        let is_own = || new_row.is_some_and(|row| self.new.only_row(row, part).is_some());
        let regressed = new_history.changed.filter(|&run| verdict == Some(Verdict::Regressed) && is_new_run(run));
        let regressed_at = regressed.filter(|_| is_own());
        let since = |change| old_history.counts(|run| self.old.is_since(run, change));
        Some(Case {
            row,
            part,
            also_on: Vec::new(),
            beside,
            is_known,
            new_row,
            verdict,
            was_fixed,
            regressed_at,
            old: old_history.counts(|_| true),
            since_change: old_history.changed.map(|change| (since(change), change)),
            new: new_history.counts(compared),
            failed: self.new.newest_first(failed),
            late: self.new.newest_first(late.into_iter().collect()),
            ran,
            away,
            proof,
            p: None,
            q: None,
            is_set_aside: old_history.is_set_aside(),
            clean: self.new.since_last_failure(&new_history),
            new_history,
        })
    }

    /// The runs that both hold, in which an incident happened by what the baseline has and its scenario failed in no way by what
    /// the new sweep does: their records were replaced, or are gone.
    pub(super) fn replaced(&self, incident: &'o IncidentRow) -> Vec<&'o str> {
        let (old, new) = (self.old, self.new);
        let names = incident.names();
        let window = new.output.window.clone().unwrap_or_default();
        let is_known = !new.rows(incident).is_empty() || new.has_failed(names);
        let failed = old.incidents.get(incident.incident_id.as_str()).map(|row| &row.failed_in);
        let failed = failed.filter(|_| self.is_like && is_known).into_iter().flat_map(RunRanges::iter);
        failed
            .filter_map(|run| old.output.runs.get(run as usize))
            .filter(|run| window.begins_by(run.first_unix_ms) && new.has_without_failure(&run.id, names))
            .map(|run| run.id.as_str())
            .collect()
    }

    /// Whether its scenario fails always in what is left of its runs, which then show no regression, and the baseline knows of
    /// one, or knew.
    pub(super) fn is_regressed_before(&self, case: &Case<'_>) -> bool {
        const ALWAYS: [Verdict; 4] =
            [Verdict::Deterministic, Verdict::EnvDependent, Verdict::SeedDependent, Verdict::RevisionDependent];
        let fails_always =
            self.new.part_rows(case.row, case.part).any(|row| row.verdict.is_some_and(|it| ALWAYS.contains(&it)));
        let mut before = self.old.part_rows(case.row, case.beside);
        let knew = || {
            let earlier = self.old.output.comparison.iter().flat_map(|comparison| &comparison.changes);
            earlier.filter(|change| change.regressed_before).any(|change| change.names() == case.row.names())
        };
        fails_always
            && (before.any(|row| row.verdict.is_some_and(|verdict| verdict.is_regressed_for_good(row.label))) || knew())
    }
}

impl Case<'_> {
    pub(super) fn fails(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Whether the baseline does not know it, or only where everything failed, and it fails by itself now.
    pub(super) fn is_new(&self) -> bool {
        !self.is_known || self.is_set_aside && self.new.failed_runs > 0
    }

    /// The counts of the baseline that the new ones are held to.
    pub(super) fn base(&self) -> Counts {
        self.since_change.map_or(self.old, |(counts, _)| counts)
    }

    /// Whether the new sweep's verdict is that it is fixed, or was the baseline's, where the new one holds nothing of it any
    /// more.
    fn is_fixed(&self) -> bool {
        self.verdict == Some(Verdict::Fixed) || self.new_row.is_none() && self.was_fixed
    }

    pub(super) fn kind(&self) -> ChangeKind {
        match (self.fails(), self.ran) {
            // Its last failure may lie before the new runs or in them: what is over is over.
            (true, _) | (false, Some(true)) if self.is_fixed() => ChangeKind::Resolved,
            (true, _) if self.is_new() => ChangeKind::New,
            (true, _) if self.away.is_some() => ChangeKind::Returned,
            (true, _) if self.is_more_often() || self.regressed_at.is_some() => ChangeKind::Worsened,
            (true, _) => ChangeKind::Recurring,
            (false, Some(true)) => ChangeKind::Quiet,
            (false, _) => ChangeKind::Absent,
        }
    }

    /// Whether it is shown to fail in more of the runs.
    pub(super) fn is_more_often(&self) -> bool {
        self.q.is_some_and(|q| q <= LEVEL)
    }

    /// Failing runs of all, in the new sweep and in the old one, where these can be compared.
    pub(super) fn levels(&self) -> Option<(Level, Level)> {
        let level = |counts: Counts| Level::new(counts.failed_runs, counts.runs?);
        let fails_in_new_runs = self.failed.len() > self.late.len();
        Some((level(self.new)?, level(self.base())?)).filter(|_| fails_in_new_runs && !self.is_new())
    }
}
