//! An attempt as a line of the profile `tests`.

use serde::Serialize;

use super::attempt::{Attempt, Ending};
use super::telling::telling;

/// The profile of these lines.
pub const PROFILE: &str = "tests";

/// What the lines say of their schema.
const SCHEMA: &str = "relapse-test-v1";
/// Bytes that are kept of a message, of the line of it that tells, and of a name.
const MESSAGE: usize = 8 << 10;
const REASON: usize = 1 << 10;
const NAME: usize = 4 << 10;
/// The reason of a failure of which nothing is said.
const SILENT: &str = "no message";

/// A line; what is empty is not written.
#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    time: i64,
    outcome: &'static str,
    test: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    suite: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    packet: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mode: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    env: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    run: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    branch: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    revision: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    replay: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    artifacts: &'a [std::borrow::Cow<'a, str>],
}

/// Appends an attempt and the end of its line. What passed has no message and no command: nobody looks for them.
pub(super) fn write(attempt: &Attempt<'_>, out: &mut Vec<u8>) {
    let is_failure = !matches!(attempt.ending, Ending::Passed | Ending::Skipped);
    let (mut reason, mut message) = ("", "");
    let joined;
    if is_failure {
        let whole = attempt.message.trim();
        reason = cut(telling(whole), REASON);
        message = cut(whole, MESSAGE);
        // What tells comes first, wherever it stood.
        if !reason.is_empty() && !message.starts_with(reason) {
            joined = format!("{reason}\n\n{message}");
            message = &joined;
        }
        if reason.is_empty() {
            reason = SILENT;
        }
    }
    let (replay, url) = if is_failure { (&*attempt.replay, &*attempt.url) } else { ("", "") };
    let line = Line {
        schema: SCHEMA,
        time: attempt.time_ms.unwrap_or(0),
        outcome: attempt.ending.name(),
        test: name(attempt.scenario.trim()),
        suite: name(&attempt.suite),
        packet: name(&attempt.packet),
        mode: name(&attempt.mode),
        reason,
        message,
        duration_ms: attempt.duration_ms.filter(|duration| duration.is_finite()),
        attempt: attempt.attempt,
        seed: attempt.seed,
        env: name(&attempt.env),
        run: name(&attempt.run),
        branch: name(&attempt.branch),
        revision: name(&attempt.revision),
        file: name(&attempt.file),
        url: name(url),
        replay: cut(replay, MESSAGE),
        artifacts: if is_failure { &attempt.artifacts } else { &[] },
    };
    // Texts and finite numbers alone always serialize.
    let _ = serde_json::to_writer(&mut *out, &line);
    out.push(b'\n');
}

fn name(text: &str) -> &str {
    cut(text, NAME)
}

fn cut(text: &str, at_most: usize) -> &str {
    &text[..text.floor_char_boundary(at_most)]
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::record::{Parser, Profiles, Shape};

    fn lines(attempt: &Attempt<'_>) -> String {
        let mut out = Vec::new();
        write(attempt, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_a_record_of_the_profile() {
        let Shape::Log(profile) = Shape::CATALOG.builtin(PROFILE).unwrap() else { panic!("of a log") };
        let profiles = Profiles::named(vec![profile]);
        let attempt = Attempt {
            time_ms: Some(1_700_000_000_123),
            scenario: Cow::Borrowed("TestA/\"quoted\" \u{1b}[31m"),
            suite: Cow::Borrowed("pkg"),
            ending: Ending::Crashed,
            message: Cow::Borrowed("\n\nexpected 3, got 4\n  at x.go:12\n"),
            seed: Some(u64::MAX),
            attempt: Some(2),
            duration_ms: Some(0.25),
            replay: Cow::Borrowed("go test ./pkg"),
            ..Attempt::default()
        };
        let mut line = lines(&attempt).into_bytes();
        let len = line.len() - 1;
        line.resize(len + crate::archive::PADDING, 0);
        Parser::new(&profiles).parse(&mut line, len, 0, |parsed| {
            let record = parsed.unwrap().record;
            assert!(record.failed());
            assert_eq!((record.time, record.seed), (1_700_000_000_123, Some(u64::MAX)));
            assert_eq!((record.suite, record.outcome_word), ("pkg", "crashed"));
            assert_eq!(record.reason, "expected <n>, got <n>");
            assert_eq!(record.message, Some("expected 3, got 4\n  at x.go:12"));
        });
    }

    #[test]
    fn what_passed_says_nothing_of_a_failure_and_what_failed_silently_says_so() {
        let passed = lines(&Attempt { message: "noise".into(), replay: "again".into(), ..Attempt::default() });
        assert!(!passed.contains("noise") && !passed.contains("again"), "{passed}");
        let failed = lines(&Attempt { ending: Ending::Failed, duration_ms: Some(f64::NAN), ..Attempt::default() });
        assert!(failed.contains("\"reason\":\"no message\"") && !failed.contains("duration"), "{failed}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(MESSAGE);
        let line = lines(&Attempt { ending: Ending::Failed, message: long.as_str().into(), ..Attempt::default() });
        assert!(line.len() < MESSAGE + 2 * REASON);
    }
}
