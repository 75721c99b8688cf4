//! Scores a report against planted verdicts.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::confusion::Confusion;
use crate::judged::{Judged, key, list, text, with_label};

/// Mismatches that are printed.
const MOST_SHOWN: usize = 40;

/// Reads a JSON document.
pub(crate) fn read(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("failed to read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is no JSON: {error}", path.display()))
}

/// The report, and whether every row has its share of right ones.
pub(crate) fn score(truth: &Value, judged: &Judged, at_least: f64) -> Result<(String, bool), String> {
    let mut confusion = Confusion::default();
    let mut wrong = Vec::new();
    let mut overlays = Vec::new();
    let mut planted = 0;
    let mut unlisted = judged.0.clone();
    for entry in list(truth)? {
        let key = key(entry)?;
        let expected = with_label(&text(entry, "verdict")?, entry.get("label").and_then(Value::as_str));
        let said = judged.of(&key);
        unlisted.remove(&key);
        planted += 1;
        confusion.add(&expected, &said.verdict);
        let why = entry.get("why").and_then(Value::as_str).unwrap_or("");
        let history = entry.get("history").and_then(Value::as_str).unwrap_or("");
        if said.verdict != expected {
            wrong.push(format!(
                "{}\n  truth:  {expected}: {why}\n  judged: {}: {}\n  {history}\n",
                key[2], said.verdict, said.why
            ));
            continue;
        }
        let kind = text(entry, "kind")?;
        if said.kind != kind {
            overlays.push(format!("{}: kind {}, truth {kind} ({why})\n", key[2], said.kind));
        }
        let stale = entry.get("stale").and_then(Value::as_bool).unwrap_or(false);
        if said.stale != stale && expected != "no_failure" {
            overlays.push(format!("{}: stale {}, truth {stale} ({why})\n", key[2], said.stale));
        }
    }
    let mut out = confusion.table();
    out.push('\n');
    let mut passed = overlays.is_empty();
    for (row, counts) in confusion.rows() {
        let (right, all) = (counts.get(row).copied().unwrap_or(0), counts.values().sum::<usize>());
        let fails = (right as f64) < at_least * all as f64;
        passed &= !fails;
        let _ = writeln!(out, "{row:28} {right:5} of {all:5} right{}", if fails { "  BELOW ITS BOUND" } else { "" });
    }
    show(&mut out, "wrong verdicts", &wrong);
    show(&mut out, "wrong kinds and overlays", &overlays);
    let _ = writeln!(
        out,
        "\n{} of {planted} right; {} scenarios of the report were not planted",
        planted - wrong.len(),
        unlisted.len()
    );
    Ok((out, passed))
}

fn show(out: &mut String, what: &str, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    let _ =
        writeln!(out, "\n{} {what}{}:", entries.len(), if entries.len() > MOST_SHOWN { ", the first 40" } else { "" });
    entries.iter().take(MOST_SHOWN).for_each(|entry| out.push_str(entry));
}

#[cfg(test)]
mod tests {
    use super::score;
    use crate::judged::Judged;
    use serde_json::{Value, json};

    fn entry(scenario: &str, verdict: &str, label: Option<&str>, kind: &str) -> Value {
        json!({
            "packet_id": "p", "suite_id": "s", "scenario_id": scenario, "mode": "strict",
            "verdict": verdict, "label": label, "kind": kind, "stale": false, "why": format!("why of {scenario}"),
        })
    }

    fn scored(truth: &[Value], judged: &[Value], at_least: f64) -> (String, bool) {
        let judged = Judged::parse(&json!({ "scenarios": judged })).unwrap();
        score(&json!({ "scenarios": truth }), &judged, at_least).unwrap()
    }

    #[test]
    fn all_right() {
        let entries =
            [entry("a", "flaky", None, "flaky"), entry("b", "regressed", Some("deterministic"), "deterministic")];
        let (report, passed) = scored(&entries, &entries, 1.0);
        assert!(passed, "{report}");
        assert!(report.contains("2 of 2 right; 0 scenarios"), "{report}");
    }

    #[test]
    fn only_a_healthy_scenario_may_be_left_out() {
        let healthy = [entry("a", "no_failure", None, "none")];
        assert!(scored(&healthy, &[], 1.0).1);
        let (report, passed) = scored(&[entry("a", "flaky", None, "flaky")], &[], 0.95);
        assert!(!passed && report.contains("judged: no_failure: not listed"), "{report}");
    }

    #[test]
    fn a_label_is_part_of_the_verdict() {
        let truth = [entry("a", "regressed", Some("deterministic"), "deterministic")];
        let judged = [entry("a", "regressed", Some("rate_rise"), "flaky")];
        let (report, passed) = scored(&truth, &judged, 1.0);
        assert!(!passed && report.contains("BELOW ITS BOUND") && report.contains("why of a"), "{report}");
    }

    #[test]
    fn each_row_has_its_share() {
        let truth: Vec<Value> = (0..20).map(|number| entry(&number.to_string(), "flaky", None, "flaky")).collect();
        let mut judged = truth.clone();
        judged[0] = entry("0", "flaky_suspected", None, "flaky");
        assert!(scored(&truth, &judged, 0.95).1);
        assert!(!scored(&truth, &judged, 0.96).1);
        judged[1] = entry("1", "fixed", None, "resolved");
        assert!(!scored(&truth, &judged, 0.95).1);
    }

    #[test]
    fn a_wrong_kind_fails() {
        let (report, passed) = scored(
            &[entry("a", "env_dependent", None, "flaky")],
            &[entry("a", "env_dependent", None, "deterministic")],
            0.5,
        );
        assert!(!passed && report.contains("kind deterministic, truth flaky"), "{report}");
    }

    #[test]
    fn reports_that_are_none() {
        assert!(Judged::parse(&json!({ "schema_version": "relapse-ledger-v1", "scenarios": [] })).is_err());
        assert!(Judged::parse(&json!({})).is_err());
        let twice = json!({ "scenarios": [entry("a", "flaky", None, "flaky"), entry("a", "flaky", None, "flaky")] });
        assert!(Judged::parse(&twice).is_err());
    }
}
