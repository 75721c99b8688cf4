//! The verdicts of what came back: the worked histories of relapse.md, section 12, and its rules one by one.

use super::{Attempt, HOUR, attempt, history, judged, judged_every};
use crate::recurrence::{Kind, Label, Reason, Recurrence, ScenarioJudgement, Shape, Verdict};

/// Two runs a day, as in the first worked row; the weekday and the hour explain none of these.
fn apart(attempts: &[Attempt<'_>]) -> Recurrence {
    judged_every(12 * HOUR, attempts)
}

fn only(attempts: &[Attempt<'_>]) -> ScenarioJudgement {
    apart(attempts).scenarios.remove(0)
}

fn of(pattern: &str) -> ScenarioJudgement {
    only(&history(pattern))
}

#[test]
fn the_worked_histories() {
    use Verdict::{Fixed, Flaky, NewFailure, Recovered, Regressed, Relapsed};
    let always = Some(Label::Deterministic);
    let six = "10P3F".repeat(6);
    let late = format!("{}100P3F", "10P3F".repeat(5));
    for (pattern, verdict, label, kind) in [
        ("10P5F20P5F", Relapsed, always, Kind::Deterministic),
        ("10P5F20P5F1P", Relapsed, always, Kind::Deterministic),
        ("10P5F20P5F2P", Recovered, None, Kind::Unproven),
        // relapse.md has it fixed: docs/verdicts.md says why twice its longest absence is asked for.
        ("10P5F20P5F21P", Recovered, None, Kind::Unproven),
        ("10P5F20P5F39P", Recovered, None, Kind::Unproven),
        ("10P5F20P5F40P", Fixed, None, Kind::Resolved),
        ("10P5F20P2F", Relapsed, always, Kind::Deterministic),
        ("10P5F20P1F", NewFailure, Some(Label::Again), Kind::Unproven),
        ("20P2F20P2F", NewFailure, Some(Label::Again), Kind::Unproven),
        ("20P2F40P2F", Relapsed, always, Kind::Deterministic),
        ("10P5F5P5F", Relapsed, always, Kind::Deterministic),
        ("10P5F3P5F", Regressed, Some(Label::RateRise), Kind::Flaky),
        ("50P10F50P10F", Relapsed, always, Kind::Deterministic),
        ("20P6F1P3F30P3F1P6F", Relapsed, Some(Label::RateRise), Kind::Flaky),
        ("20PFPFPFFPFPF30PFPPFFPFPFF", Flaky, Some(Label::Bursty), Kind::Flaky),
        (six.as_str(), Flaky, Some(Label::Bursty), Kind::Flaky),
        (late.as_str(), Relapsed, always, Kind::Deterministic),
        ("5F20P5F", Relapsed, always, Kind::Deterministic),
        ("30P1F30P5F", Regressed, always, Kind::Deterministic),
        ("PPPFPPFFPPPPPFPPPPPF", Flaky, None, Kind::Flaky),
    ] {
        let row = of(pattern);
        assert_eq!(
            (row.judged.verdict, row.judged.label, row.judged.kind),
            (verdict, label, kind),
            "{pattern}: {}",
            row.why
        );
    }
    // Those of relapse.md, section 4, that stay as they were.
    for (pattern, verdict) in [
        ("4F8P", Fixed),
        ("7P5F", Regressed),
        ("10P2F", NewFailure),
        ("6P1F5P", Verdict::FlakySuspected),
        ("30P10F", Regressed),
    ] {
        assert_eq!(of(pattern).judged.verdict, verdict, "{pattern}");
    }
}

#[test]
fn a_relapse_says_when_it_was_there_before() {
    let row = of("10P5F20P5F");
    assert_eq!(
        row.why,
        "back since run-0035 (99 %: run-0034 to run-0035): 5 of 5 runs failed, every attempt; it had failed in run-0010 to \
         run-0014 (5 of 5) and stayed away for 20 runs, 10.5 days; the risk that it is no relapse is 0.0045 %; the same reason as \
         then: r; not controlled: revision, seed"
    );
    assert_eq!(row.would_change, "2 more clean runs in a row would show that it is over");
    let relapse = row.past.relapse.unwrap();
    assert_eq!((relapse.since_run.as_str(), relapse.times_before, relapse.away_runs), ("run-0035", 1, 20));
    assert_eq!((relapse.reason, relapse.reason_last_failed_run.as_deref()), (Reason::Same, Some("run-0014")));
    assert_eq!(row.past.pattern.unwrap().name, Shape::Outages);
    let places: Vec<_> = row
        .past
        .outages
        .iter()
        .map(|outage| (outage.start.run.as_str(), outage.end.as_ref().map(|end| end.run.as_str()), outage.failed_runs))
        .collect();
    assert_eq!(places, [("run-0010", Some("run-0015"), 5), ("run-0035", None, 5)]);
    assert_eq!(row.past.outages[0].start.from_run.as_deref(), Some("run-0009"));

    let row = of("10P5F20P5F8P");
    assert!(
        row.why.starts_with(
            "8 runs clean since its 2nd outage (run-0035 to run-0039); it came back after 20 runs before, so 32 more would be twice \
             its longest absence"
        ),
        "{}",
        row.why
    );
    let row = of("10P5F20P1F");
    assert!(
        row.why.starts_with("failed in its last run, 20 runs after its outage of run-0010 to run-0014"),
        "{}",
        row.why
    );
    assert_eq!(
        (row.more_runs_needed, row.would_change.as_str()),
        (Some(1), "1 more failing run in a row would show that it is back")
    );
    let row = of("20PFPFPFFPFPF30PFPPFFPFPFF");
    let told =
        "its failures come in 2 bursts: 12 of 20 runs failed inside, 0 of 50 outside (odds 158 to 1 over chance)";
    assert!(row.why.starts_with(told), "{}", row.why);
    let row = of(&"10P3F".repeat(6));
    let told = "it comes and goes: 6 outages of 3 runs in 78, away for 10 at a time, as long as chance has it at that pace (35 %)";
    assert!(row.why.starts_with(told), "{}", row.why);
    assert!(of("10P5F20P5F40P").why.contains("twice as long since its 2nd outage as it ever stayed away (20)"));
}

#[test]
fn a_relapse_is_no_witness_and_no_quarantine() {
    for pattern in ["10P5F20P5F", "10P5F20P5F20P5F"] {
        let row = of(pattern);
        assert_eq!((row.judged.verdict, row.quarantine.state), (Verdict::Relapsed, "none"), "{pattern}");
        assert!(row.witness.is_none(), "{pattern}");
    }
    // A third of its runs fail in both stretches: that is a flake in each.
    assert_eq!(of("PPPFPPFFPPPPPFPPPPPF").quarantine.state, "quarantined");
}

/// Beside its chance stands that among all, which decides nothing: a lone relapse among flakes.
#[test]
fn the_chance_stands_among_those_of_all() {
    let names: Vec<String> = (0..30).map(|at| format!("flake {at}")).collect();
    let mut attempts = history("20P2F40P2F");
    for (at, name) in names.iter().enumerate() {
        let failed = |run: usize| (run * 7 + at * 13).is_multiple_of(11);
        attempts.extend((0..64).map(|run| Attempt { scenario: name, ..attempt(run, failed(run)) }));
    }
    let recurrence = apart(&attempts);
    let row = recurrence.scenarios.iter().find(|row| row.scenario_id == "s").unwrap();
    let relapse = row.past.relapse.as_ref().unwrap();
    let (p, q) = (relapse.p.unwrap().0, relapse.q.unwrap().0);
    assert!((p - 6.578_782e-4).abs() < 5e-11, "{p}");
    assert!((q - 31.0 * p).abs() < 1e-12, "{q}");
    assert_eq!(recurrence.summary.families["clumping/scenario"].kept, 31);
    assert_eq!(row.judged.verdict, Verdict::Relapsed);
    assert_eq!(row.signatures[0].past.relapse.as_ref().unwrap().q, relapse.q);
}

#[test]
fn another_reason_is_another_failure() {
    let mut attempts = history("10P5F20P5F");
    for attempt in &mut attempts[20..] {
        attempt.reason = "parse_error";
    }
    let row = only(&attempts);
    assert_eq!((row.judged.verdict, row.judged.label), (Verdict::Regressed, Some(Label::Deterministic)));
    assert!(row.why.contains("for another reason (parse_error) than in run-0010 to run-0014 (r)"), "{}", row.why);
    let of_reason = |reason: &str| row.signatures.iter().find(|way| way.reason_code == reason).unwrap().judged.verdict;
    assert_eq!((of_reason("r"), of_reason("parse_error")), (Verdict::Fixed, Verdict::Regressed));
    // Each has the outages of its own runs.
    let starts = |reason: &str| {
        let way = row.signatures.iter().find(|way| way.reason_code == reason).unwrap();
        way.past.outages.iter().map(|outage| outage.start.run.clone()).collect::<Vec<_>>()
    };
    assert_eq!((starts("r"), starts("parse_error")), (vec!["run-0010".to_owned()], vec!["run-0035".to_owned()]));
    // A reason that recurs in part is the same failure.
    let mut attempts = history("10P5F20P5F");
    attempts[39].reason = "parse_error";
    assert_eq!(only(&attempts).judged.verdict, Verdict::Relapsed);
}

#[test]
fn one_revision_on_both_sides_is_a_flake() {
    let mut attempts = history("10P5F20P5F");
    let names: Vec<String> = (0..40).map(|run| format!("c{}", if run == 37 { 30 } else { run })).collect();
    for attempt in &mut attempts {
        attempt.revision = Some(&names[attempt.run]);
    }
    let row = only(&attempts);
    assert_eq!((row.judged.verdict, row.judged.label), (Verdict::Flaky, Some(Label::Bursty)));
    assert!(row.why.contains("one revision passed in run-0030 and failed in run-0037"), "{}", row.why);
    attempts[37].revision = Some("c37");
    assert_eq!(only(&attempts).judged.verdict, Verdict::Relapsed);
}

#[test]
fn a_weekday_is_no_relapse() {
    // Three runs a day; it fails on one day of the week.
    let row = judged_every(8 * HOUR, &history(&"3F18P".repeat(4))).scenarios.remove(0);
    assert_eq!((row.judged.verdict, row.past.pattern.unwrap().name), (Verdict::NotRerun, Shape::Calendar));
    assert!(row.why.contains("too few of them ran a failing weekday"), "{}", row.why);
    // 2026 began on a Thursday.
    assert!(row.why.contains("; it fails on Thursdays: 12 of 12 runs, 0 of 72 on other days;"), "{}", row.why);
    // Behind further failing ones it is a flake of that day; at one hour of each day it is that.
    let row = judged_every(8 * HOUR, &history(&format!("{}3F", "3F18P".repeat(4)))).scenarios.remove(0);
    assert_eq!(row.judged.label, Some(Label::Calendar), "{}", row.why);
    assert!(row.why.contains("; it fails on Thursdays: 15 of 15 runs, 0 of 72 on other days;"), "{}", row.why);
    // In an environment of its own, which ran in blocks.
    let mut attempts = history(&"5F15P".repeat(4));
    for attempt in &mut attempts {
        attempt.env = Some(if attempt.run % 20 < 5 { "A" } else { "B" });
    }
    assert_ne!(only(&attempts).judged.verdict, Verdict::Relapsed);
}

#[test]
fn what_came_back_at_once_is_one_event() {
    let names: Vec<String> = (0..6).map(|at| format!("s{at}")).collect();
    let mut attempts = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let pattern = if at < 4 { "10P5F20P5F" } else { "15P5F17P3F" };
        attempts.extend(history(pattern).into_iter().map(|it| Attempt { scenario: name, ..it }));
    }
    let recurrence = apart(&attempts);
    let events = &recurrence.summary.relapses;
    let told: Vec<(&str, usize)> = events.iter().map(|event| (event.since.as_str(), event.scenarios.len())).collect();
    assert_eq!(told, [("run-0035", 4), ("run-0037", 2)]);
    for event in events {
        let since = |id: &String| recurrence.groups.iter().find(|group| group.id == *id).unwrap().since.as_ref();
        let since: Vec<&str> = event.groups.iter().filter_map(since).map(|since| since.run.as_str()).collect();
        assert_eq!(since, [event.since.as_str()], "{:?}", event.groups);
    }
}

/// Runs in which a third of all fails stay where they are not set aside; what failed with all then and fails alone now has not
/// come back.
#[test]
fn an_outage_of_all_is_none_of_one() {
    let names: Vec<String> = (0..30).map(|at| format!("s{at:02}")).collect();
    let world = |alone: bool| -> ScenarioJudgement {
        let mut attempts = Vec::new();
        for run in 0..60 {
            for (at, name) in names.iter().enumerate() {
                let failed = (20..24).contains(&run) && (at < 20 && !alone || at == 0) || run >= 55 && at == 0;
                attempts.push(Attempt { scenario: name, ..attempt(run, failed) });
            }
        }
        judged(&attempts).scenarios.into_iter().find(|row| row.scenario_id == "s00").unwrap()
    };
    assert_eq!(world(true).judged.verdict, Verdict::Relapsed);
    assert_eq!(world(false).judged.verdict, Verdict::Regressed);
}

/// recurrence.md, section 8.
#[test]
fn a_fix_is_of_two_failures_and_stays_one() {
    // Seen once.
    assert_eq!(of("10P1F90P").judged.verdict, Verdict::Quiet);
    assert!(of("10P1F90P").why.contains("what was seen once is never called fixed"));
    // Twice its longest clean spell.
    let row = of("10P3F8P5F5P");
    assert_eq!(row.judged.verdict, Verdict::Recovered, "{}", row.why);
    let seven = "5F20P".repeat(6) + "5F";
    let row = of(&format!("{seven}39P"));
    assert_eq!(row.judged.verdict, Verdict::Quiet, "{}", row.why);
    assert!(
        row.why.contains("40 would do for 95 %, twice its longest clean spell between two failures (20)"),
        "{}",
        row.why
    );
    assert_eq!(of(&format!("{seven}40P")).judged.verdict, Verdict::Fixed);
    // Of one absence nobody knows how long the next one is.
    let row = of("1F20P10F40P");
    assert_eq!(row.judged.verdict, Verdict::Quiet, "{}", row.why);
    let told = "399 would do for 95 %, to outlast its longest clean spell between two failures (20, one of its kind)";
    assert!(row.why.contains(told), "{}", row.why);
    assert_eq!(of("1F20P10F399P").judged.verdict, Verdict::Fixed);
    // Each number of clean runs behind the first that shows a fix shows it too, and the sentence said which.
    for pattern in
        ["30P5F", "30P4F", "60P3F", "60P4F", "20P6F", "12P8F", "120P3F", "6P6F", "37P3F", "PPPFPPFFPPPPPFPPPPPF", "4F"]
    {
        let asked = of(pattern).clean_runs_needed.k95.unwrap();
        for clean in 1..asked + 40 {
            let row = of(&format!("{pattern}{clean}P"));
            assert_eq!(row.clean_runs_needed.k95, Some(asked), "{pattern}{clean}P");
            assert_eq!(row.judged.verdict == Verdict::Fixed, clean >= asked, "{pattern}{clean}P: {}", row.why);
        }
    }
}

#[test]
fn what_was_run_again_of_one_revision_is_one_run() {
    let names: Vec<String> = (0..60).map(|run| format!("c{run}")).collect();
    let with = |revision: &dyn Fn(usize) -> usize| {
        let mut attempts = history("20P8F12P");
        for attempt in &mut attempts {
            attempt.revision = Some(&names[revision(attempt.run)]);
        }
        only(&attempts)
    };
    assert_eq!(with(&|run| run).judged.verdict, Verdict::Fixed);
    // All clean runs are of one revision; four revisions failed.
    let row = with(&|run| if run < 28 { run / 2 } else { 14 });
    assert_ne!(row.judged.verdict, Verdict::Fixed, "{}", row.why);
    let row = with(&|run| run / 2);
    assert_eq!(row.judged.verdict, Verdict::Fixed, "{}", row.why);
    assert!(row.why.starts_with("6 revisions clean since its last failure"), "{}", row.why);
}

#[test]
fn an_outage_is_over_by_runs_also_where_revisions_are_counted() {
    let names: Vec<String> = (0..21).map(|revision| format!("c{revision}")).collect();
    let mut attempts = history("9P3F39P3F6P");
    for attempt in &mut attempts {
        attempt.revision = Some(&names[attempt.run / 3]);
    }
    assert_eq!(only(&attempts).judged.verdict, Verdict::Recovered);
}

#[test]
fn an_old_revision_that_fails_again_is_no_clean_run() {
    // Two revisions failed, ten passed, and one of the two is run again and fails.
    let names: Vec<String> = (0..30).map(|run| format!("c{run}")).collect();
    let mut attempts = history("3F20P1F");
    for attempt in &mut attempts {
        attempt.revision = Some(
            &names[match attempt.run {
                0 => 0,
                1 | 2 | 23 => 1,
                run => run,
            }],
        );
    }
    let row = only(&attempts);
    assert!(
        !matches!(row.judged.verdict, Verdict::Fixed | Verdict::Quiet | Verdict::Recovered | Verdict::NotRerun),
        "{}",
        row.why
    );
}

#[test]
fn no_clean_run_makes_another_verdict_of_a_fix() {
    for pattern in ["14P3F3P2F15P2F", "14P6F18P6F3P1F3P6F", "10P5F20P5F", "2P7F9P2F", "5P2F1P3F1P1F17P5F"] {
        let mut was_fixed = false;
        for clean in (1..80).chain((80..400).step_by(16)) {
            let row = of(&format!("{pattern}{clean}P"));
            was_fixed |= row.judged.verdict == Verdict::Fixed;
            assert_eq!(was_fixed, row.judged.verdict == Verdict::Fixed, "{pattern}{clean}P: {}", row.why);
        }
        assert!(was_fixed, "{pattern}");
    }
}

#[test]
fn what_says_how_many_runs_would_tell_is_right() {
    let number = |text: &str| text.split(' ').next().unwrap().parse::<u64>().unwrap();
    for pattern in ["10P5F20P5F", "10P5F20P5F1P", "20P2F40P2F", "20P6F1P3F30P3F1P6F"] {
        let row = of(pattern);
        assert_eq!(row.judged.verdict, Verdict::Relapsed, "{pattern}: {}", row.why);
        let over = of(&format!("{pattern}{}P", number(&row.would_change)));
        assert!(!matches!(over.judged.kind, Kind::Deterministic | Kind::Flaky), "{pattern}: {}", over.why);
    }
    let row = of("10P5F20P5F8P");
    assert_eq!(row.would_change, "32 more clean runs in a row would be twice its longest absence, and show a fix");
    assert_eq!(of("10P5F20P5F40P").judged.verdict, Verdict::Fixed);
    // For another reason, and what is known of it before.
    let mut attempts = history("10P5F20P3F");
    for attempt in &mut attempts[20..] {
        attempt.reason = "parse_error";
    }
    let row = only(&attempts[..37]);
    assert_eq!(
        (row.judged.verdict, row.judged.label, row.more_runs_needed),
        (Verdict::NewFailure, Some(Label::Again), Some(1))
    );
    assert_eq!(only(&attempts).judged.verdict, Verdict::Regressed);
    let relapse = of("10P5F20P1F").past.relapse.unwrap();
    assert_eq!((relapse.since_run.as_str(), relapse.times_before, relapse.away_runs), ("run-0035", 1, 20));
}

#[test]
fn a_fix_asks_for_clean_runs_of_what_failed() {
    // One environment fails; behind it another runs alone, and the first runs once and passes.
    let fails = |run: usize| (10..15).contains(&run) || (35..40).contains(&run);
    let a = (0..40).map(|run| attempt(run, fails(run)));
    let b = (0..80).map(|run| Attempt { env: Some("B"), ..attempt(run, false) });
    let mut attempts: Vec<Attempt<'_>> = a.chain(b).collect();
    attempts.push(attempt(79, false));
    let row = only(&attempts);
    assert_eq!(row.judged.verdict, Verdict::NotRerun, "{}", row.why);
    attempts.extend((40..79).map(|run| attempt(run, false)));
    assert_eq!(only(&attempts).judged.verdict, Verdict::Fixed);
}

/// The levels that each outage was of, where each of `runs` ran two: those in which a run of an outage fails.
fn confined<'a>(levels: [Attempt<'a>; 2], fails: &dyn Fn(usize, usize) -> bool) -> Vec<Vec<String>> {
    let of = |run: usize| {
        let own = move |(at, level): (usize, &Attempt<'a>)| {
            let Attempt { run, outcome, .. } = attempt(run, fails(run, at));
            Attempt { run, outcome, ..*level }
        };
        levels.iter().enumerate().map(own).collect::<Vec<_>>()
    };
    let row = only(&(0..60).flat_map(of).collect::<Vec<_>>());
    row.past.outages.into_iter().map(|outage| outage.confined_to).collect()
}

#[test]
fn an_outage_names_the_levels_that_it_was_of() {
    // The first outage is of both, the second of one alone.
    let broke = |run: usize| (10..15).contains(&run) || (35..40).contains(&run);
    let second_of_one = |run: usize, at: usize| broke(run) && (run < 20 || at == 1);
    let environments = [attempt(0, false), Attempt { env: Some("B"), ..attempt(0, false) }];
    let [none, b] = [Vec::new(), vec!["B".to_owned()]];
    assert_eq!(confined(environments, &second_of_one), [none.clone(), b]);
    let seeds = [1, 7].map(|seed| Attempt { seed: Some(seed), ..attempt(0, false) });
    assert_eq!(confined(seeds, &second_of_one), [none.clone(), vec!["seed 7".to_owned()]]);
    // One pass inside, or one failure of the other, and it was of neither alone.
    let but_once = |run: usize, at: usize| second_of_one(run, at) && (run, at) != (37, 1);
    assert!(confined(environments, &but_once).iter().all(Vec::is_empty));
    let and_once = |run: usize, at: usize| second_of_one(run, at) || (run, at) == (37, 0);
    assert_eq!(confined(environments, &and_once), [none.clone(), none]);
}
