//! CTRF, the Common Test Report Format.
//!
//! Recognised by the keys of its first object: `results`, an object with `tool` and `tests` (newer ones begin with
//! `reportFormat` "CTRF").
//!
//! Its schema is <https://github.com/ctrf-io/ctrf/blob/main/schema/ctrf.schema.json>. `retryAttempts` are the attempts
//! before the last, but some reporters list the last one too; where none are listed, `retries` n are n failed ones.

use std::borrow::Cow;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, Attempts, List, Number, Place, Text};
use super::paths::Root;
use super::reader::Sink;
use super::shell::{literal, quote};

/// Reads the reports of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    json::documents(text, is_whole, sink, one);
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    results: Results<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Results<'a> {
    #[serde(borrow)]
    tool: Tool<'a>,
    summary: Summary,
    #[serde(borrow)]
    tests: List<Test<'a>>,
    #[serde(borrow)]
    environment: Environment<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    start: Number,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Environment<'a> {
    #[serde(borrow)]
    commit: Text<'a>,
    #[serde(borrow)]
    branch_name: Text<'a>,
    #[serde(borrow)]
    build_id: Text<'a>,
    #[serde(borrow)]
    build_url: Text<'a>,
    #[serde(borrow)]
    os_platform: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Test<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    suite: Text<'a>,
    #[serde(borrow)]
    file_path: Text<'a>,
    #[serde(borrow)]
    browser: Text<'a>,
    retries: Number,
    #[serde(borrow)]
    retry_attempts: List<Again<'a>>,
    #[serde(borrow)]
    attachments: List<Attachment<'a>>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    raw_status: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    trace: Text<'a>,
    duration: Number,
    start: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Again<'a> {
    attempt: Number,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    trace: Text<'a>,
    duration: Number,
    start: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attachment<'a> {
    #[serde(borrow)]
    path: Text<'a>,
}

fn one(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let report: Report<'_> = serde_json::from_slice(document)?;
    let Results { tool, summary, tests, environment } = &report.results;
    let root = Root::of(tests.iter().map(|test| &*test.file_path));
    let mut attempts = Attempts::default();
    for test in tests.iter() {
        let line = place.line(&test.name);
        if test.status.is_empty() || test.name.is_empty() {
            sink.unfinished();
            continue;
        }
        let file = root.strip(&test.file_path);
        let suite = if test.suite.is_empty() { &*file } else { &*test.suite };
        let mut attempt = Attempt {
            line,
            suite: Cow::Borrowed(suite),
            scenario: Cow::Borrowed(&test.name),
            mode: Cow::Borrowed(&test.browser),
            run: Cow::Borrowed(&environment.build_id),
            branch: Cow::Borrowed(&environment.branch_name),
            revision: Cow::Borrowed(&environment.commit),
            env: Cow::Borrowed(&environment.os_platform),
            file: Cow::Borrowed(&*file),
            url: Cow::Borrowed(&environment.build_url),
            ..Attempt::default()
        };
        let key = [suite, &*test.name, &*test.browser, &*file];
        let listed = before(test);
        let last = ending(&test.status, &test.raw_status, &test.message);
        let has_failed = !matches!(last, Ending::Passed | Ending::Skipped);
        let unlisted = if listed.is_empty() && test.retry_attempts.is_empty() { test.retries.count() } else { 0 };
        if has_failed || !listed.is_empty() || unlisted > 0 {
            attempt.replay = Cow::Owned(replay(&tool.name, test, &file));
        }
        for again in listed {
            attempt.attempt = Some(attempts.next(&key));
            attempt.ending = ending(&again.status, "", &again.message);
            attempt.message = told(&again.message, &again.trace);
            attempt.duration_ms = again.duration.0.filter(|duration| *duration >= 0.0);
            attempt.time_ms = moment(again.start).or_else(|| moment(test.start)).or_else(|| moment(summary.start));
            sink.attempt(&attempt);
        }
        attempt.duration_ms = None;
        attempt.message = Cow::Borrowed("");
        attempt.time_ms = moment(test.start).or_else(|| moment(summary.start));
        for _ in 0..unlisted {
            attempt.attempt = Some(attempts.next(&key));
            attempt.ending = Ending::Failed;
            sink.attempt(&attempt);
        }
        attempt.attempt = Some(attempts.next(&key));
        attempt.ending = last;
        attempt.message = told(&test.message, &test.trace);
        attempt.duration_ms = test.duration.0.filter(|duration| *duration >= 0.0);
        let paths = test.attachments.iter().filter(|attachment| !attachment.path.is_empty());
        attempt.artifacts = paths.map(|attachment| Cow::Borrowed(&*attachment.path)).collect();
        sink.attempt(&attempt);
    }
    Ok(())
}

/// The attempts before the last one: without the last, where it is listed too.
fn before<'b, 'a>(test: &'b Test<'a>) -> &'b [Again<'a>] {
    let all = &*test.retry_attempts;
    let Some((last, before)) = all.split_last() else { return all };
    let is_listed = match test.retries.0 {
        Some(_) => all.len() as u64 > test.retries.count() || last.attempt.count() > test.retries.count(),
        // What passed is no attempt before another; what failed at the same moment is the same.
        None => &*last.status == "passed" || last.start.0.is_some() && last.start == test.start,
    };
    if is_listed { before } else { all }
}

/// Seconds by some reporters, milliseconds by the schema: a moment before 1973 in these is one of seconds.
fn moment(number: Number) -> Option<i64> {
    let ms = number.whole()?;
    if (1_000_000_000..100_000_000_000).contains(&ms) { Some(ms * 1000) } else { Some(ms).filter(|ms| *ms >= 1000) }
}

fn ending(status: &str, raw: &str, message: &str) -> Ending {
    match status {
        "passed" => Ending::Passed,
        "failed" if raw == "timedOut" || message.contains("timed out") || message.starts_with("Test timeout of") => {
            Ending::TimedOut
        }
        "failed" => Ending::Failed,
        // `skipped`, `pending`, `other`.
        _ => Ending::Skipped,
    }
}

/// The message and its stack, which may begin with it.
fn told<'b>(message: &'b Text<'_>, trace: &'b Text<'_>) -> Cow<'b, str> {
    let (message, trace) = (message.plain(), trace.plain());
    match (message.is_empty(), trace.is_empty()) {
        (true, _) => trace,
        (_, true) => message,
        _ if trace.contains(message.trim()) => trace,
        _ => Cow::Owned(format!("{message}\n{trace}")),
    }
}

fn replay(tool: &str, test: &Test<'_>, file: &str) -> String {
    let (file, name) = (quote(file).replace("''", ""), &*test.name);
    let tool = tool.to_ascii_lowercase();
    let of = |known: &str| tool.contains(known);
    if name.contains("::") && (of("pytest") || name.contains(".py::")) {
        format!("python -m pytest {}", quote(name))
    } else if of("playwright") {
        let project =
            if test.browser.is_empty() { String::new() } else { format!(" --project={}", quote(&test.browser)) };
        format!("npx playwright test {file} -g {}{project}", quote(&literal(name)))
    } else if of("vitest") {
        format!("npx vitest run {file} -t {}", quote(&literal(name)))
    } else if of("jest") {
        format!("npx jest {file} -t {}", quote(&literal(name)))
    } else if of("cypress") && !file.is_empty() {
        format!("npx cypress run --spec {file}")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const REPORT: &str = r#"{"reportFormat": "CTRF", "specVersion": "0.0.0", "results": {"tool": {"name": "vitest"},
 "summary": {"tests": 6, "start": 1704164645000, "stop": 1704164646000}, "tests": [
  {"name": "adds", "status": "passed", "duration": 5, "suite": ["src/a.test.ts", "cart"], "filePath": "src/a.test.ts", "flaky": true, "retries": 1,
   "retryAttempts": [{"attempt": 1, "status": "failed", "message": "no", "trace": "Error: no\n at a"}, {"attempt": 2, "status": "passed"}]},
  {"name": "takes", "status": "failed", "duration": 5, "suite": "cart", "message": "m", "trace": "t", "retries": 2},
  {"name": "waits", "status": "failed", "duration": 5, "suite": "cart", "rawStatus": "timedOut"},
  {"name": "other", "status": "other", "duration": 0}, {"name": "later", "status": "pending", "duration": 0},
  {"name": "twice", "status": "passed", "duration": 1, "retryAttempts": [{"attempt": 1, "status": "failed", "start": 1704164645}]}],
 "environment": {"commit": "abc", "branchName": "main", "buildId": "17", "buildUrl": "https://ci/17", "osPlatform": "linux", "extra": {"x": 1}}}}"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn attempts_are_listed_or_counted() {
        let kept = read(REPORT);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.attempt.unwrap(), a.ending)).collect();
        assert_eq!(
            short,
            [
                ("src/a.test.ts > cart", "adds", 1, Ending::Failed),
                ("src/a.test.ts > cart", "adds", 2, Ending::Passed),
                ("cart", "takes", 1, Ending::Failed),
                ("cart", "takes", 2, Ending::Failed),
                ("cart", "takes", 3, Ending::Failed),
                ("cart", "waits", 1, Ending::TimedOut),
                ("", "other", 1, Ending::Skipped),
                ("", "later", 1, Ending::Skipped),
                ("", "twice", 1, Ending::Failed),
                ("", "twice", 2, Ending::Passed),
            ]
        );
        let first = &kept.attempts[0];
        assert_eq!((&*first.run, &*first.branch, &*first.revision, &*first.env), ("17", "main", "abc", "linux"));
        assert_eq!((&*first.message, &*first.url), ("Error: no\n at a", "https://ci/17"));
        assert_eq!(first.replay, "npx vitest run src/a.test.ts -t adds");
        assert_eq!(kept.attempts[4].message, "m\nt");
        assert_eq!(
            (kept.attempts[8].time_ms, kept.attempts[9].time_ms),
            (Some(1_704_164_645_000), Some(1_704_164_645_000))
        );
    }

    #[test]
    fn every_truncation_is_read() {
        for end in 0..REPORT.len() {
            assert!(read(&REPORT[..end]).faults.len() <= 1);
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(bytes in punched(REPORT)) {
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
