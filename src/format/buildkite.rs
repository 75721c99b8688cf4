//! What the collectors of Buildkite Test Engine write and upload.
//!
//! Recognised by a list whose first object has `scope`, `name` and `history`, or by an object with `run_env` and `data`.
//!
//! Its shape is <https://buildkite.com/docs/test-engine/importing-json>. Executions of one key in one text are attempts of
//! one test. `history.start_at` counts from some moment of the run, so it is no time.

use std::borrow::Cow;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, Attempts, List, Number, Place, Text};
use super::paths::Root;
use super::reader::Sink;
use super::shell::quote;

/// Reads the executions of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    json::documents(text, is_whole, sink, one);
}

#[derive(Deserialize)]
struct Upload<'a> {
    #[serde(borrow, default)]
    run_env: Run<'a>,
    #[serde(borrow)]
    data: List<Execution<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Run<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    branch: Text<'a>,
    #[serde(borrow)]
    commit_sha: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Execution<'a> {
    #[serde(borrow)]
    scope: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    location: Text<'a>,
    #[serde(borrow)]
    file_name: Text<'a>,
    #[serde(borrow)]
    result: Text<'a>,
    #[serde(borrow)]
    failure_reason: Text<'a>,
    #[serde(borrow)]
    failure_expanded: List<Expanded<'a>>,
    history: History,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Expanded<'a> {
    #[serde(borrow)]
    expanded: List<Text<'a>>,
    #[serde(borrow)]
    backtrace: List<Text<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct History {
    duration: Number,
}

fn one(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let upload = if document.trim_ascii_start().starts_with(b"[") {
        Upload { run_env: Run::default(), data: serde_json::from_slice(document)? }
    } else {
        serde_json::from_slice::<Upload<'_>>(document)?
    };
    let run = &upload.run_env;
    let root = Root::of(upload.data.iter().map(|execution| &*execution.file_name));
    let mut attempts = Attempts::default();
    for execution in upload.data.iter() {
        let line = place.line(&execution.name);
        let ending = match &*execution.result {
            "passed" => Ending::Passed,
            "failed" => Ending::Failed,
            "" => {
                sink.unfinished();
                continue;
            }
            // `skipped`, `pending`, `unknown`.
            _ => Ending::Skipped,
        };
        let file = root.strip(&execution.file_name);
        let mut message = execution.failure_reason.plain().into_owned();
        let expanded =
            execution.failure_expanded.iter().flat_map(|more| more.expanded.iter().chain(more.backtrace.iter()));
        for more in expanded {
            let more = more.plain();
            if message.trim() != more.trim() {
                message.push_str(if message.is_empty() { "" } else { "\n" });
                message.push_str(&more);
            }
        }
        let suite = if execution.scope.is_empty() { &*file } else { &*execution.scope };
        sink.attempt(&Attempt {
            line,
            suite: Cow::Borrowed(suite),
            scenario: Cow::Borrowed(&execution.name),
            run: Cow::Borrowed(&run.key),
            branch: Cow::Borrowed(&run.branch),
            revision: Cow::Borrowed(&run.commit_sha),
            url: Cow::Borrowed(&run.url),
            // A line in the place moves with every change, so two executions of one name are told apart by their file only.
            attempt: Some(attempts.next(&[suite, &execution.name, &file])),
            ending,
            message: Cow::Owned(message),
            duration_ms: execution.history.duration.0.filter(|seconds| *seconds >= 0.0).map(|seconds| seconds * 1000.0),
            replay: if ending == Ending::Failed { Cow::Owned(replay(&execution.location)) } else { Cow::Borrowed("") },
            file: Cow::Borrowed(&*file),
            ..Attempt::default()
        });
    }
    Ok(())
}

/// The command is told by the place: `./spec/a_spec.rb:3`, `tests/test_a.py::test_b`.
fn replay(location: &str) -> String {
    if location.contains("_spec.rb") {
        format!("bundle exec rspec {}", quote(location))
    } else if location.contains(".py::") {
        format!("python -m pytest {}", quote(location))
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

    const UPLOAD: &str = r#"{"format": "json", "run_env": {"CI": "buildkite", "key": "k1", "number": "7", "branch": "main", "commit_sha": "abc", "url": "https://b/7"}, "data": [
 {"id": "1", "scope": "Cart", "name": "adds", "location": "./spec/cart_spec.rb:3", "file_name": "./spec/cart_spec.rb", "result": "failed", "failure_reason": "Failure/Error: x", "failure_expanded": [{"expanded": ["expected: 1", "got: 2"], "backtrace": ["./spec/cart_spec.rb:4"]}], "history": {"section": "top", "start_at": 3.5, "end_at": 4.0, "duration": 0.5, "children": []}},
 {"id": "2", "scope": "Cart", "name": "adds", "location": "./spec/cart_spec.rb:3", "file_name": "./spec/cart_spec.rb", "result": "passed", "history": {"duration": 0.25}},
 {"id": "3", "scope": "", "name": "takes", "file_name": "test/a.rb", "result": "skipped", "history": {}}]}"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn executions_with_their_run() {
        let kept = read(UPLOAD);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.attempt.unwrap(), a.ending)).collect();
        assert_eq!(
            short,
            [
                ("Cart", "adds", 1, Ending::Failed),
                ("Cart", "adds", 2, Ending::Passed),
                ("test/a.rb", "takes", 1, Ending::Skipped)
            ]
        );
        let first = &kept.attempts[0];
        assert_eq!(first.message, "Failure/Error: x\nexpected: 1\ngot: 2\n./spec/cart_spec.rb:4");
        assert_eq!((&*first.run, &*first.branch, &*first.revision, &*first.url), ("k1", "main", "abc", "https://b/7"));
        assert_eq!((&*first.replay, first.duration_ms), ("bundle exec rspec ./spec/cart_spec.rb:3", Some(500.0)));
        let (_, list) = UPLOAD.split_once("\"data\": ").unwrap();
        let kept = read(list.strip_suffix('}').unwrap());
        assert_eq!((kept.attempts.len(), kept.faults.len()), (3, 0));
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(mut bytes in punched(UPLOAD), end in 0usize..2000) {
            bytes.truncate(end);
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
