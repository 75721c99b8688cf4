//! Outcome words: the profile's decide everywhere, and a word that it does not name is neither an all-clear nor a failure.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ended, folder, number, record, relapse, text};

/// A profile of one's own; `outcome` is the rest of its `[outcome]`.
fn profile(outcome: &str) -> String {
    let field = |role: &str, kind: &str, rest: &str| {
        format!("[[field]]\nrole = '{role}'\npath = '{role}'\ntype = '{kind}'\n{rest}\n")
    };
    let optional = ["packet", "suite", "reason"].map(|role| field(role, "text", "required = false")).concat();
    let needed = field("time", "time", "unit = 's'") + &field("scenario", "text", "") + &field("outcome", "text", "");
    format!("name = 'own'\n{needed}{optional}[outcome]\n{outcome}\n")
}

const PASSED: &str = "pass = ['PASSED']\nfail = ['FAILED']\nexcluded = ['SKIPPED']";

/// Runs of records, each of scenario, word and reason, in a folder with the profile.
struct Logs(TempDir);

impl Logs {
    fn new(outcome: &str, runs: &[&[[&str; 3]]]) -> Self {
        let line = |run: usize, [scenario, word, reason]: &[&str; 3]| {
            let time = 1_767_225_600 + 86_400 * run;
            json!({"time": time, "packet": "P", "suite": "s", "scenario": scenario, "outcome": word, "reason": reason})
                .to_string()
        };
        let log = |run: usize| runs[run].iter().map(|row| line(run, row) + "\n").collect::<String>();
        let mut files: Vec<(String, String)> =
            (0..runs.len()).map(|run| (format!("logs/r{run:02}.jsonl"), log(run))).collect();
        files.push(("own.toml".into(), profile(outcome)));
        Self(folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>()))
    }

    fn at(&self, name: &str) -> String {
        text(&self.0.path().join(name)).to_owned()
    }

    fn run(&self, command: &str, rest: &[&str]) -> Ended {
        let (logs, profile) = (self.at("logs"), self.at("own.toml"));
        relapse([command, &logs, "--profile", &profile].iter().chain(rest))
    }

    fn gate(&self, policy: &str) -> Ended {
        let path = self.at("policy.toml");
        std::fs::write(&path, policy).unwrap();
        self.run("gate", &["--policy", &path, "--format", "json"])
    }
}

fn ids(report: &Value) -> Vec<&str> {
    report["violations"].as_array().unwrap().iter().map(|found| found["budget_id"].as_str().unwrap()).collect()
}

const NATIVE: &str = "schema = 'relapse-policy-v1'\nname = 'n'\n\
    max = { failed_entries = 0, flake_suspects = 0, unknown_reason_codes = 0 }\n\
    [[coverage]]\npacket = 'P'\nmin_scenarios = 4\nmin_pass_ratio = 1.0\nrequired_suites = ['s']\n";

#[test]
fn the_gate_passes_what_the_sweep_says_passed() {
    let run: &[[&str; 3]] = &[["a", "PASSED", ""], ["b", "PASSED", ""]];
    let logs = Logs::new(PASSED, &[run, run]);
    assert!(logs.run("sweep", &[]).exits(0).text().contains("0 of 4 records failed"));
    let report = logs.gate(NATIVE).exits(0).json();
    assert_eq!((number(&report["inputs"], "records"), number(&report["inputs"], "failed_records")), (4, 0));
}

#[test]
fn the_gate_fails_what_the_sweep_says_failed() {
    let logs = Logs::new(PASSED, &[&[["a", "PASSED", ""], ["b", "FAILED", "odd"]], &[["a", "FAILED", ""]]]);
    let report = logs.gate(NATIVE).exits(1).json();
    let expected = [
        "coverage:P:min_scenarios",
        "coverage:P:min_pass_ratio",
        "max:failed_entries",
        "max:flake_suspects",
        "max:unknown_reason_codes",
    ];
    assert_eq!(ids(&report), expected);
    let found = &report["violations"];
    assert_eq!(found[1]["message"], "packet P passes 0.333 of its records, at least 1.000 asked");
    assert_eq!(found[2]["message"], "2 records failed, at most 0 may be");
    assert_eq!(found[3]["scenario_ids"], json!(["a"]));
    // Of the failure that has none too, and not of the pass.
    assert_eq!(found[4]["reason_codes"], json!(["", "odd"]));
}

#[test]
fn what_did_not_run_is_in_no_ratio_and_covers_nothing() {
    let rows = [["a", "PASSED", ""], ["b", "SKIPPED", "windows only"], ["c", "SKIPPED", ""], ["d", "SKIPPED", ""]];
    let logs = Logs::new(PASSED, &[&rows]);
    let report = logs.gate(NATIVE).exits(1).json();
    assert_eq!(ids(&report), ["coverage:P:min_scenarios"]);
    assert_eq!(report["violations"][0]["message"], "packet P has 1 records, at least 4 asked");
    let logs = Logs::new(PASSED, &[&rows[1..]]);
    let report = logs.gate(NATIVE).exits(1).json();
    assert_eq!(ids(&report), ["coverage:nothing", "coverage:P:missing_packet"]);
    let said = logs.run("sweep", &[]).exits(2).text();
    assert!(said.contains("no record of 3 is a pass or a failure") && !said.contains("Nothing failed"), "{said}");
}

const RELIABILITY: &str = r#"{"schema_version": "ft-reliability-budget-policy-v1",
    "coverage_floors": {"P": {"min_scenarios": 1, "min_pass_ratio": 1.0, "required_suites": []}},
    "flake_budget": {"max_flake_suspects": 0, "detection_rule": "", "retry_limit": 0, "quarantine_label": "",
        "de_flake_owner_workflow": []},
    "global_budgets": {"max_failed_entries": 0, "max_unknown_reason_codes": 0},
    "remediation_hints": {}, "artifact_refs": {}}"#;

#[test]
fn the_reliability_policy_has_its_own_rule_over_its_own_log_alone() {
    let logs = Logs::new(PASSED, &[&[["a", "PASSED", ""], ["a", "SKIPPED", ""]]]);
    let report = logs.gate(RELIABILITY).exits(0).json();
    assert_eq!((number(&report["summary"], "total_entries"), number(&report["summary"], "failed_entries")), (1, 0));
    let row = |word: &str| record(&[("packet_id", "\"P\""), ("outcome", word), ("reason_code", "\"\"")]);
    let log = [row("\"pass\""), row("\"skip\"")].join("\n");
    let theirs = folder(&[("r.jsonl", log.as_bytes()), ("p.json", RELIABILITY.as_bytes())]);
    let (log, policy) = (theirs.path().join("r.jsonl"), theirs.path().join("p.json"));
    let report = relapse(["gate", text(&log), "--policy", text(&policy), "--format", "json"]).exits(1).json();
    assert_eq!(
        ids(&report),
        [
            "pass_ratio:P",
            "global:max_failed_entries",
            "flake_budget:max_flake_suspects",
            "global:max_unknown_reason_codes"
        ]
    );
}

#[test]
fn a_word_in_no_list_is_neither_a_failure_nor_a_pass() {
    let ten: Vec<[String; 1]> = (0..20).map(|number| [format!("t{number:02}")]).collect();
    let rows: Vec<[&str; 3]> = ten.iter().map(|[name]| [name.as_str(), "PASS", ""]).collect();
    let logs = Logs::new("pass = ['pass']\nfail = ['fail']", &[&rows, &rows]);
    let out = logs.at("out");
    let said = logs.run("sweep", &["--out", &out]).exits(3).text();
    for part in [
        "0 of 40 records failed",
        "40 records have an outcome that the profile does not name: `PASS` (40)",
        "in [outcome] of the profile",
        "No record has a known outcome: `PASS` (40).",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("Nothing failed") && !said.contains("nothing was lost"), "{said}");
    for page in ["report.md", "report.html"] {
        let page = std::fs::read_to_string(logs.0.path().join("out").join(page)).unwrap();
        assert!(page.contains("No record has a known outcome") && !page.contains("Nothing failed"), "{page}");
        assert!(page.contains("40 records have an outcome that the profile does not name"));
    }
    let ledger = logs.run("sweep", &["--json"]).exits(3).ledger();
    assert_eq!(ledger["totals"]["unknown_outcomes_by_word"], json!({"PASS": 40}));
    assert_eq!(number(&ledger["archives"][1], "unknown_outcomes"), 20);
    logs.run("sweep", &["--allow-loss"]).exits(0);
    let named = Logs::new("pass = ['pass', 'PASS']\nfail = ['fail']", &[&rows, &rows]);
    assert!(named.run("sweep", &[]).exits(0).text().contains("Nothing failed."));
}

#[test]
fn a_new_event_word_makes_no_test_flaky() {
    let runs: Vec<Vec<[&str; 3]>> = (0..12)
        .map(|run| {
            let rows = [["a", "start", ""], ["a", "pass", ""], ["b", if run == 3 { "fail" } else { "pass" }, "odd"]];
            rows.to_vec()
        })
        .collect();
    let runs: Vec<&[[&str; 3]]> = runs.iter().map(Vec::as_slice).collect();
    let words = "pass = ['pass']\nfail = ['fail']";
    let unknown = Logs::new(words, &runs).run("sweep", &["--json"]).exits(3).json();
    // As though the word were excluded, to the byte, but for the ledger.
    let excluded =
        Logs::new(&format!("{words}\nexcluded = ['start']"), &runs).run("sweep", &["--json"]).exits(0).json();
    assert_eq!(unknown["incidents"], excluded["incidents"]);
    assert_eq!(unknown["recurrence"], excluded["recurrence"]);
    assert_eq!(number(&unknown["incidents"], "failed_records"), 1);
    assert_eq!(unknown["ledger"]["totals"]["unknown_outcomes_by_word"], json!({"start": 12}));
    assert_eq!(number(&excluded["ledger"]["totals"], "excluded"), 12);
    // Where the log's own tool has it so, it is a failure.
    let failing = Logs::new(&format!("{words}\nother = 'fail'"), &runs).run("sweep", &["--json"]).exits(0).json();
    assert_eq!(number(&failing["incidents"], "failed_records"), 13);
}

#[test]
fn unknown_words_are_lost_input_for_a_gate() {
    let logs = Logs::new(PASSED, &[&[["a", "PASSED", ""], ["a", "TIMEOUT", ""], ["b", "", ""]]]);
    let native = "schema = 'relapse-policy-v1'\nname = 'n'\n[max]\nfailed_entries = 0\n";
    let report = logs.gate(native).exits(1).json();
    assert_eq!(ids(&report), ["loss:unknown_outcomes"]);
    assert_eq!(number(&report["inputs"], "unknown_outcomes"), 2);
    let message = report["violations"][0]["message"].as_str().unwrap();
    assert_eq!(message, "records of unknown outcome 2, at most 0: r00.jsonl: `` (1), `TIMEOUT` (1)");
    logs.gate(&format!("{native}[loss]\nunknown_outcomes = 2\n")).exits(0);
    logs.gate(RELIABILITY).exits(2).says("records of unknown outcome: `` (1), `TIMEOUT` (1), first in r00.jsonl");
    let policy = logs.at("policy.toml");
    std::fs::write(&policy, native).unwrap();
    let said = logs.run("gate", &["--policy", &policy, "--allow-loss"]).exits(0).text();
    assert!(said.contains("warn  let pass by --allow-loss: records of unknown outcome 2"), "{said}");
    // The report of the other schema has no place for it.
    std::fs::write(&policy, RELIABILITY).unwrap();
    let more = ["--policy", &policy, "--allow-loss", "--format"];
    let said = "let pass by --allow-loss: records of unknown outcome 2";
    logs.run("gate", &[&more[..], &["json"]].concat()).says(said);
    assert!(logs.run("gate", &[&more[..], &["github"]].concat()).text().contains(said));
}

#[test]
fn a_store_a_partial_and_any_threads_count_the_same_words() {
    let words: Vec<String> = (0..40).map(|number| format!("w{:02}{}", number * 7 % 40, "x".repeat(number))).collect();
    let rows: Vec<[&str; 3]> = words.iter().map(|word| ["a", word.as_str(), ""]).collect();
    let logs = Logs::new(PASSED, &[&rows, &rows[..9], &[["a", "SKIPPED", ""]]]);
    let fresh = logs.run("sweep", &["--json", "--threads", "1"]).exits(3).ledger();
    let kept = fresh["totals"]["unknown_outcomes_by_word"].as_object().unwrap();
    assert_eq!((kept.len(), number(&fresh["totals"], "unknown_outcomes")), (16, 49));
    assert_eq!(number(&fresh["totals"], "excluded"), 1);
    let (store, partial) = (logs.at("store"), logs.at("partial"));
    logs.run("sweep", &["--partial", &partial]).exits(3).says("");
    let mut others = vec![logs.run("sweep", &["--json", "--threads", "3", "--store", &store]).exits(3).ledger()];
    others.push(logs.run("sweep", &["--json", "--store", &store]).exits(3).ledger());
    let merged = relapse(["merge", &partial, "--json"]).exits(3);
    others.push(merged.ledger());
    for other in others {
        assert_eq!((&other["totals"], &other["archives"]), (&fresh["totals"], &fresh["archives"]));
    }
    // What a filter leaves out is not there to be judged.
    let none = logs.run("sweep", &["--json", "--packet", "Q"]).ledger();
    assert_eq!(number(&none["totals"], "unknown_outcomes") + number(&none["totals"], "excluded"), 0);
}

#[test]
fn a_sound_profile_can_be_used_and_says_what_fails() {
    let sound = |outcome: &str, head: &str| {
        let files = folder(&[("own.toml", format!("{head}{}", profile(outcome)).as_bytes())]);
        relapse(["profiles", "check", text(&files.path().join("own.toml"))])
    };
    assert!(!sound(PASSED, "").exits(0).text().contains("note:"));
    assert!(!sound("pass = ['ok']\nother = 'fail'", "").exits(0).text().contains("note:"));
    let said = sound("pass = ['ok']", "").exits(0).text();
    assert!(said.contains("is sound\nnote: no word of [outcome] means a failure"), "{said}");
    sound(PASSED, "taxonomy = 'nope'\n").exits(2).says("unknown taxonomy `nope`");
}

#[test]
fn a_path_that_no_field_can_have_is_no_sound_profile() {
    for (path, why) in [("tests[].name", "has brackets"), ("$.id", "starts at `$`"), (".id", "starts with a dot")] {
        let log = profile(PASSED).replace("path = 'scenario'", &format!("path = '{path}'"));
        let benchmark = format!("name = 'b'\n[benchmark]\nlane = '{path}'\nsuffixes = true\n");
        let files = folder(&[("log.toml", log.as_bytes()), ("bench.toml", benchmark.as_bytes())]);
        let check = |name: &str| relapse(["profiles", "check", text(&files.path().join(name))]).exits(2);
        check("log.toml").says(&format!("path `{path}` {why}"));
        check("bench.toml").says(&format!("field `{path}` is a path"));
    }
}

#[test]
fn empty_texts_are_unknown() {
    let field = |role: &str| format!("[[field]]\nrole = '{role}'\npath = '{role}'\ntype = 'text'\nrequired = false\n");
    let more = ["run", "branch", "revision", "env"].map(field).concat();
    let own = profile(PASSED).replace("[outcome]", &format!("{more}[outcome]"));
    let line = |day: u32, told: [&str; 3]| {
        let [branch, revision, run] = told;
        let time = 1_767_225_600 + 86_400 * day;
        let word = if day < 6 { "PASSED" } else { "FAILED" };
        json!({"time": time, "scenario": "x", "outcome": word, "run": run, "branch": branch, "revision": revision, "env": " "})
            .to_string()
    };
    let told = |day: u32| match day {
        0..6 => [" main", "a ", "undefined"],
        6 => ["${BRANCH}", "null", "$(Build.Id)"],
        _ => ["", "", ""],
    };
    let mut files: Vec<(String, String)> =
        (0..8).map(|day| (format!("logs/r{day}.jsonl"), line(day, told(day)) + "\n")).collect();
    files.push(("own.toml".into(), own));
    let folder = folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let ended = relapse(["sweep", &at("logs"), "--profile", &at("own.toml"), "--out", &at("out")]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let report: Value = serde_json::from_slice(&std::fs::read(at("out/recurrence.json")).unwrap()).unwrap();
    let runs: Vec<[&Value; 3]> =
        report["runs"].as_array().unwrap().iter().map(|run| [&run["id"], &run["branch"], &run["revision"]]).collect();
    assert_eq!(runs.len(), 8, "{runs:?}");
    assert_eq!(runs[0], [&json!("r0"), &json!("main"), &json!("a")]);
    assert_eq!(runs[7], [&json!("r7"), &Value::Null, &Value::Null]);
    assert_eq!(report["scenarios"][0]["history"], "P6F2");
    let ended = relapse(["sweep", &at("logs"), "--profile", &at("own.toml"), "--branch", "main"]);
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.contains("no branch"), "{said}");
}
