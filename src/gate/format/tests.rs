use super::*;
use crate::gate::decision::{Decision, Inputs};
use crate::gate::violation::{Category, Level, Violation};

const HOSTILE: &str = "a,b: 100% [x](y) {0} <&\"'>\r\n::error::injected\u{1b}[31m\u{0}]]>";

fn decision() -> Decision {
    let found = |id: &str, level, message: &str| Violation {
        scenario_ids: vec!["s/1".into(), HOSTILE.into()],
        replay_commands: vec!["cargo test -- 'x'".into()],
        ..Violation::new(id.into(), Category::Max.name(), level, message.into(), "look")
    };
    let all = vec![
        found("max:kind:flaky", Level::Deny, HOSTILE),
        found("max:kind:other", Level::Warn, "two"),
        Violation::new("loss:x".into(), Category::Loss.name(), Level::Deny, "lost".into(), "fetch"),
    ];
    Decision::new(HOSTILE.into(), Inputs::default(), all)
}

#[test]
fn a_decision_fails_by_what_is_denied_alone() {
    assert!(!decision().passes());
    let warned = Violation::new("x".into(), "max", Level::Warn, "m".into(), "h");
    assert!(Decision::new("p".into(), Inputs::default(), vec![warned]).passes());
}

#[test]
fn every_annotation_stays_on_its_line() {
    let text = github(&decision());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    for (line, start) in lines.iter().zip(["::error ", "::error ", "::warning ", "::notice "]) {
        assert!(line.starts_with(start), "{line}");
        // A property ends at the first `::`, or `,` begins another one.
        let (properties, message) = line[start.len()..].split_once("::").unwrap();
        assert!(properties.starts_with("title=") && !properties.contains([',', ':']), "{properties}");
        assert!(!message.contains(['\r', '\n']));
    }
    let unescaped = lines[0].split_once("::").unwrap().1.split_once("::").unwrap().1;
    let unescaped = unescaped.replace("%0A", "\n").replace("%25", "%");
    assert!(
        unescaped.starts_with("a,b: 100% [x](y) {0} <&\"'>\\u{d}\\u{a}::error::injected\\u{1b}[31m\\u{0}]]>"),
        "{unescaped}"
    );
}

#[test]
fn the_xml_reads_back() {
    let text = junit(&decision()).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures), (4, 3), "{text}");
    let names: Vec<&str> = suite.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["gate", "max:kind:flaky", "loss:x", "max:kind:other"]);
    let quick_junit::TestCaseStatus::NonSuccess { message, .. } = &suite.test_cases[1].status else { panic!() };
    assert!(message.as_ref().unwrap().as_str().contains("100% [x](y) {0} <&"), "{message:?}");
}

#[test]
fn the_sarif_log_is_one_by_its_schema() {
    let value = sarif(&decision(), "policies/a b#.toml");
    let log: serde_sarif::sarif::Sarif = serde_json::from_value(value.clone()).unwrap();
    let run = &log.runs[0];
    let results = run.results.as_ref().unwrap();
    assert_eq!(results.len(), 3);
    let rules = run.tool.driver.rules.as_ref().unwrap();
    for result in results {
        let rule = &rules[usize::try_from(result.rule_index.unwrap()).unwrap()];
        assert_eq!(Some(&rule.id), result.rule_id.as_ref());
    }
    assert_eq!(
        value["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "policies/a%20b%23.toml"
    );
    let message = value["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("\\[x\\](y) {{0}}"), "{message}");
    assert_eq!(value["runs"][0]["invocations"][0]["exitCode"], 1);
}

#[test]
fn nothing_of_a_log_reaches_the_terminal_raw() {
    let text = anstream::adapter::strip_str(&human(&decision())).to_string();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(text.contains("\\u{1b}[31m") && text.starts_with("fail"), "{text}");
}
