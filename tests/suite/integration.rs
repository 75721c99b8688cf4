//! Records of integration tests are classified as their truth says: record by record, and as incidents of a sweep.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use relapse::record::{OutcomeKind, Parser, Profiles, Record};
use relapse::role::Role;
use relapse::taxonomy::{Classifier, Scratch, Taxonomy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::program::{self, relapse, text};

/// What one line is.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Truth {
    line: usize,
    case: String,
    outcome: String,
    time_unix_ms: i64,
    run: String,
    packet: String,
    suite: String,
    scenario: String,
    mode: String,
    invariant: Option<String>,
    class: Option<String>,
    rule: Option<String>,
    secondary_class: Option<String>,
    severity: Option<String>,
    owner: Option<String>,
    reason: Option<String>,
}

/// A scenario with a failure and a pass under one revision and seed.
#[derive(Debug, Deserialize)]
struct Mixed {
    packet: String,
    suite: String,
    scenario: String,
    mode: String,
    reason: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/integration")
}

fn truths() -> Vec<Truth> {
    let text = fs::read_to_string(folder().join("truth.jsonl")).unwrap();
    text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the library says of a line, in the form of the truth.
fn said(record: &Record<'_>, truth: &Truth, classifier: &Classifier, scratch: &mut Scratch) -> Truth {
    let owned = |text: &str| text.to_owned();
    let mut said = Truth {
        line: truth.line,
        case: truth.case.clone(),
        outcome: match record.outcome {
            OutcomeKind::Pass => "pass".into(),
            OutcomeKind::Fail => "fail".into(),
            OutcomeKind::Excluded => "excluded".into(),
            OutcomeKind::Unknown => "unknown".into(),
        },
        time_unix_ms: record.time,
        run: owned(record.run.unwrap_or_default()),
        packet: owned(record.packet),
        suite: owned(record.suite),
        scenario: owned(record.scenario),
        mode: owned(record.mode),
        invariant: record.invariant.map(owned),
        class: None,
        rule: None,
        secondary_class: None,
        severity: None,
        owner: None,
        reason: None,
    };
    if record.failed() {
        let assignment = classifier.classify(|role: Role| record.text(role), scratch);
        let ruling = classifier.ruling(assignment);
        let code = classifier.code(assignment).filter(|_| record.reason_yields_to_code);
        said.class = Some(classifier.class(assignment.class).name.clone());
        said.rule = ruling.rule;
        said.secondary_class = ruling.secondary_class;
        said.severity = Some(assignment.severity.to_string());
        said.owner = Some(ruling.owner);
        said.reason = Some(owned(code.unwrap_or(record.reason)));
    }
    said
}

#[test]
fn every_record_is_what_its_truth_says() {
    let bytes = fs::read(folder().join("records.jsonl")).unwrap();
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    let truths = truths();
    assert_eq!(lines.len(), truths.len());
    assert!(lines.len() >= 200);
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let classifier = Classifier::new(&Taxonomy::CATALOG.resolve("integration").unwrap());
    let mut scratch = Scratch::default();
    let mut wrong = Vec::new();
    for (line, truth) in lines.into_iter().zip(&truths) {
        let profile = (0..profiles.len()).find(|&number| profiles.get(number).unwrap().name == "integration");
        let said = parser.judge(line, 0, |parsed| {
            let parsed = parsed.unwrap_or_else(|rejection| panic!("line {}: {rejection:?}", truth.line));
            assert_eq!(Some(parsed.profile), profile);
            said(&parsed.record, truth, &classifier, &mut scratch)
        });
        if said != *truth {
            let message = String::from_utf8_lossy(line);
            wrong.push(format!("{truth:?}\n{said:?}\n{}", message.chars().take(900).collect::<String>()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_class_and_rule_of_the_taxonomy_is_in_the_corpus() {
    let truths = truths();
    let taxonomy = Taxonomy::CATALOG.resolve("integration").unwrap();
    let rules: BTreeSet<&str> = truths.iter().filter_map(|truth| truth.rule.as_deref()).collect();
    let known: BTreeSet<&str> = taxonomy.rules().iter().filter_map(|rule| rule.code.as_deref()).collect();
    assert_eq!(rules, known);
    let classes: BTreeSet<&str> = truths.iter().filter_map(|truth| truth.class.as_deref()).collect();
    let known: BTreeSet<&str> = taxonomy.classes().iter().map(|class| class.name.as_str()).collect();
    assert_eq!(classes, known);
}

#[test]
fn a_sweep_makes_incidents_of_them_by_the_taxonomy_of_their_profile() {
    type Key = [String; 6];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let path = folder().join("records.jsonl");
    let document = relapse(["sweep", path.to_str().unwrap(), "--json"]).exits(0).json();
    let incidents = document["incidents"]["incidents"].as_array().unwrap();
    let keys = ["packet_id", "suite_id", "scenario_id", "mode", "reason_code", "class"];
    let key_of = |row: &Value| -> Key { keys.map(|key| text(&row[key])) };
    let found: BTreeMap<Key, &Value> = incidents.iter().map(|row| (key_of(row), row)).collect();
    assert_eq!(document["incidents"]["taxonomy"], "integration");

    let truths = truths();
    let mut expected: BTreeMap<Key, Vec<&Truth>> = BTreeMap::new();
    for truth in truths.iter().filter(|truth| truth.outcome == "fail") {
        let given = |text: &Option<String>| text.clone().unwrap();
        let key = [&truth.packet, &truth.suite, &truth.scenario, &truth.mode].map(Clone::clone);
        let [packet, suite, scenario, mode] = key;
        let key = [packet, suite, scenario, mode, given(&truth.reason), given(&truth.class)];
        expected.entry(key).or_default().push(truth);
    }
    let only =
        |one: &BTreeSet<&Key>, other: &BTreeSet<&Key>| format!("{:?}", one.difference(other).collect::<Vec<_>>());
    let (have, want) = (found.keys().collect(), expected.keys().collect());
    assert_eq!((only(&have, &want), only(&want, &have)), ("[]".to_owned(), "[]".to_owned()));
    for (key, truths) in &expected {
        let row = found[key];
        assert_eq!(row["occurrences"], truths.len(), "{key:?}");
        assert!(truths.iter().any(|truth| json!(truth.rule) == row["rule"]), "{key:?}");
        assert!(truths.iter().any(|truth| json!(truth.owner) == row["owner_hint"]), "{key:?}");
        assert!(truths.iter().any(|truth| json!(truth.secondary_class) == row["secondary_class"]), "{key:?}");
        assert_eq!(row["last_seen_unix_ms"], truths.iter().map(|truth| truth.time_unix_ms).max().unwrap(), "{key:?}");
        if row["severity"] == "critical" {
            assert_eq!(row["closure"].as_array().unwrap().len(), 3, "{key:?}");
            assert!(row["severity_raised_by"].is_string(), "{key:?}");
        }
    }
}

#[test]
fn mixed_outcomes_under_one_revision_and_seed_speak_for_a_flake() {
    let path = folder().join("records.jsonl");
    let document = relapse(["sweep", path.to_str().unwrap(), "--json"]).exits(0).json();
    let rows = document["incidents"]["incidents"].as_array().unwrap();
    let flaky: BTreeSet<[&str; 5]> = rows
        .iter()
        .filter(|row| row["effective_class"] == "flake_timing")
        .map(|row| {
            ["packet_id", "suite_id", "scenario_id", "mode", "reason_code"].map(|key| row[key].as_str().unwrap())
        })
        .collect();
    let text = fs::read_to_string(folder().join("mixed.json")).unwrap();
    let mixed: Vec<Mixed> = serde_json::from_str(&text).unwrap();
    let counted = |row: &Mixed| {
        // What is kept out of recurrence has no history.
        let infra = rows.iter().any(|found| {
            found["scenario_id"] == row.scenario && found["reason_code"] == row.reason && found["class"] == "infra_ci"
        });
        !infra
    };
    let expected: BTreeSet<[&str; 5]> = mixed
        .iter()
        .filter(|row| counted(row))
        .map(|row| [&row.packet, &row.suite, &row.scenario, &row.mode, &row.reason].map(String::as_str))
        .collect();
    assert!(expected.len() >= 8);
    assert_eq!(flaky, expected);
    // Class and severity stay as they were.
    assert!(rows.iter().any(|row| row["effective_class"] == "flake_timing" && row["severity"] == "critical"));
    assert!(rows.iter().any(|row| row["effective_class"] == "flake_timing" && row["class"] == "algorithm_regression"));
}

/// Of the failing runs: the median of 100, 900 and 200.5 ms, three times; without durations, three failing runs.
#[test]
fn cost_is_failed_runs_times_the_median_duration() {
    let records = fs::read_to_string(folder().join("records.jsonl")).unwrap();
    let template: Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
    for (durations, cost) in [([Some(100.0), Some(900.0), Some(7.0), Some(200.5)], 601.5), ([None; 4], 3.0)] {
        let mut log = String::new();
        for (number, duration) in durations.into_iter().enumerate() {
            let mut line = template.clone();
            line["run"]["id"] = format!("run-{number}").into();
            line["durationMs"] = duration.into();
            line["error"]["message"] = "expected 3 to be 4".into();
            if number == 2 {
                line["outcome"] = "pass".into();
                line["error"] = Value::Null;
            }
            log.push_str(&line.to_string());
            log.push('\n');
        }
        let folder = program::folder(&[("log.jsonl", log.as_bytes())]);
        let said = relapse(["sweep", text(folder.path()), "--profile", "integration", "--json"]).exits(0).json();
        let row = &said["recurrence"]["scenarios"][0];
        assert_eq!((row["failed_runs"].as_u64(), row["recurrence"]["cost"].as_f64()), (Some(3), Some(cost)), "{row}");
    }
}
