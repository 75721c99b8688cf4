//! The line of a failure's message that says what failed.
//!
//! Messages are a tool's banners, output that was captured, code, a stack, and somewhere the line that a person would
//! read out. That line makes the reason, so it must be the same whenever the same defect strikes: it is looked for by its
//! shape, first to last, and no number of frames or lines of output around it may change it.

use memchr::memmem;

use super::noise::{is_frame, is_log, is_noise, is_of_googletest};

/// The first line of a message that tells: an assertion, a panic or an exception, and not a stack frame, a banner or
/// "exit status 1". Falls back to the first line that is no noise, then to the first that is not blank.
#[must_use]
pub fn telling(message: &str) -> &str {
    if let Some(line) = pytest(message) {
        return line;
    }
    let mut fallback = Fallback::default();
    // The indentation of a Python traceback: what stands deeper is code.
    let mut traceback: Option<usize> = None;
    let mut is_behind_panic = false;
    // An exception without a message, or a mere "Expected": the next line tells.
    let mut opening: Option<&str> = None;
    for raw in message.lines() {
        let line = raw.trim();
        if line.is_empty() {
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        if !is_of_googletest(line) {
            fallback.any = fallback.any.or(Some(line));
        }
        if is_behind_panic {
            return line;
        }
        if let Some(told) = thrown(line) {
            return told;
        }
        if line.starts_with("Traceback (most recent call last)") {
            traceback = Some(indent);
            continue;
        }
        if let Some(least) = traceback {
            if indent > least {
                continue;
            }
            return line;
        }
        match panic(line) {
            Some("") => {
                is_behind_panic = true;
                continue;
            }
            Some(told) => return told,
            None => {}
        }
        let is_of_go = is_place_of_go(line);
        let line = without_place(line);
        if is_noise(line) {
            if is_frame(line)
                && let Some(opening) = opening
            {
                return opening;
            }
            continue;
        }
        if is_log(line) {
            fallback.log = fallback.log.or(Some(line));
            continue;
        }
        if let Some(opening) = opening {
            let is_value = line.starts_with('<') || line.starts_with('\'');
            match opening {
                // Gomega: "Expected", a value, "to equal", a value.
                "Expected" if is_value => continue,
                _ => return line,
            }
        }
        if is_opening(line) {
            opening = Some(line);
            continue;
        }
        if is_strong(line) {
            return line;
        }
        if is_of_go {
            // What is logged and what ends the test look the same, and the end comes last.
            fallback.placed = Some(line);
        }
        fallback.quiet = fallback.quiet.or(Some(line));
    }
    opening.or(fallback.placed).or(fallback.quiet).or(fallback.log).or(fallback.any).unwrap_or_default()
}

/// What is said where nothing tells.
#[derive(Default)]
struct Fallback<'a> {
    /// What a test of Go said by its `t`, where the rest may be anybody's output.
    placed: Option<&'a str>,
    quiet: Option<&'a str>,
    log: Option<&'a str>,
    any: Option<&'a str>,
}

/// pytest marks the lines that tell with `E`.
fn pytest(message: &str) -> Option<&str> {
    let bytes = message.as_bytes();
    let start = if bytes.starts_with(b"E  ") { 0 } else { memmem::find(bytes, b"\nE  ")? + 1 };
    let marked = message.get(start..)?.lines().map_while(|line| line.strip_prefix("E  "));
    // The first may be empty, or only an exception's class: then the message stands in the next.
    let mut lines = marked.map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    Some(if first.ends_with("Error:") || first == "AssertionError" { lines.next().unwrap_or(first) } else { first })
}

/// What a panic of Rust says; empty where the next line does.
fn panic(line: &str) -> Option<&str> {
    let at = line.starts_with("thread '").then(|| line.find(" panicked at ")).flatten()?;
    let behind = line.get(at + 13..)?;
    // Before Rust 1.73: `panicked at 'message', src/a.rs:1:2`.
    match behind.strip_prefix('\'') {
        Some(said) => Some(said.rfind("', ").and_then(|end| said.get(..end)).unwrap_or(said)),
        None => Some(if behind.ends_with(':') { "" } else { behind }),
    }
}

/// What was thrown, where a line frames it and puts it into quotes, behind which nothing would be left of it: exceptions of
/// `GoogleTest`, errors that a test of Rust returns, what pytest's `JUnit` says of a test that never ran.
fn thrown(line: &str) -> Option<&str> {
    let said = line.strip_prefix("C++ exception with description \"");
    let said = said.and_then(|rest| rest.rfind("\" thrown in ").and_then(|end| rest.get(..end)));
    let said = said.or_else(|| line.strip_prefix("Error: \"")?.strip_suffix('"'));
    let said = said.or_else(|| line.strip_prefix("failed on setup with \"")?.strip_suffix('"'));
    said.map(str::trim).filter(|said| !said.is_empty())
}

/// Whether a line is one that `t.Log`, `t.Error` and `t.Fatal` of Go write: `x_test.go:12: message`.
fn is_place_of_go(line: &str) -> bool {
    let behind = line.find("_test.go:").and_then(|at| {
        let is_name = line.get(..at).is_some_and(|name| !name.contains(' '));
        line.get(at + 9..).filter(|_| is_name)
    });
    behind.is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(": "))
}

/// A line without the place before it: `x_test.go:12: message`, and without words that only mark it.
fn without_place(line: &str) -> &str {
    let mut line = line;
    for mark in
        ["[FAILED] ", "[FAIL] ", "[PANICKED] ", "[TIMEDOUT] ", "Error:      \t", "Error:  ", "error: ", "not ok - "]
    {
        line = line.strip_prefix(mark).map_or(line, str::trim_start);
    }
    let Some(colon) = line.find(':') else { return line };
    let (path, rest) = line.split_at_checked(colon).unwrap_or((line, ""));
    let is_source = !path.contains(' ')
        && path.rsplit_once('.').is_some_and(|(_, end)| {
            matches!(
                end,
                "c" | "cc"
                    | "cpp"
                    | "cs"
                    | "cxx"
                    | "dart"
                    | "ex"
                    | "exs"
                    | "go"
                    | "h"
                    | "hpp"
                    | "java"
                    | "js"
                    | "jsx"
                    | "kt"
                    | "m"
                    | "mjs"
                    | "mm"
                    | "php"
                    | "py"
                    | "rb"
                    | "rs"
                    | "scala"
                    | "swift"
                    | "ts"
                    | "tsx"
            )
        });
    // A drive's colon is none of these.
    let behind = rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    if is_source && rest.len() - behind.len() >= 2 { behind.trim_start() } else { line }
}

/// Whether a line announces what the next one says.
fn is_opening(line: &str) -> bool {
    let head = line.strip_suffix(':').unwrap_or(line);
    line == "Expected" || line.ends_with(':') && is_exception(head) || line == "AssertionError" || line == "Error:"
}

/// Whether a word is the name of an exception: `java.lang.AssertionError`, `TimeoutError`, `System.Exception`.
fn is_exception(word: &str) -> bool {
    const ENDS: [&str; 9] =
        ["Error", "Exception", "Failure", "Throwable", "Failed", "Fault", "Timeout", "Panic", "AssertionFailedError"];
    !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.$\\/:".contains(&byte))
        && ENDS.iter().any(|end| word.ends_with(end))
}

/// Whether a line has the shape of an assertion, a panic or an exception.
fn is_strong(line: &str) -> bool {
    const STARTS: [&str; 26] = [
        "panic:",
        "fatal error:",
        "WARNING: DATA RACE",
        "assert",
        "Assert",
        "AssertionError",
        "ASSERT",
        "expected",
        "Expected",
        "expect(",
        "Failed asserting",
        "Not equal",
        "Not true",
        "Uncaught",
        "Unhandled",
        "Timed out",
        "timed out",
        "Timeout",
        "Test timeout",
        "test timed out",
        "Segmentation fault",
        "runtime error",
        "Value of:",
        "Received unexpected error",
        "got ",
        "thrown:",
    ];
    const PARTS: [&str; 14] = [
        "expected ",
        " but was",
        " but got",
        " want ",
        ", want",
        " to equal ",
        "timed out",
        "AddressSanitizer",
        "ThreadSanitizer",
        "does not match",
        "did not match",
        "not found",
        "assertion failed",
        "Snapshot ",
    ];
    let head = line.split(": ").next().unwrap_or(line);
    let head = head.split(" : ").next().unwrap_or(head);
    // Node: `AssertionError [ERR_ASSERTION]: …`.
    let head = head.split(" [").next().unwrap_or(head);
    is_exception(head)
        || STARTS.iter().any(|start| line.starts_with(start))
        || PARTS.iter().any(|part| memmem::find(line.as_bytes(), part.as_bytes()).is_some())
}

#[cfg(test)]
#[path = "telling_tests.rs"]
mod tests;
