//! One fresh result against the history: what is known, and what must not pass.

use std::collections::BTreeMap;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ended, folder, number, record, relapse, text};

const RUNS: usize = 60;
const TIMEOUT: &str = "TimeoutException: waited 5 s";

/// What a test says when it fails in a run of the history.
fn said(test: &str, run: usize) -> Option<&'static str> {
    match test {
        "flaky" if run % 5 == 2 => Some(TIMEOUT),
        "broken" if run >= 40 => Some("AssertionError: expected 1 but was 2"),
        "fixed" if (5..15).contains(&run) => Some("IllegalStateException: closed"),
        "once" if run == 30 => Some("IOException: odd"),
        "newest" if run == RUNS - 1 => Some("AssertionError: newest"),
        _ => None,
    }
}

const TESTS: [&str; 7] = ["steady", "other", "flaky", "broken", "fixed", "once", "newest"];

/// A report in `JUnit` XML: each test with what it says where it fails.
fn junit(cases: &[(&str, Option<&str>)], time: &str) -> Vec<u8> {
    let case = |(test, said): &(&str, Option<&str>)| {
        let body = said.map_or_else(String::new, |said| format!("<failure message=\"{said}\">{said}</failure>"));
        format!("<testcase classname=\"acme.Shop\" name=\"{test}\">{body}</testcase>\n")
    };
    let cases: String = cases.iter().map(case).collect();
    format!("<testsuites><testsuite name=\"acme\" timestamp=\"{time}\">\n{cases}</testsuite></testsuites>").into_bytes()
}

/// A folder with the output of a sweep over the history, and one fresh result.
fn history(fresh: &[(&str, Option<&str>)]) -> TempDir {
    let there = folder(&[("fresh.xml", &junit(fresh, "2023-06-01T06:00:00Z"))]);
    let logs = there.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for run in 0..RUNS {
        let cases = TESTS.map(|test| (test, said(test, run)));
        let time = format!("2023-{:02}-{:02}T06:00:00Z", 1 + run / 28, 1 + run % 28);
        std::fs::write(logs.join(format!("run-{run:02}.xml")), junit(&cases, &time)).unwrap();
    }
    relapse(["sweep", text(&logs), "--out", text(&there.path().join("out"))]).exits(0);
    there
}

/// The check of the fresh result, as JSON, with its status.
#[track_caller]
fn checked(there: &TempDir, status: i32, more: &[&str]) -> Value {
    let (fresh, out) = (there.path().join("fresh.xml"), there.path().join("out"));
    let mut arguments = vec!["check", text(&fresh), "--from", text(&out), "--json"];
    arguments.extend(more);
    relapse(arguments).exits(status).json()
}

fn known(checked: &Value) -> BTreeMap<&str, &str> {
    let rows = checked["failures"].as_array().unwrap().iter();
    rows.map(|row| (row["scenario_id"].as_str().unwrap(), row["known"].as_str().unwrap())).collect()
}

#[test]
fn each_failure_is_told_by_what_the_history_has_of_it() {
    let there = history(&[
        ("steady", Some("AssertionError: new")),
        ("other", None),
        ("flaky", Some("TimeoutException: waited 7 s")),
        ("broken", Some("AssertionError: expected 1 but was 2")),
        ("fixed", Some("IllegalStateException: closed")),
        ("once", Some("IOException: odd")),
        ("newest", Some("AssertionError: newest")),
        ("unheard", Some("AssertionError: what")),
    ]);
    let found = checked(&there, 1, &[]);
    let expected = [
        ("broken", "known_deterministic"),
        ("fixed", "came_back"),
        ("flaky", "known_flaky"),
        ("newest", "known_on_base"),
        ("once", "seen_once"),
        ("steady", "new"),
        ("unheard", "unknown_test"),
    ];
    assert_eq!(known(&found), BTreeMap::from(expected));
    let order: Vec<bool> = found["failures"].as_array().unwrap().iter().map(|row| row["stops"] == true).collect();
    assert_eq!(order, [true, true, true, true, false, false, false], "what stops first");
    assert_eq!(
        (number(&found, "scenarios"), number(&found, "failed_scenarios"), number(&found, "base_runs")),
        (8, 7, 60)
    );
    let row = |test: &str| found["failures"].as_array().unwrap().iter().find(|row| row["scenario_id"] == test).unwrap();
    let flaky = &row("flaky")["past"];
    assert_eq!((number(flaky, "runs"), number(flaky, "failed_runs")), (60, 12));
    assert_eq!(flaky["newest_failed_runs"][0], "run-57");
    // (12 + 1/2) / 61.
    assert!((row("flaky")["chance"].as_f64().unwrap() - 12.5 / 61.0).abs() < 1e-6, "{found}");
    assert_eq!(row("broken")["past"]["since_run"], "run-40");
    assert_eq!(number(&row("fixed")["past"], "clean_runs"), 45);
}

#[test]
fn known_failures_pass_and_are_told() {
    let there = history(&[
        ("steady", None),
        ("flaky", Some("TimeoutException: waited 7 s")),
        ("broken", Some("AssertionError: expected 1 but was 2")),
        ("fixed", None),
        ("other", None),
    ]);
    checked(&there, 0, &[]);
    let (fresh, out) = (there.path().join("fresh.xml"), there.path().join("out"));
    let shown = relapse(["check", text(&fresh), "--from", text(&out), "--rerun"]).exits(0).text();
    let last = shown.lines().last().unwrap();
    assert_eq!(last, "pass  2 failures known  2 of 5 tests failed; history: 60 runs, newest run-59");
    assert!(
        shown.contains("12 of 60 runs failed so") && shown.contains("it fails since run-40: 20 of 20 runs"),
        "{shown}"
    );
    let junit = relapse(["check", text(&fresh), "--from", text(&out), "--format", "junit"]).exits(0).text();
    assert!(
        junit.contains("tests=\"3\"") && junit.contains("skipped=\"2\"") && junit.contains("failures=\"0\""),
        "{junit}"
    );
}

#[test]
fn a_new_way_to_fail_of_a_flaky_test_is_not_known() {
    let there = history(&[("flaky", Some("SegmentationFault: core dumped"))]);
    let found = checked(&there, 1, &[]);
    assert_eq!(known(&found), BTreeMap::from([("flaky", "new")]));
    assert!(
        found["failures"][0]["why"].as_str().unwrap().contains("never failed so in its 60 runs, only otherwise"),
        "{found}"
    );
}

#[test]
fn a_flake_that_fails_in_a_row_is_more_than_a_flake() {
    // Behind one failure, 13.5/62 a second, then 14.5/63, 15.5/64, 16.5/65: .0483, .0117, .00297.
    for (times, status, said) in [(3, 0, "known_flaky"), (4, 0, "known_flaky"), (5, 1, "worse")] {
        let there = history(&vec![("flaky", Some(TIMEOUT)); times]);
        assert_eq!(known(&checked(&there, status, &[])), BTreeMap::from([("flaky", said)]), "{times}");
    }
    // Where some pass, it is the flake; one pass takes back nothing.
    let mut attempts = vec![("flaky", Some(TIMEOUT)); 3];
    attempts.extend([("flaky", None); 3]);
    let found = checked(&history(&attempts), 0, &[]);
    assert_eq!((known(&found)["flaky"], &found["failures"][0]["chance"]), ("known_flaky", &Value::Null));
}

#[test]
fn a_row_of_failures_with_one_pass_is_no_flake() {
    let mut attempts = vec![("flaky", Some(TIMEOUT)); 19];
    attempts.push(("flaky", None));
    assert_eq!(known(&checked(&history(&attempts), 1, &[])), BTreeMap::from([("flaky", "worse")]));
}

#[test]
fn more_flakes_at_once_than_ever_are_none() {
    let flakes: Vec<String> = (0..20).map(|at| format!("flake {at}")).collect();
    let there = folder(&[("fresh.xml", b"")]);
    let logs = there.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let all = |fails: &dyn Fn(usize) -> bool| -> Vec<(&str, Option<&str>)> {
        let flaky = flakes.iter().enumerate().map(|(at, test)| (test.as_str(), fails(at).then_some(TIMEOUT)));
        flaky.chain((0..40).map(|_| ("steady", None))).collect()
    };
    for run in 0..RUNS {
        let cases = all(&|at| run % 20 == at);
        let time = format!("2023-{:02}-{:02}T06:00:00Z", 1 + run / 28, 1 + run % 28);
        std::fs::write(logs.join(format!("run-{run:02}.xml")), junit(&cases, &time)).unwrap();
    }
    relapse(["sweep", text(&logs), "--out", text(&there.path().join("out"))]).exits(0);
    let fresh = |fails: &dyn Fn(usize) -> bool, status| {
        std::fs::write(there.path().join("fresh.xml"), junit(&all(fails), "2023-06-01T06:00:00Z")).unwrap();
        let found = checked(&there, status, &[]);
        known(&found).into_values().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(fresh(&|at| at < 2, 0), ["known_flaky"; 2]);
    assert_eq!(fresh(&|at| at < 12, 1), ["worse"; 12]);
}

#[test]
fn a_result_that_is_in_the_history_does_not_vouch_for_itself() {
    let there = history(&[]);
    let logs = there.path().join("logs");
    let newest = junit(&[("steady", Some("AssertionError: new")), ("flaky", None)], "2023-06-01T06:00:00Z");
    std::fs::write(logs.join("fresh.xml"), &newest).unwrap();
    std::fs::write(there.path().join("fresh.xml"), &newest).unwrap();
    relapse(["sweep", text(&logs), "--out", text(&there.path().join("out"))]).exits(0);
    let found = checked(&there, 1, &[]);
    assert_eq!(known(&found), BTreeMap::from([("steady", "new")]));
    assert!(found["warnings"].to_string().contains("the history holds `fresh`"), "{found}");
    // Under another name it began at the same moment.
    std::fs::rename(logs.join("fresh.xml"), logs.join("zz-pull.xml")).unwrap();
    relapse(["sweep", text(&logs), "--out", text(&there.path().join("out"))]).exits(0);
    let found = checked(&there, 1, &[]);
    assert!(found["warnings"].to_string().contains("the history holds `zz-pull`"), "{found}");
}

#[test]
fn a_result_of_a_part_of_the_tests_is_told() {
    let there = history(&[("steady", None), ("other", None)]);
    let found = checked(&there, 0, &[]);
    assert_eq!(found["passes"], true);
    let warning = found["warnings"][0].as_str().unwrap();
    assert_eq!(warning, "the result has 2 tests of 7 in the history: nothing is known of the others");
}

/// A run of lines, of one scenario.
fn run(run: usize, env: &str, reason: Option<&str>) -> String {
    let quoted = |word: &str| format!("\"{word}\"");
    let reason = reason.map(quoted);
    let (outcome, reason) = reason.map_or((quoted("pass"), quoted("")), |reason| (quoted("fail"), reason));
    let time = (1_672_531_200_000_u64 + 86_400_000 * run as u64).to_string();
    record(&[("ts_unix_ms", &time), ("outcome", &outcome), ("reason_code", &reason), ("env_fingerprint", &quoted(env))])
}

/// The check of one line against others, each of a branch.
fn of_lines(lines: &[(&str, String)], fresh: &str, more: &[&str], status: i32) -> Ended {
    let files: Vec<(String, &[u8])> = lines
        .iter()
        .enumerate()
        .map(|(run, (branch, line))| (format!("logs/{branch}/run-{run:03}.jsonl"), line.as_bytes()))
        .collect();
    let mut files: Vec<(&str, &[u8])> = files.iter().map(|(name, line)| (name.as_str(), *line)).collect();
    files.push(("fresh.jsonl", fresh.as_bytes()));
    let there = folder(&files);
    let path = |name: &str| there.path().join(name);
    let runs = "^(?<branch>[^/]+)/(?<run>[^/.]+)";
    relapse(["sweep", text(&path("logs")), "--from-path", runs, "--out", text(&path("out"))]).exits(0);
    let (fresh, out) = (path("fresh.jsonl"), path("out"));
    let mut arguments = vec!["check", text(&fresh), "--from", text(&out), "--json"];
    arguments.extend(more);
    relapse(arguments).exits(status)
}

const BROKEN: Option<&str> = Some("dependency_cycle_undetected");

#[test]
fn a_failure_is_looked_up_on_the_base_branch() {
    let mut lines: Vec<(&str, String)> = (0..30).map(|at| ("main", run(at, "e", None))).collect();
    lines.extend((30..40).map(|at| ("feature", run(at, "e", BROKEN))));
    let fresh = run(50, "e", BROKEN);
    let found = of_lines(&lines, &fresh, &[], 1).json();
    assert_eq!((found["base"].as_str(), number(&found, "base_runs")), (Some("main"), 30));
    assert_eq!(found["failures"][0]["known"], "elsewhere");
    let why = found["failures"][0]["why"].as_str().unwrap();
    assert_eq!(why, "it failed so on feature, and never in 30 runs of main");
    let of_feature = of_lines(&lines, &fresh, &["--base", "feature"], 0).json();
    assert_eq!(of_feature["failures"][0]["known"], "known_deterministic", "{of_feature}");
    of_lines(&lines, &fresh, &["--base", "mian"], 2)
        .says("failed to find the base branch `mian` in the history; its runs are of feature, main");
}

#[test]
fn what_fails_in_one_environment_alone_is_not_known_in_another() {
    let line = |at| if at % 2 == 0 { run(at, "windows", BROKEN) } else { run(at, "linux", None) };
    let lines: Vec<(&str, String)> = (0..60).map(|at| ("main", line(at))).collect();
    let there = of_lines(&lines, &run(70, "windows", BROKEN), &[], 0).json();
    assert_eq!(there["failures"][0]["known"], "known_deterministic", "{there}");
    let here = of_lines(&lines, &run(70, "linux", BROKEN), &[], 1).json();
    assert_eq!(here["failures"][0]["known"], "elsewhere", "{here}");
    assert!(here["failures"][0]["why"].as_str().unwrap().contains("in linux it never did, in 30 runs"), "{here}");
    let nowhere = of_lines(&lines, &run(70, "mac", BROKEN), &[], 1).json();
    assert_eq!(nowhere["failures"][0]["known"], "elsewhere", "{nowhere}");
}

#[test]
fn a_failure_of_the_machine_says_nothing_of_the_change() {
    let there = folder(&[]);
    let itest = |outcome: &str, message: &str, at: usize| {
        format!(
            "{{\"schema\":\"itest-log-v1\",\"ts\":\"2026-01-{at:02}T06:00:00Z\",\"suite\":\"smoke\",\"file\":\"a.ts\",\"testName\":\"t\",\"scenarioId\":\"SCH-001\",\
             \"invariantId\":null,\"outcome\":\"{outcome}\",\"durationMs\":3,\"error\":{{\"name\":\"E\",\"message\":\"{message}\",\"stack\":\"\"}},\"run\":{{\"id\":\"r{at}\"}}}}"
        )
    };
    let logs = there.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for at in 1..9 {
        std::fs::write(logs.join(format!("r{at}.jsonl")), itest("pass", "", at)).unwrap();
    }
    let fresh = there.path().join("fresh.jsonl");
    std::fs::write(&fresh, itest("error", "connect ECONNREFUSED 127.0.0.1:5432", 20)).unwrap();
    let out = there.path().join("out");
    relapse(["sweep", text(&logs), "--out", text(&out)]).exits(0);
    let found = relapse(["check", text(&fresh), "--from", text(&out), "--json"]).exits(1).json();
    assert_eq!(found["failures"][0]["known"], "infrastructure", "{found}");
}

#[test]
fn nothing_read_and_damage_are_no_all_clear() {
    let there = history(&[("steady", None), ("other", None), ("flaky", None), ("broken", None)]);
    let path = |name: &str| there.path().join(name);
    std::fs::write(path("empty.xml"), b"").unwrap();
    std::fs::write(path("cut.xml"), &junit(&[("steady", None), ("other", None)], "2023-06-01T06:00:00Z")[..190])
        .unwrap();
    let out = path("out");
    relapse(["check", text(&path("empty.xml")), "--from", text(&out)]).exits(2);
    relapse(["check", "/etc/passwd", "--from", text(&out)]).exits(2);
    relapse(["check", text(&path("absent.xml")), "--from", text(&out)]).exits(2);
    relapse(["check", text(&path("fresh.xml")), "--from", text(&path("logs"))]).exits(2);
    relapse(["check", text(&path("cut.xml")), "--from", text(&out)]).exits(3);
    relapse(["check", text(&path("cut.xml")), "--from", text(&out), "--allow-loss"]).exits(0);
}

#[test]
fn what_a_log_says_begins_no_command_of_the_runner() {
    let there = history(&[
        ("steady", Some("x&#10;::set-env name=A::b&#13;::error::c")),
        ("other", None),
        ("a%0A::warning::b", Some("y")),
    ]);
    let (fresh, out) = (there.path().join("fresh.xml"), there.path().join("out"));
    let shown = relapse(["check", text(&fresh), "--from", text(&out), "--format", "github"]).exits(1).text();
    let commands: Vec<&str> = shown.lines().map(|line| line.split([' ', ':']).nth(2).unwrap_or_default()).collect();
    assert!(commands.iter().all(|command| ["error", "warning", "notice"].contains(command)), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.starts_with("::error")).count(), 2, "{shown}");
}
