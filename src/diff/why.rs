//! Each change in a sentence with its numbers.

use super::case::{Case, Pair};
use super::change::{ChangeKind, Counts};
use super::history::Part;
use crate::incident::IncidentRow;
use crate::recurrence::{FixState, UNKNOWN_BRANCH};
use crate::text::terminal::listed;

/// Clean runs that are worth a word.
const SOME: usize = 3;
/// Branches that are named.
const NAMED: usize = 4;

/// Why an incident's change is of its kind.
pub(super) fn why<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow, kind: ChangeKind) -> String {
    let where_ = on(case.part);
    let why = match kind {
        ChangeKind::New => {
            let (before, elsewhere) = (unknown_before(pair, case), known_elsewhere(pair, case, row));
            let which = if case.failed.len() == case.late.len() { "" } else { "new " };
            format!("{}{}; {before}{elsewhere}", failed(case.new, which), late(pair, case))
        }
        ChangeKind::Returned => {
            format!("{}{}", failed(case.new, "new "), away(pair, case).unwrap_or_default())
        }
        ChangeKind::Worsened => {
            let more = if case.is_more_often() {
                format!("more often {}", test(case))
            } else {
                let at = case.regressed_at.map(|run| pair.new.run_id(run)).unwrap_or_default();
                format!("its scenario regressed at {at}")
            };
            format!("{}: {more}{}", both(pair, case), clean_now(pair, case))
        }
        ChangeKind::Recurring => format!("{}{}{}", both(pair, case), no_more_often(case), clean_now(pair, case)),
        ChangeKind::Quiet => format!("{}; {}", without(case), what_it_takes(pair, case, row)),
        ChangeKind::Resolved => {
            let failed = if case.fails() { format!("{}; ", both(pair, case)) } else { String::new() };
            let since = since(pair, case).map_or_else(|| without(case), |since| format!("fixed since {since}"));
            let gone = case.new_row.is_none();
            let judged = if gone { pair.old.only_row(row, case.beside) } else { pair.new.only_row(row, case.part) };
            let clean = judged.and_then(|row| Some((row.clean_runs, row.clean_runs_needed.k95?)));
            let planned = judged.and_then(|row| row.planned_fix.as_ref()).filter(|fix| fix.is_shown());
            let shown = match (clean, gone) {
                _ if let Some(fix) = planned => {
                    format!("{} clean since its fix ({}), which holds", fix.clean_runs, fix.ticket)
                }
                (Some((clean, needed)), false) => format!("{clean} clean in all, and {needed} show a fix at 95 %"),
                (Some((clean, needed)), true) => {
                    format!("the baseline ended with {clean} clean, and {needed} show a fix at 95 %")
                }
                (None, false) => "the new sweep's verdict is that it is fixed".to_owned(),
                (None, true) => "the baseline's verdict is that it is fixed".to_owned(),
            };
            format!("{failed}{since}; {shown}")
        }
        ChangeKind::Absent => absent(case),
    };
    let also = case.also_on.iter().map(|part| part.branch().unwrap_or(UNKNOWN_BRANCH));
    let also = if case.also_on.is_empty() { String::new() } else { format!("; the same on {}", listed(also, NAMED)) };
    where_ + &why + &not_held(pair, case, row) + &also
}

/// That its scenario failed since a fix that was named.
fn not_held<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow) -> String {
    let fix = pair.new.only_row(row, case.part).and_then(|row| row.planned_fix.as_ref());
    match fix.and_then(|fix| Some((fix, fix.failed_run.as_ref()?))) {
        Some((fix, run)) if case.fails() && fix.state == FixState::Failed => {
            format!("; its fix ({}, since {}) did not hold: it failed in {run}", fix.ticket, fix.since_run)
        }
        _ => String::new(),
    }
}

/// Where the runs of a part are, for before what happened there.
fn on(part: Part<'_>) -> String {
    match part {
        Part::All => String::new(),
        Part::On(Some(branch)) => format!("on {branch} "),
        Part::On(None) => "in runs of no known branch ".to_owned(),
    }
}

/// The same of the baseline's runs, where these are of another branch.
fn beside(case: &Case<'_>) -> String {
    if case.beside == case.part { String::new() } else { on(case.beside) }
}

fn runs(number: u64, which: &str) -> String {
    format!("{number} {which}run{}", if number == 1 { "" } else { "s" })
}

fn failed(counts: Counts, which: &str) -> String {
    let aside = runs(counts.set_aside_runs, "mass-failure ");
    let were = if counts.set_aside_runs == 1 { "was" } else { "were" };
    if counts.is_set_aside() {
        return format!("failed only in {aside} that {were} set aside");
    }
    let of = match counts.runs {
        Some(all) => format!("failed in {} of {}", counts.failed_runs, runs(all, which)),
        None => format!("failed in {}", runs(counts.failed_runs, which)),
    };
    if counts.set_aside_runs > 0 { format!("{of}, and in {aside} that {were} set aside") } else { of }
}

/// The first run without it after its last failure, and how many there are.
fn since(pair: &Pair<'_>, case: &Case<'_>) -> Option<String> {
    let first = case.clean.first()?;
    Some(format!("{}, {} without it", pair.new.run_id(*first), runs(case.clean.len() as u64, "")))
}

/// That it did not fail in its scenario's last runs, where these are some.
fn clean_now(pair: &Pair<'_>, case: &Case<'_>) -> String {
    since(pair, case)
        .filter(|_| case.clean.len() >= SOME)
        .map_or_else(String::new, |since| format!("; clean since {since}, which does not show a fix yet"))
}

fn both(pair: &Pair<'_>, case: &Case<'_>) -> String {
    if !case.is_known {
        return format!("{}, and the baseline does not know it", failed(case.new, "new "));
    }
    let before = failed(case.old, "baseline ");
    let before = format!("before {}{}", beside(case), before.trim_start_matches("failed "));
    let since = case.since_change.and_then(|(counts, run)| {
        let (failed, all) = (counts.failed_runs, counts.runs?);
        Some(format!(", of these in {failed} of {all} since its rate changed at {}", pair.old.run_id(run)))
    });
    let (now, late) = (failed(case.new, "new "), late(pair, case));
    format!("{now}{late}{} {before}{}", if late.is_empty() { "," } else { ";" }, since.unwrap_or_default())
}

fn test(case: &Case<'_>) -> String {
    let shown = |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), chance);
    format!("(p {}, q {})", shown(case.p), shown(case.q))
}

/// A chance as people read it.
fn chance(value: f64) -> String {
    if value >= 0.001 { format!("{value:.3}") } else { format!("{value:.1e}") }
}

fn no_more_often(case: &Case<'_>) -> String {
    // Of runs that both failed in, in both: no chance tells more than that there is no rise.
    let rate = |counts: Counts| Some(counts.failed_runs as f64 / counts.runs? as f64);
    let is_rise = !matches!((rate(case.new), rate(case.base())), (Some(new), Some(old)) if new <= old);
    match (case.p, case.q) {
        (None, _) if case.new.failed_runs == 0 => String::new(),
        (None, _) => "; not tested, since not both sweeps list its scenario's runs".to_owned(),
        (Some(_), _) if !is_rise => "; no more often than before".to_owned(),
        (Some(p), None) => format!("; so few runs cannot show a rise (p {})", chance(p)),
        (Some(_), Some(_)) => format!("; not shown to have risen {}", test(case)),
    }
}

/// The runs among those that the baseline holds too.
fn late(pair: &Pair<'_>, case: &Case<'_>) -> String {
    let named = listed(case.late.iter().map(|&run| pair.new.run_id(run)), NAMED);
    let and = if case.is_new() { "" } else { "and " };
    if case.late.is_empty() { named } else { format!(", {and}by records that the baseline lacks of {named}") }
}

/// How many runs it stayed away, and since which.
fn away(pair: &Pair<'_>, case: &Case<'_>) -> Option<String> {
    let (all, last) = case.away?;
    let (beside, since) = (beside(case), pair.old.run_id(last));
    Some(format!(", after {} of its scenario {beside}without it since {since}", runs(all as u64, "")))
}

fn unknown_before(pair: &Pair<'_>, case: &Case<'_>) -> String {
    let on = on(case.beside);
    match case.old.runs {
        _ if case.is_set_aside => format!("in the baseline it {}", failed(case.old, "baseline ")),
        Some(0) => "its scenario is listed in the baseline without a counted run".to_owned(),
        Some(all) => format!("its scenario {}had {} without it", beside(case), runs(all, "baseline ")),
        None if pair.old.output.unlisted == 0 => format!("its scenario did not run {on}in the baseline"),
        None => format!("its scenario did not fail {on}in the baseline, or did not run there"),
    }
}

/// On which other branches the baseline has it.
fn known_elsewhere<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow) -> String {
    let branches = pair.old.failed_on(row);
    if case.part == Part::All || branches.is_empty() {
        return String::new();
    }
    let named = branches.iter().map(|branch| branch.unwrap_or(UNKNOWN_BRANCH));
    format!("; the baseline has it on {}", listed(named, NAMED))
}

fn without(case: &Case<'_>) -> String {
    format!("its scenario had {} without it", runs(case.new.runs.unwrap_or(0), "new "))
}

/// What a quiet incident lacks to be resolved.
fn what_it_takes<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow) -> String {
    if case.new_row.is_none() {
        let asked =
            pair.old.only_row(row, case.beside).and_then(|row| Some((row.clean_runs, row.clean_runs_needed.k95?)));
        let asked = asked.map_or_else(String::new, |(clean, needed)| {
            format!("; the baseline ended with {clean} clean and asks for {needed}")
        });
        let replaced = pair.replaced(row);
        let what = if replaced.is_empty() {
            "holds none of its failures and cannot judge it, so sweep old and new runs together".to_owned()
        } else {
            let (its, of) =
                (if replaced.len() == 1 { "its failure" } else { "its failures" }, listed(replaced.iter(), NAMED));
            format!("cannot judge it, since it holds {of} without {its}, as where a job was run again in place")
        };
        return format!("the new sweep {what}{asked}");
    }
    let row = pair.new.only_row(row, case.part);
    let planned = row.and_then(|row| row.planned_fix.as_ref()?.more());
    let more = row.and_then(|row| row.clean_runs_needed.k95?.checked_sub(row.clean_runs));
    let more = more.into_iter().chain(planned).min().filter(|&more| more > 0);
    match (more, case.verdict) {
        (Some(more), _) => format!("{} in a row would show a fix", runs(more, "more clean ")),
        (None, Some(verdict)) => format!("the new sweep's verdict is {}, not fixed", verdict.name()),
        (None, None) => "its class gets no verdict, so nothing calls it fixed".to_owned(),
    }
}

fn absent(case: &Case<'_>) -> String {
    match case.ran {
        None => "the new sweep does not list its scenario, which did not run or never failed there; --all lists every \
                 scenario, and tells"
            .to_owned(),
        Some(_) if case.new_history.is_listed => "its scenario was not counted in any new run that was judged".to_owned(),
        Some(_) => "its scenario was in none of the runs that were judged: the new sweep lists every scenario, and not this one".to_owned(),
    }
}
