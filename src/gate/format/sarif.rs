//! SARIF 2.1.0 (OASIS standard), as code scanning reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::super::decision::Decision;
use super::super::violation::Violation;
use super::details::{details, message};

/// One rule a check, one result a finding. Results point at the policy: it is the file whose line they break.
#[must_use]
pub fn sarif(decision: &Decision, policy_path: &str) -> Value {
    let found: Vec<(&Violation, &str)> = decision
        .violations
        .iter()
        .map(|found| (found, "error"))
        .chain(decision.warnings.iter().map(|found| (found, "warning")))
        .collect();
    let mut rules: BTreeMap<&str, usize> = found.iter().map(|(found, _)| (found.category, 0)).collect();
    for (number, place) in rules.values_mut().enumerate() {
        *place = number;
    }
    let rule =
        |category: &&str| json!({ "id": category, "shortDescription": { "text": format!("budgets of {category}") } });
    let result = |(found, level): &(&Violation, &str)| {
        let mut text = message(found).into_owned();
        for (name, items) in details(found, 20) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{name}: {}", items.join(", "));
        }
        json!({
            "ruleId": found.category,
            "ruleIndex": rules[found.category],
            "level": level,
            // Markup in a plain message: brackets and braces would be links and placeholders.
            "message": { "text": escaped(&text) },
            "locations": [{
                "physicalLocation": { "artifactLocation": { "uri": uri(policy_path) }, "region": { "startLine": 1 } },
            }],
            "partialFingerprints": { "budget/v1": found.budget_id },
            "properties": {
                "budget_id": found.budget_id,
                "packet_id": found.packet_id,
                "scenario_ids": found.scenario_ids,
                "replay_commands": found.replay_commands,
                "reason_codes": found.reason_codes,
                "artifact_refs": found.artifact_refs,
            },
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "relapse",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.keys().map(rule).collect::<Vec<_>>(),
            } },
            "invocations": [{ "executionSuccessful": true, "exitCode": i32::from(!decision.passes()) }],
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

/// A plain message in which nothing is a link (section 3.11.6 of the standard) or a placeholder (3.11.5).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '[' | ']' => escaped.extend(['\\', c]),
            '{' | '}' => escaped.extend([c, c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A path as a relative reference (RFC 3986): every other byte in percent.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
