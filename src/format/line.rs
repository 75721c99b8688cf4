//! An attempt as a line of the profile `tests`.

use super::attempt::Attempt;
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
pub const SILENT: &str = "no message";

/// Appends an attempt and the end of its line. What passed has no message and no command: nobody looks for them.
pub(super) fn write(attempt: &Attempt<'_>, out: &mut Vec<u8>) {
    let is_failure = attempt.ending.is_failure();
    let (mut reason, mut message) = ("", "");
    let joined;
    if is_failure {
        let whole = attempt.message.trim();
        reason = cut(telling(if attempt.telling.is_empty() { whole } else { &attempt.telling }), REASON);
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
    out.extend_from_slice(b"{\"schema\":\"");
    out.extend_from_slice(SCHEMA.as_bytes());
    out.extend_from_slice(b"\",\"time\":");
    let time = attempt.time_ms.unwrap_or(0);
    written(out, &time);
    text(out, "outcome", attempt.ending.name());
    out.extend_from_slice(b",\"test\":");
    quoted(out, name(attempt.scenario.trim()));
    text(out, "suite", name(&attempt.suite));
    text(out, "packet", name(&attempt.packet));
    text(out, "mode", name(&attempt.mode));
    text(out, "reason", reason);
    text(out, "message", message);
    if let Some(duration) = attempt.duration_ms.filter(|duration| duration.is_finite()) {
        out.extend_from_slice(b",\"duration_ms\":");
        written(out, &duration);
    }
    if let Some(count) = attempt.attempt {
        out.extend_from_slice(b",\"attempt\":");
        written(out, &count);
    }
    if let Some(seed) = attempt.seed {
        out.extend_from_slice(b",\"seed\":");
        written(out, &seed);
    }
    text(out, "env", name(&attempt.env));
    text(out, "run", name(&attempt.run));
    text(out, "branch", name(&attempt.branch));
    text(out, "revision", name(&attempt.revision));
    text(out, "file", name(&attempt.file));
    if is_failure {
        text(out, "url", name(&attempt.url));
        text(out, "replay", cut(&attempt.replay, MESSAGE));
        if !attempt.artifacts.is_empty() {
            out.extend_from_slice(b",\"artifacts\":");
            written(out, &attempt.artifacts);
        }
    }
    out.extend_from_slice(b"}\n");
}

/// A member that is a text, unless it is empty.
fn text(out: &mut Vec<u8>, key: &str, value: &str) {
    if !value.is_empty() {
        out.extend_from_slice(b",\"");
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\":");
        quoted(out, value);
    }
}

/// A text between quotes. Most need no escape, and are copied as they are.
#[expect(clippy::needless_bitwise_bool, reason = "a branch a byte would cost more")]
fn quoted(out: &mut Vec<u8>, value: &str) {
    let needs_escape = |byte: &u8| (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\');
    // Without a way out at the first one, it is a few instructions for many.
    if value.as_bytes().iter().fold(false, |any, byte| any | needs_escape(byte)) {
        return written(out, value);
    }
    out.push(b'"');
    out.extend_from_slice(value.as_bytes());
    out.push(b'"');
}

/// A number, or whatever else is written the long way.
fn written<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Texts and finite numbers alone always serialize, and memory takes all.
    let _ = serde_json::to_writer(out, value);
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

    use super::super::attempt::Ending;
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
