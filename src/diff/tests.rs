//! The laws and the kinds on outputs made by hand.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::standing::compare_or_keep;
use super::*;
use crate::recurrence::{Kind, PlannedFixRow, Verdict};
use crate::taxonomy::Severity;

/// An output of some runs, named by their numbers, in which scenarios and incidents are named alike: `(name, history)`,
/// with P and F for each run, `.` where it did not run.
fn output(runs: std::ops::Range<u32>, histories: &[(&str, &str)]) -> Output {
    let first = runs.start;
    let places = |history: &str, marks: &str| {
        let marked = history.chars().zip(0..).filter(|(mark, _)| marks.contains(*mark));
        marked.map(|(_, place)| place).collect()
    };
    let mut output = Output {
        runs: runs
            .map(|run| Run { id: format!("r{run:03}"), first_unix_ms: Some(i64::from(run)), branch: None })
            .collect(),
        ..Output::default()
    };
    for (name, history) in histories {
        assert_eq!(history.len(), output.runs.len());
        output.scenarios.push(Scenario {
            scenario_id: (*name).to_owned(),
            ran_in: places(history, "PF"),
            ..Scenario::default()
        });
        if let (Some(from), Some(to)) = (history.find('F'), history.rfind('F')) {
            let id = |at: usize| format!("r{:03}", first as usize + at);
            let incident = incident(name, places(history, "F"), id(from), id(to));
            let signature = Signature {
                incident_id: (*name).to_owned(),
                failed_runs: incident.failed_in.len(),
                ..Signature::default()
            };
            output.scenarios.last_mut().unwrap().signatures.push(signature);
            output.incidents.push(incident);
        }
    }
    output
}

fn incident(
    name: &str,
    failed_in: crate::text::run_ranges::RunRanges,
    first_run: String,
    last_run: String,
) -> crate::incident::IncidentRow {
    crate::incident::IncidentRow {
        incident_id: name.to_owned(),
        class: "c".into(),
        severity: Severity::High,
        owner_hint: "o".into(),
        scenario_id: name.to_owned(),
        reason_code: "why".into(),
        first_run,
        last_run,
        runs_failed: failed_in.len(),
        failed_in,
        verdict: Some(Verdict::FlakySuspected),
        kind: Some(Kind::Flaky),
        ..Default::default()
    }
}

fn only(old: &Output, new: &Output) -> Change {
    assert_eq!((old.fault(), new.fault()), (None, None));
    let mut changes = compare(old, new).changes;
    assert_eq!(changes.len(), 1);
    changes.remove(0)
}

#[test]
fn returned_is_an_outage_that_begins_in_the_new_runs() {
    for (baseline, now, kind, told) in [
        // Runs without the scenario do not count.
        (
            "PPPPPFFFFFPPP..PPPPPPPPP",
            "PFFF",
            ChangeKind::Returned,
            "after 13 runs of its scenario without it since r009",
        ),
        // Once before, once again, as a steady flake does; and with a gap between that is none.
        ("FPPPPP..PPPPPPPPPPPPPPPP", "PFPP", ChangeKind::Recurring, "before in 1 of 22 baseline runs"),
        ("PPPPPPPPPPPPPPPPPFFFFFFP", "FFPP", ChangeKind::Recurring, "before in 6 of 24 baseline runs"),
        ("PFPFPFPPPPPPPPPPPPPPPPPP", "PFPP", ChangeKind::Recurring, "before in 3 of 24 baseline runs"),
    ] {
        let old = output(0..24, &[("a", baseline)]);
        let change = only(&old, &output(24..28, &[("a", now)]));
        assert_eq!(change.kind, kind, "{baseline}: {}", change.why);
        assert!(change.why.contains(told), "{}", change.why);
    }
    // Who holds all runs has judged them.
    let old = output(0..24, &[("a", "PPPPPFFFFFPPPPPPPPPPPPPP")]);
    let all = |verdict| with_verdict(output(0..28, &[("a", "PPPPPFFFFFPPPPPPPPPPPPPPPFFF")]), verdict, None);
    assert_eq!(only(&old, &all(Verdict::Relapsed)).kind, ChangeKind::Returned);
    assert_ne!(only(&old, &all(Verdict::NotRerun)).kind, ChangeKind::Returned);
}

#[test]
fn worsened_by_worked_numbers() {
    // One incident tested: p = q = 1001/324632, as in stats::fisher.
    let old = output(0..30, &[("a", "PPPPPPPPPPPPPPPPPPPPPPPPFPPFPF")]);
    let change = only(&old, &output(30..35, &[("a", "FFPFF")]));
    assert_eq!(change.kind, ChangeKind::Worsened);
    assert!((change.p.unwrap().0 - 1001.0 / 324_632.0).abs() < 1e-12);
    assert_eq!(change.p, change.q);
    assert!(change.why.contains("failed in 4 of 5 new runs, before in 3 of 30 baseline runs"), "{}", change.why);
    // One run that fails can show nothing after a single failure in 29: 2/30.
    let old = output(0..29, &[("a", "PPPPPPPPPPPPPPPPPPPPPPPPPPPFP")]);
    let change = only(&old, &output(29..30, &[("a", "F")]));
    assert_eq!((change.kind, change.q), (ChangeKind::Recurring, None));
    assert!((change.p.unwrap().0 - 2.0 / 30.0).abs() < 1e-12);
    assert!(change.why.contains("so few runs cannot show a rise (p 0.067)"), "{}", change.why);
}

#[test]
fn the_false_discovery_rate_is_over_all_tested() {
    // p = .0480 alone; with three that are not significant, the adjusted p is four times that.
    let (before, after) = ("PPPPPPPPPPPPPPPPPPFF", "FFPFP");
    let one = compare(&output(0..20, &[("a", before)]), &output(20..25, &[("a", after)]));
    assert_eq!((one.changes[0].kind, one.summary.tested, one.summary.kept), (ChangeKind::Worsened, 1, 1));
    let calm = "FFFFFPPPPPPPPPPPPPPF";
    let old = output(0..20, &[("a", before), ("b", calm), ("c", calm), ("d", calm)]);
    let four = compare(&old, &output(20..25, &[("a", after), ("b", "FPPPP"), ("c", "FPPPP"), ("d", "FPPPP")]));
    assert_eq!((four.summary.tested, four.summary.kept), (4, 4));
    assert!(four.changes.iter().all(|change| change.kind == ChangeKind::Recurring));
    let (alone, among) = (one.changes[0].p.unwrap().0, four.changes[0].q.unwrap().0);
    assert!((among - 4.0 * alone).abs() < 1e-12 && alone < 0.05, "{alone} {among}");
}

#[test]
fn set_aside_runs_are_in_no_test_and_never_silent() {
    let old = output(0..12, &[("a", "PPPPPPPPPPFP")]);
    let mut new = output(12..16, &[("a", "P.PP"), ("b", "P.PP")]);
    for name in ["a", "b"] {
        let failed_in = [1].into_iter().collect();
        new.incidents.push(incident(name, failed_in, "r013".into(), "r013".into()));
    }
    for row in &mut new.scenarios {
        row.set_aside_runs = vec!["r013".into()];
    }
    let changes = compare(&old, &new).changes;
    let of = |name: &str| changes.iter().find(|change| change.incident_id == name).unwrap();
    let counts = Counts { failed_runs: 0, runs: Some(3), set_aside_runs: 1 };
    assert_eq!((of("a").kind, of("a").new), (ChangeKind::Recurring, counts));
    assert_eq!((of("b").kind, of("b").new), (ChangeKind::New, counts));
    assert!(of("b").why.starts_with("failed only in 1 mass-failure run that was set aside"), "{}", of("b").why);
}

#[test]
fn an_outage_that_is_over_makes_no_quiet_rows() {
    let mut old = output(0..12, &[("a", "PPPPPPPPPPP."), ("b", "PPFPPPPPPPP.")]);
    old.incidents.push(incident("a", [11].into_iter().collect(), "r011".into(), "r011".into()));
    old.incidents[0].failed_in = [2, 11].into_iter().collect();
    for row in &mut old.scenarios {
        row.set_aside_runs = vec!["r011".into()];
    }
    let comparison = compare(&old, &output(12..16, &[("a", "PPPP"), ("b", "PPPP")]));
    let kinds: Vec<_> = comparison.changes.iter().map(|change| (&*change.incident_id, change.kind)).collect();
    assert_eq!(kinds, [("b", ChangeKind::Quiet)], "b failed elsewhere too");
    assert!(comparison.notes.last().unwrap().ends_with("set aside, and not since: 1"), "{:?}", comparison.notes);
    // When it does not run any more, that is told.
    let comparison = compare(&old, &output(12..16, &[("b", "PPPP")]));
    let kinds: Vec<_> = comparison.changes.iter().map(|change| (&*change.incident_id, change.kind)).collect();
    assert_eq!(kinds, [("b", ChangeKind::Quiet), ("a", ChangeKind::Absent)]);
}

#[test]
fn what_only_an_outage_knew_is_new_when_it_fails_by_itself() {
    let known = |own: &[u32], history: &str| {
        let mut old = output(0..14, &[("a", history)]);
        old.incidents.clear();
        let failed_in: crate::text::run_ranges::RunRanges = own.iter().copied().chain([12]).collect();
        let first = format!("r{:03}", own.first().unwrap_or(&12));
        old.incidents.push(incident("a", failed_in, first, "r012".into()));
        let row = &mut old.scenarios[0];
        row.set_aside_runs = vec!["r012".into()];
        row.signatures =
            vec![Signature { incident_id: "a".into(), failed_runs: own.len() as u64, ..Signature::default() }];
        let change = only(&old, &output(14..18, &[("a", "PPFF")]));
        (change.kind, change.q.is_some(), change.why)
    };
    let (kind, is_tested, why) = known(&[], "PPPPPPPPPPPP.P");
    assert_eq!((kind, is_tested), (ChangeKind::New, false), "{why}");
    let said = "failed in 2 of 4 new runs; in the baseline it failed only in 1 mass-failure run that was set aside";
    assert_eq!(why, said);
    // Nor is the outage a failure of what was gone by then.
    let (kind, _, why) = known(&[0, 1, 2], "FFFPPPPPPPPP.P");
    assert_eq!(kind, ChangeKind::Returned, "{why}");
    assert!(why.contains("after 12 runs of its scenario without it since r002"), "{why}");
    assert_eq!(known(&[0, 9], "FPPPPPPPPFPP.P").0, ChangeKind::Recurring);
}

#[test]
fn what_is_known_to_be_worse_is_no_worse_the_week_after() {
    let week = |history: &str, changed: Option<&str>| {
        let mut old = output(0..25, &[("a", history)]);
        let run = changed.map(|run| Changepoint { run: run.to_owned() });
        old.scenarios[0].changepoints = run.into_iter().collect();
        let change = only(&old, &output(25..30, &[("a", "FFFFF")]));
        (change.kind, change.why)
    };
    let history = "PPPPPPPPPPPPPPPPPPPPFFFFF";
    assert_eq!(week(history, None).0, ChangeKind::Worsened);
    let (kind, why) = week(history, Some("r020"));
    assert_eq!(kind, ChangeKind::Recurring, "{why}");
    let before =
        "before in 5 of 25 baseline runs, of these in 5 of 5 since its rate changed at r020; no more often than before";
    assert!(why.contains(before), "{why}");
    // What became rarer and rises again does so from there; what was gone is back.
    let (kind, why) = week("FFPFFPFFPFFPFFPFFPPFPPPPF", Some("r017"));
    assert_eq!(kind, ChangeKind::Worsened, "{why}");
    let (kind, why) = week("FFFFFFFFFFFFFFFFPPPFPPPPP", Some("r016"));
    assert_eq!(kind, ChangeKind::Returned, "{why}");
}

#[test]
fn a_comparison_stands_only_for_the_sweep_that_it_is_of() {
    let old = output(0..12, &[("a", "PPFPPPPPPPPP")]);
    let mut new = output(0..16, &[("a", "PPFPPPPPPPPPPFPP"), ("b", "PPPPPPPPPPPPPFPP")]);
    let first = compare_or_keep(&old, &new);
    assert!(!first.stands && first.changes.len() == 2);
    let text = serde_json::to_value(&first).unwrap();
    let mut other = text.clone();
    other["schema_version"] = "relapse-diff-v2".into();
    assert!(Comparison::of(other).is_none());
    new.comparison = Comparison::of(text.clone());
    // Written and read again it is the same.
    assert_eq!(serde_json::to_value(&new.comparison).unwrap(), text);
    let again = compare_or_keep(&new, &new);
    assert!(again.stands && again.notes[0].starts_with("no new runs since"));
    let rows = |comparison: &Comparison| serde_json::to_value(&comparison.changes).unwrap();
    assert_eq!(rows(&again), rows(&first));
    // Fewer runs, none of them new; other settings; a run that was compared is not there.
    let mut fewer = new.clone();
    fewer.comparison = Some(again);
    fewer.runs.truncate(15);
    fewer.scenarios.clear();
    fewer.incidents.clear();
    assert!(!compare_or_keep(&new, &fewer).stands);
    let mut other = new.clone();
    other.packet_filter = Some("P".into());
    assert!(!compare_or_keep(&new, &other).stands);
    // New runs are compared as ever.
    let next = output(0..17, &[("a", "PPFPPPPPPPPPPFPPP"), ("b", "PPPPPPPPPPPPPFPPP")]);
    assert!(!compare_or_keep(&new, &next).stands);
    // The severity is that of today.
    let mut graver = new.clone();
    graver.incidents[0].severity = Severity::Critical;
    assert!(compare_or_keep(&new, &graver).changes.iter().any(|change| change.severity == Severity::Critical));
}

#[test]
fn what_the_new_sweep_does_not_list_may_have_passed() {
    let old = output(0..5, &[("a", "PFPFP")]);
    let mut new = output(5..8, &[("other", "PPP")]);
    let change = only(&old, &new);
    assert_eq!((change.kind, change.ran), (ChangeKind::Absent, Some(false)));
    new.unlisted = 1;
    let change = only(&old, &new);
    assert_eq!((change.kind, change.ran, change.new.runs), (ChangeKind::Absent, None, None));
    assert!(change.why.contains("--all"));
    // Listed, but in none of the runs compared.
    let new = output(0..8, &[("a", "PFPFP...")]);
    let change = only(&old, &new);
    assert_eq!((change.kind, change.ran), (ChangeKind::Absent, Some(false)));
}

#[test]
fn fixed_is_resolved_and_short_of_it_quiet() {
    let old = output(0..3, &[("a", "FFF")]);
    let mut new = output(0..5, &[("a", "FFFPP")]);
    new.scenarios[0].clean_runs = 2;
    new.scenarios[0].clean_runs_needed.k95 = Some(3);
    let change = only(&old, &new);
    assert_eq!(change.kind, ChangeKind::Quiet);
    assert!(change.why.ends_with("1 more clean run in a row would show a fix"), "{}", change.why);
    new.incidents[0].verdict = Some(Verdict::Fixed);
    let change = only(&old, &new);
    assert_eq!((change.kind, change.clean_since_run.as_deref()), (ChangeKind::Resolved, Some("r003")));
    assert!(change.why.starts_with("fixed since r003, 2 runs without it; 2 clean in all"), "{}", change.why);
    // Without the failures in it, the new sweep has no verdict.
    let change = only(&old, &output(3..90, &[("a", &"P".repeat(87))]));
    assert_eq!((change.kind, change.verdict), (ChangeKind::Quiet, None));
    assert!(change.why.contains("sweep old and new runs together"), "{}", change.why);
}

/// A fix that was named is told with its own numbers.
#[test]
fn a_fix_that_was_named_is_told_in_what_became_of_it() {
    let old = output(0..4, &[("a", "FFFF")]);
    let fix = |state: &str, failed_run: Option<&str>, clean_runs: u64| -> Option<PlannedFixRow> {
        let row = serde_json::json!({"ticket": "T-1", "since_run": "r004", "state": state, "failed_run": failed_run,
            "clean_runs": clean_runs, "needed_95": 3, "needed_99": 5});
        Some(serde_json::from_value(row).unwrap())
    };
    let mut new = output(0..6, &[("a", "FFFFPP")]);
    new.scenarios[0].clean_runs = 2;
    new.scenarios[0].clean_runs_needed.k95 = Some(5);
    new.scenarios[0].planned_fix = fix("waiting", None, 2);
    let change = only(&old, &new);
    assert_eq!(change.kind, ChangeKind::Quiet);
    assert!(change.why.ends_with("1 more clean run in a row would show a fix"), "{}", change.why);
    new.scenarios[0].planned_fix = fix("proven", None, 3);
    new.incidents[0].verdict = Some(Verdict::Fixed);
    let change = only(&old, &new);
    assert_eq!(change.kind, ChangeKind::Resolved);
    assert!(change.why.ends_with("; 3 clean since its fix (T-1), which holds"), "{}", change.why);
    let mut new = output(0..6, &[("a", "FFFFPF")]);
    new.scenarios[0].planned_fix = fix("failed", Some("r005"), 0);
    let change = only(&old, &new);
    assert!(change.why.ends_with("; its fix (T-1, since r004) did not hold: it failed in r005"), "{}", change.why);
}

#[test]
fn faults_are_named() {
    let sound = || output(0..3, &[("a", "PFF")]);
    assert_eq!(sound().fault(), None);
    let fault = |change: &dyn Fn(&mut Output)| {
        let mut output = sound();
        change(&mut output);
        output.fault().unwrap()
    };
    assert!(fault(&|it| it.runs[1].id = "r000".into()).contains("run `r000` is listed twice"));
    assert!(fault(&|it| it.incidents.push(it.incidents[0].clone())).contains("incident `a` is listed twice"));
    assert!(fault(&|it| it.scenarios[0].ran_in = (2..4).collect()).contains("`2-3`, of 3 runs"));
    assert!(fault(&|it| it.incidents[0].failed_in = [u32::MAX].into_iter().collect()).contains("of 3 runs"));
    assert!(fault(&|it| it.incidents[0].failed_in = (0..2).collect()).contains("different sweeps"));
    assert!(fault(&|it| it.incidents[0].runs_failed = 1).contains("different sweeps"));
    assert!(fault(&|it| it.incidents[0].verdict = None).contains("different sweeps"));
    assert!(fault(&|it| it.incidents.clear()).contains("different sweeps"));
    assert!(fault(&|it| it.scenarios[0].signatures.clear()).contains("different sweeps"));
    assert!(fault(&|it| it.scenarios[0].signatures[0].failed_runs = 1).contains("different sweeps"));
}

/// With a verdict of a scenario's only way to fail, and a change of its rate at a run.
fn with_verdict(mut output: Output, verdict: Verdict, changed: Option<&str>) -> Output {
    for row in &mut output.incidents {
        row.verdict = Some(verdict);
    }
    for row in &mut output.scenarios {
        row.changepoints.extend(changed.map(|run| Changepoint { run: run.to_owned() }));
    }
    output
}

#[test]
fn what_was_called_fixed_and_fails_again_has_returned() {
    let old = |verdict| with_verdict(output(0..9, &[("a", "PPFFFFPPP")]), verdict, None);
    let new = output(9..12, &[("a", "PPF")]);
    assert_eq!(only(&old(Verdict::Fixed), &new).kind, ChangeKind::Returned);
    assert_eq!(only(&old(Verdict::FlakySuspected), &new).kind, ChangeKind::Recurring);
}

#[test]
fn what_regressed_in_the_new_runs_is_worse_whatever_its_runs_say() {
    // Each run failed in one of two environments, and fails in both since.
    let old = output(0..9, &[("a", "FFFFFFFFF")]);
    let at = |run| with_verdict(output(9..14, &[("a", "FFFFF")]), Verdict::Regressed, Some(run));
    let worse = only(&old, &at("r011"));
    assert_eq!(worse.kind, ChangeKind::Worsened);
    assert!(worse.why.ends_with("its scenario regressed at r011"), "{}", worse.why);
    let mut before = at("r011");
    before.scenarios[0].changepoints.clear();
    assert_eq!(only(&old, &before).kind, ChangeKind::Recurring);
}

#[test]
fn what_was_open_and_of_which_nothing_is_left_is_told() {
    let old = output(0..9, &[("a", "FFFFFFFFF"), ("b", "PPPPPPPPF")]);
    let told = |new: &Output| compare(&old, new).warnings.join("; ");
    let lost = told(&output(9..14, &[("b", "PPPPP")]));
    assert!(lost.contains("holds no result, neither a failure nor a pass: of a"), "{lost}");
    assert_eq!(told(&output(9..14, &[("a", "PPPPP"), ("b", "FFFFF")])), "");
    // On a branch that is gone, or not looked at, where it passes on another.
    let on = |mut output: Output, branch: &str| {
        for run in &mut output.runs {
            run.branch = Some(branch.into());
        }
        output
    };
    let old = on(output(0..9, &[("a", "FFFFFFFFF")]), "dev");
    assert!(!compare(&old, &on(output(9..14, &[("b", "PPPPP")]), "main")).warnings.join("; ").contains("no result"));
}

#[test]
fn some_new_runs_with_clocks_before_the_baseline_s_are_told() {
    let old = output(10..20, &[("a", "PPPPPPPPPP")]);
    let with = |first: i64| {
        let mut new = output(20..24, &[("a", "PPPF")]);
        new.runs[3].first_unix_ms = Some(first);
        compare(&old, &new).warnings.join("; ")
    };
    let told = "new runs that began before all of the baseline's, by their clocks: r023";
    assert!(with(3).starts_with(told), "{}", with(3));
    assert_eq!(with(23), "");
}

#[test]
fn runs_from_before_a_fix_show_no_return() {
    let old = with_verdict(output(10..19, &[("a", "PPFFFFPPP")]), Verdict::Fixed, None);
    let mut new = output(19..22, &[("a", "PPF")]);
    new.runs[2].first_unix_ms = Some(11);
    assert_eq!(only(&old, &new).kind, ChangeKind::Recurring);
}

#[test]
fn the_same_on_several_branches_is_told_once_with_all_of_them() {
    let on = |mut output: Output| {
        for (run, branch) in output.runs.iter_mut().zip(["main", "dev"].into_iter().cycle()) {
            run.branch = Some(branch.into());
        }
        output
    };
    let (old, new) = (on(output(0..10, &[("a", "PPPPPPPPPP")])), on(output(10..16, &[("a", "FFFFFF")])));
    let change = only(&old, &new);
    assert_eq!((change.branch.as_deref(), &change.also_on[..]), (Some("dev"), &["main".to_owned()][..]));
    assert!(change.why.ends_with("; the same on main"), "{}", change.why);
}

#[test]
fn doubts_are_warned_of() {
    let old = output(0..5, &[("a", "PFPFP")]);
    let mut new = output(3..8, &[("a", "FPPPP"), ("b", "FPPPP")]);
    new.runs[0].first_unix_ms = Some(77);
    new.taxonomy = "other".into();
    let moment = "began at another moment in each: 1, the first `r003`";
    let told = compare(&old, &new).warnings.join("\n");
    assert!(told.contains(moment), "{told}");
    // Of another packet, and behind where a window begins, a run begins later.
    let mut cut = new.clone();
    cut.window = Some(crate::analysis::TimeWindow { since: Some("1970-01-01T00:00:00.050Z".into()), until: None });
    assert!(!compare(&old, &cut).warnings.join("\n").contains(moment));
    new.packet_filter = Some("P".into());
    let comparison = compare(&old, &new);
    let warnings = [comparison.notes, comparison.warnings].concat().join("\n");
    assert!(!warnings.contains(moment), "{warnings}");
    for warning in [
        "runs that both hold, which count as the baseline's: 2",
        "does not hold: 3",
        "`` in the baseline, `other` in the new sweep",
        "packets differ: all in the baseline, `P` in the new sweep",
        "failed in its own runs only, or in none that is listed: of b",
    ] {
        assert!(warnings.contains(warning), "`{warning}` is not in {warnings}");
    }
    // The same runs, called by other paths.
    let mut renamed = output(0..5, &[("a", "PFPFP")]);
    for run in &mut renamed.runs {
        run.id.insert_str(0, "logs/");
    }
    let warnings = compare(&old, &renamed).warnings.join("\n");
    assert!(warnings.contains("does not hold: 5, the first `logs/r000` with `r000`"), "{warnings}");
    let warnings = compare(&output(5..8, &[]), &output(0..5, &[])).warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("swapped"));
}

#[test]
fn what_came_later_to_a_run_that_both_hold_is_new() {
    // `b` is of a shard of r004 that the baseline did not have yet.
    let old = output(0..5, &[("a", "PFPFP"), ("b", "PPPP.")]);
    for (runs, a, b) in [(6, "PFPFPP", "PPPPF."), (6, "PFPFPP", "PPPPFF"), (5, "PFPFP", "PPPPF")] {
        let new = output(0..runs, &[("a", a), ("b", b)]);
        let found = compare_or_keep(&old, &new);
        let change = found.changes.iter().find(|change| change.incident_id == "b").unwrap();
        assert_eq!(change.kind, ChangeKind::New, "{b}");
        assert!(change.why.contains("by records that the baseline lacks of r004"), "{}", change.why);
        assert_eq!(found.summary.by_kind.of(ChangeKind::New), 1);
        // The night after it is known.
        let next = output(0..7, &[("a", "PFPFPPP"), ("b", "PPPPFFF")]);
        let known = compare(&new, &next).changes;
        assert!(known.iter().all(|change| change.kind != ChangeKind::New), "{b}");
    }
    // What an earlier comparison told stands beside it.
    let mut night = output(0..6, &[("a", "PFPFPP"), ("b", "PPPP.."), ("c", ".....F")]);
    night.comparison = Some(compare(&old, &night));
    let found = compare_or_keep(&night, &output(0..6, &[("a", "PFPFPP"), ("b", "PPPP.F"), ("c", ".....F")]));
    assert!(found.stands && found.summary.by_kind.of(ChangeKind::New) == 2);
    // A run in which its scenario failed already, in another way, was there.
    let mut other = output(0..6, &[("b", "PPPFFP")]);
    let old = output(0..5, &[("b", "PPPFF")]);
    other.incidents[0].incident_id = "b2".into();
    other.scenarios[0].signatures[0].incident_id = "b2".into();
    let found = compare(&old, &other);
    assert!(found.changes.iter().all(|change| change.kind != ChangeKind::New));
    assert!(
        found.warnings.iter().any(|warning| warning.ends_with("in none that is listed: of b")),
        "{:?}",
        found.warnings
    );
}

#[test]
fn what_has_another_class_now_is_warned_of() {
    let old = output(0..5, &[("a", "PPPFF"), ("b", "PPPPP")]);
    let told = |class: &str| {
        let mut new = output(5..8, &[("a", "FFF"), ("b", "FFF")]);
        new.incidents[0].incident_id = format!("a {class}");
        new.incidents[0].class = class.into();
        new.scenarios[0].signatures[0].incident_id = format!("a {class}");
        compare(&old, &new).warnings
    };
    let words = "what is new had another class in the baseline, with the same reason: `a` (`c`, now `other`)";
    assert!(told("other")[0].starts_with(words), "{:?}", told("other"));
    assert_eq!(compare(&old, &output(5..8, &[("a", "FFF"), ("b", "FFF")])).warnings, [""; 0]);
}

/// Histories of six scenarios over some runs.
fn histories(runs: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::collection::vec(prop::sample::select(vec!['P', 'F', '.']), runs), 6)
        .prop_map(|rows| rows.into_iter().map(String::from_iter).collect())
}

fn named(rows: &[String]) -> Vec<(&str, &str)> {
    ["a", "b", "c", "d", "e", "f"].into_iter().zip(rows.iter().map(String::as_str)).collect()
}

proptest! {
    #[test]
    fn every_incident_has_one_kind(old in histories(15), new in histories(9), gap in 0..16_u32) {
        let (old, new) = (output(0..15, &named(&old)), output(gap..gap + 9, &named(&new)));
        let comparison = compare(&old, &new);
        let ids: Vec<&str> = comparison.changes.iter().map(|change| change.incident_id.as_str()).collect();
        let known: BTreeSet<&str> = old.incidents.iter().map(|row| row.incident_id.as_str()).collect();
        // A failure that the baseline does not know of came later, with a new run or to one of its own.
        let failed = |output: &Output| -> BTreeSet<(String, String)> {
            let runs = |row: &crate::IncidentRow| -> Vec<String> {
                row.failed_in.iter().map(|run| output.runs[run as usize].id.clone()).collect()
            };
            let of = |row: &crate::IncidentRow| runs(row).into_iter().map(|run| (row.incident_id.clone(), run)).collect::<Vec<_>>();
            output.incidents.iter().flat_map(of).collect()
        };
        let later: BTreeSet<String> = failed(&new).difference(&failed(&old)).map(|(id, _)| id.clone()).collect();
        let failing = new.incidents.iter().filter(|row| later.contains(&row.incident_id));
        let failing: BTreeSet<&str> = failing.map(|row| row.incident_id.as_str()).collect();
        let all: BTreeSet<&str> = known.union(&failing).copied().collect();
        let all = if gap + 9 <= 15 { failing.clone() } else { all };
        prop_assert_eq!(ids.len(), all.len());
        prop_assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), all);
        for change in &comparison.changes {
            let fails = change.kind <= ChangeKind::Recurring;
            prop_assert_eq!(fails, failing.contains(change.incident_id.as_str()));
            prop_assert_eq!(change.kind == ChangeKind::New, !known.contains(change.incident_id.as_str()));
            prop_assert!(change.new.runs.is_none_or(|runs| change.new.failed_runs <= runs));
            prop_assert_eq!(change.kind == ChangeKind::Absent, change.ran != Some(true));
        }
        let sum: u64 = ChangeKind::ALL.into_iter().map(|kind| comparison.summary.by_kind.of(kind)).sum();
        prop_assert_eq!(sum, comparison.changes.len() as u64);
    }

    #[test]
    fn an_output_has_not_changed_since_itself(rows in histories(12)) {
        let output = output(0..12, &named(&rows));
        let comparison = compare(&output, &output);
        prop_assert!(comparison.changes.is_empty());
        prop_assert!(comparison.warnings[0].starts_with("no new runs"));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(old in histories(15), new in histories(5)) {
        let (mut old, mut new) = (output(0..15, &named(&old)), output(15..20, &named(&new)));
        let before = serde_json::to_string(&compare(&old, &new)).unwrap();
        for output in [&mut old, &mut new] {
            output.incidents.reverse();
            output.scenarios.reverse();
            // Runs in another order, as those of several branches.
            let runs = u32::try_from(output.runs.len()).unwrap();
            output.runs.reverse();
            let mirrored = |set: &crate::text::run_ranges::RunRanges| {
                let places: BTreeSet<u32> = set.iter().map(|run| runs - 1 - run).collect();
                places.into_iter().collect()
            };
            for row in &mut output.incidents {
                row.failed_in = mirrored(&row.failed_in);
            }
            for row in &mut output.scenarios {
                row.ran_in = mirrored(&row.ran_in);
            }
            assert_eq!(output.fault(), None);
        }
        prop_assert_eq!(serde_json::to_string(&compare(&old, &new)).unwrap(), before);
    }
}

/// The same as [`output`], with runs in turns of two branches, `main` first.
fn on_branches(runs: std::ops::Range<u32>, histories: &[(&str, &str)]) -> Output {
    let mut output = output(runs, histories);
    for (run, branch) in output.runs.iter_mut().zip(["main", "feature"].into_iter().cycle()) {
        run.branch = Some(branch.to_owned());
    }
    output
}

#[test]
fn branches_are_compared_apart() {
    let kind = |before: &str, after: &str| {
        let all = format!("{before}{after}");
        let runs = |history: &str| 0..u32::try_from(history.len()).unwrap();
        let old = on_branches(runs(before), &[("x", before)]);
        let new = with_verdict(on_branches(runs(&all), &[("x", &all)]), Verdict::Relapsed, None);
        let comparison = compare(&old, &new);
        let change = &comparison.changes[0];
        (change.kind, change.branch.clone(), change.why.clone())
    };
    let (new, branch, why) = kind("FPFPFPFPFPFP", "PFPF");
    assert_eq!((new, branch.as_deref()), (ChangeKind::New, Some("feature")), "{why}");
    let known = "on feature failed in 2 of 2 new runs; its scenario had 6 baseline runs without it; the baseline has it on main";
    assert_eq!(why, known);
    // Away for runs of its own branch, not of all.
    let old = format!("{}{}", "FP".repeat(4), "PP".repeat(3));
    assert_ne!(kind(&old, "FPFPFPFP").0, ChangeKind::Returned);
    let old = format!("{}{}", "FP".repeat(4), "PP".repeat(20));
    assert_eq!(kind(&old, "FPFPFPFP").0, ChangeKind::Returned);
    // Rarer on one branch does not hide that it is more frequent on the other.
    let old = format!("{}{}", "FP".repeat(10), "FPFPFPFPFF");
    let (worsened, branch, why) = kind(&old, &"PF".repeat(6));
    assert_eq!((worsened, branch.as_deref()), (ChangeKind::Worsened, Some("feature")), "{why}");
}

#[test]
fn a_baseline_of_other_branches_is_warned_of() {
    let warnings = |before: &[&str], after: &[&str]| {
        let of = |runs: std::ops::Range<u32>, branches: &[&str]| {
            let mut output = output(runs, &[("x", &"P".repeat(4))]);
            for (run, branch) in output.runs.iter_mut().zip(branches.iter().cycle()) {
                run.branch = Some((*branch).to_owned()).filter(|branch| !branch.is_empty());
            }
            output
        };
        let found = compare(&of(0..4, before), &of(4..8, after)).warnings;
        found.into_iter().filter(|warning| warning.starts_with("branches differ")).collect::<Vec<_>>()
    };
    assert_eq!(
        warnings(&["feature"], &["main"]),
        [
            "branches differ: `feature` in the baseline, `main` in the new runs, which are compared with its runs of feature"
        ]
    );
    // Branches come and go, and runs of no known branch may be of any.
    for (before, after) in
        [(&["main"][..], &["main"][..]), (&["main"], &["main", "new"]), (&[""], &["main"]), (&["main"], &[""])]
    {
        assert!(warnings(before, after).is_empty(), "{before:?} {after:?}");
    }
}

#[test]
fn what_is_fixed_on_one_branch_and_gone_from_another_is_both() {
    let old = on_branches(0..12, &[("x", "FFFFFFFFFFFF")]);
    let mut new = on_branches(0..32, &[("x", "FFFFFFFFFFFFP.P.P.P.P.P.P.P.P.P.")]);
    new.incidents[0].verdict = Some(Verdict::Fixed);
    let comparison = compare(&old, &new);
    let rows: Vec<_> = comparison.changes.iter().map(|change| (change.kind, change.branch.as_deref())).collect();
    assert_eq!(rows, [(ChangeKind::Resolved, Some("main")), (ChangeKind::Absent, Some("feature"))]);
}

#[test]
fn what_a_baseline_without_clean_scenarios_knows_of_a_branch_is_that_it_did_not_fail_there() {
    let mut old = on_branches(0..12, &[("x", "FPFPFPFPFPFP")]);
    // Its row is that of main alone.
    old.scenarios[0].branch = Some("main".to_owned());
    old.scenarios[0].ran_in = (0..12).step_by(2).collect();
    old.unlisted = 1;
    let new = on_branches(0..16, &[("x", "FPFPFPFPFPFPFFFF")]);
    let comparison = compare(&old, &new);
    let rows: Vec<_> = comparison.changes.iter().map(|change| (change.kind, change.branch.as_deref())).collect();
    assert_eq!(rows, [(ChangeKind::New, Some("feature")), (ChangeKind::Recurring, Some("main"))]);
}

#[test]
fn runs_of_no_branch_are_a_branch_too() {
    let unnamed = |runs: std::ops::Range<u32>, history: &str| {
        let mut output = on_branches(runs, &[("x", history)]);
        for run in output.runs.iter_mut().filter(|run| run.branch.as_deref() == Some("feature")) {
            run.branch = None;
        }
        let row = output.scenarios[0].clone();
        let branches = [("main", 0), (crate::recurrence::UNKNOWN_BRANCH, 1)];
        output.scenarios = branches
            .map(|(branch, from)| Scenario {
                branch: Some(branch.to_owned()),
                ran_in: row.ran_in.iter().filter(|run| run % 2 == from).collect(),
                ..row.clone()
            })
            .to_vec();
        output
    };
    let old = format!("{}{}", "PF".repeat(4), "PP".repeat(20));
    let new = format!("{old}PFPFPF");
    let new = with_verdict(unnamed(0..54, &new), Verdict::Relapsed, None);
    let comparison = compare(&unnamed(0..48, &old), &new);
    let rows: Vec<_> = comparison.changes.iter().map(|change| (change.kind, change.branch.as_deref())).collect();
    assert_eq!(rows, [(ChangeKind::Returned, None)], "{}", comparison.changes[0].why);
}

#[test]
fn a_branch_that_the_baseline_does_not_know_brings_what_is_known_along() {
    let old = output(0..6, &[("x", "FFFFFF")]);
    let mut new = output(0..10, &[("x", "FFFFFFFFFF")]);
    for (run, branch) in new.runs.iter_mut().zip([["main"; 6].as_slice(), &["feature"; 4]].concat()) {
        run.branch = Some(branch.to_owned());
    }
    let comparison = compare(&old, &new);
    assert_eq!(comparison.changes[0].kind, ChangeKind::Recurring, "{}", comparison.changes[0].why);
}

#[test]
fn a_branch_of_few_baseline_runs_is_compared_with_its_main_line() {
    let on = |mut output: Output, main: usize| {
        for (at, run) in output.runs.iter_mut().enumerate() {
            run.branch = Some(if at < main { "main" } else { "feature" }.to_owned());
        }
        output
    };
    let told = |feature: &str| {
        let [old, new] = ["", "FPFP"].map(|more| format!("PPFPPPFPPPFPPPPF{feature}{more}"));
        let [old, new] = [old, new].map(|history| output(0..u32::try_from(history.len()).unwrap(), &[("a", &history)]));
        let comparison = compare(&on(old, 16), &on(new, 16));
        let change = comparison.changes.into_iter().find(|change| change.branch.as_deref() == Some("feature")).unwrap();
        (change.kind, change.baseline_branch)
    };
    assert_eq!(told("PP"), (ChangeKind::Recurring, Some("main".to_owned())));
    assert_eq!(told("PPPPP"), (ChangeKind::New, None));
    assert_eq!(told("FP"), (ChangeKind::Recurring, None));
}

#[test]
fn what_was_open_on_a_main_line_that_is_gone_is_told_though_others_hold_it() {
    let on = |mut output: Output, main: usize| {
        for (at, run) in output.runs.iter_mut().enumerate() {
            run.branch = Some(if at < main { "main" } else { "dev" }.to_owned());
        }
        output
    };
    let told = |verdict: Verdict, of_main: usize| {
        let old = on(output(0..16, &[("a", "PPPPPPFFFFFFPPPP")]), of_main);
        compare(&with_verdict(old, verdict, None), &on(output(12..20, &[("a", "PPPPPPPP")]), 0)).warnings.join("; ")
    };
    let says = "no run of branch main, of which the baseline has 12, more than of any other; what was open there is judged by other \
                branches alone: of a";
    assert!(told(Verdict::NewFailure, 12).contains(says), "{}", told(Verdict::NewFailure, 12));
    // It is over; that branch is not the main line.
    assert_eq!(told(Verdict::Fixed, 12), "");
    assert_eq!(told(Verdict::NewFailure, 8), "");
    // The main line goes on.
    let old = with_verdict(on(output(0..16, &[("a", "PPPPPPFFFFFFPPPP")]), 12), Verdict::NewFailure, None);
    assert_eq!(compare(&old, &on(output(12..20, &[("a", "PPPPPPPP")]), 4)).warnings.join("; "), "");
}

#[test]
fn a_branch_that_the_baseline_does_not_know_is_compared_with_its_main_line() {
    // Runs by branch; the first is the main line, though another one is newer.
    let on = |branches: &[(&str, u32)], histories: &[(&str, &str)]| {
        let runs: Vec<&str> =
            branches.iter().flat_map(|&(branch, runs)| std::iter::repeat_n(branch, runs as usize)).collect();
        let mut output = output(0..u32::try_from(runs.len()).unwrap(), histories);
        for (run, branch) in output.runs.iter_mut().zip(runs) {
            run.branch = Some(branch.to_owned());
        }
        output
    };
    let clean = ["P".repeat(12), "P".repeat(11)].concat();
    let flake = ["PPFPPPPFPPPP", "PPPPPPPPPPP"].concat();
    let fixed = ["FPPPPPPPPPPP", "PPPPPPPPPPP"].concat();
    let other = ["PPPPPPPPPPPP", "FFFFFFFFFFF"].concat();
    let histories = [("clean", &clean), ("flake", &flake), ("fixed", &fixed), ("other", &other)];
    let mut old = on(&[("main", 12), ("release", 11)], &histories.map(|(name, history)| (name, history.as_str())));
    for row in old.incidents.iter_mut().filter(|row| row.incident_id == "fixed") {
        row.verdict = Some(Verdict::Fixed);
    }
    let new = histories.map(|(name, history)| (name, format!("{history}FFFF")));
    let branches = [("main", 12), ("release", 11), ("feature", 4)];
    let new = on(&branches, &new.each_ref().map(|(name, history)| (*name, history.as_str())));
    let comparison = compare(&old, &new);
    let of = |name: &str| {
        let found = comparison.changes.iter().filter(|change| change.incident_id == name);
        found.filter(|change| change.kind.is_news() || change.kind == ChangeKind::Recurring).collect::<Vec<_>>()
    };
    for (name, kind, says) in [
        ("clean", ChangeKind::New, "4 new runs; its scenario on main had 12 baseline runs without it"),
        ("fixed", ChangeKind::Returned, "after 11 runs of its scenario on main without it since r000"),
        ("flake", ChangeKind::Worsened, "before on main in 2 of 12 baseline runs: more often"),
        // What release has is not of whoever comes from main, and is said.
        ("other", ChangeKind::New, "on main had 12 baseline runs without it; the baseline has it on release"),
    ] {
        let [change] = of(name)[..] else { panic!("{name}: {:?}", of(name)) };
        assert_eq!((change.kind, change.branch.as_deref()), (kind, Some("feature")), "{}", change.why);
        assert_eq!(change.baseline_branch.as_deref(), Some("main"));
        assert!(change.why.contains(says), "{}", change.why);
    }
}

/// At 30 to 1 it came back: relapse.md, section 12.
#[test]
fn what_returned_is_proven_at_the_odds_that_were_asked_for() {
    let history = format!("{}FF{}", "P".repeat(20), "P".repeat(40));
    let old = output(0..62, &[("a", &*history)]);
    let mut new = output(62..64, &[("a", "FF")]);
    let change = only(&old, &new);
    assert_eq!((change.kind, change.proof), (ChangeKind::Returned, Some(Proof::Relapsed)), "{}", change.why);
    new.relapse_odds = Some(99.0);
    let change = only(&old, &new);
    assert_ne!(change.kind, ChangeKind::Returned, "{}", change.why);
    assert_eq!(change.proof, None);
}
