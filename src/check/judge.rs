//! Which failures of a fresh result are known.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::chance::{is_worse, more_failures, of_failing_all};
use super::checked::{Checked, Failure, Past, Rerun};
use super::fresh::{Fresh, attempts};
use super::history::{History, Signed};
use super::known::Known;
use super::why::{Told, why};
use crate::analysis::Analysis;
use crate::diff::Output;
use crate::incident::IncidentRow;
use crate::recurrence::{FixState, Kind, RunRow, Verdict};
use crate::stats::interval::jeffreys_95;
use crate::stats::planning::replays_needed;
use crate::text::number::Rounded;
use crate::text::terminal::{count, plural};

/// Known flakes that are many, and runs of the history from which on so many at once are judged: one in twenty.
const LEAST_AT_ONCE: u64 = 3;
const LEAST_RUNS: u64 = 19;
/// The greatest rate that a new failure may have as a flake, where replays are to tell.
const AT_MOST_ONE_IN_TWO: f64 = 0.5;

/// A base branch of which the history has no run.
#[derive(Debug, Error)]
#[error("failed to find the base branch `{asked}` in the history; its runs are of {}", if there.is_empty() { "no named branch".to_owned() } else { there.join(", ") })]
pub struct UnknownBase {
    /// The branch.
    pub asked: String,
    /// Those that there are.
    pub there: Vec<String>,
}

/// Looks up each failure of a fresh result, judged with every run kept, in an earlier sweep's output. `base`: the branch
/// that it is looked up on, else the main line.
///
/// # Errors
/// When no run of the output is of that branch.
pub fn check(fresh: &Analysis, old: &Output, base: Option<&str>) -> Result<Checked, UnknownBase> {
    let history = History::new(old, base, &fresh.recurrence.runs).map_err(|there| UnknownBase {
        asked: base.unwrap_or_default().to_owned(),
        there: there.into_iter().map(str::to_owned).collect(),
    })?;
    let attempts = attempts(&fresh.recurrence.scenarios);
    let failure = |incident| one(&history, incident, &attempts);
    let mut failures: Vec<Failure> = fresh.incidents.incidents.iter().map(failure).collect();
    at_once(&history, &mut failures);
    failures.sort_by(|a, b| {
        let key = |failure: &Failure| (!failure.stops, failure.known, failure.severity.rank());
        key(a).cmp(&key(b)).then_with(|| a.reason_code.cmp(&b.reason_code)).then_with(|| a.names().cmp(&b.names()))
    });
    let failed: BTreeSet<[&str; 4]> = failures.iter().map(Failure::names).collect();
    Ok(Checked {
        schema_version: "relapse-check-v1",
        passes: failures.iter().all(|failure| !failure.stops),
        base_runs: history.runs,
        newest_run: history.newest.map(str::to_owned),
        base: history.base.map(str::to_owned),
        scenarios: fresh.incidents.scenarios,
        failed_scenarios: failed.len() as u64,
        warnings: warnings(&history, fresh),
        failures,
    })
}

/// More known flakes in one result than ever failed in one run are no flakes: of `n` runs alike and one more, the last has the most
/// with a chance of one in `n + 1`.
fn at_once(history: &History<'_>, failures: &mut [Failure]) {
    let flaky: BTreeSet<[String; 4]> = failures
        .iter()
        .filter(|failure| failure.known == Known::Flaky)
        .map(|failure| failure.names().map(str::to_owned))
        .collect();
    let (number, most) = (flaky.len() as u64, history.most_flaky_at_once());
    if number < LEAST_AT_ONCE || number <= most || history.runs < LEAST_RUNS {
        return;
    }
    for failure in failures.iter_mut().filter(|failure| failure.known == Known::Flaky) {
        failure.known = Known::Worse;
        failure.stops = true;
        let told =
            format!("; {} fail at once here, at most {} in any run before", plural(number, "flake"), count(most));
        failure.why += &told;
    }
}

fn warnings(history: &History<'_>, fresh: &Analysis) -> Vec<String> {
    let mut warnings = Vec::new();
    if history.runs == 0 {
        warnings.push("the history has no run of the base branch: every failure is new".to_owned());
    }
    if let Some(run) = history.holds_result() {
        warnings.push(format!(
            "the history holds `{run}`, a run of this result: what failed in it counts as never seen, but its verdicts rest on it, too"
        ));
    }
    let is_base = |run: &RunRow| run.branch.is_some() && run.branch.as_deref() == history.base;
    if history.has_other_branches() && fresh.recurrence.runs.iter().any(is_base) {
        let base = history.base.unwrap_or_default();
        warnings
            .push(format!("the result is of {base} itself, the branch that it is looked up on; --base names another"));
    }
    let (old, new) = (&history.output.taxonomy, &fresh.incidents.taxonomy);
    let is_other = |name: &str| !old.split(", ").any(|known| known == name);
    if !old.is_empty()
        && !fresh.incidents.incidents.is_empty()
        && new.split(", ").any(|name| !name.is_empty() && is_other(name))
    {
        warnings.push(format!(
            "the history was classified by {old}, this result by {new}: what is of another class there is new here"
        ));
    }
    // A result that broke off, or of a part of the tests, says nothing of the others.
    let (ran, known) = (fresh.incidents.scenarios, history.tests());
    if ran * 2 < known {
        let ran = plural(ran, "test");
        warnings
            .push(format!("the result has {ran} of {} in the history: nothing is known of the others", count(known)));
    }
    warnings
}

fn one(history: &History<'_>, incident: &IncidentRow, attempts: &BTreeMap<[&str; 4], Fresh>) -> Failure {
    let none = Fresh::default();
    let fresh = attempts.get(&incident.names()).unwrap_or(&none);
    let signed = history.signed(incident.names(), &incident.incident_id);
    let failed = incident.occurrences;
    let tries = fresh.attempts.max(failed);
    // It passed, or failed otherwise, when it was tried again.
    let in_a_row = if fresh.failed_attempts < fresh.attempts { 0 } else { failed };
    let known = known(history, incident, signed.as_ref(), fresh);
    let past = signed.as_ref().filter(|signed| !signed.failed.is_empty()).map(|signed| past(history, signed));
    let is_of_a_rate = matches!(known, Known::Flaky | Known::Worse);
    let rate = past.as_ref().filter(|_| is_of_a_rate).map(|past| (past.failed_runs, past.runs));
    let chance = rate.filter(|_| in_a_row > 0).map(|(x, n)| of_failing_all(x, n, in_a_row));
    let told = Told { history, incident, signed: signed.as_ref(), past: past.as_ref(), in_a_row, tries, chance, fresh };
    let said = |role: &str| Some(incident.told.as_ref()?.get(role)?.as_str()?.to_owned());
    Failure {
        known,
        stops: known.stops(),
        why: why(known, &told),
        packet_id: incident.packet_id.clone(),
        suite_id: incident.suite_id.clone(),
        scenario_id: incident.scenario_id.clone(),
        mode: incident.mode.clone(),
        incident_id: incident.incident_id.clone(),
        class: incident.class.clone(),
        severity: incident.severity,
        reason_code: incident.reason_code.clone(),
        message: said("message"),
        owner_hint: incident.owner_hint.clone(),
        file: said("file"),
        attempts: tries,
        failed_attempts: failed,
        chance: chance.map(Rounded),
        ticket: signed.as_ref().and_then(|signed| Some(signed.row.planned_fix.as_ref()?.ticket.clone())),
        rerun: Rerun { command: incident.replay_command.clone(), ..rerun(known, rate, failed, tries) },
        past,
    }
}

fn known(history: &History<'_>, incident: &IncidentRow, signed: Option<&Signed<'_>>, fresh: &Fresh) -> Known {
    if incident.verdict.is_none() {
        return Known::Infrastructure;
    }
    let Some(signed) = signed.filter(|signed| !signed.failed.is_empty()) else {
        return match history.incident(&incident.incident_id) {
            Some(seen) if seen.failed_in.is_empty() || !history.other_branches(seen).is_empty() => Known::Elsewhere,
            _ if history.has_test(incident.names()) || !history.knows_tests() => Known::New,
            _ => Known::UnknownTest,
        };
    };
    let own = signed.signature.and_then(|signature| signature.verdict.zip(signature.kind));
    let Some((verdict, kind)) = own.or(signed.row.verdict.zip(signed.row.kind)) else { return Known::SeenOnce };
    let is_mended = |state| matches!(state, FixState::Waiting | FixState::Proven);
    if signed.row.planned_fix.as_ref().is_some_and(|fix| is_mended(fix.state)) {
        return Known::CameBack;
    }
    if fresh.clean_environment(signed.row).is_some() {
        return Known::Elsewhere;
    }
    let fails_now = !signed.row.stale && signed.failed.last() == signed.ran.last();
    match (verdict, kind) {
        (
            Verdict::Fixed
            | Verdict::Quiet
            | Verdict::Recovered
            | Verdict::NotRerun
            | Verdict::Masked
            | Verdict::SetAside
            | Verdict::NoFailure,
            _,
        ) => Known::CameBack,
        (_, Kind::Deterministic) => Known::Deterministic,
        (Verdict::FlakySuspected, _) if signed.failed.len() < 2 => Known::SeenOnce,
        (_, Kind::Flaky) => {
            let (failed, runs) = of_now(history, signed);
            if is_worse(failed, runs, incident.occurrences, fresh.attempts) { Known::Worse } else { Known::Flaky }
        }
        _ if fails_now || verdict == Verdict::SeedUnidentifiable && signed.failed.len() > 1 => Known::OnBase,
        _ => Known::SeenOnce,
    }
}

/// Failed runs of those since the rate of the scenario last changed; of all, where it did not, or did not fail so since.
fn of_now(history: &History<'_>, signed: &Signed<'_>) -> (u64, u64) {
    let since =
        signed.row.changepoints.last().and_then(|change| signed.ran.iter().find(|&&run| history.id(run) == change.run));
    let count = |runs: &[u32]| runs.iter().filter(|&&run| since.is_none_or(|since| run >= *since)).count() as u64;
    match (count(&signed.failed), count(&signed.ran)) {
        (0, _) => (signed.failed.len() as u64, signed.ran.len() as u64),
        now => now,
    }
}

fn past(history: &History<'_>, signed: &Signed<'_>) -> Past {
    let (failed_runs, runs) = of_now(history, signed);
    let rate = jeffreys_95(failed_runs, runs).map(|rate| [Rounded(rate.low), Rounded(rate.high)]);
    let own = signed.signature;
    let changed = signed.row.changepoints.last().map(|change| change.run.clone());
    Past {
        verdict: own.and_then(|own| own.verdict).or(signed.row.verdict),
        label: own.and_then(|own| own.label).or(signed.row.label),
        runs,
        failed_runs,
        rate_95: rate,
        newest_failed_runs: history.named(&signed.failed),
        clean_runs: signed.clean(),
        since_run: changed.or_else(|| signed.failed.first().map(|&run| history.id(run).to_owned())),
    }
}

fn rerun(known: Known, rate: Option<(u64, u64)>, failures: u64, attempts: u64) -> Rerun {
    let of = |times: Option<u64>, meaning: String| Rerun { command: None, times, meaning };
    match known {
        Known::Flaky | Known::Worse => {
            let more = rate.and_then(|(failed, runs)| more_failures(failed, runs, failures, attempts));
            let beyond = more.map_or_else(String::new, |more| {
                format!("; {} in a row would be no flake of that rate any more", plural(more, "more failure"))
            });
            of(more, format!("a pass shows the flake again{beyond}"))
        }
        Known::Deterministic | Known::OnBase => {
            of(Some(1), "a pass would be news, since it fails on the base branch".to_owned())
        }
        Known::Infrastructure => of(Some(1), "it says nothing of the test until it runs".to_owned()),
        _ => {
            let times = replays_needed(AT_MOST_ONE_IN_TWO);
            let all = times.unwrap_or_default();
            let meaning = format!(
                "failing {all} of {all} times rules out, at 95 %, a flake that fails one time in two or less; a pass shows a flake"
            );
            of(times, meaning)
        }
    }
}
