use super::*;
use crate::record::Record;
use crate::tally::At;

const POLICY: &str = r#"{
    "schema_version": "ft-reliability-budget-policy-v1", "ignored": 1,
    "coverage_floors": {
        "Q": {"min_scenarios": 1, "min_pass_ratio": 0.0, "required_suites": []},
        "P": {"min_scenarios": 4, "min_pass_ratio": 0.7, "required_suites": ["t", "s", "u"]}
    },
    "flake_budget": {"max_flake_suspects": 0, "detection_rule": "d", "retry_limit": 2, "quarantine_label": "q",
        "de_flake_owner_workflow": []},
    "global_budgets": {"max_failed_entries": 0, "max_unknown_reason_codes": 0},
    "remediation_hints": {"coverage_floor": "more", "flake_budget": "retry", "unknown_reason": "extend"},
    "artifact_refs": {"z": "last.json", "a": "first.json"}
}"#;

fn entries(rows: &[[&str; 5]]) -> Entries {
    let mut entries = Entries::default();
    for (line, [packet, suite, scenario, outcome_word, reason]) in (1..).zip(rows.iter().copied()) {
        let record = Record { packet, suite, scenario, reason, outcome_word, ..Record::EMPTY };
        entries.add(&record, "ft-conformance-log-v1", Some("r"), At { log: "r.jsonl", part: 0, line });
    }
    entries
}

fn judge(policy: &str, rows: &[[&str; 5]]) -> ReliabilityReport {
    let entries = entries(rows);
    let origin = Origin { generated_unix_ms: 5, policy_path: "p.json", e2e_path: "e.jsonl" };
    ReliabilityPolicy::parse(policy).unwrap().judge(
        &entries,
        entries.failed_scenarios(Rule::Reliability, |_| 0),
        origin,
    )
}

#[test]
fn every_check_in_its_order_with_its_words() {
    let report = judge(
        POLICY,
        &[
            ["P", "s", "two", "fail", "parity_off"],
            ["P", "s", "one", "pass", "Parity_ok"],
            ["P", "s", "two", "pass", "mismatch"],
            ["R", "s", "one", "Pass", "x"],
        ],
    );
    assert!(!report.passes());
    let said: Vec<(&str, &str, &str)> =
        report.violations.iter().map(|v| (v.budget_id.as_str(), v.category, v.message.as_str())).collect();
    assert_eq!(
        said,
        [
            ("coverage_floor:P:scenario_count", "coverage_floor", "packet P has 3 scenarios, below floor 4"),
            ("pass_ratio:P", "pass_ratio", "packet P pass ratio 0.667 below floor 0.700"),
            ("required_suite:P:t", "required_suite", "packet P missing required suite t"),
            ("required_suite:P:u", "required_suite", "packet P missing required suite u"),
            ("coverage_floor:Q:missing_packet", "coverage_floor", "missing packet Q in e2e forensic logs"),
            ("global:max_failed_entries", "global_failure_ceiling", "failed entries 2 exceed budget 0"),
            ("flake_budget:max_flake_suspects", "flake_budget", "flake suspects 2 exceed budget 0"),
            // `Parity_ok` and `x`: letter case counts.
            ("global:max_unknown_reason_codes", "reason_taxonomy", "unknown reason codes 2 exceed budget 0"),
        ]
    );
    let [count, ratio, .., missing, failed, flaky, unknown] = report.violations.as_slice() else { panic!() };
    assert_eq!(
        (count.packet_id.as_deref(), count.scenario_ids.as_slice()),
        (Some("P"), &["one", "two"].map(String::from)[..])
    );
    assert_eq!((missing.packet_id.as_deref(), missing.scenario_ids.len()), (Some("Q"), 0));
    assert_eq!((&failed.packet_id, failed.scenario_ids.join(",")), (&None, "two,one".to_owned()));
    assert_eq!((&flaky.packet_id, flaky.scenario_ids.join(",")), (&None, "one,two".to_owned()));
    assert_eq!((&unknown.packet_id, unknown.scenario_ids.len()), (&None, 0));
    assert_eq!(count.artifact_refs, ["first.json", "last.json"]);
    let hints = [count, ratio, failed, flaky, unknown].map(|v| v.remediation_hint.as_str());
    let none = "No remediation hint configured";
    assert_eq!(hints, ["more", none, none, "retry", "extend"]);
}

#[test]
fn the_report_has_the_fields_in_their_order() {
    let report = judge(
        &POLICY
            .replace("\"max_failed_entries\": 0", "\"max_failed_entries\": 9")
            .replace("\"min_scenarios\": 4", "\"min_scenarios\": 1")
            .replace("0.7", "0.5")
            .replace(r#""t", "s", "u""#, ""),
        &[
            ["P", "s", "é\u{1}\"", "pass", "parity"],
            ["P", "s", "b", "pass", "parity"],
            ["Q", "s", "c", "pass", "parity"],
        ],
    );
    assert!(report.passes());
    assert_eq!(
        serde_json::to_string_pretty(&report).unwrap(),
        "{\n  \"schema_version\": \"ft-reliability-gate-report-v1\",\n  \"generated_unix_ms\": 5,\n  \"policy_path\": \"p.json\",\n  \
         \"e2e_path\": \"e.jsonl\",\n  \"status\": \"pass\",\n  \"summary\": {\n    \"total_entries\": 3,\n    \"failed_entries\": 0,\n    \
         \"flake_suspect_count\": 0,\n    \"unknown_reason_code_count\": 0,\n    \"packet_metrics\": {\n      \"P\": {\n        \
         \"total_entries\": 2,\n        \"passed_entries\": 2,\n        \"pass_ratio\": 1.0,\n        \"suites_present\": [\n          \"s\"\n        \
         ],\n        \"scenario_ids\": [\n          \"b\",\n          \"é\\u0001\\\"\"\n        ]\n      },\n      \"Q\": {\n        \
         \"total_entries\": 1,\n        \"passed_entries\": 1,\n        \"pass_ratio\": 1.0,\n        \"suites_present\": [\n          \"s\"\n        \
         ],\n        \"scenario_ids\": [\n          \"c\"\n        ]\n      }\n    }\n  },\n  \"violations\": []\n}"
    );
}

#[test]
fn a_policy_that_lacks_something_is_refused_by_its_name() {
    for (field, without) in [
        ("max_failed_entries", POLICY.replace("\"max_failed_entries\": 0,", "")),
        ("retry_limit", POLICY.replace("\"retry_limit\": 2,", "")),
        ("required_suites", POLICY.replace(", \"required_suites\": []", "")),
        ("schema_version", POLICY.replace("schema_version", "schema")),
        ("min_pass_ratio", POLICY.replace("\"min_pass_ratio\": 0.0,", "")),
    ] {
        let ReliabilityError::Malformed(error) = ReliabilityPolicy::parse(&without).unwrap_err() else { panic!() };
        assert!(error.to_string().contains(field), "{error}");
    }
    let other = ReliabilityPolicy::parse(&POLICY.replace("policy-v1", "policy-v9")).unwrap_err();
    assert!(other.to_string().contains("ft-reliability-budget-policy-v9"), "{other}");
    assert!(matches!(ReliabilityPolicy::parse("{"), Err(ReliabilityError::Malformed(_))));
}
