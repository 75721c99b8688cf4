//! Logs as people have them: results in the formats of test tools, with what is known of their runs beside them.

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use crate::program::{Ended, folder, number, relapse, relapse_fed, text};

/// Runs of each corpus.
const RUNS: usize = 40;

/// How a test ends in a run: `steady` passes, `broken` fails since the thirtieth, `flaky` in every fifth, `skipped` is none.
fn fails(test: &str, run: usize) -> bool {
    match test {
        "broken" => run >= 30,
        "flaky" => run % 5 == 2,
        _ => false,
    }
}

const TESTS: [&str; 4] = ["steady", "broken", "flaky", "skipped"];

fn junit(run: usize) -> String {
    let case = |test: &&str| {
        let body = match *test {
            "skipped" => "<skipped/>".to_owned(),
            test if fails(test, run) => format!(
                "<failure message=\"expected {run} to equal 7\">AssertionError: expected {run} to equal 7\n    at x.js:{run}</failure>"
            ),
            _ => String::new(),
        };
        format!("    <testcase classname=\"acme.Shop\" name=\"{test}\" time=\"0.01\">{body}</testcase>\n")
    };
    let cases: String = TESTS.iter().map(case).collect();
    let time = format!("2023-{:02}-{:02}T06:00:00Z", 1 + run / 28, 1 + run % 28);
    format!(
        "<?xml version=\"1.0\"?>\n<testsuites>\n  <testsuite name=\"acme.Shop\" timestamp=\"{time}\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn go_test(run: usize) -> String {
    let time = format!("2023-{:02}-{:02}T06:00:00Z", 1 + run / 28, 1 + run % 28);
    let mut lines = vec![json!({"Time": time, "Action": "start", "Package": "acme/shop"})];
    let mut event = |action: &str, test: &str, output: Option<&str>| {
        let mut line = json!({"Time": time, "Action": action, "Package": "acme/shop"});
        if !test.is_empty() {
            line["Test"] = test.into();
        }
        if let Some(output) = output {
            line["Output"] = output.into();
        }
        lines.push(line);
    };
    // Tests that run at once interleave.
    for test in TESTS {
        event("run", test, None);
    }
    let is_any = TESTS.iter().any(|test| fails(test, run));
    for test in TESTS.iter().rev() {
        if fails(test, run) {
            event("output", test, Some(&format!("    shop_test.go:{run}: got {run}, want 7\n")));
        }
        event(
            if *test == "skipped" {
                "skip"
            } else if fails(test, run) {
                "fail"
            } else {
                "pass"
            },
            test,
            None,
        );
    }
    event("output", "", Some(if is_any { "FAIL\n" } else { "PASS\n" }));
    event(if is_any { "fail" } else { "pass" }, "", None);
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
}

fn pytest(run: usize) -> String {
    let start = 1_672_552_800.0 + 86_400.0 * run as f64;
    let mut lines = vec![json!({"pytest_version": "8.0.0", "$report_type": "SessionStart"})];
    for test in TESTS {
        for when in ["setup", "call", "teardown"] {
            let fails = when == "call" && fails(test, run);
            let is_skipped = test == "skipped" && when == "setup";
            if test == "skipped" && when == "call" {
                continue;
            }
            let message = format!("assert {run} == 7");
            let longrepr = match (fails, is_skipped) {
                (true, _) => json!({"reprcrash": {"path": "test_shop.py", "lineno": run, "message": message}}),
                (_, true) => json!(["test_shop.py", 3, "Skipped: not here"]),
                _ => Value::Null,
            };
            lines.push(json!({
                "$report_type": "TestReport", "nodeid": format!("test_shop.py::{test}"), "when": when,
                "location": ["test_shop.py", 3, test], "start": start, "stop": start + 0.01, "duration": 0.01,
                "outcome": if fails { "failed" } else if is_skipped { "skipped" } else { "passed" }, "longrepr": longrepr,
            }));
        }
    }
    lines.push(json!({"exitstatus": 0, "$report_type": "SessionFinish"}));
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
}

type Writer = fn(usize) -> String;
const FORMATS: [(&str, &str, Writer); 3] =
    [("JUnit XML", "xml", junit), ("go test -json", "json", go_test), ("pytest-reportlog", "jsonl", pytest)];

fn corpus(ending: &str, write: Writer) -> tempfile::TempDir {
    let files: Vec<(String, String)> = (0..RUNS).map(|run| (format!("run-{run:02}.{ending}"), write(run))).collect();
    folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>())
}

/// Each scenario's last word, verdict and failed runs.
fn verdicts(ended: &Ended) -> Vec<(String, String, u64)> {
    let rows = ended.json()["recurrence"]["scenarios"].clone();
    let mut found: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let name = row["scenario_id"].as_str().unwrap().rsplit([':', '.', '/']).next().unwrap().to_owned();
            (name, row["verdict"].as_str().unwrap().to_owned(), number(row, "failed_runs"))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn results_are_read_as_test_tools_write_them() {
    for (format, ending, write) in FORMATS {
        let corpus = corpus(ending, write);
        let ended = relapse(["sweep", text(corpus.path()), "--json"]).exits(0);
        let expected = [("broken", "regressed", 10), ("flaky", "flaky", 8)];
        assert_eq!(verdicts(&ended), expected.map(|(a, b, n)| (a.into(), b.into(), n)), "{format}");
        let incidents = ended.json()["incidents"].clone();
        // Numbers and lines differ from run to run; the defects are two.
        assert_eq!(incidents["incidents"].as_array().unwrap().len(), 2, "{format}");
        assert_eq!([number(&incidents, "records"), number(&incidents, "failed_records")], [160, 18], "{format}");
        assert_eq!(incidents["incidents"][0]["class"], "assertion", "{format}");
        let totals = ended.ledger()["totals"].clone();
        assert_eq!([number(&totals, "rejected"), number(&totals, "excluded")], [0, 40], "{format}");
        assert_eq!(number(&totals["readers"], "records"), 160, "{format}");
        assert_eq!(ended.ledger()["archives"][7]["reader"]["format"], format);
        assert_eq!(ended.ledger()["archives"][7]["run"], "run-07");
        let summary = relapse(["sweep", text(corpus.path())]).exits(0).text();
        assert!(summary.contains(&format!("read as {format} (40 archives): 160 attempts of tests")), "{summary}");
    }
}

#[test]
fn threads_containers_and_cuts_change_nothing() {
    for (format, ending, write) in FORMATS {
        let corpus = corpus(ending, write);
        let of = |folder: &tempfile::TempDir, threads: &str| {
            let ended = relapse(["sweep", text(folder.path()), "--json", "--threads", threads]).exits(0);
            let json = ended.json();
            (
                verdicts(&ended),
                json["incidents"]["incidents"][0]["id"].clone(),
                json["ledger"]["totals"]["lines"].clone(),
            )
        };
        let first = of(&corpus, "1");
        assert_eq!(of(&corpus, "5"), first, "{format}");
        for entry in fs::read_dir(corpus.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            // Frames end anywhere in a document.
            let packed: Vec<u8> = bytes.chunks(97).flat_map(|part| zstd::encode_all(part, 1).unwrap()).collect();
            fs::write(format!("{}.zst", path.display()), packed).unwrap();
            fs::remove_file(path).unwrap();
        }
        assert_eq!(of(&corpus, "2"), first, "{format}");
    }
}

#[test]
fn one_large_archive_is_read_in_order() {
    // Larger than a piece, so that whoever decodes and whoever reads meet.
    let mut text = String::new();
    for _ in 0..2_000 {
        text += &go_test(3).repeat(2);
    }
    let input = relapse_fed(&["sweep", "-", "--json"], text.as_bytes()).exits(0);
    let totals = input.ledger()["totals"].clone();
    assert_eq!(number(&totals["readers"], "records"), 16_000);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = folder(&[("run.json.gz", &encoder.finish().unwrap())]);
    for threads in ["1", "2"] {
        let ended = relapse(["sweep", crate::program::text(packed.path()), "--json", "--threads", threads]).exits(0);
        assert_eq!(number(&ended.ledger()["totals"]["readers"], "records"), 16_000);
        assert_eq!(ended.ledger()["totals"]["lines"], totals["lines"]);
    }
}

#[test]
fn what_is_cut_off_is_told_and_what_came_before_counts() {
    let whole = junit(30);
    let at = whole.find("name=\"flaky\"").unwrap();
    let cut = folder(&[("run-1.xml", &whole.as_bytes()[..at]), ("run-2.xml", whole.as_bytes())]);
    let ended = relapse(["sweep", text(cut.path()), "--json"]).exits(3);
    let archive = ended.ledger()["archives"][0].clone();
    assert_eq!([number(&archive, "parsed"), number(&archive, "rejected")], [2, 1]);
    assert_eq!(archive["rejects"][0]["reason"], "broken_document");
    let lines = relapse(["sweep", text(cut.path())]).exits(3).text();
    assert!(lines.contains("run-1.xml: 1 broken_document"), "{lines}");
}

#[test]
fn a_side_car_a_path_and_a_list_say_what_records_do_not() {
    let side_car = |run: usize| {
        let branch = if run.is_multiple_of(2) { "main" } else { "topic" };
        json!({"run": format!("b{run}"), "branch": branch, "revision": format!("r{run}"), "env": "linux"}).to_string()
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for run in 0..RUNS {
        files.push((format!("{run:02}/relapse-run.json"), side_car(run)));
        files.push((format!("{run:02}/out/report.xml"), junit(run)));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let by_side_car = folder(&files);
    let ended = relapse(["sweep", text(by_side_car.path()), "--json", "--branch", "main"]).exits(0);
    assert_eq!(number(&ended.json()["recurrence"]["summary"], "runs"), 20);
    assert_eq!(ended.ledger()["archives"][0]["run"], "b0");
    let row = ended.json()["recurrence"]["scenarios"][0].clone();
    assert!(!row["uncontrolled"].to_string().contains("revision"), "{row}");

    // The same by paths.
    let paths: Vec<(String, String)> = (0..RUNS)
        .map(|run| (format!("{}/b{run}.xml", if run % 2 == 0 { "main" } else { "topic" }), junit(run)))
        .collect();
    let by_path = folder(&paths.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let pattern = r"(?<branch>[^/]+)/(?<run>b\d+)";
    let of_path =
        relapse(["sweep", text(by_path.path()), "--json", "--branch", "main", "--from-path", pattern]).exits(0);
    // Without revisions what flakes is flaky; with one a run it may be of the code.
    let counts =
        |ended: &Ended| verdicts(ended).into_iter().map(|(name, _, failed)| (name, failed)).collect::<Vec<_>>();
    assert_eq!(counts(&of_path), counts(&ended));

    // And by a list; a store keeps what each came to under what was known then.
    let list = |of: &dyn Fn(usize) -> &'static str| {
        let rows: Vec<Value> =
            (0..RUNS).map(|run| json!({"databaseId": format!("b{run}"), "headBranch": of(run)})).collect();
        Value::from(rows).to_string()
    };
    let parity = |run: usize| if run.is_multiple_of(2) { "main" } else { "topic" };
    let flat: Vec<(String, String)> = (0..RUNS).map(|run| (format!("b{run}.xml"), junit(run))).collect();
    let flat = folder(&flat.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let lists = folder(&[("runs.json", list(&parity).as_bytes()), ("all.json", list(&|_| "main").as_bytes())]);
    let store = folder(&[]);
    let by_list = |name: &str| {
        let file = lists.path().join(name);
        let arguments = ["sweep", text(flat.path()), "--json", "--branch", "main", "--runs", text(&file), "--store"];
        relapse(arguments.into_iter().chain([text(store.path())])).exits(0)
    };
    assert_eq!(counts(&by_list("runs.json")), counts(&ended));
    assert_eq!(number(&by_list("all.json").json()["recurrence"]["summary"], "runs"), 40);
    assert_eq!(number(&by_list("runs.json").json()["recurrence"]["summary"], "runs"), 20);
}

#[test]
fn a_list_that_names_none_of_the_runs_is_told() {
    let logs = folder(&[("b1/r.xml", junit(0).as_bytes()), ("b2/r.xml", junit(1).as_bytes())]);
    let list = folder(&[("runs.json", br#"[{"databaseId": 1, "headBranch": "main"}]"#)]);
    let list = list.path().join("runs.json");
    let sweep =
        |more: &[&str]| relapse(["sweep", text(logs.path()), "--runs", text(&list)].iter().chain(more)).exits(0).text();
    assert!(sweep(&[]).contains("names none of the runs that were read: it lists such as `1`"), "{}", sweep(&[]));
    assert!(!sweep(&["--from-path", "b(?<run>[0-9]+)/"]).contains("the list of runs"));
}

#[test]
fn a_gate_counts_tests_and_no_suite_that_was_fine() {
    let logs = folder(&[("b1.xml", junit(0).as_bytes()), ("b2.xml", junit(1).as_bytes())]);
    let swept = relapse(["sweep", text(logs.path()), "--json"]).exits(0).json();
    let policy =
        folder(&[("policy.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[max]\nfailed_entries = 1000\n")]);
    let policy = policy.path().join("policy.toml");
    let gate = relapse(["gate", text(logs.path()), "--policy", text(&policy), "--json"]).exits(0).json();
    assert_eq!(gate["inputs"]["records"], swept["incidents"]["records"]);
}

#[test]
fn what_is_said_wrongly_outside_of_records_is_told() {
    let broken = folder(&[("relapse-run.json", b"{\"brunch\":\"main\"}"), ("r.xml", junit(0).as_bytes())]);
    let ended = relapse(["sweep", text(broken.path()), "--json"]).exits(3);
    assert!(ended.ledger()["skipped"][0]["why"].as_str().unwrap().contains("unknown field `brunch`"));
    let list = broken.path().join("relapse-run.json");
    relapse(["sweep", text(broken.path()), "--runs", text(&list)]).exits(2).says("no id of a run");
    relapse(["sweep", text(broken.path()), "--from-path", "(?<run>nowhere)"]).exits(2).says("--from-path");
    relapse(["sweep", text(broken.path()), "--log-format", "junk"]).exits(2).says("known: junit, playwright");
    relapse(["run-info"]).exits(2).says("GITHUB_ACTIONS");
}

#[test]
fn a_format_that_is_asked_for_is_read_whatever_the_text_begins_with() {
    let text_of = format!("building\n{}", go_test(2));
    let noisy = folder(&[("r.log", text_of.as_bytes()), ("notes.txt", b"nothing\n"), ("page.xml", b"<html/>")]);
    let ended = relapse(["sweep", text(noisy.path()), "--json"]).exits(0);
    let archives = ended.ledger()["archives"].clone();
    assert_eq!((archives.as_array().unwrap().len(), archives[0]["reader"]["ignored"]["text"].as_u64()), (1, Some(1)));
    let skipped: Vec<String> =
        ended.ledger()["skipped"].as_array().unwrap().iter().map(|row| row["why"].to_string()).collect();
    assert!(skipped[0].contains("looks like plain text") && skipped[1].contains("looks like HTML"), "{skipped:?}");
    let log = noisy.path().join("r.log");
    let asked = relapse(["sweep", text(&log), "--json", "--log-format", "go-test"]).exits(0);
    assert_eq!(number(&asked.ledger()["totals"]["readers"], "records"), 4);
}
