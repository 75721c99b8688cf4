//! Fixes that are named before they are proven.

use proptest::prelude::*;

use super::*;
use crate::recurrence::{FixState, PlannedFix, PlannedFixRow};

fn fix(scenario: &str, since: &str) -> PlannedFix {
    PlannedFix::parse(&format!("{{ scenario = '{scenario}', ticket = 'T-1', since = '{since}' }}")).unwrap()
}

fn judged_with(attempts: &[Attempt<'_>], fixes: Vec<PlannedFix>) -> Recurrence {
    let tally = tally(attempts);
    judge(&tally, &Clean::default(), &tally.run_order(i64::MAX), &Options { fixes, all: true, ..Options::default() })
}

fn since(attempts: &[Attempt<'_>], since: &str) -> ScenarioJudgement {
    judged_with(attempts, vec![fix("s", since)]).scenarios.remove(0)
}

/// What became of a fix: its state, clean runs, and those that show at 95 % that it holds.
fn look(row: &ScenarioJudgement) -> (FixState, u64, Option<u64>) {
    let fix = row.planned_fix.as_ref().unwrap();
    (fix.state, fix.clean_runs, fix.needed_95)
}

/// 3 of 30 runs ask for 96 clean ones of who looks after each, and for 50 of who named the fix.
#[test]
fn one_planned_look_needs_fewer_runs() {
    let row = since(&history("9P1F9P1F9P1F49P"), "run-0030");
    assert_eq!((row.judged.verdict, look(&row)), (Verdict::Quiet, (FixState::Waiting, 49, Some(50))));
    assert_eq!(row.would_change, "1 more clean run in a row would show that its fix holds");
    assert!(
        row.why.contains("; its fix (T-1, since run-0030) is not proven: 49 runs clean since, and 50 show"),
        "{}",
        row.why
    );
    let row = since(&history("9P1F9P1F9P1F50P"), "run-0030");
    assert_eq!(
        (row.judged.verdict, row.fix_level, look(&row)),
        (Verdict::Fixed, Some(95), (FixState::Proven, 50, Some(50)))
    );
    assert!(
        row.why.starts_with("50 runs clean since its fix (T-1, since run-0030), which holds at 95 %"),
        "{}",
        row.why
    );
    assert_eq!(verdict(&history("9P1F9P1F9P1F50P")).0, Verdict::Quiet);
    // What failed once can be missed.
    assert_eq!(since(&history("1F18P"), "run-0001").judged.verdict, Verdict::Quiet);
    assert_eq!(since(&history("1F19P"), "run-0001").judged.verdict, Verdict::Fixed);
}

#[test]
fn what_is_clean_before_the_fix_is_no_sign_of_it() {
    let row = since(&history("9P1F9P1F9P1F50P"), "run-0040");
    // 3 of 40 runs, then 40 clean ones.
    assert_eq!((row.judged.verdict, look(&row)), (Verdict::Quiet, (FixState::Waiting, 40, Some(67))));
}

#[test]
fn a_fix_that_did_not_hold_is_told() {
    let recurrence = judged_with(&history("9P1F9P1F9P1F20P1F40P"), vec![fix("s", "run-0030")]);
    let row = &recurrence.scenarios[0];
    assert_eq!(look(row).0, FixState::Failed);
    assert!(row.why.contains("; its fix (T-1, since run-0030) did not hold: it failed in run-0050"), "{}", row.why);
    let told = ["the fix of `s` (T-1) did not hold; failed since `run-0030`: s in run-0050"];
    assert_eq!(
        (recurrence.summary.warnings, recurrence.summary.of_fixes),
        (told.map(str::to_owned).to_vec(), told.map(str::to_owned).to_vec())
    );
    // What is fixed since is no concern any more, and neither is a fix that a later one replaced.
    let recurrence = judged_with(&history("10F2P3F60P"), vec![fix("s", "run-0010")]);
    assert_eq!((recurrence.scenarios[0].judged.verdict, recurrence.summary.warnings.len()), (Verdict::Fixed, 0));
    let recurrence = judged_with(&history("10F2P3F1P"), vec![fix("s", "run-0010"), fix("?", "run-0015")]);
    assert_eq!((look(&recurrence.scenarios[0]).0, recurrence.summary.warnings.len()), (FixState::Waiting, 0));
}

#[test]
fn what_fails_for_another_reason_is_no_failure_of_the_fix() {
    let mut attempts = history("10P5F10P3F");
    for attempt in &mut attempts[25..] {
        attempt.reason = "other";
    }
    let recurrence = judged_with(&attempts, vec![fix("s", "run-0015")]);
    assert_eq!((look(&recurrence.scenarios[0]).0, recurrence.summary.warnings.len()), (FixState::Another, 0));
    assert!(recurrence.scenarios[0].why.contains("it failed in run-0025, for another reason than before"));
}

#[test]
fn a_fix_is_known_by_its_revision_or_seven_characters_of_it() {
    let mut attempts = history("4F30P");
    let revisions: Vec<String> = (0..34).map(|run| format!("{:040x}", 0xabcd_ef00_u64 + run / 2)).collect();
    for (attempt, revision) in attempts.iter_mut().zip(&revisions) {
        attempt.revision = Some(revision);
    }
    let of = |since: &str| judged_with(&attempts, vec![fix("s", since)]);
    let run = |since: &str| of(since).scenarios[0].planned_fix.as_ref().map(|fix| fix.since_run.clone());
    assert_eq!(run(&revisions[4]), Some("run-0004".to_owned()));
    // All begin alike, none is of this name, and six characters are none.
    for since in [&revisions[4][..12], "ffffffffff", "abcdef"] {
        assert_eq!(run(since), None, "{since}");
        let warnings = of(since).summary.of_fixes;
        assert!(warnings[0].contains("is in no run"), "{warnings:?}");
    }
    for (at, attempt) in attempts.iter_mut().enumerate() {
        attempt.revision = Some(["0123456789", "9876543210"][usize::from(at >= 4)]);
    }
    let of = judged_with(&attempts, vec![fix("s", "9876543")]);
    assert_eq!(of.scenarios[0].planned_fix.as_ref().unwrap().since_run, "run-0004");
}

#[test]
fn a_fix_of_nothing_that_failed_is_told() {
    let warnings = judged_with(&history("4F30P"), vec![fix("t*", "run-0004")]).summary.warnings;
    assert!(warnings[0].starts_with("the fix of `t*` (T-1) is of nothing that failed"), "{warnings:?}");
    let warnings = judged_with(&history("4F30P"), vec![fix("s", "run-9")]).summary.warnings;
    assert!(
        warnings[0].starts_with("the fix of `s` (T-1) is in no run: none that is judged is called `run-9`"),
        "{warnings:?}"
    );
}

/// What came back is asked for its longest absence, whoever says that it is fixed; what did not run again shows no fix.
#[test]
fn a_name_is_no_evidence() {
    let attempts = history("10P5F20P5F15P");
    assert_eq!(since(&attempts, "run-0040").judged.verdict, Verdict::Recovered);
    let mut attempts = history("20F3P");
    for attempt in &mut attempts[20..] {
        attempt.env = Some("B");
    }
    assert_eq!(since(&attempts, "run-0020").judged.verdict, Verdict::NotRerun);
}

#[test]
fn faults_of_a_table_are_named() {
    for (text, fault) in [
        ("{ scenario = 'a', ticket = 'T' }", "missing key `since`"),
        ("{ scenario = 'a', ticket = 'T', since = 7 }", "`since` is an integer, not a string"),
        ("{ scenario = 'a', ticket = 'T', since = 'r', x = 1 }", "unknown key `x`"),
        ("{ scenario = 'a', ticket = ' ', since = 'r' }", "`ticket` is empty"),
        ("'a'\n[fix.b]", ""),
        ("a", ""),
    ] {
        let error = PlannedFix::parse(text).unwrap_err().to_string();
        assert!(error.contains(fault), "{error}");
    }
}

proptest! {
    /// A fix that is named makes `fixed` of what is clean since, and no other verdict of anything.
    #[test]
    fn to_name_a_fix_changes_nothing_else(runs in prop::collection::vec(0u8..4, 1..60), at in 0usize..60) {
        // One in four fails, or three of four before some run.
        let failed = |place: usize| if place < at { runs[place] > 0 } else { runs[place] == 0 };
        let attempts: Vec<Attempt<'_>> = (0..runs.len()).map(|run| attempt(run, failed(run))).collect();
        let named = since(&attempts, &format!("run-{:04}", at.min(runs.len() - 1)));
        let plain = only(&attempts);
        if plain.judged.verdict != Verdict::NoFailure {
            let is_proven = named.planned_fix.as_ref().is_some_and(PlannedFixRow::is_shown);
            let is_as_before = named.judged.verdict == plain.judged.verdict;
            prop_assert!(is_as_before || is_proven && named.judged.verdict == Verdict::Fixed, "{}", named.why);
        }
    }
}

/// Failing runs of 0 to 99 in a hundred, and whether they last: a run fails as the one before in three of four.
fn drawn(key: u64, rate: u64, lasts: bool) -> Vec<bool> {
    let mut state = false;
    let draw = |run: u64, salt: u64| mix(key << 20 | run << 2 | salt) % 100;
    (0..400)
        .map(|run| {
            if !(lasts && draw(run, 1) < 75) {
                state = draw(run, 2) < rate;
            }
            state
        })
        .collect()
}

/// How many in a thousand are `fixed` at some time though nothing was fixed at run 60: those of which the runs from there to the next
/// failure are enough.
fn wrongly_fixed(rate: u64, lasts: bool) -> u64 {
    let is_wrong = |key: u64| {
        let bits = drawn(key, rate, lasts);
        let until = 60 + bits[60..].iter().take_while(|failed| !**failed).count();
        let attempts: Vec<Attempt<'_>> = (0..until).map(|run| attempt(run, bits[run])).collect();
        let was_fixed =
            |row: &ScenarioJudgement| row.planned_fix.as_ref().is_some_and(|fix| fix.state == FixState::Proven);
        until > 60 && was_fixed(&since(&attempts, "run-0060"))
    };
    (0..1000).filter(|&key| is_wrong(key)).count() as u64
}

/// One planned look is wrong of one steady flake in twenty, however often it is looked at: of 1,000 at 2, 5, 10, 20 and 50 % it is of
/// 42, 54, 66, 42 and 29 (a base is of the runs since the rate changed, which it does by chance too). Of what lasts some runs nobody
/// can know: of 359, 483 and 264 at 5, 20 and 50 %, and of 356, 456 and 229 if it asked for twice the longest spell as well.
#[test]
fn a_name_makes_a_fix_of_few_steady_flakes() {
    let steady = [2, 10, 50].map(|rate| wrongly_fixed(rate, false));
    assert!(steady.iter().all(|&wrong| wrong <= 75), "{steady:?}");
    let lasting = wrongly_fixed(50, true);
    assert!(lasting <= 300, "{lasting}");
}
