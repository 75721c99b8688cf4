//! What Jest (`--json`) and Vitest (`--reporter=json`) write: Vitest took the shape over.
//!
//! Recognised by the keys of its first object: `testResults`, a list, and `numTotalTests`.
//!
//! Its shape is `FormattedTestResults` in
//! <https://github.com/jestjs/jest/blob/main/packages/jest-test-result/src/types.ts>, and `JsonTestResults` in
//! <https://github.com/vitest-dev/vitest/blob/main/packages/vitest/src/node/reporters/json.ts>. A test with `invocations` n
//! failed n-1 times before. A file that failed without a failed test is an attempt itself.

use std::borrow::Cow;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, List, Number, Place, Text};
use super::paths::Root;
use super::reader::Sink;
use super::same::Joining;
use super::shell::{jest, quote, vitest};
use crate::unit::FILE;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let mut joining = Joining::new(sink);
    json::documents(text, is_whole, &mut joining, one);
    joining.end();
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are those of the format")]
struct Results<'a> {
    #[serde(borrow)]
    test_results: List<File<'a>>,
    #[serde(default)]
    start_time: Number,
    /// Only Jest has it.
    #[serde(default)]
    num_runtime_error_test_suites: Number,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct File<'a> {
    // The aliases are those of the raw results, which reporters get.
    #[serde(borrow, alias = "testFilePath")]
    name: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow, alias = "failureMessage")]
    message: Text<'a>,
    start_time: Number,
    #[serde(borrow, alias = "testResults")]
    assertion_results: List<Assertion<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Assertion<'a> {
    #[serde(borrow)]
    ancestor_titles: List<Text<'a>>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    duration: Number,
    start_at: Number,
    #[serde(borrow)]
    failure_messages: List<Text<'a>>,
    invocations: Number,
    #[serde(borrow)]
    retry_reasons: List<Text<'a>>,
}

fn one(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let results: Results<'_> = serde_json::from_slice(document)?;
    let is_jest = results.num_runtime_error_test_suites.0.is_some();
    let root = Root::of(results.test_results.iter().map(|file| &*file.name));
    for file in results.test_results.iter() {
        let name = root.strip(&file.name);
        let mut has_failure = false;
        for assertion in file.assertion_results.iter() {
            let titles = || assertion.ancestor_titles.iter().chain([&assertion.title]).map(|title| &**title);
            let titles: Vec<_> = titles().filter(|title| !title.is_empty()).collect();
            let started = [assertion.start_at, file.start_time, results.start_time];
            let mut attempt = Attempt {
                line: place.line(&assertion.title),
                time_ms: started.into_iter().find_map(Number::whole).filter(|ms| *ms >= 1000),
                suite: Cow::Borrowed(&*name),
                file: Cow::Borrowed(&*name),
                scenario: Cow::Owned(titles.join(" > ")),
                ..Attempt::default()
            };
            let messages: Vec<_> = assertion.failure_messages.iter().map(Text::plain).collect();
            let message = messages.join("\n");
            let ending = match &*assertion.status {
                "passed" => Ending::Passed,
                "failed" => failed(&message),
                // `pending`, `skipped`, `todo`, `disabled`, `focused`.
                _ => Ending::Skipped,
            };
            if assertion.status.is_empty() {
                sink.unfinished();
                continue;
            }
            let replay = || Cow::Owned(replay(is_jest, &name, &titles.join(" ")));
            // All but the last invocation failed.
            let before = assertion.invocations.count().saturating_sub(1).max(assertion.retry_reasons.len() as u64);
            for at in 0..before {
                let reason = usize::try_from(at).ok().and_then(|at| assertion.retry_reasons.get(at));
                attempt.attempt = Some(at + 1);
                attempt.message = reason.map(Text::plain).unwrap_or_default();
                attempt.ending = failed(&attempt.message);
                attempt.replay = replay();
                sink.attempt(&attempt);
            }
            if !matches!(ending, Ending::Passed | Ending::Skipped) {
                has_failure = true;
                attempt.replay = replay();
            }
            attempt.attempt = Some(before + 1);
            attempt.message = Cow::Owned(message);
            attempt.ending = ending;
            attempt.duration_ms = assertion.duration.0.filter(|duration| *duration >= 0.0);
            sink.attempt(&attempt);
        }
        let is_failed = &*file.status == "failed" || file.status.is_empty() && !file.message.is_empty();
        let is_loaded = !file.assertion_results.is_empty();
        if is_failed && !has_failure || is_loaded {
            let runner = if is_jest { "npx jest" } else { "npx vitest run" };
            let ending = match (is_failed && !has_failure, is_loaded) {
                // What fails as a whole in some run passed as a whole in the others.
                (false, _) => Ending::Passed,
                (true, _) if died(&file.message) => Ending::Crashed,
                // With tests, all of which passed, a hook failed.
                (true, true) => Ending::SetupFailed,
                // Without any test it was never loaded.
                (true, false) => Ending::BuildFailed,
            };
            sink.attempt(&Attempt {
                line: place.line(&file.name),
                time_ms: file.start_time.whole().or(results.start_time.whole()).filter(|ms| *ms >= 1000),
                suite: Cow::Borrowed(&*name),
                file: Cow::Borrowed(&*name),
                scenario: Cow::Borrowed(FILE),
                attempt: Some(1),
                ending,
                message: if ending == Ending::Passed { Cow::Borrowed("") } else { file.message.plain() },
                replay: Cow::Owned(format!("{runner} {}", quote(&name))),
                ..Attempt::default()
            });
        }
    }
    Ok(())
}

/// Whether the process that a file ran in went away.
fn died(message: &str) -> bool {
    message.contains("jest worker process") && message.contains("was terminated")
        || message.contains("exited unexpectedly")
}

fn failed(message: &str) -> Ending {
    let is_timeout = message.contains("Exceeded timeout of")
        || message.contains("Test timed out in ")
        || message.contains("Hook timed out in ");
    if is_timeout { Ending::TimedOut } else { Ending::Failed }
}

fn replay(is_jest: bool, file: &str, name: &str) -> String {
    if is_jest { jest(file, name) } else { vitest(file, name) }
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const JEST: &str = r#"{"numRuntimeErrorTestSuites": 1, "numTotalTests": 3, "startTime": 1704164645000, "testResults": [
 {"name": "/home/u/shop/src/cart/a.test.js", "status": "failed", "message": "x", "startTime": 1704164646000, "assertionResults": [
  {"ancestorTitles": ["cart", "sums"], "title": "adds (1)", "status": "failed", "duration": 3, "failureMessages": ["Error: \u001b[2mexpect\u001b[22m no\n    at a.js:1:1"], "invocations": 2, "retryReasons": ["Error: first"]},
  {"ancestorTitles": [], "title": "takes", "status": "passed", "duration": null, "failureMessages": [], "invocations": 3},
  {"ancestorTitles": [], "title": "later", "status": "todo", "failureMessages": []}]},
 {"name": "/home/u/shop/src/b.test.js", "status": "failed", "message": "  ● Test suite failed to run\n\n    Cannot find module 'x'", "assertionResults": []}]}"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn jest_with_its_invocations_and_a_file_that_fails() {
        let kept = read(JEST);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.attempt.unwrap(), a.ending)).collect();
        assert_eq!(
            short,
            [
                ("src/cart/a.test.js", "cart > sums > adds (1)", 1, Ending::Failed),
                ("src/cart/a.test.js", "cart > sums > adds (1)", 2, Ending::Failed),
                ("src/cart/a.test.js", "takes", 1, Ending::Failed),
                ("src/cart/a.test.js", "takes", 2, Ending::Failed),
                ("src/cart/a.test.js", "takes", 3, Ending::Passed),
                ("src/cart/a.test.js", "later", 1, Ending::Skipped),
                ("src/cart/a.test.js", "(file)", 1, Ending::Passed),
                ("src/b.test.js", "(file)", 1, Ending::BuildFailed),
            ]
        );
        assert_eq!(kept.attempts[0].message, "Error: first");
        assert_eq!(kept.attempts[1].message, "Error: expect no\n    at a.js:1:1");
        assert_eq!(kept.attempts[1].replay, r"npx jest src/cart/a.test.js -t '^cart sums adds \(1\)$'");
        assert_eq!((kept.attempts[1].time_ms, kept.attempts[1].line), (Some(1_704_164_646_000), 3));
        assert!(kept.faults.is_empty());
    }

    #[test]
    fn vitest_on_windows() {
        let kept = read(
            r#"{"numTotalTests":1,"startTime":1704164645000.5,"success":false,"testResults":[{"name":"D:\\a\\shop\\shop\\test\\a.test.ts","status":"failed","message":"","startTime":1704164645000,"assertionResults":[{"ancestorTitles":["","cart"],"fullName":"cart adds","title":"adds","status":"passed","failureMessages":[]}]}]}"#,
        );
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.ending, &*a.replay)).collect();
        assert_eq!(
            short,
            [
                ("test/a.test.ts", "cart > adds", Ending::Passed, ""),
                ("test/a.test.ts", "(file)", Ending::SetupFailed, "npx vitest run test/a.test.ts"),
            ]
        );
    }

    #[test]
    fn the_raw_results_that_reporters_get() {
        let kept = read(
            r#"{"numRuntimeErrorTestSuites":0,"numTotalTests":1,"testResults":[{"testFilePath":"/w/p/src/a.test.js","failureMessage":"x","testResults":[{"ancestorTitles":[],"title":"t","status":"failed","failureMessages":["Error: x"]}]}]}"#,
        );
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.ending, &*a.message)).collect();
        let fine = ("src/a.test.js", "(file)", Ending::Passed, "");
        assert_eq!(short, [("src/a.test.js", "t", Ending::Failed, "Error: x"), fine]);
    }

    #[test]
    fn two_tests_of_one_name_are_one_that_failed_and_a_worker_that_died_is_a_crash() {
        let kept = read(
            r#"{"numRuntimeErrorTestSuites":1,"numTotalTests":2,"testResults":[
 {"name":"/w/p/src/a.test.js","status":"failed","message":"x","assertionResults":[
  {"ancestorTitles":[],"title":"t","status":"failed","failureMessages":["Error: x"],"invocations":1},
  {"ancestorTitles":[],"title":"t","status":"passed","failureMessages":[],"invocations":1}]},
 {"name":"/w/p/src/b.test.js","status":"failed","message":"A jest worker process (pid=1) was terminated by another process: signal=SIGABRT","assertionResults":[]}]}"#,
        );
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.ending)).collect();
        let (fine, died) = (("src/a.test.js", "(file)", Ending::Passed), ("src/b.test.js", "(file)", Ending::Crashed));
        assert_eq!(short, [("src/a.test.js", "t", Ending::Failed), fine, died]);
        assert_eq!(kept.ignored["test of the same name"], 1);
    }

    #[test]
    fn every_truncation_is_read() {
        for end in (0..JEST.len()).filter(|end| JEST.is_char_boundary(*end)) {
            assert!(read(&JEST[..end]).faults.len() <= 1);
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(bytes in punched(JEST)) {
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
