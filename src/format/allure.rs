//! The results of Allure: a file `*-result.json` for each attempt of each test.
//!
//! Recognised by the keys of its first object: `uuid` and `historyId` (or `testCaseId`), with `status` and `name`.
//!
//! Its schema is <https://github.com/allure-framework/allure2/blob/main/allure-plugin-api> (`TestResult`), in the words of
//! <https://allurereport.org/docs/how-it-works-test-result-file/>. Those of one key in one text are attempts, as Allure
//! itself takes results of one `historyId` for. `broken` is a test that failed otherwise than by an assertion; `unknown`
//! says nothing.

use std::borrow::Cow;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, Attempts, List, Number, Place, Text};
use super::reader::Sink;
use super::shell::quote;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    json::documents_with(text, is_whole, sink, &mut Attempts::default(), one);
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    /// Only containers of fixtures have it.
    #[serde(default)]
    children: Option<serde::de::IgnoredAny>,
    #[serde(borrow, default)]
    full_name: Text<'a>,
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow, default)]
    status_details: Details<'a>,
    #[serde(default)]
    start: Number,
    #[serde(default)]
    stop: Number,
    #[serde(borrow, default)]
    labels: List<Pair<'a>>,
    #[serde(borrow, default)]
    parameters: List<Pair<'a>>,
    #[serde(borrow, default)]
    attachments: List<Attachment<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    trace: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pair<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow)]
    excluded: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attachment<'a> {
    #[serde(borrow)]
    source: Text<'a>,
}

fn one(document: &[u8], place: &mut Place<'_>, attempts: &mut Attempts, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let outcome: Outcome<'_> = serde_json::from_slice(document)?;
    if outcome.children.is_some() {
        sink.ignored("container");
        return Ok(());
    }
    let label = |name: &str| outcome.labels.iter().find(|label| &*label.name == name).map_or("", |label| &*label.value);
    let suites: Vec<_> =
        ["parentSuite", "suite", "subSuite"].into_iter().map(label).filter(|suite| !suite.is_empty()).collect();
    let mut suite = suites.join(" > ");
    if let Some(name) = [label("testClass"), label("package")].into_iter().find(|name| !name.is_empty())
        && suite.is_empty()
    {
        name.clone_into(&mut suite);
    }
    let name = if outcome.name.is_empty() { &outcome.full_name } else { &outcome.name };
    if outcome.status.is_empty() || name.is_empty() {
        sink.unfinished();
        return Ok(());
    }
    let mut scenario = name.to_string();
    // Parameters are part of the name, but those that differ from run to run.
    let parameters =
        outcome.parameters.iter().filter(|parameter| &*parameter.excluded != "true" && !parameter.name.is_empty());
    let parameters: Vec<_> =
        parameters.map(|parameter| format!("{}={}", &*parameter.name, &*parameter.value)).collect();
    if !parameters.is_empty() && !scenario.ends_with([')', ']']) {
        scenario = format!("{scenario}[{}]", parameters.join(", "));
    }
    let (message, trace) = (outcome.status_details.message.plain(), outcome.status_details.trace.plain());
    let ending = match &*outcome.status {
        "passed" => Ending::Passed,
        "failed" | "broken" => {
            let is_timeout = message.contains("timed out") || message.contains("TimeoutException");
            if is_timeout { Ending::TimedOut } else { Ending::Failed }
        }
        _ => Ending::Skipped,
    };
    let has_failed = !matches!(ending, Ending::Passed | Ending::Skipped);
    let took = outcome.start.0.zip(outcome.stop.0).map(|(start, stop)| stop - start).filter(|took| *took >= 0.0);
    sink.attempt(&Attempt {
        line: place.line(name),
        time_ms: outcome.start.whole().filter(|ms| *ms >= 1000),
        packet: Cow::Borrowed(label("module")),
        suite: Cow::Borrowed(&suite),
        attempt: Some(attempts.next(&[&suite, &scenario, &outcome.full_name])),
        ending,
        message: match (message.is_empty(), trace.is_empty()) {
            (_, true) => message,
            (true, _) => trace,
            _ if trace.contains(message.trim()) => trace,
            _ => Cow::Owned(format!("{message}\n{trace}")),
        },
        duration_ms: took,
        replay: if has_failed {
            Cow::Owned(replay(&outcome, label("framework"), label("testClass"), label("testMethod")))
        } else {
            Cow::Borrowed("")
        },
        artifacts: outcome.attachments.iter().map(|attachment| Cow::Borrowed(&*attachment.source)).collect(),
        scenario: Cow::Owned(scenario),
        ..Attempt::default()
    });
    Ok(())
}

fn replay(outcome: &Outcome<'_>, framework: &str, class: &str, method: &str) -> String {
    match framework {
        "pytest" => {
            // `tests.test_a.TestB#test_c`, or `tests.test_a#test_c`.
            let Some((path, name)) = outcome.full_name.split_once('#') else { return String::new() };
            let is_class = |part: &&str| part.starts_with(char::is_uppercase);
            let (mut modules, mut classes) = (Vec::new(), Vec::new());
            path.split('.').for_each(|part| {
                if is_class(&part) || !classes.is_empty() { classes.push(part) } else { modules.push(part) }
            });
            classes.push(if outcome.name.starts_with(name) { &*outcome.name } else { name });
            format!("python -m pytest {}", quote(&format!("{}.py::{}", modules.join("/"), classes.join("::"))))
        }
        "junit4" | "junit5" | "junit-platform" | "testng" if !class.is_empty() && !method.is_empty() => {
            format!("mvn {} test", quote(&format!("-Dtest={class}#{method}")))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const RESULTS: &str = r#"{"uuid": "1", "historyId": "h", "fullName": "tests.test_a.TestB#test_c", "name": "test_c", "status": "broken", "statusDetails": {"message": "KeyError: 'x'", "trace": "Traceback\nE KeyError: 'x'"}, "start": 1704164645000, "stop": 1704164645250, "stage": "finished",
 "labels": [{"name": "parentSuite", "value": "tests"}, {"name": "suite", "value": "test_a"}, {"name": "subSuite", "value": "TestB"}, {"name": "framework", "value": "pytest"}],
 "parameters": [{"name": "n", "value": "1"}, {"name": "seed", "value": "77", "excluded": true}], "attachments": [{"name": "log", "source": "x.txt", "type": "text/plain"}]}
{"uuid": "2", "historyId": "h", "fullName": "tests.test_a.TestB#test_c", "name": "test_c", "status": "passed", "start": 1704164646000, "stop": 1704164646250, "labels": [{"name": "parentSuite", "value": "tests"}, {"name": "suite", "value": "test_a"}, {"name": "subSuite", "value": "TestB"}], "parameters": [{"name": "n", "value": 1}]}
{"uuid": "3", "name": "adds()", "status": "failed", "statusDetails": {"message": "no"}, "labels": [{"name": "testClass", "value": "org.acme.Cart"}, {"name": "testMethod", "value": "adds"}, {"name": "framework", "value": "junit5"}]}
{"uuid": "4", "name": "later", "status": "skipped", "labels": null} {"uuid": "5", "name": "who knows", "status": "unknown"} {"uuid": "6", "children": ["1"], "befores": []}"#;

    #[test]
    fn results_with_their_labels() {
        let mut kept = Kept::default();
        documents(RESULTS.as_bytes(), true, &mut kept);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.attempt.unwrap(), a.ending, &*a.replay)).collect();
        assert_eq!(
            short,
            [
                (
                    "tests > test_a > TestB",
                    "test_c[n=1]",
                    1,
                    Ending::Failed,
                    "python -m pytest tests/test_a.py::TestB::test_c"
                ),
                ("tests > test_a > TestB", "test_c[n=1]", 2, Ending::Passed, ""),
                ("org.acme.Cart", "adds()", 1, Ending::Failed, "mvn '-Dtest=org.acme.Cart#adds' test"),
                ("", "later", 1, Ending::Skipped, ""),
                ("", "who knows", 1, Ending::Skipped, ""),
            ]
        );
        let first = &kept.attempts[0];
        assert_eq!((&*first.message, first.duration_ms), ("Traceback\nE KeyError: 'x'", Some(250.0)));
        assert_eq!((&*first.artifacts[0], kept.attempts[2].line), ("x.txt", 5));
        assert_eq!(kept.ignored.get("container"), Some(&1));
        assert!(kept.faults.is_empty(), "{:?}", kept.faults);
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(mut bytes in punched(RESULTS), end in 0usize..2000) {
            bytes.truncate(end);
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
