//! Clocks that cannot be right, and what must not come of them.

use std::fs;

use serde_json::Value;

use crate::program::{Ended, folder, number, program, record, relapse, text};

const DAY: i64 = 86_400_000;
/// 2023-11-14T22:13:20Z, which the tests' programs take for now.
const NOW: i64 = 1_700_000_000_000;
/// The first of twenty runs, a day apart.
const START: i64 = NOW - 20 * DAY;
/// 2099, 1970, 1999, undated, and days long before the history.
const BAD: [i64; 5] = [4_070_908_800_000, 1_000_000, 915_148_800_000, 0, 1_420_070_400_000];

/// Runs r01 to r20 of twelve scenarios of which one passes ten times and fails ten times; `clock` may change their times.
fn runs(name: impl Fn(i32) -> String, clock: impl Fn(i32) -> Option<i64>) -> tempfile::TempDir {
    let log = |run: i32| {
        let time = clock(run).unwrap_or(START + (i64::from(run) - 1) * DAY);
        let line = |scenario: i32| {
            let outcome = if scenario == 0 && run > 10 { r#""fail""# } else { r#""pass""# };
            let time = (time + i64::from(scenario)).to_string();
            record(&[("ts_unix_ms", &time), ("scenario_id", &format!("\"s{scenario}\"")), ("outcome", outcome)])
        };
        (name(run), (0..12).map(line).collect::<Vec<_>>().join("\n"))
    };
    let files: Vec<(String, String)> = (1..=20).map(log).collect();
    folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

fn numbered(run: i32) -> String {
    format!("r{run:02}.jsonl")
}

fn swept(corpus: &tempfile::TempDir, more: &[&str]) -> Value {
    relapse(["sweep", text(corpus.path()), "--json"].iter().chain(more)).exits(0).json()
}

/// The verdict of the one scenario that failed, and all warnings about runs.
fn judged(report: &Value) -> (String, String) {
    let row = &report["recurrence"]["scenarios"][0];
    let label = row["label"].as_str().unwrap_or("none");
    let warnings = report["recurrence"]["summary"]["warnings"].to_string();
    assert_eq!(report["incidents"]["incidents"][0]["verdict"], row["verdict"]);
    (format!("{} {label}", row["verdict"].as_str().unwrap()), warnings)
}

#[test]
fn a_live_regression_outlives_any_one_clock() {
    let sound = swept(&runs(numbered, |_| None), &[]);
    assert_eq!(judged(&sound), ("regressed deterministic".into(), "[]".into()));
    for bad in BAD {
        for of in [1, 3, 10, 15, 20] {
            let report = swept(&runs(numbered, |run| (run == of).then_some(bad)), &[]);
            let (verdict, warnings) = judged(&report);
            assert_eq!(verdict, "regressed deterministic", "r{of:02} at {bad}");
            // A first run that is early by years is the first by its name too.
            assert!(warnings.contains(&format!("r{of:02}")) || of == 1 && bad == BAD[4], "{warnings}");
            let history = &report["recurrence"]["scenarios"][0]["history"];
            assert_eq!(history, "P10F10", "r{of:02} at {bad}");
        }
    }
}

#[test]
fn digests_in_names_hide_no_order_and_make_none() {
    let hash = |run: i32| format!("{:07x}", run.cast_unsigned().wrapping_mul(0x9e37_79b9) >> 4);
    for name in [&|run| format!("build-{}-{}.jsonl", 1000 + run, hash(run)), &|run| {
        format!("2023-10-{:02}/{}.jsonl", run + 1, hash(run))
    }] as [&dyn Fn(i32) -> String; 2]
    {
        let (verdict, warnings) = judged(&swept(&runs(name, |run| (run > 17).then_some(BAD[4])), &[]));
        assert_eq!(verdict, "regressed deterministic");
        assert!(warnings.contains("not believed"), "{warnings}");
    }
    // Digests that hold numbers alone are no counter.
    let sound =
        runs(|run| if run % 5 == 0 { format!("{}.jsonl", 2_000_000 - run) } else { hash(run) + ".jsonl" }, |_| None);
    assert_eq!(judged(&swept(&sound, &[])), ("regressed deterministic".into(), "[]".into()));
}

#[test]
fn runs_that_were_run_again_are_told_whatever_is_put_behind_their_names() {
    for again in ["-retry", "-2", " (1)", ".rerun1"] {
        let name =
            |run: i32| if run <= 17 { format!("r{run:02}.jsonl") } else { format!("r{:02}{again}.jsonl", run - 13) };
        let (_, warnings) = judged(&swept(&runs(name, |_| None), &[]));
        assert!(warnings.contains(&format!("r05{again}")), "{again}: {warnings}");
    }
    // Sound clocks, however much later: what failed when it was run again fails now.
    let name = |run: i32| if run <= 10 { format!("r{run:02}.jsonl") } else { format!("r{:02}-2.jsonl", run - 10) };
    let later = |run: i32| (run > 10).then(|| START + (i64::from(run) + 40) * DAY / 4);
    let report =
        swept(&runs(name, |run| later(run).or(Some(START - i64::from(20 - run) * DAY / 24))), &["--threads", "2"]);
    assert_eq!(judged(&report).0, "regressed deterministic");
    // In whatever order they are read.
    for _ in 0..4 {
        let again =
            swept(&runs(name, |run| later(run).or(Some(START - i64::from(20 - run) * DAY / 24))), &["--threads", "8"]);
        assert_eq!(judged(&again), judged(&report));
    }
}

#[test]
fn a_window_drops_no_failure_for_a_clock_that_was_not_set() {
    // The newest run alone fails, and its machine had lost its clock.
    let unset = |time: i64| runs(numbered, move |run| (run > 10).then_some(time + i64::from(run)));
    for bad in [5, 1_000_000, BAD[2]] {
        let corpus = unset(bad);
        for window in [["--since", "15d"], ["--since", "2023-10-01T00:00:00Z"], ["--until", "2023-12-01T00:00:00Z"]] {
            let report = swept(&corpus, &window);
            assert_eq!(report["recurrence"]["scenarios"][0]["failed_runs"], 10, "{window:?} {bad}");
            let warnings = report["recurrence"]["summary"]["warnings"].to_string();
            assert!(warnings.contains("r11"), "{warnings}");
        }
    }
}

#[test]
fn an_archive_of_blank_lines_is_empty() {
    let good = record(&[]);
    let logs = folder(&[("a.jsonl", good.as_bytes()), ("b.jsonl", b"\n  \r\n\n")]);
    let said = relapse(["sweep", text(logs.path())]).exits(0).text();
    assert!(said.contains("b.jsonl: empty: all of its lines are blank"), "{said}");
}

#[test]
fn a_run_without_a_place_is_in_no_verdict_and_never_out_of_sight() {
    let hashed = |run: i32| format!("{:x}.jsonl", xxhash_rust::xxh3::xxh3_64(&run.to_le_bytes()));
    for bad in &BAD[..4] {
        for of in [3, 15, 20] {
            let report = swept(&runs(hashed, |run| (run == of).then_some(*bad)), &[]);
            let (verdict, warnings) = judged(&report);
            let name = hashed(of).replace(".jsonl", "");
            assert_eq!(verdict, "regressed deterministic", "{name} at {bad}");
            assert!(warnings.contains(&name) && warnings.contains("its place is not known"), "{warnings}");
            let row = &report["recurrence"]["scenarios"][0];
            assert_eq!(row["unplaced_runs"], serde_json::json!([name]));
            assert_eq!(number(row, "runs"), 19);
            // Counted wherever order is not asked for.
            assert_eq!(number(&report["incidents"], "runs"), 20);
            assert_eq!(number(&report["incidents"]["incidents"][0], "runs_failed"), 10);
        }
    }
}

#[test]
fn what_failed_only_where_nobody_knows_when_is_no_clean_scenario() {
    let corpus =
        runs(|run| format!("{}.jsonl", char::from(b'a' + u8::try_from(run).unwrap())), |run| (run == 5).then_some(0));
    let line = record(&[("ts_unix_ms", "0"), ("scenario_id", "\"s7\"")]);
    fs::write(corpus.path().join("f.jsonl"), line).unwrap();
    let report = swept(&corpus, &[]);
    let rows = report["recurrence"]["scenarios"].as_array().unwrap();
    let row = rows.iter().find(|row| row["scenario_id"] == "s7").unwrap();
    assert_eq!((&row["verdict"], &row["kind"]), (&"insufficient_evidence".into(), &"unproven".into()));
    assert!(row["why"].as_str().unwrap().contains("their place is not known: f"), "{}", row["why"]);
    let incidents = report["incidents"]["incidents"].as_array().unwrap();
    let incident = incidents.iter().find(|row| row["scenario_id"] == "s7").unwrap();
    assert_eq!(incident["verdict"], "insufficient_evidence");
}

#[test]
fn no_clock_moves_a_window_that_counts_back() {
    let kept = |corpus: &tempfile::TempDir| number(&swept(corpus, &["--since", "7d"])["incidents"], "records");
    assert_eq!(kept(&runs(numbered, |_| None)), 8 * 12);
    for of in [5, 15, 19] {
        let corpus = runs(numbered, |run| (run == of).then_some(BAD[0]));
        // The run itself is later than the window's start, whatever its clock claims.
        assert_eq!(kept(&corpus), if of < 13 { 9 * 12 } else { 8 * 12 }, "r{of:02}");
        let said = relapse(["sweep", text(corpus.path()), "--since", "7d"]).exits(0).text();
        assert!(!said.contains("Nothing failed") && said.contains(&format!("r{of:02} (2099-01-01)")), "{said}");
    }
}

#[test]
fn a_few_records_with_a_bad_clock_move_no_run() {
    let corpus = runs(numbered, |_| None);
    let path = corpus.path().join("r15.jsonl");
    for bad in ["978307200000", "4070908800000", "0"] {
        let log = fs::read_to_string(&path).unwrap();
        let line = record(&[("ts_unix_ms", bad), ("scenario_id", "\"s11\""), ("outcome", "\"pass\"")]);
        fs::write(&path, format!("{line}\n{log}")).unwrap();
        let report = swept(&corpus, &[]);
        assert_eq!(judged(&report).0, "regressed deterministic", "{bad}");
        assert_eq!(report["recurrence"]["scenarios"][0]["history"], "P10F10", "{bad}");
    }
}

fn at(epoch: i64, arguments: &[&str]) -> Ended {
    let mut command = program();
    Ended::of(command.env("SOURCE_DATE_EPOCH", (epoch / 1000).to_string()).args(arguments).output().unwrap())
}

#[test]
fn a_kept_answer_is_that_of_its_day() {
    // Dated three days ahead: not believed now, and past in a week.
    let corpus = runs(numbered, |run| (run == 12).then_some(NOW + 3 * DAY));
    let store = tempfile::tempdir().unwrap();
    let ask = |epoch| {
        let (path, store) = (text(corpus.path()), text(store.path()));
        let fresh = at(epoch, &["sweep", path, "--json"]).exits(0).json();
        let kept = at(epoch, &["sweep", path, "--json", "--store", store]).exits(0).json();
        assert_eq!(kept["recurrence"], fresh["recurrence"]);
        kept["recurrence"]["summary"]["warnings"].to_string()
    };
    assert!(ask(NOW).contains("later than now: r12"));
    assert!(ask(NOW + DAY).contains("later than now: r12"));
    let later = ask(NOW + 7 * DAY);
    assert!(!later.contains("later than now"), "{later}");
    assert!(ask(NOW).contains("later than now: r12"));
}

#[test]
fn a_wrong_unit_is_named() {
    let corpus = runs(numbered, |run| Some((START + i64::from(run) * DAY) / 1000));
    let (_, warnings) = judged(&swept(&corpus, &[]));
    assert!(warnings.contains("times of 1970-01-20: in a unit 1000 times as long"), "{warnings}");
    let corpus = runs(numbered, |run| Some((START + i64::from(run) * DAY) * 1000));
    let (verdict, warnings) = judged(&swept(&corpus, &[]));
    assert!(warnings.contains("in a unit 1000 times as short they would be of 2023-10-26"), "{warnings}");
    assert_eq!(verdict, "regressed deterministic");
}

#[test]
fn what_a_ledger_warns_of_is_told() {
    let corpus = runs(numbered, |_| None);
    // Cut off in the middle of the test.
    let path = corpus.path().join("r08.jsonl");
    let log = fs::read_to_string(&path).unwrap();
    fs::write(&path, log.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    let said = relapse(["sweep", text(corpus.path())]).exits(0).text();
    assert!(said.contains("warning: r08.jsonl: ended after 5 of 12 records, which are usual here"), "{said}");
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(corpus.path()), "--out", text(out.path())]).exits(0);
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    assert!(report.contains("ended after 5 of 12 records"), "{report}");
}

#[test]
fn records_without_times_of_their_own_are_not_said_to_be_the_same() {
    // All records of a run have the run's time, and the runs are of one moment.
    let line = |scenario: i32| record(&[("ts_unix_ms", "1699000000000"), ("scenario_id", &format!("\"s{scenario}\""))]);
    let log = (0..40).map(line).collect::<Vec<_>>().join("\n");
    let files: Vec<String> = (1..4).map(numbered).collect();
    let corpus = folder(&files.iter().map(|name| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let report = swept(&corpus, &[]);
    for archive in report["ledger"]["archives"].as_array().unwrap() {
        assert_eq!(archive["warnings"], serde_json::json!([]));
    }
}

#[test]
fn ids_that_differ_in_every_run_are_told_with_what_would_help() {
    let log = |run: i32| {
        let line = |scenario: i32| {
            let time = (START + i64::from(run) * DAY + i64::from(scenario)).to_string();
            let id = format!("\"case {scenario} of build {}\"", run * 1000 + scenario);
            record(&[("ts_unix_ms", &time), ("scenario_id", &id)])
        };
        (numbered(run), (0..4).map(line).collect::<Vec<_>>().join("\n"))
    };
    let files: Vec<(String, String)> = (1..7).map(log).collect();
    let corpus = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let warnings = swept(&corpus, &[])["recurrence"]["summary"]["warnings"].to_string();
    assert!(warnings.contains("mask them, as to `case <n> of build <n>`"), "{warnings}");
    assert!(!swept(&runs(numbered, |_| None), &[])["recurrence"]["summary"]["warnings"].to_string().contains("mask"));
}

#[test]
fn reasons_that_differ_in_numbers_alone_are_told_with_what_would_help() {
    let said = |reason: &dyn Fn(i32) -> String| {
        let log = |run: i32| {
            let time = (START + i64::from(run) * DAY).to_string();
            let reason = format!("\"{}\"", reason(run));
            (numbered(run), record(&[("ts_unix_ms", &time), ("outcome", "\"fail\""), ("reason_code", &reason)]))
        };
        let files: Vec<(String, String)> = (1..7).map(log).collect();
        let corpus = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        swept(&corpus, &[])["recurrence"]["summary"]["warnings"].to_string()
    };
    let told = said(&|run| format!("timed out after {} ms", 1000 + run));
    let says = "reasons of 1 scenario differ in numbers and the like alone, so that what may be one defect is many incidents, as \
                `timed out after 1001 ms` and `timed out after 1002 ms` of backward/strict:chain: mask them";
    assert!(told.contains(says), "{told}");
    // Few ways to fail, or many that differ in words.
    assert!(!said(&|run| format!("shard {} lost", run % 4)).contains("mask"));
    assert!(!said(&|run| "lost ".repeat(run.unsigned_abs() as usize)).contains("mask"));
}

#[test]
fn environments_that_differ_in_every_run_are_told_with_what_would_help() {
    let said = |name: &dyn Fn(i32) -> String| {
        let log = |run: i32| {
            let time = (START + i64::from(run) * DAY).to_string();
            let outcome = if run % 5 == 0 { "\"fail\"" } else { "\"pass\"" };
            let env = format!("\"{}\"", name(run));
            (numbered(run), record(&[("ts_unix_ms", &time), ("outcome", outcome), ("env_fingerprint", &env)]))
        };
        let files: Vec<(String, String)> = (1..21).map(log).collect();
        let corpus = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        swept(&corpus, &[])["recurrence"]["summary"]["warnings"].to_string()
    };
    let told = said(&|run| format!("pod-{run:04x}"));
    assert!(told.contains("20 of 20 environments of what failed ran in one run alone, as `pod-0001`"), "{told}");
    // Machines that come again; a few that do not.
    assert!(!said(&|run| format!("host-{}", run % 7)).contains("in one run alone"));
    assert!(!said(&|run| if run > 15 { format!("pod-{run}") } else { "linux".into() }).contains("in one run alone"));
}

#[test]
fn stale_failures_leave_no_gate_without_a_word() {
    let corpus = runs(numbered, |_| None);
    for more in 21..34 {
        let time = (START + 19 * DAY + (more - 20) * DAY / 100).to_string();
        let line = record(&[("ts_unix_ms", &time), ("scenario_id", "\"s1\""), ("outcome", "\"pass\"")]);
        fs::write(corpus.path().join(format!("r{more}.jsonl")), line).unwrap();
    }
    let gate = |levels: &str| {
        let policy =
            format!("schema = 'relapse-policy-v1'\nname = 'all'\n[max]\ndeterministic = 0\nflaky = 0\n{levels}");
        let folder = folder(&[("policy.toml", policy.as_bytes())]);
        let policy = folder.path().join("policy.toml");
        let ended = relapse(["gate", text(corpus.path()), "--policy", text(&policy), "--format", "json"]);
        let found = |of: &str| {
            let list = ended.json()[of].as_array().unwrap().clone();
            list.iter().find(|one| one["budget_id"] == "stale:scenarios").map(|one| one["message"].to_string())
        };
        (ended.status, found("violations"), found("warnings"))
    };
    let message = "\"1 scenario that failed was not in the latest runs, so that no ceiling counts it: s0\"";
    assert_eq!(gate(""), (0, None, Some(message.to_owned())));
    assert_eq!(gate("[levels]\nstale = 'deny'"), (1, Some(message.to_owned()), None));
    assert_eq!(gate("[levels]\nstale = 'allow'"), (0, None, None));
}

#[test]
fn a_window_names_the_runs_that_it_leaves_out_for_a_clock_that_is_not_believed() {
    // The newest run alone is dated a year back, or a year ahead: a window goes by its clock, and must say so.
    for (clock, window) in [
        (NOW - 365 * DAY, ["--since", "15d"]),
        (NOW - 365 * DAY, ["--since", "2023-10-25T00:00:00Z"]),
        (NOW + 365 * DAY, ["--until", "2023-11-13T00:00:00Z"]),
    ] {
        let corpus = runs(numbered, |run| (run == 20).then_some(clock));
        let warnings = swept(&corpus, &window)["recurrence"]["summary"]["warnings"].to_string();
        assert!(warnings.contains("r20 (") && warnings.contains("left out by --since or --until"), "{warnings}");
        assert_eq!(warnings.matches("not believed").count(), 1, "{warnings}");
        // A store's partials tell the same.
        let store = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let kept = swept(&corpus, &[window[0], window[1], "--store", text(store.path())]);
            assert_eq!(kept["recurrence"]["summary"]["warnings"].to_string(), warnings);
        }
    }
    // Nothing is said of runs that a window rightly leaves out.
    let sound = swept(&runs(numbered, |_| None), &["--since", "5d"]);
    assert_eq!(sound["recurrence"]["summary"]["warnings"], serde_json::json!([]));
}

/// A history of one lane, a line a run, of which the last ten are twice as slow; a file a run, or one file.
fn measured(clock: impl Fn(i64) -> Option<i64>, is_one_file: bool) -> tempfile::TempDir {
    let line = |run: i64| {
        let time = clock(run).unwrap_or(START + run * DAY / 2);
        let value = if run > 20 { 20.0 } else { 10.0 } + (run * 7 % 5) as f64 / 10.0;
        let time = time / 1000;
        format!(r#"{{"host":"h1","lane":"step","incumbent_ms":{value},"rounds":24,"recorded_unix":{time}}}"#) + "\n"
    };
    let lines: Vec<String> = (1..=30).map(line).collect();
    if is_one_file {
        return folder(&[("history.jsonl", lines.concat().as_bytes())]);
    }
    let files: Vec<(String, &String)> =
        (1..).zip(&lines).map(|(run, line)| (format!("b{run:02}.jsonl"), line)).collect();
    folder(&files.iter().map(|(name, line)| (name.as_str(), line.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn a_benchmark_whose_clock_is_not_believed_keeps_its_place() {
    for is_one_file in [true, false] {
        let verdict = |clock: &dyn Fn(i64) -> Option<i64>| {
            let ended = relapse(["bench", text(measured(clock, is_one_file).path()), "--last", "10", "--json"]);
            (ended.json()["series"][0]["judgement"]["verdict"].clone(), ended.stderr)
        };
        assert_eq!(verdict(&|_| None).0, "regressed");
        for bad in [NOW - 365 * DAY, NOW + 365 * DAY, 1_000_000] {
            for of in [5, 21, 30] {
                let (found, said) = verdict(&|run| (run == of).then_some(bad));
                assert_eq!(found, "regressed", "{bad} of {of}, one file: {is_one_file}: {said}");
                assert!(said.contains("1 measurement of benchmarks whose clocks are not believed"), "{said}");
            }
        }
    }
}

#[test]
fn old_runs_that_were_run_again_are_named() {
    // The last good one, as whoever bisects does; two; and ten of twenty.
    for (again, from) in [(vec![11], 12), (vec![3, 11], 12), ((5..=14).collect(), 15), (vec![3], 11)] {
        let today = |run: i32| again.contains(&run).then(|| NOW - 3_600_000 + i64::from(run) * 60_000);
        let (_, warnings) = judged(&swept(&histories(from, today), &[]));
        assert!(warnings.contains("names and clocks tell different orders"), "{warnings}");
    }
    assert_eq!(judged(&swept(&histories(11, |_| None), &[])).1, "[]");
}

#[test]
fn whole_weeks_with_a_wrong_clock_hide_no_regression() {
    let shift = |of: std::ops::RangeInclusive<i32>, days: i64| {
        move |run: i32| of.contains(&run).then(|| START + (i64::from(run) - 1 + days) * DAY)
    };
    for (of, days) in [(15..=20, -3000), (13..=20, -365), (20..=20, -385), (1..=14, 3650)] {
        let corpus = histories(15, shift(of.clone(), days));
        let (verdict, warnings) = judged(&swept(&corpus, &[]));
        assert_eq!(verdict, "regressed deterministic", "{of:?} {days}: {warnings}");
        assert!(warnings.contains("not believed"), "{warnings}");
    }
    // Nearer to the others, they are named.
    for (of, days) in [(15..=20, -30), (20..=20, -20), (19..=20, -35)] {
        let (_, warnings) = judged(&swept(&histories(15, shift(of.clone(), days)), &[]));
        assert!(warnings.contains("names and clocks tell different orders"), "{of:?} {days}: {warnings}");
    }
    // Numbers count by their values where times are equal, or none.
    for time in [START, 0] {
        let corpus = histories(15, |_| Some(time));
        assert_eq!(judged(&swept(&corpus, &[])).0, "regressed deterministic");
    }
}

/// Runs r1 to r20, of which one scenario fails from a run on.
fn histories(from: i32, clock: impl Fn(i32) -> Option<i64>) -> tempfile::TempDir {
    let log = |run: i32| {
        let time = clock(run).unwrap_or(START + (i64::from(run) - 1) * DAY);
        let line = |scenario: i32| {
            let outcome = if scenario == 0 && run >= from { r#""fail""# } else { r#""pass""# };
            record(&[
                ("ts_unix_ms", &time.to_string()),
                ("scenario_id", &format!("\"s{scenario}\"")),
                ("outcome", outcome),
            ])
        };
        (format!("r{run}.jsonl"), (0..12).map(line).collect::<Vec<_>>().join("\n"))
    };
    let files: Vec<(String, String)> = (1..=20).map(log).collect();
    folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn records_far_from_their_run_are_named() {
    // The failing records alone, of runs that are dated rightly: a window goes by their own clocks.
    let log = |run: i64| {
        let line = |scenario: i64| {
            let is_bad = scenario == 0 && run > 14;
            let time = if is_bad { 1_420_070_400_000 } else { START + (run - 1) * DAY };
            let outcome = if is_bad { r#""fail""# } else { r#""pass""# };
            let name = format!("\"s{scenario}\"");
            record(&[("ts_unix_ms", &time.to_string()), ("scenario_id", &name), ("outcome", outcome)])
        };
        (format!("r{run}.jsonl"), (0..12).map(line).collect::<Vec<_>>().join("\n"))
    };
    let files: Vec<(String, String)> = (1..=20).map(log).collect();
    let corpus = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let warned = |more: &[&str]| swept(&corpus, more)["recurrence"]["summary"]["warnings"].to_string();
    assert!(warned(&[]).contains("records of one run are dated more than a week apart"), "{}", warned(&[]));
    let cut = warned(&["--since", "10d"]);
    assert!(cut.contains("far from the rest of their runs") && cut.contains("r15, r16"), "{cut}");
}

#[test]
fn a_window_that_counts_back_from_long_ago_is_told() {
    // Daily, to twelve days before now.
    let corpus = runs(numbered, |run| Some(NOW - (32 - i64::from(run)) * DAY));
    let policy =
        crate::program::folder(&[("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[max]\nflaky = 9\n")]);
    let (path, policy) = (text(corpus.path()), policy.path().join("p.toml"));
    let store = tempfile::tempdir().unwrap();
    for command in [
        &["sweep", path][..],
        &["gate", path, "--policy", text(&policy)],
        &["sweep", path, "--store", text(store.path())],
    ] {
        // An answer that is kept is that of its day.
        for (epoch, since, is_told) in [
            (NOW, "7d", true),
            (NOW - 6 * DAY, "7d", false),
            (NOW, "7d", true),
            (NOW, "20d", false),
            (NOW, "2023-11-01T00:00:00Z", false),
        ] {
            let said = at(epoch, &[command, &["--since", since]].concat()).text();
            let told = "the newest run, r20, began 12 days ago (2023-11-02), for longer than there ever was none";
            assert_eq!(said.contains(told), is_told, "{command:?} {since}: {said}");
        }
        let said = at(NOW, command).text();
        assert!(!said.contains("days ago"), "{said}");
    }
}

#[test]
fn runs_that_were_always_rare_are_not_behind() {
    // Every two weeks, the last one ten days before now.
    let corpus = runs(numbered, |run| Some(NOW - 10 * DAY - (20 - i64::from(run)) * 14 * DAY));
    let said = at(NOW, &["sweep", text(corpus.path()), "--since", "7d"]).exits(0).text();
    assert!(!said.contains("days ago"), "{said}");
}

#[test]
fn what_failed_where_nobody_knows_when_is_not_fixed() {
    let verdict = |fails_unplaced: bool| {
        let log = |run: i64| {
            // The newest three count seconds, under names of hashes.
            let (unplaced, day) = (run >= 30, 1_767_225_600 + run * 86_400);
            let failed = (5..9).contains(&run) || unplaced && fails_unplaced;
            let time = if unplaced { day } else { day * 1_000 }.to_string();
            let (outcome, reason) = if failed { ("\"fail\"", "\"broken\"") } else { ("\"pass\"", "\"parity_ok\"") };
            let line = record(&[("ts_unix_ms", &time), ("outcome", outcome), ("reason_code", reason)]);
            (format!("{:x}.jsonl", xxhash_rust::xxh3::xxh3_64(&run.to_le_bytes())), line)
        };
        let logs: Vec<(String, String)> = (0..33).map(log).collect();
        let logs = folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        let report = swept(&logs, &[]);
        let row = &report["recurrence"]["scenarios"][0];
        (row["verdict"].as_str().unwrap().to_owned(), row["why"].as_str().unwrap().to_owned())
    };
    assert_eq!(verdict(false).0, "fixed");
    let (kept, why) = verdict(true);
    assert_eq!(kept, "insufficient_evidence");
    assert!(why.contains("it failed in a run whose place is not known"), "{why}");
}
