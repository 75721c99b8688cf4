//! What scenarios do in the newest runs.

use std::collections::BTreeSet;

use super::runs::{RunPlaces, stretches};
use crate::recurrence::{Kind, Label, Recurrence, ScenarioJudgement, Verdict};
use crate::text::inert::inert;
use crate::text::terminal::{count, plural};

/// Counted runs that are lately.
const LATELY: usize = 20;

/// Whether a scenario failed in the newest run that it was in.
pub(super) fn fails_now(row: &ScenarioJudgement) -> bool {
    // The last stretch of the counted runs.
    !row.stale && row.history.bytes().rev().find(|byte| !byte.is_ascii_digit()) == Some(b'F')
}

/// Failed ones, and all, of the last 20 counted runs.
pub(super) fn lately(row: &ScenarioJudgement) -> (usize, usize) {
    let (mut failed, mut all) = (0, 0);
    let history: Vec<(char, usize)> = stretches(&row.history).collect();
    for &(mark, times) in history.iter().rev() {
        let times = times.min(LATELY - all);
        all += times;
        failed += if mark == 'F' { times } else { 0 };
    }
    (failed, all)
}

/// The same of several scenarios: those of the one that failed most.
pub(super) fn most_lately(rows: &[&ScenarioJudgement]) -> String {
    let (failed, all) = rows.iter().map(|row| lately(row)).max().unwrap_or_default();
    format!("each at most {failed} of the last {}", plural(all as u64, "run"))
}

/// All of a sweep in some words: what fails now, what came back or is new, what is flaky; empty where nothing failed.
pub(super) fn in_words(recurrence: &Recurrence) -> String {
    let live = || recurrence.scenarios.iter().filter(|row| row.standing.is_live());
    let number = |is_meant: &dyn Fn(&&ScenarioJudgement) -> bool| live().filter(is_meant).count() as u64;
    let parts = [
        (number(&|row| fails_now(row)), "fail now"),
        (number(&|row| row.judged.verdict == Verdict::Relapsed), "came back"),
        (number(&|row| row.judged.verdict == Verdict::NewFailure), "new"),
        (number(&|row| row.judged.kind == Kind::Flaky), "flaky"),
    ];
    let is_any = recurrence.scenarios.iter().any(|row| row.judged.kind != Kind::None);
    let first = if is_any && parts[0].0 == 0 { vec!["none fails now".to_owned()] } else { Vec::new() };
    let told =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{} {what}", count(*number)));
    first.into_iter().chain(told).collect::<Vec<_>>().join(", ")
}

/// What scenarios do in the newest runs of a sweep.
#[derive(Debug)]
pub(super) struct Nowadays<'r> {
    recurrence: &'r Recurrence,
    places: RunPlaces<'r>,
}

impl<'r> Nowadays<'r> {
    pub(super) fn new(recurrence: &'r Recurrence) -> Self {
        Self { recurrence, places: RunPlaces::new(recurrence) }
    }

    /// Failed ones, and all, of the counted runs from one on.
    fn since(&self, row: &ScenarioJudgement, run: &str) -> (u64, u64) {
        let first = self.places.of(run);
        let bits = stretches(&row.history).flat_map(|(mark, times)| std::iter::repeat_n(mark == 'F', times));
        let behind = row.ran_in.iter().zip(bits).filter(|(place, _)| *place >= first);
        behind.fold((0, 0), |(failed, all), (_, bit)| (failed + u64::from(bit), all + 1))
    }

    /// What there is to know of its failures, in a clause.
    pub(super) fn facts(&self, row: &ScenarioJudgement) -> String {
        let change = row.changepoints.last().map(|change| change.run.as_str());
        let back = row.past.relapse.as_ref().filter(|_| row.judged.verdict == Verdict::Relapsed);
        if let Some(back) = back {
            let (failed, all) = self.since(row, &back.since_run);
            let times = plural(back.times_before, "outage");
            return format!(
                "since {}, {failed} of {}, after {times} before",
                inert(&back.since_run, 40),
                plural(all, "run")
            );
        }
        match (row.judged.verdict, row.judged.kind, change) {
            (Verdict::Regressed, _, Some(run)) => {
                let (failed, all) = self.since(row, run);
                format!("since {}, {failed} of {}", inert(run, 40), plural(all, "run"))
            }
            (Verdict::NewFailure, ..) => {
                let last = match row.recurrence.streak {
                    1 => "last run".to_owned(),
                    streak => format!("last {}", plural(streak, "run")),
                };
                let again = if row.judged.label == Some(Label::Again) { "again: " } else { "" };
                format!("{again}its {last}, of {}", count(row.runs))
            }
            (_, Kind::Flaky, _) => {
                let (failed, all) = lately(row);
                let whole = if row.runs > all as u64 {
                    format!(", {} of {} in all", count(row.failed_runs), count(row.runs))
                } else {
                    String::new()
                };
                format!("{failed} of the last {}{whole}", plural(all as u64, "run"))
            }
            _ => {
                let confined = row
                    .confined_to
                    .first()
                    .map_or_else(String::new, |level| format!(", only with {}", inert(level, 40)));
                format!("{} of {}{confined}", count(row.failed_runs), plural(row.runs, "run"))
            }
        }
    }

    /// Where what fails now was seen.
    pub(super) fn title(&self) -> String {
        let branches: BTreeSet<Option<&str>> = self.recurrence.runs.iter().map(|run| run.branch.as_deref()).collect();
        match self.recurrence.runs.last() {
            Some(run) if branches.len() < 2 => format!("fail now, in {}", inert(&run.id, 60)),
            _ => "fail now, in the newest run of their branch".to_owned(),
        }
    }
}
