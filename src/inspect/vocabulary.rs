//! Words by which logs say how a test ended.

use crate::record::OutcomeKind;

const PASS: &[&str] = &[
    "pass",
    "passed",
    "passing",
    "ok",
    "success",
    "successful",
    "succeeded",
    "succeed",
    "green",
    "good",
    "xfail",
    "xfailed",
    "xpass",
    "xpassed",
    "expected",
];
const FAIL: &[&str] = &[
    "fail",
    "failed",
    "failure",
    "failing",
    "error",
    "errored",
    "errors",
    "broken",
    "crash",
    "crashed",
    "panic",
    "panicked",
    "timeout",
    "timedout",
    "abort",
    "aborted",
    "killed",
    "red",
    "bad",
    "ko",
    "notok",
    "nok",
    "unexpected",
    "unsuccessful",
    "fatal",
    "assert",
    "segfault",
    "oom",
    "hang",
    "hung",
];
const EXCLUDED: &[&str] = &[
    "skip",
    "skipped",
    "ignore",
    "ignored",
    "pending",
    "disabled",
    "todo",
    "cancelled",
    "canceled",
    "na",
    "notapplicable",
    "notrun",
    "notexecuted",
    "inconclusive",
    "undefined",
    "unknown",
    "none",
    "blocked",
    "deselected",
    "quarantined",
    "cached",
    "infra",
    "neutral",
    "filtered",
    "omitted",
    "excluded",
    // What is no end of a test at all.
    "start",
    "started",
    "starting",
    "run",
    "running",
    "begin",
    "began",
    "queued",
    "scheduled",
    "inprogress",
    "progress",
    "output",
    "pause",
    "paused",
    "cont",
    "continue",
];

/// What a word usually means; `None` for one that says nothing. Of truth values and numbers see [`truth`].
pub(super) fn meaning(word: &str) -> Option<OutcomeKind> {
    let plain: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match word.trim() {
        "✓" | "✔" | "✅" | "." => return Some(OutcomeKind::Pass),
        "✗" | "✘" | "✖" | "❌" | "F" | "E" => return Some(OutcomeKind::Fail),
        "" => return Some(OutcomeKind::Excluded),
        _ => {}
    }
    let lists = [(PASS, OutcomeKind::Pass), (FAIL, OutcomeKind::Fail), (EXCLUDED, OutcomeKind::Excluded)];
    let known = |word: &str| lists.iter().find(|(words, _)| words.contains(&word)).map(|&(_, kind)| kind);
    // As `test.passed`, `TestFailed` or `STATUS_OK` have it.
    known(&plain).or_else(|| {
        let parts = word.split(|c: char| !c.is_alphanumeric()).flat_map(humps);
        parts.collect::<Vec<_>>().iter().rev().find_map(|part| known(part))
    })
}

/// The words of one that is written `LikeThis`.
fn humps(word: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in word.chars() {
        if found.is_empty() || c.is_uppercase() && was_lower {
            found.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(part) = found.last_mut() {
            part.extend(c.to_lowercase());
        }
    }
    found
}

/// What `true` means in a key of this name, and what 0 does: `failed` and `exit_code` turn both around.
pub(super) fn truth(name: &str) -> OutcomeKind {
    let is_of_failure = ["fail", "error", "broken", "crash", "exit", "returncode", "rc", "signal"]
        .iter()
        .any(|part| name.contains(part));
    if is_of_failure { OutcomeKind::Fail } else { OutcomeKind::Pass }
}

/// Whether a key of this name is answered with yes or no.
pub(super) fn is_of_truth(name: &str) -> bool {
    let name = name.strip_prefix("is").or_else(|| name.strip_prefix("has")).unwrap_or(name);
    ["passed", "pass", "ok", "success", "successful", "succeeded", "failed", "fail", "failure", "error", "broken"]
        .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{meaning, truth};
    use crate::record::OutcomeKind::{Excluded, Fail, Pass};

    #[test]
    fn words_mean_what_people_mean_by_them() {
        for (word, kind) in [
            ("PASS", Some(Pass)),
            ("test.passed", Some(Pass)),
            ("TestFailed", Some(Fail)),
            ("STATUS_OK", Some(Pass)),
            ("timed_out", Some(Fail)),
            ("timedOut", Some(Fail)),
            ("not ok", Some(Fail)),
            ("not_run", Some(Excluded)),
            ("N/A", Some(Excluded)),
            ("in_progress", Some(Excluded)),
            ("", Some(Excluded)),
            ("✓", Some(Pass)),
            ("grün", None),
            ("login works", None),
            ("1", None),
        ] {
            assert_eq!(meaning(word), kind, "{word}");
        }
        assert_eq!([truth("passed"), truth("ok"), truth("exitcode"), truth("isfailure")], [Pass, Pass, Fail, Fail]);
    }
}
