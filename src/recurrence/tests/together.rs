//! Groups, and what they ask of a fix.

use super::*;

/// Two that failed in the same five runs, and one of them once more.
fn two(runs: usize) -> Vec<Attempt<'static>> {
    let both = [2, 6, 9, 13, 17];
    let of = |scenario: &'static str, later: Option<usize>| {
        let failed = move |run: usize| both.contains(&run) || Some(run) == later;
        (0..runs).map(move |run| Attempt { scenario, ..attempt(run, failed(run)) })
    };
    of("a", None).chain(of("b", Some(50))).collect()
}

fn row(attempts: &[Attempt<'_>], scenario: &str) -> ScenarioJudgement {
    judged(attempts).scenarios.into_iter().find(|row| row.scenario_id == scenario).unwrap()
}

/// 5 of 18 runs ask for 26 clean ones, and for so many in which the other did not fail either.
#[test]
fn a_member_is_fixed_with_its_group() {
    let of = |runs| row(&two(runs), "a");
    assert_eq!(of(44).judged.verdict, Verdict::Fixed);
    let short = of(76);
    assert_eq!((short.judged.verdict, short.judged.kind, short.fix_level), (Verdict::Quiet, Kind::Unproven, None));
    assert!(
        short.why.contains("; g1, which fails with it, failed in run-0050, and 25 runs are clean since"),
        "{}",
        short.why
    );
    assert_eq!(short.would_change, "1 more clean run in a row would show a fix");
    assert_eq!(short.signatures[0].judged.verdict, Verdict::Quiet);
    assert_eq!((of(77).judged.verdict, of(77).fix_level), (Verdict::Fixed, Some(95)));
    // Alone, or beside one that fails by itself, nothing is asked for.
    let alone: Vec<Attempt<'_>> = two(76).into_iter().filter(|attempt| attempt.scenario == "a").collect();
    assert_eq!(row(&alone, "a").judged.verdict, Verdict::Fixed);
}

/// What failed once each in one outage is no group, and nothing of it is fixed: seen together it was seen once.
#[test]
fn what_failed_once_together_is_quiet() {
    let mut attempts = Vec::new();
    for name in ["a", "b", "c"] {
        attempts.extend((0..200).map(|run| Attempt { scenario: name, ..attempt(run, run == 20) }));
    }
    let recurrence = judged(&attempts);
    assert!(recurrence.groups.is_empty());
    assert!(recurrence.scenarios.iter().all(|row| row.judged.verdict == Verdict::Quiet));
}

#[test]
fn what_broke_at_one_run_is_a_group_by_change_and_else_none() {
    let mut attempts = Vec::new();
    for (name, at) in [("a", 30), ("b", 30), ("c", 45), ("d", 30)] {
        attempts.extend((0..60).map(|run| Attempt { scenario: name, ..attempt(run, run >= at) }));
    }
    let recurrence = judged(&attempts);
    let [group] = &recurrence.groups[..] else { panic!("{:?}", recurrence.groups) };
    assert_eq!(group.scenarios.iter().map(|names| &*names[2]).collect::<Vec<_>>(), ["a", "b", "d"]);
    let since = group.since.as_ref().unwrap();
    assert_eq!((since.run.as_str(), since.from_run.as_str(), group.failed_runs), ("run-0030", "run-0029", 30));
    assert!(group.q.is_none() && group.jaccard.is_none());
    assert_eq!(recurrence.scenarios.iter().filter(|row| row.groups == ["g1"]).count(), 3);
}
