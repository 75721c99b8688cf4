//! A case of a `JUnit` document, and the attempts that it tells of.

use std::borrow::Cow;

use memchr::memmem;

use super::super::attempt::Ending;
use super::super::when::seconds;
use super::super::xml::{Attributes, Tag};
use super::super::xml_words::Words;
use super::facts::Facts;

/// Output that stands in for a message is cut to this, at its end: there it says what failed.
const MOST_OUTPUT: usize = 64 << 10;

/// What an element says of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// An assertion.
    Failure,
    /// Whatever else.
    Error,
    /// An attempt before the one that passed.
    Flaky,
    /// An attempt behind the first, which failed too.
    Rerun,
}

/// An element that tells of a failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed<'a> {
    pub(super) how: How,
    pub(super) attributes: Attributes<'a>,
    pub(super) content: &'a [u8],
}

/// A `<testcase>`, as it stands.
#[derive(Debug, Default)]
pub(super) struct Case<'a> {
    pub(super) at: usize,
    pub(super) name: &'a [u8],
    pub(super) class: &'a [u8],
    pub(super) file: &'a [u8],
    pub(super) failures: Vec<Failed<'a>>,
    pub(super) skipped: Option<(Tag<'a>, &'a [u8])>,
    /// The contents of `<system-out>` and `<system-err>`, read only where no message is told.
    pub(super) outputs: Vec<&'a [u8]>,
    pub(super) facts: Option<Box<Facts<'a>>>,
    /// Whether it has the attributes of `PHPUnit`'s.
    pub(super) has_assertions: bool,
    pub(super) has_two_classes: bool,
    /// Whether it stands for a suite that failed itself.
    pub(super) is_suite: bool,
    time: Option<&'a [u8]>,
    stamp: Option<&'a [u8]>,
    status: &'a [u8],
    result: &'a [u8],
}

/// An attempt that a case tells of.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// Whether its message says nothing, and no output of its own does.
    pub(super) is_hollow: bool,
    pub(super) ending: Ending,
    pub(super) message: Cow<'a, str>,
    pub(super) stamp: Option<&'a [u8]>,
    pub(super) duration_ms: Option<f64>,
    pub(super) is_not_finite: bool,
}

impl<'a> Case<'a> {
    pub(super) fn new(tag: &Tag<'a>) -> Self {
        let mut case = Self { at: tag.at, ..Self::default() };
        let mut real_class: &[u8] = b"";
        for (key, value) in tag.attributes {
            match key {
                b"name" => case.name = value,
                b"classname" => case.class = value,
                b"class" => real_class = value,
                b"file" | b"filepath" => case.file = value,
                b"time" | b"duration" => case.time = Some(value),
                b"timestamp" => case.stamp = Some(value),
                b"assertions" => case.has_assertions = true,
                b"status" => case.status = value,
                b"result" => case.result = value,
                _ => {}
            }
        }
        // PHPUnit writes the class twice, and so as one calls it only here.
        if !real_class.is_empty() {
            case.has_two_classes = !case.class.is_empty();
            case.class = real_class;
        }
        case
    }

    /// A case that stands for the suite itself.
    pub(super) fn of_suite(at: usize, failed: Failed<'a>) -> Self {
        Self { at, failures: vec![failed], is_suite: true, ..Self::default() }
    }

    pub(super) const fn stamp(&self) -> Option<&'a [u8]> {
        self.stamp
    }

    /// Whether this is what pytest writes when behind a failed call the teardown failed, too.
    pub(super) fn is_teardown_behind_failure(&self) -> bool {
        let is_teardown = |failed: &Failed<'_>| {
            failed.how == How::Error
                && failed.attributes.get(b"message").is_some_and(|message| message.starts_with(b"failed on teardown"))
        };
        !self.failures.is_empty() && self.failures.iter().all(is_teardown)
    }

    /// The attempts of a case of which a failure is told, in order. Of one that is cut off only what failed.
    pub(super) fn told(&self, is_cut: bool, words: &mut Words) -> Vec<Told<'a>> {
        let mut told = Vec::with_capacity(self.failures.len() + 1);
        let of = |how: How| self.failures.iter().filter(move |failed| failed.how == how);
        told.extend(of(How::Flaky).map(|failed| self.again(failed, words)));
        let now: Vec<_> = of(How::Failure).chain(of(How::Error)).collect();
        let is_rerun = of(How::Rerun).next().is_some();
        if let Some(first) = now.first() {
            // Several failures are those of one attempt: soft assertions, a test and its teardown.
            let messages: Vec<_> = now.iter().map(|failed| message(failed, words)).collect();
            let ending = now.iter().map(|failed| ending(failed, self)).find(|ending| *ending != Ending::Failed);
            let mut attempt = self.told_with(ending.unwrap_or(Ending::Failed), joined(messages));
            attempt.stamp = first.attributes.get(b"timestamp").or(self.stamp);
            if is_hollow(&attempt.message) {
                attempt.message = output(&self.outputs, attempt.message, words);
                attempt.is_hollow = is_hollow(&attempt.message);
            }
            told.push(attempt);
        } else if !is_rerun && !is_cut {
            told.push(self.last(words));
        }
        told.extend(of(How::Rerun).map(|failed| self.again(failed, words)));
        told
    }

    /// An attempt before or behind the one that the case stands for: it has times of its own, or none.
    fn again(&self, failed: &Failed<'a>, words: &mut Words) -> Told<'a> {
        let (duration_ms, is_not_finite) = duration(failed.attributes.get(b"time"));
        let stamp = failed.attributes.get(b"timestamp");
        Told {
            ending: ending(failed, self),
            message: message(failed, words),
            stamp,
            duration_ms,
            is_not_finite,
            is_hollow: false,
        }
    }

    fn told_with(&self, ending: Ending, message: Cow<'a, str>) -> Told<'a> {
        let (duration_ms, is_not_finite) = duration(self.time);
        Told { ending, message, stamp: self.stamp, duration_ms, is_not_finite, is_hollow: false }
    }

    /// The attempt of a case without a failure.
    pub(super) fn last(&self, words: &mut Words) -> Told<'a> {
        if let Some((tag, content)) = self.skipped {
            let kind = tag.attributes.get(b"type").unwrap_or_default();
            // An expected failure is what was expected.
            let ending = if kind == b"pytest.xfail" { Ending::Passed } else { Ending::Skipped };
            let text = match tag.attributes.get(b"message") {
                Some(message) => words.value(message),
                None => words.content(content),
            };
            return self.told_with(ending, text);
        }
        let is_one = |words: &[&[u8]]| words.iter().any(|word| self.status.eq_ignore_ascii_case(word));
        let ending = if self.status.is_empty() && self.result.is_empty() {
            Ending::Passed
        } else if is_one(&[b"notrun", b"disabled", b"skipped", b"pending", b"ignored", b"not run"])
            || matches!(self.result, b"suppressed" | b"skipped")
        {
            Ending::Skipped
        } else if is_one(&[b"fail", b"failed", b"failure", b"error", b"broken", b"panicked"]) {
            // ctest and others leave the element out: to take it for passed were an all-clear that is none.
            Ending::Failed
        } else if is_one(&[b"timedout", b"timeout", b"timed out"]) {
            Ending::TimedOut
        } else if is_one(&[b"aborted", b"interrupted"]) {
            Ending::Crashed
        } else {
            Ending::Passed
        };
        let mut told = self.told_with(ending, Cow::Borrowed(""));
        if !matches!(ending, Ending::Passed | Ending::Skipped) {
            told.message = output(&self.outputs, Cow::Borrowed(""), words);
            told.is_hollow = told.message.is_empty();
        }
        told
    }

    /// What Jenkins's attachments plugin and others write into the output: `[[ATTACHMENT|path]]`.
    pub(super) fn artifacts(&self, words: &mut Words) -> Vec<Cow<'static, str>> {
        let mut paths = Vec::new();
        for output in &self.outputs {
            let mut rest = *output;
            while let Some(at) = memmem::find(rest, b"[[ATTACHMENT|") {
                let behind = rest.get(at + 13..).unwrap_or_default();
                let Some(end) = memmem::find(behind.get(..behind.len().min(4096)).unwrap_or_default(), b"]]") else {
                    break;
                };
                let path = words.value(behind.get(..end).unwrap_or_default());
                paths.push(Cow::Owned(path.split('|').next().unwrap_or_default().trim().to_owned()));
                rest = behind.get(end..).unwrap_or_default();
            }
        }
        paths
    }
}

fn duration(raw: Option<&[u8]>) -> (Option<f64>, bool) {
    raw.and_then(|raw| std::str::from_utf8(raw).ok()).map_or((None, false), seconds)
}

/// Messages of one attempt, one behind the other.
fn joined(mut messages: Vec<Cow<'_, str>>) -> Cow<'_, str> {
    messages.retain(|message| !message.is_empty());
    match messages.len() {
        0 | 1 => messages.pop().unwrap_or_default(),
        _ => Cow::Owned(messages.join("\n")),
    }
}

/// Where no message says what failed, the output does (ctest, Bazel).
pub(super) fn output<'a>(outputs: &[&'a [u8]], message: Cow<'a, str>, words: &mut Words) -> Cow<'a, str> {
    let outputs: Vec<_> = outputs.iter().map(|output| words.content(output)).collect();
    let mut output = joined(outputs).into_owned();
    if output.trim().is_empty() {
        return message;
    }
    let mut start = output.len().saturating_sub(MOST_OUTPUT);
    while !output.is_char_boundary(start) {
        start += 1;
    }
    output.drain(..start);
    joined(vec![message, Cow::Owned(output)])
}

/// Words that say no more than that it failed.
fn is_hollow(message: &str) -> bool {
    let message = message.trim().trim_end_matches(['.', '!']).to_ascii_lowercase();
    let starts = ["exited with error code", "exit status", "exit code", "process exited with"];
    matches!(
        &*message,
        "" | "failed" | "failure" | "fail" | "error" | "test failed" | "null" | "undefined" | "no message"
    ) || starts.iter().any(|start| message.starts_with(start)) && message.len() < 64
}

/// The whole message of a failure: its text, with what the attributes say and the text does not before it.
fn message<'a>(failed: &Failed<'a>, words: &mut Words) -> Cow<'a, str> {
    let mut content = failed.content;
    // Reruns wrap their stack, and put output beside it.
    if matches!(failed.how, How::Flaky | How::Rerun) {
        if let Some(open) = memmem::find(content, b"<stackTrace>") {
            let inner = content.get(open + 12..).unwrap_or_default();
            content = inner.get(..memmem::find(inner, b"</stackTrace>").unwrap_or(inner.len())).unwrap_or_default();
        } else if let Some(open) = memmem::find(content, b"<system-") {
            content = content.get(..open).unwrap_or_default();
        }
    }
    let text = words.content(content);
    let said = words.value(failed.attributes.get(b"message").unwrap_or_default());
    let kind = words.value(failed.attributes.get(b"type").unwrap_or_default());
    let has = |part: &str| memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    let first = said.lines().next().unwrap_or_default().trim();
    let is_new = !first.is_empty() && !has(first) && (text.trim().is_empty() || !is_hollow(&said));
    // A class of exceptions tells; `failure` and `error` say nothing.
    let tells = kind.contains(['.', ':']) || kind.ends_with("Error") || kind.ends_with("Exception");
    let is_kind_new = tells && !kind.contains(' ') && !has(&kind) && !said.contains(&*kind);
    match (is_kind_new, is_new) {
        (_, false) if text.is_empty() => kind,
        // Before its first line, which may be the test's name (PHPUnit) or code (RSpec), the class would look like what tells.
        (_, false) => text,
        (false, true) => Cow::Owned(format!("{said}\n{text}").trim_end().to_owned()),
        (true, true) => Cow::Owned(format!("{kind}: {said}\n{text}").trim_end().to_owned()),
    }
}

/// How an attempt ended that an element tells of.
fn ending(failed: &Failed<'_>, case: &Case<'_>) -> Ending {
    let said = failed.attributes.get(b"message").unwrap_or_default();
    let kind = failed.attributes.get(b"type").unwrap_or_default();
    let starts = |start: &str| said.starts_with(start.as_bytes());
    let is_in = |text: &[u8], part: &str| memmem::find(text, part.as_bytes()).is_some();
    // xdist, of a worker that died.
    if is_in(said, "worker '") && is_in(said, "' crashed while running ") {
        Ending::Crashed
    } else if is_in(failed.content, "ended unexpectedly") && is_in(kind, "PHPUnit") {
        // Of the process that a test ran in.
        Ending::Crashed
    } else if starts("failed on setup") || starts("failed on teardown") || starts("test setup failure") {
        Ending::SetupFailed
    } else if starts("collection failure") || is_in(kind, "CompilationError") || starts("[build failed]") {
        Ending::BuildFailed
    } else if case.is_suite
        || case.name.is_empty() && !case.class.is_empty()
        || matches!(case.name, b"initializationError" | b"classMethod")
        || case.name.starts_with(b"[BeforeSuite]")
        || case.name.starts_with(b"[AfterSuite]")
        || case.name.starts_with(b"[SynchronizedBeforeSuite]")
        || case.name.starts_with(b"[SynchronizedAfterSuite]")
        || case.name.starts_with(b"[ReportAfterSuite]")
        || case.name.starts_with(b"[DeferCleanup")
    {
        Ending::SetupFailed
    } else if kind == b"test timeout"
        || kind == b"timedout"
        || is_in(kind, "TestTimedOut")
        || is_in(kind, "TimeoutException")
        || is_in(kind, "TimeoutError")
        || starts("test timed out")
        || starts("Timeout >")
        || starts("Failed: Timeout >")
    {
        Ending::TimedOut
    } else if kind == b"test abort"
        || kind == b"panicked"
        || is_in(said, "forked VM terminated")
        || is_in(kind, "ForkException")
        || is_in(failed.content, "\ngoroutine ") && is_in(failed.content, "panic: ")
    {
        Ending::Crashed
    } else {
        Ending::Failed
    }
}
