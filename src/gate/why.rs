//! Each change in a sentence with its numbers.

use super::change::{ChangeKind, Counts};
use super::compare::{Case, Pair};
use crate::incident::IncidentRow;

/// Why an incident's change is of its kind.
pub(super) fn why<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow, kind: ChangeKind) -> String {
    match kind {
        ChangeKind::New => format!("{}; {}", failed(case.new, "new"), unknown_before(pair, case)),
        ChangeKind::Returned => {
            let since = case.away.map_or_else(String::new, |(since, run)| {
                format!(", after {since} runs of its scenario without it since {}", pair.old.run_id(run))
            });
            format!("{}{since}", failed(case.new, "new"))
        }
        ChangeKind::Worsened => format!("{}: more often {}", both(case), test(case)),
        ChangeKind::Recurring => format!("{}{}", both(case), no_more_often(case)),
        ChangeKind::Quiet => format!("{}; {}", without(case), what_it_takes(pair, case, row)),
        ChangeKind::Resolved => {
            let clean = pair.new.only_row(row).and_then(|row| Some((row.clean_runs, row.clean_runs_needed.k95?)));
            let shown = clean.map_or_else(
                || "the new sweep's verdict is that it is fixed".to_owned(),
                |(clean, needed)| format!("{clean} clean in all, and {needed} show a fix at 95 %"),
            );
            format!("{}; {shown}", without(case))
        }
        ChangeKind::Absent => absent(case),
    }
}

fn runs(number: u64, which: &str) -> String {
    format!("{number} {which}run{}", if number == 1 { "" } else { "s" })
}

fn failed(counts: Counts, which: &str) -> String {
    let which = format!("{which} ");
    let aside = runs(counts.set_aside_runs, "mass-failure ");
    let were = if counts.set_aside_runs == 1 { "was" } else { "were" };
    if counts.failed_runs == 0 && counts.set_aside_runs > 0 {
        return format!("failed only in {aside} that {were} set aside");
    }
    let of = match counts.runs {
        Some(all) => format!("failed in {} of {}", counts.failed_runs, runs(all, &which)),
        None => format!("failed in {}", runs(counts.failed_runs, &which)),
    };
    if counts.set_aside_runs > 0 { format!("{of}, and in {aside} that {were} set aside") } else { of }
}

fn both(case: &Case<'_>) -> String {
    format!("{}, before {}", failed(case.new, "new"), failed(case.old, "baseline").trim_start_matches("failed "))
}

fn test(case: &Case<'_>) -> String {
    let shown = |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.2e}"));
    format!("(p {}, q {})", shown(case.p), shown(case.q))
}

fn no_more_often(case: &Case<'_>) -> String {
    match (case.p, case.q) {
        (None, _) => "; not tested, since not both sweeps list its scenario's runs".to_owned(),
        (Some(p), None) => format!("; however these counts fell, they could not show a rise (p {p:.2e})"),
        (Some(_), Some(_)) => format!("; not shown to have risen {}", test(case)),
    }
}

fn unknown_before(pair: &Pair<'_>, case: &Case<'_>) -> String {
    match case.old.runs {
        Some(0) => "its scenario is listed in the baseline without a counted run".to_owned(),
        Some(all) => format!("its scenario had {} without it", runs(all, "baseline ")),
        None if pair.old.output.unlisted == 0 => "its scenario did not run in the baseline".to_owned(),
        None => "its scenario did not fail in the baseline, or did not run there".to_owned(),
    }
}

fn without(case: &Case<'_>) -> String {
    format!("its scenario had {} without it", runs(case.new.runs.unwrap_or(0), "new "))
}

/// What a quiet incident lacks to be resolved.
fn what_it_takes<'o>(pair: &Pair<'o>, case: &Case<'o>, row: &'o IncidentRow) -> String {
    let Some(in_new) = case.new_row else {
        let asked = pair.old.only_row(row).and_then(|row| Some((row.clean_runs, row.clean_runs_needed.k95?)));
        let asked = asked.map_or_else(String::new, |(clean, needed)| {
            format!("; the baseline ended with {clean} clean and asks for {needed}")
        });
        return format!(
            "the new sweep holds none of its failures and cannot judge it, so sweep old and new runs together{asked}"
        );
    };
    let row = pair.new.only_row(row);
    let more = row.and_then(|row| row.clean_runs_needed.k95?.checked_sub(row.clean_runs)).filter(|&more| more > 0);
    match (more, in_new.verdict) {
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
        Some(_) if case.new_history.is_listed => "its scenario was not counted in any new run".to_owned(),
        Some(_) => "its scenario did not run: the new sweep lists every scenario, and not this one".to_owned(),
    }
}
