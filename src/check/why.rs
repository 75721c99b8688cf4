//! The sentence of a failure.

use super::checked::Past;
use super::fresh::Fresh;
use super::history::{History, Signed};
use super::known::Known;
use crate::incident::IncidentRow;
use crate::recurrence::{UNKNOWN_BRANCH, Verdict};
use crate::text::number::percent;
use crate::text::terminal::{count, listed, plural};

/// Ways to fail, and branches, that are named.
const NAMED: usize = 3;

/// What a sentence tells of.
pub(super) struct Told<'t> {
    pub(super) history: &'t History<'t>,
    pub(super) incident: &'t IncidentRow,
    pub(super) signed: Option<&'t Signed<'t>>,
    pub(super) past: Option<&'t Past>,
    /// Failures in a row, without a pass.
    pub(super) in_a_row: u64,
    pub(super) tries: u64,
    pub(super) chance: Option<f64>,
    pub(super) fresh: &'t Fresh,
}

/// Why a failure is known so, in one sentence without an end. It holds words of the logs.
pub(super) fn why(known: Known, told: &Told<'_>) -> String {
    let again = match told.fresh.attempts - told.fresh.failed_attempts.min(told.fresh.attempts) {
        0 => String::new(),
        passed => format!("; here {passed} of {} passed", plural(told.tries, "attempt")),
    };
    let said = match known {
        Known::New => told.never_so(),
        Known::UnknownTest => format!("its test is in no run of the history ({})", told.base()),
        Known::Elsewhere => told.elsewhere(),
        Known::Infrastructure => "a failure of the machine, not of the test: it says nothing of the change".to_owned(),
        Known::CameBack => told.came_back(),
        Known::SeenOnce => format!("{}, too few to tell what it is", told.failed()),
        Known::Flaky => format!("{}{}", told.failed(), told.by_chance("")),
        Known::Worse => format!("{}{}", told.failed(), told.by_chance(", which is more than that flake")),
        Known::OnBase => format!("{}, not proven to fail always", told.failed()),
        Known::Deterministic => told.deterministic(),
    };
    said + &again
}

impl Told<'_> {
    /// `200 runs of main`.
    fn base(&self) -> String {
        let of = self.history.base.map_or_else(String::new, |branch| format!(" of {branch}"));
        format!("{}{of}", plural(self.history.runs, "run"))
    }

    fn never_so(&self) -> String {
        let Some(signed) = self.signed else {
            return match self.history.incident(&self.incident.incident_id) {
                Some(_) => "it failed so only where a large part of everything failed".to_owned(),
                None => format!("it never failed in {}", self.base()),
            };
        };
        if self.history.incident(&self.incident.incident_id).is_some() {
            return "it failed so only where a large part of everything failed".to_owned();
        }
        let ways = signed.row.signatures.iter().filter(|way| way.failed_runs > 0);
        let ways: Vec<String> =
            ways.map(|way| format!("{} ({})", way.reason_code, plural(way.failed_runs, "run"))).collect();
        let ran = plural(signed.ran.len() as u64, "run");
        match ways.len() {
            0 => format!("it never failed in its {ran}"),
            _ => format!("it never failed so in its {ran}, only otherwise: {}", listed(ways.iter(), NAMED)),
        }
    }

    fn elsewhere(&self) -> String {
        if let Some((env, runs)) = self.signed.and_then(|signed| self.fresh.clean_environment(signed.row)) {
            let ran = if runs == 0 {
                "where it did not run before".to_owned()
            } else {
                format!("in {}", plural(runs, "run"))
            };
            return format!("it fails in other environments; in {env} it never did, {ran}");
        }
        let branches = self.history.incident(&self.incident.incident_id).map(|row| self.history.other_branches(row));
        let branches = branches.unwrap_or_default();
        let names: Vec<&str> = branches.iter().copied().filter(|name| *name != UNKNOWN_BRANCH).collect();
        if names.is_empty() {
            return format!("it failed so on branches that are not judged, and never in {}", self.base());
        }
        format!("it failed so on {}, and never in {}", listed(names.iter(), NAMED), self.base())
    }

    /// `12 of 200 runs failed so (95 %: 3.3 to 10 %), last run-196`.
    fn failed(&self) -> String {
        let Some(past) = self.past else { return String::new() };
        let between = past
            .rate_95
            .map_or_else(String::new, |[low, high]| format!(" (95 %: {} to {} %)", percent(low.0), percent(high.0)));
        let last = past.newest_failed_runs.first().map_or_else(String::new, |run| format!(", last {run}"));
        let since = match past.verdict {
            Some(Verdict::Regressed | Verdict::Relapsed) => {
                past.since_run.as_ref().map_or_else(String::new, |run| format!(" since {run}"))
            }
            _ => String::new(),
        };
        format!("{} of {} failed so{since}{between}{last}", count(past.failed_runs), plural(past.runs, "run"))
    }

    fn by_chance(&self, then: &str) -> String {
        let Some(chance) = self.chance else { return String::new() };
        let times = if self.in_a_row > 1 {
            format!("fails {} of {} times", self.in_a_row, self.in_a_row)
        } else {
            "fails here".to_owned()
        };
        format!("; by that rate it {times} with a chance of {} %{then}", percent(chance))
    }

    fn came_back(&self) -> String {
        let fix = self.signed.and_then(|signed| signed.row.planned_fix.as_ref());
        if let Some(fix) = fix {
            return format!(
                "a fix of it was named, {} since {}: it is not in this code, or does not hold",
                fix.ticket, fix.since_run
            );
        }
        let Some(past) = self.past else { return String::new() };
        let last = past.newest_failed_runs.first().map_or("", String::as_str);
        match past.verdict {
            Some(Verdict::Masked) => {
                format!("last seen in {last}; since then it failed otherwise, so that nobody knew whether it was gone")
            }
            verdict => {
                let word = verdict.map_or("over", Verdict::name);
                format!(
                    "it was {word}: it failed last in {last}, and passed in {} since",
                    plural(past.clean_runs, "run")
                )
            }
        }
    }

    fn deterministic(&self) -> String {
        let Some(past) = self.past else { return String::new() };
        let since = past.since_run.as_deref().unwrap_or_default();
        let now = match past.clean_runs {
            0 => String::new(),
            clean => format!(
                ", though it passed in the {} since {}",
                plural(clean, "run"),
                past.newest_failed_runs.first().map_or("", String::as_str)
            ),
        };
        format!("it fails since {since}: {} of {}{now}", count(past.failed_runs), plural(past.runs, "run"))
    }
}
