//! Where a scenario ran: with its history, the bit of every run.

use super::*;

#[test]
fn runs_are_told_by_their_places_on_whatever_branch() {
    let mut tally = Tally::default();
    // Branches take turns run by run; every third run has no such scenario, and the seventh fails.
    for run in 0..30i64 {
        let (failed, scenario) = (run % 7 == 0, if run % 3 == 0 { "other" } else { "s" });
        let record = Record {
            time: START + run * HOUR,
            outcome: if failed { OutcomeKind::Fail } else { OutcomeKind::Pass },
            branch: Some(if run % 2 == 0 { "main" } else { "side" }),
            scenario,
            ..plain()
        };
        let failure = Failure { class: "c", ruling: "o", severity: 1, incident_only: false };
        tally.add(&record, &format!("run-{run:02}"), At { log: "l", part: 0, line: 1 }, failed.then_some(failure));
    }
    let judged =
        judge(&tally, &Clean::default(), &tally.run_order(i64::MAX), &Options { all: true, ..Options::default() });
    assert_eq!((judged.runs.len(), judged.scenarios.len()), (30, 4));
    for row in &judged.scenarios {
        let of_branch = (0..30).filter(|run| row.branch.as_deref() == Some(if run % 2 == 0 { "main" } else { "side" }));
        let expected: Vec<u32> = of_branch.filter(|run| (run % 3 == 0) == (row.scenario_id == "other")).collect();
        let ran = row.ran_in.iter().map(|place| judged.runs[place as usize].id.clone());
        assert_eq!(ran.collect::<Vec<_>>(), expected.iter().map(|run| format!("run-{run:02}")).collect::<Vec<_>>());
        let bits = expected.iter().map(|run| if run % 7 == 0 { 'F' } else { 'P' });
        assert_eq!(row.history, crate::text::run_length::run_length(bits));
    }
}

#[test]
fn runs_that_were_set_aside_are_in_neither() {
    let mut attempts = Vec::new();
    for run in 0..30 {
        for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
            attempts.push(Attempt { scenario: name, ..attempt(run, run == 12 || name == "a" && run == 20) });
        }
    }
    let judged = judged(&attempts);
    for row in &judged.scenarios {
        assert_eq!(
            (row.set_aside_runs.clone(), row.ran_in.to_string()),
            (vec!["run-0012".into()], "0-11,13-29".into())
        );
    }
}

/// By a run of 30 hours the next one stands behind its beginning, and before its end.
#[test]
fn a_run_of_more_than_a_day_is_told_where_others_began_meanwhile() {
    let warned = |hours: i64, branch: Option<&str>| {
        let mut tally = Tally::default();
        let mut see = |run: &str, hour: i64, branch| {
            let record = Record { time: START + hour * HOUR, outcome: OutcomeKind::Pass, branch, ..plain() };
            tally.add(&record, run, At { log: "l", part: 0, line: 1 }, None);
        };
        (0..=hours).for_each(|hour| see("run-1", hour, Some("main")));
        see("run-2", 20, branch);
        tally.run_order(i64::MAX).warnings.into_iter().find(|warning| warning.starts_with("runs of more than a day"))
    };
    let told = warned(30, Some("main")).unwrap();
    assert!(told.ends_with(": run-1 (2026-01-01T00:00Z to 2026-01-02T06:00Z)"), "{told}");
    assert_eq!((warned(24, Some("main")), warned(30, Some("side"))), (None, None));
}
