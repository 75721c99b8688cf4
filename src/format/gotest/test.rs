//! One run of one test of a `go test -json` log.

use std::borrow::Cow;

use crate::format::output::Output;
use crate::format::scan::{Mended, decode};
use crate::format::shell::quote;

/// What an event says of its test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Pass,
    Fail,
    Skip,
}

/// What was told of it.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sign that may stand beside any other")]
pub(super) struct Test {
    pub(super) name: Box<[u8]>,
    pub(super) line: u64,
    pub(super) time_ms: Option<i64>,
    pub(super) elapsed: Option<f64>,
    pub(super) end: Option<End>,
    pub(super) output: Output,
    /// Of that what the first `t.Error` or `t.Fatal` said, where Go tells (since 1.27), and how many there were.
    pub(super) error: Output,
    pub(super) errors: u8,
    pub(super) parent: Option<usize>,
    pub(super) is_paused: bool,
    /// A panic's first line, and a goroutine's behind it: a program may print "panic: " of its own.
    pub(super) saw_panic: bool,
    pub(super) is_panic: bool,
    pub(super) is_race: bool,
    pub(super) has_subtests: bool,
    pub(super) has_failed_below: bool,
    pub(super) artifacts: Vec<Box<[u8]>>,
}

impl Test {
    /// The end that Go missed as the test's output lacked a line feed before it.
    pub(super) fn glued_end(&self) -> Option<End> {
        if self.output.is_empty() {
            return None;
        }
        let text = self.output.text(&mut Mended::default());
        let name = decode(&self.name, &mut Mended::default());
        let has = |word: &str| text.contains(&format!("--- {word}: {name} ("));
        [("FAIL", End::Fail), ("PASS", End::Pass), ("SKIP", End::Skip)]
            .into_iter()
            .find_map(|(word, end)| has(word).then_some(end))
    }
}

/// Whether output has more than the lines with which Go frames a test's.
pub(super) fn says_why(message: &str) -> bool {
    message.lines().any(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("=== ") && !line.starts_with("--- ")
    })
}

/// The command that runs one test again. `-run` takes a regular expression for each level of the name.
pub(super) fn replay(package: &str, test: &str, seed: Option<u64>) -> String {
    let mut pattern = String::with_capacity(test.len() + 8);
    // Benchmarks end with the number of processors, which is no part of their name.
    let is_bench = test.starts_with("Benchmark");
    let name = match test.rsplit_once('-') {
        Some((name, count)) if is_bench && count.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => test,
    };
    for (level, part) in name.split('/').enumerate() {
        pattern.push_str(if level == 0 { "^" } else { "/^" });
        for letter in part.chars() {
            if r"\.+*?()|[]{}^$".contains(letter) {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('$');
    }
    let package = if package.is_empty() { Cow::Borrowed(".") } else { Cow::Owned(quote(package)) };
    let run = if is_bench { "-run '^$' -bench" } else { "-run" };
    let shuffle = seed.map(|seed| format!(" -shuffle {seed}")).unwrap_or_default();
    format!("go test {package} {run} {} -count=1{shuffle}", quote(&pattern))
}
