//! `relapse gate` and `relapse policy`: what passes, what fails, and what is said of it.

use std::fmt::Write;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::program::{Ended, fixture, folder, number, record, relapse, text};

/// Runs of one record a scenario: P passed, F failed, S skipped, `.` not run.
pub(crate) fn runs(scenarios: &[(&str, &str)]) -> tempfile::TempDir {
    let count = scenarios.iter().map(|(_, history)| history.len()).max().unwrap_or(0);
    let files: Vec<(String, String)> = (0..count)
        .map(|run| {
            let mut lines = String::new();
            for (name, history) in scenarios {
                let outcome = match history.as_bytes().get(run) {
                    Some(b'P') => "\"pass\"",
                    Some(b'F') => "\"fail\"",
                    Some(b'S') => "\"skip\"",
                    _ => continue,
                };
                let (packet, scenario) = name.split_once('/').unwrap();
                let time = (1_767_225_600_000_u64 + run as u64 * 86_400_000).to_string();
                lines.push_str(&record(&[
                    ("ts_unix_ms", &time),
                    ("packet_id", &format!("\"{packet}\"")),
                    ("scenario_id", &format!("\"{scenario}\"")),
                    ("outcome", outcome),
                    ("replay_command", &format!("\"run {scenario}\"")),
                ]));
                lines.push('\n');
            }
            (format!("run-{run:02}.jsonl"), lines)
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, lines)| (name.as_str(), lines.as_bytes())).collect();
    folder(&files)
}

fn policy(rest: &str) -> tempfile::TempDir {
    let text = format!("schema = \"relapse-policy-v1\"\nname = \"test\"\n{rest}");
    folder(&[("policy.toml", text.as_bytes())])
}

pub(crate) fn gate(runs: &tempfile::TempDir, rest: &str, more: &[&str]) -> Ended {
    let policy = policy(rest);
    let path = policy.path().join("policy.toml");
    let mut arguments = vec!["gate", text(runs.path()), "--policy", text(&path)];
    arguments.extend(more);
    relapse(arguments)
}

fn violations(ended: &Ended) -> Vec<(String, String)> {
    let report = ended.json();
    let of = |list: &str| -> Vec<(String, String)> {
        let rows = report[list].as_array().unwrap().iter();
        rows.map(|row| (row["level"].as_str().unwrap().to_owned(), row["budget_id"].as_str().unwrap().to_owned()))
            .collect()
    };
    [of("violations"), of("warnings")].concat()
}

pub(crate) fn ids(ended: &Ended) -> Vec<String> {
    violations(ended).into_iter().map(|(level, id)| format!("{level} {id}")).collect()
}

pub(crate) const JSON: [&str; 2] = ["--format", "json"];

#[test]
fn a_fix_that_a_policy_names_is_looked_at() {
    let held = format!("PPFPPPFPPF{}", "P".repeat(20));
    let failed = format!("PFPPFPPPFP{}F{}", "P".repeat(11), "P".repeat(8));
    let runs = runs(&[("P/held", &held), ("P/failed", &failed)]);
    let fix = |scenario: &str| format!("[[fix]]\nscenario = \"{scenario}\"\nticket = \"T-1\"\nsince = \"run-10\"\n");
    let max = "[max]\nfixed = 0\n";
    // 3 of 10 runs: 15 clean ones show a fix that was named, and 30 one that was not.
    let ended = gate(&runs, &format!("{max}{}", fix("held")), &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny max:verdict:fixed"]);
    gate(&runs, max, &JSON).exits(0);
    let ended = gate(&runs, &format!("[max]\ndeterministic = 0\n{}", fix("failed")), &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn evidence:fix"]);
    let message = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "the fix of `failed` (T-1) did not hold; failed since `run-10`: failed in run-21");
    gate(&runs, "[[fix]]\nscenario = \"a\"\nticket = \"T\"\n", &[]).exits(2).says("missing key `since`");
}

#[test]
fn ceilings_by_kind_verdict_and_part() {
    // One that regressed for good, one that is flaky, one that is new, one stale.
    let runs = runs(&[
        ("P/sure", "PPPPPPPPPPPPPPPPPPPPPPPPFFFFFF"),
        ("P/flaky", "PPFPPFPPPFPPPPFPPPFPPPFPPPFPPP"),
        ("Q/new", "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPF"),
        ("Q/old", "PFPPFP........................"),
        ("Q/clean", "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPP"),
    ]);
    let ended = gate(&runs, "[max]\ndeterministic = 1\nflaky = 1\nnew_failure = 1\n", &JSON).exits(0);
    // The stale one is over no ceiling, and not passed over.
    assert_eq!(ids(&ended), ["warn stale:scenarios"]);
    let ended = gate(
        &runs,
        "[max]\ndeterministic = 0\nflaky = { at_most = 0, level = \"warn\" }\nverdict = { regressed = 0 }\nseverity = { critical = 0 }\n\
         [[scope]]\nname = \"q\"\npacket = \"Q*\"\nmax = { deterministic = 0, new_failure = 0 }\n\
         [[scope]]\nname = \"nothing\"\nsuite = \"absent*\"\nmax = { flaky = 0 }\n",
        &JSON,
    )
    .exits(1);
    assert_eq!(
        ids(&ended),
        [
            "deny max:kind:deterministic",
            "deny max:verdict:regressed",
            "deny max:severity:critical",
            "deny scope:q:max:verdict:new_failure",
            "deny unmatched:scope:nothing",
            "warn max:kind:flaky",
            "warn stale:scenarios",
        ]
    );
    let report = ended.json();
    assert_eq!((&report["status"], &report["policy"]), (&json!("fail"), &json!("test")));
    let sure = &report["violations"][0];
    assert_eq!(sure["scenario_ids"], json!(["sure"]));
    assert_eq!(sure["replay_commands"], json!(["run sure"]));
    assert_eq!(sure["reason_codes"], json!(["reentrant_depth"]));
    assert_eq!((&sure["packet_id"], &sure["artifact_refs"]), (&json!("P"), &json!(["artifacts/a.json"])));
    // Open incidents: the stale one is none.
    assert_eq!(report["violations"][2]["scenario_ids"], json!(["flaky", "new", "sure"]));
}

#[test]
fn a_quarantine_holds_back_what_is_no_sure_regression_until_it_expires() {
    let runs = runs(&[("P/sure", "PPPPPPPPPPPPPPPPPPPPPPPPFFFFFF"), ("P/flaky", "PPFPPFPPPFPPPPFPPPFPPPFPPPFPPP")]);
    let max = "[max]\ndeterministic = 0\nflaky = 0\n";
    let entry = |scenario: &str, reason: &str, day: &str| {
        format!("[[quarantine]]\nscenario = \"{scenario}\"\n{reason}owner = \"o\"\nticket = \"T-1\"\nexpires = {day}\n")
    };
    // The reports are made on 2023-11-14.
    let ended = gate(&runs, &format!("{max}{}", entry("*", "", "2023-11-14")), &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny max:kind:deterministic"]);
    assert_eq!(ended.json()["inputs"]["quarantined"], 1);
    let ended = gate(&runs, &format!("{max}{}", entry("flaky", "", "2023-11-13")), &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny max:kind:deterministic", "deny max:kind:flaky", "deny quarantine:expired:flaky"]);
    let other = entry("flaky", "reason = \"wall_clock*\"\n", "2030-01-01");
    let ended = gate(&runs, &format!("{max}{other}"), &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny max:kind:deterministic", "deny max:kind:flaky", "warn quarantine:unused:flaky"]);
    let this = entry("fl?ky", "reason = \"reentrant*\"\n", "2030-01-01");
    let ended = gate(&runs, &format!("[max]\nflaky = 0\n{this}"), &JSON).exits(0);
    assert_eq!(ids(&ended), [""; 0]);
}

#[test]
fn coverage_rows_evidence_and_unknown_classes() {
    let runs = runs(&[("P/a", "PPF"), ("P/b", "PPP")]);
    let ended = gate(
        &runs,
        "[max]\nfailed_entries = 0\nflake_suspects = 0\nunknown_reason_codes = 0\nmass_failure_runs = 0\nclass = { nothing = 0 }\nowner = { nobody = 0 }\n\
         [[coverage]]\npacket = \"P\"\nmin_scenarios = 7\nmin_pass_ratio = 0.9\nrequired_suites = [\"backward\", \"forward\"]\n\
         [[coverage]]\npacket = \"Z\"\nmin_scenarios = 1\n[evidence]\nmin_runs = 5\n",
        &JSON,
    )
    .exits(1);
    assert_eq!(
        ids(&ended),
        [
            "deny coverage:P:min_scenarios",
            "deny coverage:P:min_pass_ratio",
            "deny coverage:P:required_suite:forward",
            "deny coverage:Z:missing_packet",
            "deny max:failed_entries",
            "deny max:flake_suspects",
            "warn evidence:min_runs",
            "warn unmatched:max:class:nothing",
            "warn unmatched:max:owner:nobody",
        ]
    );
    // Words of one's own, a level and a hint.
    let rest = "known_reason_codes = [\"other\"]\n[max]\nunknown_reason_codes = 0\n[levels]\nmax = \"warn\"\n[hints]\nmax = \"ask\"\n";
    let ended = gate(&runs, rest, &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn max:unknown_reason_codes"]);
    assert_eq!(ended.json()["warnings"][0]["reason_codes"], json!(["reentrant_depth"]));
    assert_eq!(ended.json()["warnings"][0]["remediation_hint"], "ask");
}

#[test]
fn lost_input_fails_the_gate_and_is_named() {
    let whole = fixture("policies").join("weekly-pass.toml");
    let damaged = fixture("damaged");
    let arguments = ["gate", text(&damaged), "--policy", text(&whole)];
    let ended = relapse(arguments).exits(1);
    assert!(
        ended.text().contains("loss:damaged_archives") && ended.text().contains("truncated.jsonl.zst"),
        "{}",
        ended.text()
    );
    relapse(arguments.iter().chain(&["--allow-loss"])).exits(0);
    let malformed = fixture("malformed");
    let ended = relapse(["gate", text(&malformed), "--policy", text(&whole)]).exits(1);
    assert!(ended.text().contains("loss:rejected_lines"), "{}", ended.text());
}

#[test]
fn every_format_and_an_output_file() {
    let weekly = fixture("weekly");
    let fails = fixture("policies").join("weekly-fail.toml");
    for (format, start) in
        [("github", "::error "), ("junit", "<?xml"), ("sarif", "{"), ("json", "{"), ("human", "fail")]
    {
        let ended = relapse(["gate", text(&weekly), "--policy", text(&fails), "--format", format]).exits(1);
        assert!(ended.text().starts_with(start), "{format}: {}", ended.text());
        assert!(ended.text().contains("max:kind:deterministic") || format == "github", "{format}");
    }
    let one = runs(&[("P/a", "FFFF")]);
    for (format, said) in [("github", "fail: 1 violation, 0 warnings"), ("junit", "message=\"1 violation\"")] {
        let ended = gate(&one, "[max]\ndeterministic = 0\n", &["--format", format]).exits(1);
        assert!(ended.text().contains(said), "{}", ended.text());
    }
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("new/report.json");
    let ended = relapse(["gate", text(&weekly), "--policy", text(&fails), "--output", text(&file)]).exits(1);
    assert!(ended.text().starts_with("fail"), "{}", ended.text());
    let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["schema_version"], "relapse-gate-report-v1");
    let passes = fixture("policies").join("weekly-pass.toml");
    relapse(["gate", text(&weekly), "--policy", text(&passes)]).exits(0);
    let printed = relapse(["gate", text(&weekly), "--policy", text(&fails), "--json"]).exits(1).json();
    assert_eq!(printed["violations"], report["violations"]);
}

#[test]
fn the_same_decision_at_any_number_of_threads() {
    let weekly = fixture("weekly");
    let fails = fixture("policies").join("weekly-fail.toml");
    let of = |threads| {
        relapse(["gate", text(&weekly), "--policy", text(&fails), "--threads", threads, "--format", "json"])
            .exits(1)
            .stdout
    };
    assert!(of("1") == of("2") && of("1") == of("7"));
}

#[test]
fn a_reliability_policy_makes_its_own_report() {
    let log = folder(&[(
        "run.jsonl",
        [record(&[]), record(&[("outcome", "\"pass\"")]), record(&[("packet_id", "\"KX-002\"")])].join("\n").as_bytes(),
    )]);
    let log = log.path().join("run.jsonl");
    let policy = json!({
        "schema_version": "ft-reliability-budget-policy-v1",
        "coverage_floors": {"KX-001": {"min_scenarios": 3, "min_pass_ratio": 0.5, "required_suites": ["backward"]}},
        "flake_budget": {"max_flake_suspects": 1, "detection_rule": "", "retry_limit": 0, "quarantine_label": "",
            "de_flake_owner_workflow": []},
        "global_budgets": {"max_failed_entries": 1, "max_unknown_reason_codes": 0},
        "remediation_hints": {}, "artifact_refs": {"a": "x.json"},
    });
    let policies = folder(&[("p.json", policy.to_string().as_bytes())]);
    let path = policies.path().join("p.json");
    let out = policies.path().join("report.json");
    let arguments = ["gate", text(&log), "--policy", text(&path), "--output", text(&out)];
    let ended = relapse(arguments).exits(1);
    assert!(ended.text().contains("failed entries 2 exceed budget 1"), "{}", ended.text());
    assert!(ended.text().contains("cargo test chain"), "{}", ended.text());
    let written = std::fs::read_to_string(&out).unwrap();
    let report: Value = serde_json::from_str(&written).unwrap();
    assert!(written.starts_with(
        "{\n  \"schema_version\": \"ft-reliability-gate-report-v1\",\n  \"generated_unix_ms\": 1700000000000,"
    ));
    assert!(written.ends_with("\n}"));
    let said: Vec<&str> =
        report["violations"].as_array().unwrap().iter().map(|v| v["budget_id"].as_str().unwrap()).collect();
    assert_eq!(said, ["coverage_floor:KX-001:scenario_count", "global:max_failed_entries"]);
    assert_eq!(report["violations"][1]["scenario_ids"], json!(["backward/strict:chain", "backward/strict:chain"]));
    // The same on standard output, with a newline behind it.
    let ended = relapse(["gate", text(&log), "--policy", text(&path), "--format", "json"]).exits(1);
    assert_eq!(ended.text(), format!("{written}\n"));
    // Lost input: no report.
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend(b"\nno record");
    std::fs::write(&log, bytes).unwrap();
    std::fs::remove_file(&out).unwrap();
    relapse(arguments).exits(2).says("1 rejected lines");
    assert!(!out.exists());
    relapse(arguments.iter().chain(&["--allow-loss"])).exits(1);
    assert!(out.exists());
}

#[test]
fn a_policy_is_checked_whole() {
    let faulty = fixture("policies").join("faulty.toml");
    let ended = relapse(["policy", "check", text(&faulty)]).exits(2);
    for said in [
        "unknown measure `determinstic`",
        "`flaky` is a string, not an integer",
        "a scope without a pattern",
        "bad pattern",
        "`expires` is a string, not a date",
        "5 faults",
        "flaky = \"three\"",
        "5 |",
    ] {
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains('\u{1b}'));
    let weekly = fixture("weekly");
    assert!(relapse(["gate", text(&weekly), "--policy", text(&faulty)]).exits(2).stderr.contains("5 faults"));
    relapse(["policy", "check", "absent.toml"]).exits(2).says("failed to read `absent.toml`");
    let none = folder(&[("p.json", b"{\"schema_version\": \"other\"}")]);
    relapse(["policy", "check", text(&none.path().join("p.json"))]).exits(2).says("unknown policy schema `other`");
}

#[test]
fn a_policy_made_from_a_sweep_passes_it_and_nothing_worse() {
    let weekly = fixture("weekly");
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(&weekly), "--out", text(out.path())]).exits(0);
    let made = relapse(["policy", "init", "--from", text(out.path())]).exits(0);
    let path = out.path().join("policy.toml");
    std::fs::write(&path, &made.stdout).unwrap();
    relapse(["policy", "check", text(&path)]).exits(0);
    let ended = relapse(["gate", text(&weekly), "--policy", text(&path), "--format", "json"]).exits(0);
    assert!(ids(&ended).iter().all(|id| id.starts_with("warn evidence")), "{:?}", ids(&ended));
    let lower = String::from_utf8(made.stdout).unwrap();
    let line = lower.lines().find(|line| line.starts_with("deterministic = ")).unwrap();
    let held: u64 = line.split(' ').nth(2).unwrap().parse().unwrap();
    std::fs::write(&path, lower.replace(line, &format!("deterministic = {}", held - 1))).unwrap();
    relapse(["gate", text(&weekly), "--policy", text(&path)]).exits(1);
    relapse(["policy", "init", "--from", text(&out.path().join("absent"))]).exits(2).says("recurrence.json");
}

/// Logs that name branch and revision.
const BRANCHES: &str = r#"name = "branches"
[[field]]
role = "time"
path = "t"
type = "time"
unit = "ms"
[[field]]
role = "scenario"
path = "s"
type = "text"
[[field]]
role = "outcome"
path = "o"
type = "text"
[[field]]
role = "reason"
path = "r"
type = "text"
[[field]]
role = "branch"
path = "b"
type = "text"
[[field]]
role = "revision"
path = "sha"
type = "text"
[outcome]
pass = ["pass"]
fail = ["fail"]
"#;

/// A policy that is made of what a sweep wrote passes what was swept.
fn starts_passing(input: &std::path::Path, arguments: &[&str], what: &str) -> String {
    let out = tempfile::tempdir().unwrap();
    let sweep = ["sweep", text(input), "--allow-loss", "--out", text(out.path())];
    relapse(sweep.iter().chain(arguments)).exits(0);
    let made = relapse(["policy", "init", "--from", text(out.path())]).exits(0);
    let path = out.path().join("policy.toml");
    std::fs::write(&path, &made.stdout).unwrap();
    relapse(["policy", "check", text(&path)]).exits(0);
    let ended = relapse(["gate", text(input), "--policy", text(&path)].iter().chain(arguments));
    assert_eq!(ended.status, 0, "{what}: {}{}\n{}", ended.text(), ended.stderr, made.text());
    made.text()
}

#[test]
fn a_policy_made_from_any_week_passes_it() {
    for name in ["weekly", "containers", "damaged", "malformed", "integration"] {
        let made = starts_passing(&fixture(name), &[], name);
        let is_whole = matches!(name, "weekly" | "containers");
        assert_eq!(made.contains("# Lost input fails the gate."), is_whole, "{name}: {made}");
    }
    let made = starts_passing(&fixture("malformed"), &[], "malformed");
    assert!(made.contains("beyond what was lost when this was written"), "{made}");
    // Histories, classes, branches, losses and benchmarks by chance; classes that get no verdict too.
    let profile = folder(&[("p.toml", BRANCHES.as_bytes())]);
    let profile = text(&profile.path().join("p.toml")).to_owned();
    let reasons = ["reentrant_depth", "oracle_timeout", "op_schema_x", "dispatch_keyset", "other", "rank_1"];
    for seed in 0..12 {
        let mut draw = ChaCha8Rng::seed_from_u64(seed);
        let (scenarios, runs) = (draw.random_range(1..12_u32), draw.random_range(1..26_u64));
        let mut files = Vec::new();
        for run in 0..runs {
            let branch = if draw.random_bool(0.3) { "feature" } else { "main" };
            let is_outage = draw.random_bool(0.05);
            let mut lines = String::new();
            for scenario in 0..scenarios {
                // Each by its own rate, some of them only in the first runs: stale, fixed or new.
                let (is_over, is_new) = (scenario % 4 == 1 && run > runs / 2, scenario % 4 == 2 && run + 2 < runs);
                if is_over && scenario % 8 == 1 {
                    continue;
                }
                let rate = if is_over || is_new { 0.0 } else { f64::from(scenario % 5) / 4.0 };
                let fails = is_outage || draw.random_bool(rate);
                let _ = writeln!(
                    lines,
                    r#"{{"t":{},"s":"s{scenario}","o":"{}","r":"{}","b":"{branch}","sha":"c{run}"}}"#,
                    1_767_225_600_000 + run * 86_400_000,
                    if fails { "fail" } else { "pass" },
                    reasons[scenario as usize % reasons.len()],
                );
            }
            if draw.random_bool(0.2) {
                lines.push_str("no json\n{\"no\":\"record\"}\n");
            }
            if draw.random_bool(0.2) {
                let _ = writeln!(lines, r#"{{"benchmark":"b","metric_ms":{run}.5}}"#);
            }
            let mut bytes = crate::packing::member(lines.as_bytes());
            if draw.random_bool(0.1) {
                bytes.truncate(bytes.len() / 2);
            }
            files.push((format!("run-{run:02}.jsonl.gz"), bytes));
        }
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
        let place = folder(&files);
        let more: &[&str] = if seed % 3 == 0 { &["--branch", "main"] } else { &["--taxonomy", "crash-triage-v2"] };
        starts_passing(
            place.path(),
            &[&["--profile", &profile, "--profile", "benchmark-line-v1"], more].concat(),
            &format!("seed {seed}"),
        );
    }
}

#[test]
fn changes_since_a_baseline_have_budgets() {
    let old = runs(&[("P/a", "PPPPPPPPPPPP"), ("P/b", "PFPPPPFPPPPP")]);
    let new = runs(&[("P/a", "PPPPPPPPPPPPPFF"), ("P/b", "PFPPPPFPPPPPFPP")]);
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(old.path()), "--out", text(out.path())]).exits(0);
    let baseline = ["--format", "json", "--baseline", text(out.path())];
    let ended = gate(&new, "[baseline]\nnew = 0\nrecurring = 0\nworsened = 0\nabsent = 0\n", &baseline).exits(1);
    assert_eq!(ids(&ended), ["deny baseline:new", "deny baseline:recurring"]);
    let report = ended.json();
    assert_eq!(report["violations"][0]["scenario_ids"], json!(["a"]));
    assert_eq!(report["violations"][0]["replay_commands"], json!(["run a"]));
    let ended = gate(&new, "[baseline]\nnew = 1\nrecurring = { at_most = 0, level = \"warn\" }\n", &baseline).exits(0);
    assert_eq!(ids(&ended), ["warn baseline:recurring"]);
    // Nothing to compare is said.
    let ended = gate(&old, "[baseline]\nnew = 0\n", &baseline).exits(0);
    assert_eq!(ids(&ended), ["warn baseline:warning"]);
    assert_eq!(ids(&gate(&new, "[baseline]\nnew = 0\n", &JSON).exits(0)), ["warn unmatched:baseline"]);
    // What is quarantined is not counted among the changes.
    let entry = "[[quarantine]]\nscenario = \"a\"\nowner = \"o\"\nticket = \"T\"\nexpires = 2030-01-01\n";
    let ended = gate(&new, &format!("[baseline]\nnew = 0\n{entry}"), &baseline).exits(0);
    assert_eq!(ids(&ended), [""; 0]);
    let absent = out.path().join("absent");
    gate(&new, "", &["--baseline", text(&absent)]).exits(2).says("incidents.json");
}

#[test]
fn benchmarks_are_part_of_the_gate() {
    // A lane that got 10 % slower in its last eight, and one that did not.
    let mut lines = String::new();
    for at in 0..32_u32 {
        let noise = 1.0 + f64::from(at * 7919 % 13) / 1000.0;
        let slower = if at >= 24 { 1.1 } else { 1.0 };
        for (lane, value) in [("fast", 5.0 * noise), ("slow", 7.0 * noise * slower)] {
            let time = 1_767_225_600 + at * 3600;
            writeln!(lines, "{{\"lane\":\"{lane}\",\"host\":\"h\",\"took_ms\":{value},\"recorded_unix\":{time}}}")
                .unwrap();
        }
    }
    let runs =
        folder(&[("bench.jsonl", lines.as_bytes()), ("run.jsonl", record(&[("outcome", "\"pass\"")]).as_bytes())]);
    let last = ["--format", "json", "--last", "8"];
    let ended = gate(&runs, "", &last).exits(1);
    assert_eq!(ids(&ended), ["deny benchmark:regressed:slow:took_ms"]);
    let said = ended.json()["violations"][0]["message"].as_str().unwrap().to_owned();
    assert!(said.contains("slow took_ms: regressed: "), "{said}");
    gate(&runs, "[benchmark]\nregressed = \"warn\"\n", &last).exits(0);
    gate(&runs, "[benchmark]\ndelta = 0.5\n", &last).exits(0);
    // A single measurement decides nothing: what --strict fails on.
    let few: String = lines.split_inclusive('\n').take(6).collect();
    let short = folder(&[("bench.jsonl", few.as_bytes())]);
    gate(&short, "", &JSON).exits(0);
    assert_eq!(ids(&gate(&short, "", &["--format", "json", "--strict"]).exits(1)).len(), 2);
}

#[test]
fn a_gate_on_nothing_fails() {
    let empty = folder(&[("r.jsonl", b"")]);
    assert_eq!(ids(&gate(&empty, "", &JSON).exits(1)), ["deny coverage:nothing", "warn evidence:archives"]);
    let runs = runs(&[("P/a", "P")]);
    gate(&runs, "", &["--candidate", "gone"]).exits(2).says("`gone`");
}

#[test]
fn a_run_of_benchmarks_is_its_archive_where_there_are_several() {
    let files: Vec<(String, String)> = (0..12)
        .map(|run| {
            let mut lines = String::new();
            for at in 0..3 {
                let slower = if run == 11 { 1.2 } else { 1.0 };
                let value = 5.0 * slower * (1.0 + f64::from((run * 3 + at) * 31 % 7) / 2000.0);
                writeln!(
                    lines,
                    "{{\"lane\":\"l\",\"took_ms\":{value},\"recorded_unix\":{}}}",
                    1_767_225_600 + run * 100 + at
                )
                .unwrap();
            }
            (format!("run-{run:02}.jsonl"), lines)
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, lines)| (name.as_str(), lines.as_bytes())).collect();
    let ended = gate(&folder(&files), "", &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny benchmark:regressed:l:took_ms"]);
    gate(&folder(&files), "", &["--candidate", "run-11"]).exits(1);
}

#[test]
fn a_branch_s_floors_are_met_by_its_own_runs() {
    let log = |run: usize, branch: &str, scenarios: usize, outcome: &str| {
        let line = |scenario: usize| {
            format!(
                r#"{{"t":{},"p":"P","s":"s{scenario}","o":"{outcome}","r":"why","b":"{branch}","sha":"c{run}"}}"#,
                1_699_000_000_000_u64 + 60_000 * run as u64
            ) + "\n"
        };
        (format!("r{run}.jsonl"), (0..scenarios).map(line).collect::<String>())
    };
    let logs = [log(0, "main", 2, "pass"), log(1, "feature", 20, "pass"), log(2, "feature", 20, "fail")];
    let place = folder(&logs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let packet = "[[field]]\nrole = \"packet\"\npath = \"p\"\ntype = \"text\"\n[outcome]";
    let profile = BRANCHES.replace("[outcome]", packet);
    let others = folder(&[
        ("p.toml", profile.as_bytes()),
        (
            "policy.toml",
            b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[[coverage]]\npacket = \"P\"\nmin_scenarios = 3\nmin_pass_ratio = 0.9\n[max]\nfailed_entries = 0\n",
        ),
    ]);
    let [profile, policy] = ["p.toml", "policy.toml"].map(|name| others.path().join(name));
    let gate = |branch: &str| {
        let arguments = ["gate", text(place.path()), "--profile", text(&profile), "--policy", text(&policy)];
        let ended = relapse(arguments.into_iter().chain(["--branch", branch, "--format", "json"])).exits(1);
        let report = ended.json();
        let ids = report["violations"].as_array().unwrap().iter().map(|one| one["budget_id"].as_str().unwrap());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        (ids.join(" "), number(&report["inputs"], "records"), number(&report["inputs"], "failed_records"))
    };
    assert_eq!(gate("main"), ("coverage:P:min_scenarios".to_owned(), 2, 0));
    assert_eq!(gate("feature"), ("coverage:P:min_pass_ratio max:failed_entries".to_owned(), 40, 20));
}

#[test]
fn runs_of_no_branch_are_named_where_branches_are_asked_for() {
    let log = |run: usize, branch: &str, outcome: &str| {
        let line = |scenario: usize| {
            // One line of the failing runs names another branch: a colour or a space is enough.
            let branch = if scenario == 0 { branch } else { "main" };
            format!(
                r#"{{"t":{},"s":"s{scenario}","o":"{outcome}","r":"why","b":"{branch}","sha":"c"}}"#,
                1_699_000_000_000_u64 + 3_600_000 * run as u64
            ) + "\n"
        };
        (format!("r{run}.jsonl"), (0..5).map(line).collect::<String>())
    };
    let others = folder(&[
        ("p.toml", BRANCHES.as_bytes()),
        ("policy.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[max]\nfailed_entries = 0\n"),
    ]);
    let [profile, policy] = ["p.toml", "policy.toml"].map(|name| others.path().join(name));
    let gate = |branch: &str, status: i32| {
        let logs: Vec<_> = (0..8)
            .map(|run| log(run, if run < 5 { "main" } else { branch }, if run < 5 { "pass" } else { "fail" }))
            .collect();
        let place = folder(&logs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
        let arguments = ["gate", text(place.path()), "--profile", text(&profile), "--policy", text(&policy)];
        relapse(arguments.into_iter().chain(["--branch", "main"])).exits(status).text()
    };
    let said = gate("dev", 0);
    assert!(
        said.contains("runs that name no branch, or several, are not judged, whatever failed there: r7, r6, r5"),
        "{said}"
    );
    // Colours are no other branch.
    gate("\\u001b[31mmain\\u001b[0m", 1);
}

#[test]
fn failures_on_branches_that_are_not_judged_are_told() {
    let log = |run: usize, branch: &str, outcome: &str| {
        let time = 1_699_000_000_000_u64 + 60_000 * run as u64;
        (
            format!("r{run}.jsonl"),
            format!(r#"{{"t":{time},"s":"s","o":"{outcome}","r":"why","b":"{branch}","sha":"c"}}"#) + "\n",
        )
    };
    let said = |outcome: &str| {
        let logs: Vec<(String, String)> =
            (0..8).map(|run| if run < 4 { log(run, "main", "pass") } else { log(run, "release", outcome) }).collect();
        let place = folder(&logs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
        let others = folder(&[("p.toml", BRANCHES.as_bytes())]);
        let policy = policy("[max]\ndeterministic = 0\nnew_failure = 0\n");
        let [profile, policy] = [others.path().join("p.toml"), policy.path().join("policy.toml")];
        let arguments = ["gate", text(place.path()), "--profile", text(&profile), "--policy", text(&policy)];
        let gate = relapse(arguments.into_iter().chain(["--branch", "main"])).exits(0).text();
        let arguments = ["sweep", text(place.path()), "--profile", text(&profile), "--branch", "main"];
        (gate, relapse(arguments).exits(0).text())
    };
    let (gate, sweep) = said("fail");
    let words =
        "not counted: 4 runs of branches that are not judged, which hold 1 incident of theirs alone (on release)";
    assert!(gate.contains(words) && sweep.contains(words), "{gate}\n{sweep}");
    // Other branches are everywhere, and are no doubt where they hold no failure.
    assert!(!said("pass").0.contains("not counted"));
}

/// A folder of logs that name branches, and the profile that reads them: each run's day, branch, and its scenarios' outcomes,
/// as `s:pass t:fail`.
fn on_branches(runs: &[(u64, &str, &str)]) -> (tempfile::TempDir, tempfile::TempDir) {
    let log = |&(day, branch, scenarios): &(u64, &str, &str)| {
        let time = 1_767_225_600_000 + day * 86_400_000;
        let line = |(scenario, outcome): (&str, &str)| {
            format!(r#"{{"t":{time},"s":"{scenario}","o":"{outcome}","r":"why","b":"{branch}","sha":"c{day}"}}"#) + "\n"
        };
        let scenarios = scenarios.split(' ').filter_map(|one| one.split_once(':'));
        (format!("{branch}-{day:02}.jsonl"), scenarios.map(line).collect::<String>())
    };
    let logs: Vec<(String, String)> = runs.iter().map(log).collect();
    let logs: Vec<(&str, &[u8])> = logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect();
    (folder(&logs), folder(&[("p.toml", BRANCHES.as_bytes())]))
}

#[test]
fn what_is_over_where_it_is_judged_and_fails_on_is_told() {
    let said = |last: &str| {
        let own = |day: u64| if day < 8 { "s:fail" } else { "s:pass" };
        let next = |day: u64| if day < 8 { "s:pass" } else { last };
        let runs = (0..20).flat_map(|day| [(day, "main", own(day)), (day, "next", next(day))]);
        let (logs, others) = on_branches(&runs.collect::<Vec<_>>());
        let (profile, out) = (others.path().join("p.toml"), others.path().join("out"));
        let narrow = ["--profile", text(&profile), "--branch", "main"];
        let gate = gate(&logs, "[max]\ndeterministic = 0\n", &narrow).exits(0).text();
        let sweep = relapse([&["sweep", text(logs.path()), "--out", text(&out)], &narrow[..]].concat()).exits(0).text();
        [gate, sweep, relapse(["runbook", "s", "--from", text(&out)]).exits(0).text()]
    };
    let [gate, sweep, runbook] = said("s:fail");
    let words = "not counted: 20 runs of branches that are not judged, which hold later failures of 1 incident that is over or \
                 stale (on next)";
    assert!(gate.contains(words) && sweep.contains(words), "{gate}\n{sweep}");
    assert!(runbook.contains("last in `next-19`, which is not judged"), "{runbook}");
    assert!(runbook.contains("passed since in the runs that are judged; it failed in others since."), "{runbook}");
    let [gate, _, runbook] = said("s:pass");
    assert!(!gate.contains("not counted") && !runbook.contains("judged"), "{gate}\n{runbook}");
}

#[test]
fn what_failed_before_a_window_on_one_branch_is_told_though_others_pass() {
    let said = |before: &str| {
        let own = |day: u64| if day < 15 { before } else { "t:pass" };
        let runs = (0..40).flat_map(|day| [(day, "main", own(day)), (day, "dev", "s:pass t:pass")]);
        let (logs, others) = on_branches(&runs.collect::<Vec<_>>());
        let profile = others.path().join("p.toml");
        let more = ["--profile", text(&profile), "--since", "15d", "--format", "json"];
        ids(&gate(&logs, "[max]\ndeterministic = 0\n", &more).exits(0))
    };
    assert_eq!(said("s:fail t:pass"), ["warn stale:before_window"]);
    assert_eq!(said("s:pass t:pass"), [""; 0]);
}

#[test]
fn a_main_line_that_fails_and_stopped_before_a_window_is_told() {
    // `main` runs every day until it stops; branches of changes pass.
    let said = |stops: u64, outcome: &'static str, since: &str, more: &[&str]| {
        let own = (0..stops).map(|day| (day, "main", if day < 20 { "s:pass" } else { outcome }));
        let runs = own.chain((0..40).map(|day| (day, ["feat-a", "feat-b"][usize::from(day >= 20)], "s:pass")));
        let (logs, others) = on_branches(&runs.collect::<Vec<_>>());
        let profile = others.path().join("p.toml");
        let more = [&["--profile", text(&profile), "--since", since, "--format", "json"], more].concat();
        let ended = gate(&logs, "[max]\ndeterministic = 0\n", &more).exits(0);
        (ids(&ended), ended.text())
    };
    let stopped = "no run of branch main, which has most runs, has a record that counts since main-29 (2026-01-30), while others \
                   have until feat-b-39 (2026-02-09): the window holds nothing of it";
    for more in [&[][..], &["--branch", "{main,feat-*}"]] {
        let (found, text) = said(30, "s:fail", "7d", more);
        assert!(found.contains(&"warn stale:before_window".to_owned()) && text.contains(stopped), "{found:?} {text}");
    }
    // It passed, or it is of those that are not asked for; it stopped two days ago; it goes on.
    let (found, text) = said(30, "s:pass", "7d", &[]);
    assert!(!found.contains(&"warn stale:before_window".to_owned()) && text.contains(stopped), "{found:?} {text}");
    let (found, text) = said(30, "s:fail", "7d", &["--branch", "feat-*"]);
    assert!(!found.contains(&"warn stale:before_window".to_owned()) && !text.contains(stopped), "{found:?} {text}");
    assert_eq!(said(35, "s:fail", "2d", &[]).0, ["warn stale:before_window"]);
    assert!(!said(40, "s:pass", "7d", &[]).0.contains(&"warn stale:before_window".to_owned()));
}

/// Forty days of one scenario, which passes in `linux` and fails until some day in `win`, which runs on some days.
fn in_two_environments(win: std::ops::Range<u64>, fails_until: u64) -> tempfile::TempDir {
    let log = |day: u64| {
        let line = |env: &str, outcome: &str| {
            let time = (1_767_225_600_000 + day * 86_400_000).to_string();
            let [env, outcome] = [env, outcome].map(|text| format!("\"{text}\""));
            record(&[("ts_unix_ms", &time), ("env_fingerprint", &env), ("outcome", &outcome)]) + "\n"
        };
        let win = win.contains(&day).then(|| line("win", if day < fails_until { "fail" } else { "pass" }));
        (format!("run-{day:02}.jsonl"), line("linux", "pass") + &win.unwrap_or_default())
    };
    let logs: Vec<(String, String)> = (0..40).map(log).collect();
    folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn what_failed_before_a_window_in_a_level_that_has_none_in_it_is_told() {
    let said = |win, fails_until, rest: &str| {
        let runs = in_two_environments(win, fails_until);
        let store = tempfile::tempdir().unwrap();
        let at = store.path().join("store");
        let gate = |more: &[&str]| gate(&runs, rest, &[&["--since", "10d"], &JSON[..], more].concat());
        let said = [gate(&["--store", text(&at)]), gate(&["--store", text(&at)]), gate(&[])];
        assert!(said.iter().all(|ended| ended.json() == said[0].json()));
        ids(&said[0])
    };
    let max = "[max]\ndeterministic = 0\n";
    assert_eq!(said(0..25, 25, max), ["warn stale:not_rerun_in_window"]);
    let deny = format!("{max}[levels]\nstale = \"deny\"\n");
    assert_eq!(said(0..25, 25, &deny), ["deny stale:not_rerun_in_window"]);
    // It failed once there; it was mended before that went; it runs on and passes there.
    for (win, fails_until) in [(0..1, 1), (0..25, 20), (0..40, 25)] {
        assert_eq!(said(win.clone(), fails_until, max), [""; 0], "{win:?}");
    }
}

#[test]
fn what_failed_and_did_not_run_since_is_told() {
    let said = |win, fails_until, rest: &str| ids(&gate(&in_two_environments(win, fails_until), rest, &JSON));
    let max = "[max]\ndeterministic = 0\nflaky = 0\n";
    assert_eq!(said(0..25, 25, max), ["warn stale:not_rerun"]);
    assert_eq!(said(0..25, 25, &format!("{max}[levels]\nstale = \"deny\"\n")), ["deny stale:not_rerun"]);
    // A ceiling that counts it says so itself, and one of another part does not ask.
    assert_eq!(said(0..25, 25, "[max]\ndeterministic = 0\nunproven = 0\n"), ["deny max:kind:unproven"]);
    let part = "[[scope]]\nname = \"other\"\nscenario = \"other\"\nmax = { deterministic = 0 }\n";
    assert!(!said(0..25, 25, part).contains(&"warn stale:not_rerun".to_owned()));
    // Mended before it went, and mended while it runs on.
    assert_eq!(said(0..25, 10, max), [""; 0]);
    assert_eq!(said(0..40, 20, max), [""; 0]);
}

#[test]
fn what_fails_and_waits_for_evidence_is_told() {
    let said = |history: &str, rest: &str| ids(&gate(&runs(&[("P/a", history), ("P/b", "PPPPPPPPPP")]), rest, &JSON));
    let max = "[max]\ndeterministic = 0\nflaky = 0\n";
    assert_eq!(said("PPPPPPPPPF", max), ["warn stale:unproven"]);
    assert_eq!(said(".......PFP", max), ["warn stale:unproven"]);
    assert_eq!(said("PPPPPPPPPF", &format!("{max}unproven = 1\n")), [""; 0]);
    assert_eq!(said("PPPPPPPPPF", "[max]\nnew_failure = 0\n"), ["deny max:verdict:new_failure"]);
    let part = "[[scope]]\nname = \"b\"\nscenario = \"b\"\nmax = { deterministic = 0 }\n";
    for (history, rest) in [("PPPPPPPPPP", max), ("PPPPPPPPPF", part), ("PPPPPPPPPF", "[max]\nmass_failure_runs = 0\n")]
    {
        assert_eq!(said(history, rest), [""; 0], "{history} {rest}");
    }
}

#[test]
fn what_fails_by_infrastructure_alone_is_told() {
    // I: failed, since its oracle was down, which gets no verdict.
    let logs = |history: &str| {
        let line = |(run, mark): (usize, char)| {
            let (outcome, reason) = if mark == 'P' { ("pass", "parity_ok") } else { ("fail", "oracle_down") };
            let time = (1_767_225_600_000 + run * 86_400_000).to_string();
            let [outcome, reason] = [outcome, reason].map(|text| format!("\"{text}\""));
            let of = |scenario| {
                record(&[
                    ("ts_unix_ms", &time),
                    ("scenario_id", scenario),
                    ("outcome", &outcome),
                    ("reason_code", &reason),
                ])
            };
            let other = record(&[("ts_unix_ms", &time), ("scenario_id", "\"other\""), ("outcome", "\"pass\"")]);
            (format!("run-{run:02}.jsonl"), format!("{}\n{other}\n", of("\"a\"")))
        };
        let logs: Vec<(String, String)> = history.chars().enumerate().map(line).collect();
        folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
    };
    let max = "[max]\ndeterministic = 0\n";
    let said = |history: &str, rest: &str| ids(&gate(&logs(history), rest, &JSON));
    // Always, since long, and in the newest runs of many.
    for passes in [0, 15, 54] {
        let history = format!("{}{}", "P".repeat(passes), "I".repeat(if passes == 54 { 6 } else { 15 }));
        assert_eq!(said(&history, max), ["warn stale:no_verdict"], "{history}");
    }
    // A ceiling that counts it says so itself, and a quarantine holds it back.
    assert_eq!(
        said(&"I".repeat(30), &format!("{max}class = {{ oracle_infra = 0 }}\n")),
        ["deny max:class:oracle_infra"]
    );
    let known = "[[quarantine]]\nscenario = \"a\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
    assert_eq!(said(&"I".repeat(30), &format!("{max}{known}")), [""; 0]);
    // An outage of infrastructure that passes, or that one night has.
    for history in [format!("{}{}", "I".repeat(15), "P".repeat(15)), "PPPPPPPPPI".repeat(3), "IIIIP".repeat(6)] {
        assert_eq!(said(&history, max), [""; 0], "{history}");
    }
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(logs(&"I".repeat(30)).path()), "--out", text(out.path())]).exits(0);
    let explained = relapse(["explain", "a", "--from", text(out.path())]).exits(0).text();
    assert!(
        explained.contains("no verdict  live") && explained.contains("its class, oracle_infra, is kept"),
        "{explained}"
    );
    relapse(["explain", "other", "--from", text(out.path())]).exits(2).says("no failed scenario or incident `other`");
}

#[test]
fn what_fails_by_infrastructure_in_one_environment_is_told() {
    let said = |win: &dyn Fn(usize) -> &'static str| {
        let log = |run: usize| {
            let line = |env: &str, outcome: &str| {
                let time = (1_767_225_600_000 + run * 86_400_000).to_string();
                let [env, outcome] = [env, outcome].map(|text| format!("\"{text}\""));
                let with = [("ts_unix_ms", &*time), ("env_fingerprint", &*env), ("outcome", &*outcome)];
                record(&[&with[..], &[("reason_code", "\"oracle_down\"")]].concat()) + "\n"
            };
            (format!("run-{run:02}.jsonl"), line("linux", "pass") + &line("win", win(run)))
        };
        let logs: Vec<(String, String)> = (0..30).map(log).collect();
        let logs = folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        ids(&gate(&logs, "[max]\ndeterministic = 0\n", &JSON))
    };
    assert_eq!(said(&|run| if run < 20 { "pass" } else { "fail" }), ["warn stale:no_verdict"]);
    assert_eq!(said(&|run| if run % 3 == 0 { "pass" } else { "fail" }), [""; 0]);
}

#[test]
fn a_policy_made_of_one_branch_counts_none_of_others() {
    let runs = (0..20).flat_map(|day| [(day, "main", "a:pass"), (day, "dev", "a:fail")]);
    let (logs, others) = on_branches(&runs.collect::<Vec<_>>());
    let profile = others.path().join("p.toml");
    let policy = starts_passing(logs.path(), &["--profile", text(&profile), "--branch", "main"], "main");
    assert!(policy.contains("severity = { critical = 0 }    # open incidents\n"), "{policy}");
}

#[test]
fn a_packet_that_the_newest_runs_do_not_hold_is_told() {
    let said = |history: &str| {
        let runs = runs(&[("Q/one", history), ("P/other", &"P".repeat(20))]);
        gate(&runs, "[max]\ndeterministic = 0\n", &["--packet", "Q"]).exits(0).text()
    };
    let told = "packet Q has no record in the newest 15 of 20 runs: its last run is run-04 (2026-01-05)";
    assert!(said("PPPPP").contains(told), "{}", said("PPPPP"));
    assert!(!said(&"P".repeat(18)).contains("has no record"));
}

#[test]
fn a_packet_that_other_branches_alone_still_hold_is_told() {
    let day = |run: u64, branch: &str, packet: &str| {
        let time = 1_697_000_000_000_u64 + 86_400_000 * run;
        let log = format!(r#"{{"t":{time},"p":"{packet}","s":"s","o":"pass","r":"","b":"{branch}","sha":"c{run}"}}"#);
        (format!("{branch}-{run:02}.jsonl"), log)
    };
    let packet = "[[field]]\nrole = \"packet\"\npath = \"p\"\ntype = \"text\"\n[outcome]";
    let profile = folder(&[("p.toml", BRANCHES.replace("[outcome]", packet).as_bytes())]);
    let profile = profile.path().join("p.toml");
    let said = |last: u64, more: &[&str]| {
        let main = (0..30).map(|run| day(run, "main", if run < last { "B" } else { "A" }));
        let logs: Vec<(String, String)> = main.chain((0..30).map(|run| day(run, "dev", "B"))).collect();
        let place = folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        let sweep = ["sweep", text(place.path()), "--profile", text(&profile), "--packet", "B"];
        relapse(sweep.iter().chain(more)).exits(0).text()
    };
    let main = ["--branch", "main"];
    let told = "packet B has no record in the newest 20 of 40 runs: its last run is main-09 (2023-10-20)";
    assert!(said(10, &main).contains(told), "{}", said(10, &main));
    assert!(!said(30, &main).contains("has no record") && !said(25, &main).contains("has no record"));
    assert!(!said(10, &[]).contains("has no record"));
}

#[test]
fn failures_without_a_packet_are_told_where_one_is_asked_for() {
    let runs = runs(&[("Q/one", "PPPP"), ("/nameless", "PPFF")]);
    let said = gate(&runs, "[max]\ndeterministic = 0\n", &["--packet", "Q"]).exits(0).text();
    assert!(said.contains("run-02.jsonl: failed without a packet: 1 record, which --packet leaves out"), "{said}");
    // A pattern of everything holds them.
    let rest = "[[scope]]\nname = \"all\"\npacket = \"*\"\nmax = { new_failure = 0 }\n";
    assert!(gate(&runs, rest, &JSON).exits(1).text().contains("scope:all:max:verdict:new_failure"));
}

#[test]
fn floors_that_old_runs_meet_are_told() {
    let policy = "[[coverage]]\npacket = \"B\"\nmin_scenarios = 3\n";
    let runs = |of_b: usize| runs(&[("A/a", &"P".repeat(30)), ("B/b", &"P".repeat(of_b))]);
    let ended = gate(&runs(10), policy, &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn coverage:stale:B"]);
    let said = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        said,
        "packet B has no record that passed or failed in the latest 10 of 30 runs: its floors count 10 records of before"
    );
    // It is in all but the newest few; it pauses as it always did; it is in the newest.
    let ended = gate(&runs(29), policy, &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn coverage:stale:B"]);
    let said = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        said,
        "packet B has no record that passed or failed in the newest 1 run, longer than it ever had none: its floors count 29 records \
         of before"
    );
    let pauses = self::runs(&[("A/a", &"P".repeat(30)), ("B/b", &"P.....".repeat(5))]);
    assert_eq!(ids(&gate(&pauses, policy, &JSON).exits(0)), [""; 0]);
    assert_eq!(ids(&gate(&runs(30), policy, &JSON).exits(0)), [""; 0]);
}

#[test]
fn what_is_flaky_and_fails_on_is_told() {
    let said = |history: &str, rest: &str| {
        let outcome = |mark: char| if mark == 'F' { "s:fail t:pass" } else { "s:pass t:pass" };
        let runs: Vec<(u64, &str, &str)> =
            history.chars().zip(0..).map(|(mark, day)| (day, "main", outcome(mark))).collect();
        let (logs, others) = on_branches(&runs);
        let profile = others.path().join("p.toml");
        let policy = format!("[max]\ndeterministic = 0\nflaky = 3\n{rest}");
        ids(&gate(&logs, &policy, &["--profile", text(&profile), "--format", "json"]).exits(0))
    };
    // It landed, was reverted and landed again; a flake that broke.
    let again = "PPPPPPPPPPPPFFFPPPFFFFFFFFFFFF";
    assert_eq!(said(again, ""), ["warn evidence:failing_on"]);
    assert_eq!(said("PFPPFPPPFPPPFPPFPPPPFPFPPPFPPFFFFFF", ""), ["warn evidence:failing_on"]);
    let entry = "[[quarantine]]\nscenario = \"s\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
    assert_eq!(said(again, entry), ["warn quarantine:failing_on"]);
    // A flake, and one that fails mostly.
    assert_eq!(said("PFPPFPPPFPPPFPPFPPPPFPFPPPFPPFF", ""), [""; 0]);
    assert_eq!(said("FPFFFPFFFFPFFPFFFFPFFFPFFFFFPFFFF", ""), [""; 0]);
}

#[test]
fn scopes_that_only_old_runs_match_are_told() {
    let policy = "[[scope]]\nname = \"b\"\npacket = \"B\"\nmax = { deterministic = 0 }\n";
    let runs = |of_b: &str| runs(&[("A/a", &"P".repeat(30)), ("B/b", of_b)]);
    let old = runs("PPPPPPPPPP");
    let ended = gate(&old, policy, &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn stale:scope:b"]);
    let said = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        said,
        "scope b matches no scenario that passed or failed in the latest 10 of 30 runs, but before: its ceilings hold what was then"
    );
    let ended = gate(&old, &format!("{policy}[levels]\nstale = \"deny\"\n"), &JSON).exits(1);
    assert_eq!(ids(&ended), ["deny stale:scope:b"]);
    // What runs now and then is there; what never ran is told as that.
    assert_eq!(ids(&gate(&runs("P.........P.........P"), policy, &JSON).exits(0)), [""; 0]);
    assert_eq!(ids(&gate(&runs(""), policy, &JSON).exits(1)), ["deny unmatched:scope:b"]);
}

/// A folder of a sweep over runs, to compare with.
pub(crate) fn baseline(runs: &tempfile::TempDir) -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(runs.path()), "--out", text(out.path())]).exits(0);
    out
}

#[test]
fn what_was_open_and_is_gone_with_its_archives_is_told() {
    let week = |failing: &str, other: &str| runs(&[("P/a", failing), ("P/b", other)]);
    let old = baseline(&week("FFFFFFFFFF", "PPPPPPPPPP"));
    let more = [&["--baseline", text(old.path())][..], &JSON].concat();
    let max = "[max]\ndeterministic = 0\n[baseline]\nnew = 0\nreturned = 0\nworsened = 0\n";
    // Its job was dropped, and the archives of then were deleted.
    let later = week("..........", "..........PPPPPPPPPP");
    for run in 0..10 {
        std::fs::remove_file(later.path().join(format!("run-{run:02}.jsonl"))).unwrap();
    }
    let said = gate(&later, max, &more);
    assert_eq!(ids(&said), ["warn baseline:warning"]);
    let message = said.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("holds no result, neither a failure nor a pass: of a"), "{message}");
}

#[test]
fn an_outage_that_recovered_is_no_number_of_changes() {
    let names: Vec<String> = (0..12).map(|at| format!("P/s{at:02}")).collect();
    let all = |history: &str, first: &str| {
        let rows: Vec<(&str, &str)> =
            names.iter().zip(0..).map(|(name, at)| (name.as_str(), if at == 0 { first } else { history })).collect();
        runs(&rows)
    };
    let policy = "[baseline]\nnew = 0\nreturned = 0\nworsened = 0\nrecurring = 0\n";
    let old = baseline(&all("PPPPPPPPPP", "PPPPPPPPPP"));
    let with = ["--format", "json", "--baseline", text(old.path())];
    let ended = gate(&all("PPPPPPPPPPPPFPPPP", "PPPPPPPPPPPPFPPPP"), policy, &with).exits(0);
    assert_eq!(ids(&ended), ["warn baseline:set_aside"]);
    let said = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        said,
        "12 incidents failed only in mass-failure runs that were set aside (run-12), so that no ceiling on changes counts them"
    );
    // What fails on by itself is new, and so it is where the baseline knows the outage.
    let on = all("PPPPPPPPPPPPFPPPP", "PPPPPPPPPPPPFPFFF");
    let ended = gate(&on, policy, &with).exits(1);
    assert_eq!(ids(&ended), ["deny baseline:new", "warn baseline:set_aside"]);
    assert_eq!(ended.json()["violations"][0]["scenario_ids"], json!(["s00"]));
    let after = baseline(&all("PPPPPPPPPPPPFP", "PPPPPPPPPPPPFP"));
    let ended = gate(&on, policy, &["--format", "json", "--baseline", text(after.path())]).exits(1);
    assert_eq!(ids(&ended), ["deny baseline:new"]);
    // One that is not over is no outage to set aside.
    gate(&all("PPPPPPPPPPPPPPPPF", "PPPPPPPPPPPPPPPPF"), policy, &with).exits(1);
}

#[test]
fn what_a_policy_s_own_allowance_lets_pass_is_told() {
    let runs = runs(&[("A/a", "PPP")]);
    std::fs::write(runs.path().join("run-01.jsonl"), "{\"cut\n").unwrap();
    let ended = gate(&runs, "[loss]\nrejected_lines = 3\n", &JSON).exits(0);
    assert!(ids(&ended).contains(&"warn loss:allowed:rejected_lines".to_owned()), "{}", ended.text());
    assert!(
        ended.text().contains("let pass by an allowance in the policy's [loss]: rejected lines 1"),
        "{}",
        ended.text()
    );
    assert!(ids(&gate(&runs, "", &JSON).exits(1)).contains(&"deny loss:rejected_lines".to_owned()));
}

/// What a gate says of one scenario beside another that always passes, over 60 days of which the last 20 are looked at: with
/// a store that is empty, with one that is full, and without one.
fn since_20_days(history: &str, policy: &str) -> Vec<String> {
    let runs = runs(&[("P/a", history), ("P/other", &"P".repeat(60))]);
    let store = tempfile::tempdir().unwrap();
    let at = store.path().join("store");
    let gate = |more: &[&str]| gate(&runs, policy, &[&["--since", "20d"], &JSON[..], more].concat());
    let said = [gate(&["--store", text(&at)]), gate(&["--store", text(&at)]), gate(&[])];
    assert!(said.iter().all(|ended| ended.json() == said[0].json()));
    ids(&said[0])
}

#[test]
fn what_failed_before_a_window_and_has_no_result_in_it_is_told() {
    let [failed, passed, none, skipped] = ["F", "P", ".", "S"].map(|mark| mark.repeat(30));
    let max = "[max]\ndeterministic = 0\n";
    for history in [
        format!("{failed}{none}"),
        format!("{failed}{skipped}"),
        // It regressed before it was skipped.
        format!("{}{}{skipped}", &passed[10..], &failed[20..]),
    ] {
        assert_eq!(since_20_days(&history, max), ["warn stale:before_window"], "{history}");
        let part = "[[scope]]\nname = \"other\"\nscenario = \"other\"\nmax = { deterministic = 0 }\n";
        assert_eq!(since_20_days(&history, part), [""; 0], "{history}");
        let deny = format!("{max}[levels]\nstale = \"deny\"\n");
        assert_eq!(since_20_days(&history, &deny), ["deny stale:before_window"], "{history}");
        let known = "[[quarantine]]\nscenario = \"a\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
        assert_eq!(since_20_days(&history, &format!("{max}{known}")), [""; 0], "{history}");
    }
    // What was mended before it went, what ran since, and what was always skipped.
    for history in [format!("{}{}{none}", &failed[20..], &passed[10..]), format!("{failed}{passed}"), skipped.repeat(2)]
    {
        assert_eq!(since_20_days(&history, max), [""; 0], "{history}");
    }
}

#[test]
fn brackets_of_a_pattern_are_those_of_parameters() {
    let runs = runs(&[("P/add[1]", "FFFFFF"), ("P/add1", "FFFFFF"), ("P/add{a}", "PPPPPP")]);
    let known = "[[quarantine]]\nscenario = \"add[1]\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
    let report = gate(&runs, &format!("[max]\ndeterministic = 0\n{known}"), &JSON).exits(1).json();
    assert_eq!(report["violations"][0]["scenario_ids"], json!(["add1"]));
    let braces = "[[scope]]\nname = \"a\"\nscenario = \"add{*}\"\nmax = { deterministic = 0 }\n";
    assert_eq!(ids(&gate(&runs, braces, &JSON)), [""; 0]);
}

#[test]
fn a_quarantine_that_holds_back_what_always_fails_on_a_branch_is_told() {
    let said = |release: &dyn Fn(u64) -> &'static str, asked: &[&str]| {
        let main = |day: u64| if day % 5 == 1 { "s:fail" } else { "s:pass" };
        let runs = (0..30).map(|day| (day, "main", main(day)));
        let runs = runs.chain((20..30).map(|day| (day, "release", release(day))));
        let (logs, others) = on_branches(&runs.collect::<Vec<_>>());
        let profile = others.path().join("p.toml");
        let known = "[[quarantine]]\nscenario = \"s\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
        let more = [&["--profile", text(&profile), "--format", "json"], asked].concat();
        ids(&gate(&logs, &format!("[max]\ndeterministic = 0\nflaky = 0\n{known}"), &more).exits(0))
    };
    let (alone, now_and_then): (&[&str], &dyn Fn(u64) -> &'static str) =
        (&["--branch", "release"], &|day| if day % 2 == 0 { "s:fail" } else { "s:pass" });
    for asked in [&[][..], alone] {
        assert!(said(&|_| "s:fail", asked).contains(&"warn quarantine:branch".to_owned()), "{asked:?}");
        assert!(!said(now_and_then, asked).contains(&"warn quarantine:branch".to_owned()), "{asked:?}");
    }
}

#[test]
fn a_quarantine_that_a_window_widens_is_told() {
    let [failed, passed] = ["F", "P"].map(|mark| mark.repeat(30));
    let policy = "[max]\ndeterministic = 0\nflaky = 0\nunproven = 0\n\
                  [[quarantine]]\nscenario = \"a\"\nowner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n";
    let regressed = format!("{passed}{failed}");
    assert_eq!(since_20_days(&regressed, policy), ["warn quarantine:window"]);
    // A pass in the window before it broke, too few to show a regression.
    let few = format!("{}{}", "P".repeat(41), "F".repeat(19));
    assert_eq!(since_20_days(&few, policy), ["warn quarantine:window"]);
    // What fails always, and now and then, is what a quarantine is for.
    assert_eq!(since_20_days(&failed.repeat(2), policy), [""; 0]);
    assert_eq!(since_20_days(&"PPFPF".repeat(12), policy), [""; 0]);
}

#[test]
fn packet_and_window_are_named_beside_the_figures_that_they_narrow() {
    let runs = runs(&[("A/a", "PPPPPPPPPP"), ("B/b", "PPPPPPPFFF")]);
    let out = tempfile::tempdir().unwrap();
    let [narrow, all, later] = ["narrow", "all", "later"].map(|name| out.path().join(name));
    let filters = ["--packet", "A", "--until", "2d"];
    let told = "of packet A, until 2026-01-08T00:00:00Z (13 records left out)";
    let sweep = |more: &[&str], out: &std::path::Path| {
        relapse([&["sweep", text(runs.path()), "--out", text(out)][..], more].concat()).exits(0)
    };
    let said = sweep(&filters, &narrow).answer();
    assert!(said.starts_with(&format!("0 incidents in 7 runs {told}")), "{said}");
    let page = std::fs::read_to_string(narrow.join("report.html")).unwrap();
    assert!(page.contains(told), "{page}");
    let page = std::fs::read_to_string(narrow.join("report.md")).unwrap();
    assert!(page.contains("of packet `A`, until 2026-01-08T00:00:00Z (13 records left out)"), "{page}");
    let report: Value = serde_json::from_slice(&std::fs::read(narrow.join("incidents.json")).unwrap()).unwrap();
    assert_eq!(report["window"], json!({ "until": "2026-01-08T00:00:00Z" }));
    let human = gate(&runs, "[max]\ndeterministic = 0\n", &filters).exits(0).text();
    assert!(human.contains(&format!("7 records in 7 runs {told}")), "{human}");
    let inputs = gate(&runs, "", &[&filters[..], &JSON].concat()).exits(0).json()["inputs"].clone();
    assert_eq!(
        inputs["filter"],
        json!({ "packet": "A", "window": { "until": "2026-01-08T00:00:00Z" }, "left_out": 13 })
    );
    // Without a filter nothing of it is written.
    let report = sweep(&[], &all);
    assert!(!report.text().contains("left out"), "{}", report.text());
    assert_eq!(gate(&runs, "", &JSON).json()["inputs"].get("filter"), None);
    let diff = |old: &std::path::Path, new: &std::path::Path| relapse(["diff", text(old), text(new)]).exits(0).text();
    let differ = "windows differ: all times in the baseline, until 2026-01-08T00:00:00Z in the new sweep";
    assert!(diff(&all, &narrow).contains(differ), "{}", diff(&all, &narrow));
    // A window that moved on is the same one.
    sweep(&["--packet", "A", "--until", "1d"], &later);
    assert!(!diff(&narrow, &later).contains("windows differ"), "{}", diff(&narrow, &later));
    assert!(diff(&later, &narrow).contains("windows differ"), "{}", diff(&later, &narrow));
}

#[test]
fn benchmarks_that_were_not_compared_or_stopped_are_told() {
    let lines = |lanes: &[(&str, u32)]| {
        let mut lines = String::new();
        for (lane, until) in lanes {
            for at in 0..*until {
                let (time, value) = (1_767_225_600 + at * 3600, 5.0 + f64::from(at * 7919 % 13) / 1000.0);
                writeln!(lines, "{{\"lane\":\"{lane}\",\"host\":\"h\",\"took_ms\":{value},\"recorded_unix\":{time}}}")
                    .unwrap();
            }
        }
        folder(&[("bench.jsonl", lines.as_bytes())])
    };
    let policy = "[benchmark]\nregressed = \"deny\"\n";
    let few = lines(&[("one", 2), ("two", 2)]);
    let ended = gate(&few, policy, &JSON).exits(0);
    assert_eq!(ids(&ended), ["warn benchmark:not_compared"]);
    assert!(ended.text().contains("none of 2 series of benchmarks was compared: 2: "), "{}", ended.text());
    let human = gate(&few, policy, &[]).exits(0).text();
    assert!(human.contains("; 2 series of benchmarks, 0 compared"), "{human}");
    let stopped = gate(&lines(&[("gone", 20), ("here", 40)]), policy, &JSON).exits(0);
    assert_eq!(ids(&stopped), ["warn benchmark:stopped"]);
    assert!(stopped.text().contains("gone took_ms on h (20 runs newer)"), "{}", stopped.text());
    assert_eq!(ids(&gate(&lines(&[("late", 31), ("here", 40)]), policy, &JSON).exits(0)), [""; 0]);
    let branch = gate(&lines(&[("here", 40)]), policy, &["--branch", "x", "--format", "json"]).exits(0);
    assert_eq!(ids(&branch), ["warn benchmark:branch"]);
}

#[test]
fn what_happened_in_runs_that_are_not_judged_is_no_open_incident() {
    let log = r#"{"t":1699000000000,"s":"s","o":"fail","r":"why","b":"dev","sha":"c"}"#;
    let taxonomy = "name = \"t\"\n[fallback]\nclass = \"infra\"\nseverity = \"low\"\nowner = \"o\"\n\
                    [[class]]\nname = \"infra\"\ncounts = \"incident_only\"\n";
    let others = folder(&[("p.toml", BRANCHES.as_bytes()), ("t.toml", taxonomy.as_bytes())]);
    let [profile, taxonomy] = ["p.toml", "t.toml"].map(|name| others.path().join(name));
    let logs = folder(&[("r0.jsonl", log.as_bytes())]);
    let own = ["--profile", text(&profile), "--taxonomy", text(&taxonomy)];
    let open = |more: &[&str]| {
        let json = gate(&logs, "[max]\ndeterministic = 0\n", &[&own[..], &JSON, more].concat()).json();
        json["inputs"]["open_incidents"].clone()
    };
    assert_eq!(open(&[]), 1);
    assert_eq!(open(&["--branch", "x"]), 0);
    // What happened later elsewhere closes nothing.
    let earlier = log.replace("1699", "1698").replace("dev", "x");
    std::fs::write(logs.path().join("earlier.jsonl"), earlier).unwrap();
    assert_eq!(open(&["--branch", "x"]), 1);
}
