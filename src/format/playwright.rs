//! The JSON reporter of Playwright.
//!
//! Recognised by the keys of its first object: `config` and `suites` (`errors`, `stats` behind them).
//!
//! Its shape is `JSONReport` in
//! <https://github.com/microsoft/playwright/blob/main/packages/playwright/types/testReporter.d.ts>. A record is a result: one
//! attempt of a test of a project. It passed when its status is the one that was expected. Shards are several documents of
//! one run. Errors outside the tests are one attempt of class infrastructure.

use std::borrow::Cow;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, List, Number, Place, Text};
use super::reader::Sink;
use super::shell::quote;
use super::when::moment;

/// Reads the reports of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    json::documents(text, is_whole, sink, one);
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    config: Config<'a>,
    #[serde(borrow)]
    suites: List<Suite<'a>>,
    #[serde(borrow, default)]
    errors: List<Failure<'a>>,
    #[serde(borrow, default)]
    stats: Stats<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    git_commit: Commit<'a>,
    #[serde(borrow)]
    ci: Ci<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Commit<'a> {
    #[serde(borrow)]
    hash: Text<'a>,
    #[serde(borrow)]
    branch: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ci<'a> {
    #[serde(borrow)]
    commit_hash: Text<'a>,
    #[serde(borrow)]
    build_href: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stats<'a> {
    #[serde(borrow)]
    start_time: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suite<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    file: Text<'a>,
    #[serde(borrow)]
    suites: List<Suite<'a>>,
    #[serde(borrow)]
    specs: List<Spec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    file: Text<'a>,
    line: Number,
    #[serde(borrow)]
    tests: List<Test<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Test<'a> {
    #[serde(borrow)]
    project_name: Text<'a>,
    #[serde(borrow)]
    expected_status: Text<'a>,
    #[serde(borrow)]
    results: List<Outcome<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Outcome<'a> {
    #[serde(borrow)]
    status: Text<'a>,
    retry: Number,
    duration: Number,
    #[serde(borrow)]
    start_time: Text<'a>,
    #[serde(borrow)]
    error: Failure<'a>,
    #[serde(borrow)]
    errors: List<Failure<'a>>,
    #[serde(borrow)]
    attachments: List<Attachment<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    stack: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attachment<'a> {
    #[serde(borrow)]
    path: Text<'a>,
}

/// The message of an error, with its stack, which mostly begins with it.
fn told<'b>(failure: &'b Failure<'_>) -> Cow<'b, str> {
    let message = if failure.message.is_empty() { failure.value.plain() } else { failure.message.plain() };
    let stack = failure.stack.plain();
    match (stack.contains(&*message), stack.is_empty()) {
        (_, true) => message,
        (true, false) => stack,
        (false, false) => Cow::Owned(format!("{message}\n{stack}")),
    }
}

fn one(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let report: Report<'_> = serde_json::from_slice(document)?;
    for suite in report.suites.iter() {
        let mut titles = Vec::new();
        read_suite(&report, suite, &mut titles, place, sink);
    }
    if !report.errors.is_empty() {
        let messages: Vec<_> = report.errors.iter().map(told).collect();
        sink.attempt(&Attempt {
            time_ms: moment(&report.stats.start_time).map(|when| when.ms),
            scenario: Cow::Borrowed("playwright"),
            attempt: Some(1),
            ending: Ending::Infrastructure,
            message: Cow::Owned(messages.join("\n")),
            ..report_facts(&report, place.line(&Text::default()))
        });
    }
    Ok(())
}

fn report_facts<'b>(report: &'b Report<'_>, line: u64) -> Attempt<'b> {
    let metadata = &report.config.metadata;
    let revision =
        if metadata.git_commit.hash.is_empty() { &metadata.ci.commit_hash } else { &metadata.git_commit.hash };
    Attempt {
        line,
        revision: Cow::Borrowed(revision),
        branch: Cow::Borrowed(&metadata.git_commit.branch),
        url: Cow::Borrowed(&metadata.ci.build_href),
        ..Attempt::default()
    }
}

/// Suites nest no deeper than the parser lets them.
fn read_suite<'b>(
    report: &Report<'_>,
    suite: &'b Suite<'_>,
    titles: &mut Vec<&'b str>,
    place: &mut Place<'_>,
    sink: &mut dyn Sink,
) {
    // The outermost suite is the file.
    let is_file = suite.title.is_empty() || suite.title.0 == suite.file.0;
    if !is_file {
        titles.push(&suite.title);
    }
    for spec in suite.specs.iter() {
        let file = if spec.file.is_empty() { &suite.file } else { &spec.file };
        for test in spec.tests.iter() {
            if test.results.is_empty() {
                sink.ignored("test without a result");
            }
            for (at, outcome) in test.results.iter().enumerate() {
                let line = place.line(&spec.title);
                let mut attempt = report_facts(report, line);
                attempt.suite = Cow::Borrowed(file);
                attempt.file = Cow::Borrowed(file);
                let path = titles.iter().copied().chain([&*spec.title]);
                attempt.scenario = Cow::Owned(path.collect::<Vec<_>>().join(" \u{203a} "));
                attempt.mode = Cow::Borrowed(&test.project_name);
                attempt.env = Cow::Borrowed(&test.project_name);
                attempt.attempt = Some(outcome.retry.0.map_or(at as u64, |_| outcome.retry.count()) + 1);
                read_result(test, outcome, &mut attempt);
                if outcome.status.is_empty() {
                    sink.unfinished();
                    continue;
                }
                if !matches!(attempt.ending, Ending::Passed | Ending::Skipped) {
                    attempt.replay = Cow::Owned(replay(file, spec.line, &test.project_name));
                }
                sink.attempt(&attempt);
            }
        }
    }
    for inner in suite.suites.iter() {
        read_suite(report, inner, titles, place, sink);
    }
    if !is_file {
        titles.pop();
    }
}

fn read_result<'b>(test: &Test<'_>, outcome: &'b Outcome<'_>, attempt: &mut Attempt<'b>) {
    let expected = if test.expected_status.is_empty() { "passed" } else { &*test.expected_status };
    attempt.ending = match &*outcome.status {
        // The run was ended: it says nothing about the test.
        "skipped" | "interrupted" => Ending::Skipped,
        status if status == expected => Ending::Passed,
        "timedOut" => Ending::TimedOut,
        _ => Ending::Failed,
    };
    attempt.time_ms = moment(&outcome.start_time).map(|when| when.ms);
    attempt.duration_ms = outcome.duration.0.filter(|duration| *duration >= 0.0);
    let messages: Vec<_> = outcome.errors.iter().map(told).collect();
    attempt.message = if messages.is_empty() { told(&outcome.error) } else { Cow::Owned(messages.join("\n")) };
    if attempt.ending == Ending::Failed && attempt.message.is_empty() {
        attempt.message = Cow::Owned(format!("expected to be {expected}, but {}", &*outcome.status));
    }
    let paths = outcome.attachments.iter().filter(|attachment| !attachment.path.is_empty());
    attempt.artifacts = paths.map(|attachment| Cow::Borrowed(&*attachment.path)).collect();
}

fn replay(file: &str, line: Number, project: &str) -> String {
    let place = line.whole().map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
    let project = if project.is_empty() { String::new() } else { format!(" --project={}", quote(project)) };
    format!("npx playwright test {}{project}", quote(&place))
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const REPORT: &str = r#"{"config": {"metadata": {"gitCommit": {"hash": "abc", "branch": "main"}, "actualWorkers": 2}},
 "suites": [{"title": "a.spec.ts", "file": "a.spec.ts", "specs": [
   {"title": "adds", "ok": true, "file": "a.spec.ts", "line": 3, "id": "x", "tests": [
     {"projectName": "chromium", "expectedStatus": "passed", "status": "flaky", "results": [
       {"retry": 0, "status": "timedOut", "duration": 30000, "startTime": "2024-01-02T03:04:05.000Z", "error": {"message": "\u001b[31mTest timeout\u001b[39m", "stack": "\u001b[31mTest timeout\u001b[39m\n    at a.spec.ts:3:1"}, "attachments": [{"name": "trace", "path": "t.zip"}, {"name": "x"}]},
       {"retry": 1, "status": "passed", "duration": 5, "startTime": "2024-01-02T03:04:36.000Z"}]},
     {"projectName": "firefox", "expectedStatus": "failed", "results": [{"retry": 0, "status": "failed", "errors": [{"message": "as expected"}]}]}]}],
   "suites": [{"title": "cart", "file": "a.spec.ts", "specs": [
     {"title": "off", "line": 9, "tests": [{"expectedStatus": "skipped", "results": [{"retry": 0, "status": "skipped"}]}]},
     {"title": "should fail", "line": 12, "tests": [{"expectedStatus": "failed", "results": [{"retry": 0, "status": "passed"}]}]}]}]}],
 "errors": [{"message": "Error: worker died", "stack": "at x"}], "stats": {"startTime": "2024-01-02T03:04:00.000Z"}}"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn each_result_is_an_attempt() {
        let kept = read(REPORT);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, &*a.mode, a.attempt.unwrap(), a.ending)).collect();
        assert_eq!(
            short,
            [
                ("a.spec.ts", "adds", "chromium", 1, Ending::TimedOut),
                ("a.spec.ts", "adds", "chromium", 2, Ending::Passed),
                ("a.spec.ts", "adds", "firefox", 1, Ending::Passed),
                ("a.spec.ts", "cart \u{203a} off", "", 1, Ending::Skipped),
                ("a.spec.ts", "cart \u{203a} should fail", "", 1, Ending::Failed),
                ("", "playwright", "", 1, Ending::Infrastructure),
            ]
        );
        let first = &kept.attempts[0];
        assert_eq!(first.message, "Test timeout\n    at a.spec.ts:3:1");
        assert_eq!((first.time_ms, first.duration_ms), (Some(1_704_164_645_000), Some(30000.0)));
        assert_eq!(first.replay, "npx playwright test a.spec.ts:3 --project=chromium");
        assert_eq!((&*first.env, &*first.revision, &*first.branch, first.line), ("chromium", "abc", "main", 3));
        assert_eq!(first.artifacts, ["t.zip"]);
        assert_eq!(kept.attempts[4].message, "expected to be failed, but passed");
        assert!(kept.faults.is_empty() && kept.repaired.is_empty());
    }

    #[test]
    fn several_documents_and_text_between_them() {
        let kept = read(&format!("[INFO] npm run\n{REPORT}\n{REPORT}"));
        assert_eq!((kept.attempts.len(), kept.faults.len()), (12, 0));
    }

    #[test]
    fn every_truncation_is_read() {
        for end in 0..REPORT.len() {
            if REPORT.is_char_boundary(end) {
                let kept = read(&REPORT[..end]);
                assert!(kept.faults.len() <= 1);
                assert!(end < 1400 || kept.attempts.len() >= 3, "{end}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(bytes in punched(REPORT)) {
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
