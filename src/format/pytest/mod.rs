//! pytest's report log: a report of each phase of each test, a line each.
//!
//! Recognised: the first JSON object of the text has `$report_type`.
//!
//! Source: <https://github.com/pytest-dev/pytest-reportlog>, and for what stands in a report `pytest_report_to_serializable`
//! (<https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_report_to_serializable>).

mod failure;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use memchr::memmem;

use super::attempt::{Attempt, Ending};
use super::attempts::Attempts;
use super::clock::of_seconds;
use super::reader::{Events, Sink};
use super::scan::{self, Mended, Object, decode, inner};
use super::shell::quote;
use crate::unit::FILE;
use failure::message;

/// Tests of which no end came yet.
const OPEN: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Bytes of a failure's message.
const MESSAGE: usize = 64 * 1024;

/// The reader.
#[derive(Default)]
pub(super) struct PytestLog {
    /// Open attempts by the test's id, and the worker that runs it.
    open: BTreeMap<Key, Open>,
    /// The one that the last report was of: most often the next one is of it, too.
    recent: Option<(Key, Open)>,
    attempts: Attempts,
    /// Whether the session that was told of last has its end.
    is_finished: bool,
}

/// A test's id and the worker that runs it.
type Key = (Box<[u8]>, Box<[u8]>);

/// One report; texts are still escaped, values raw.
#[derive(Default)]
struct Report<'a> {
    kind: &'a [u8],
    id: &'a [u8],
    worker: &'a [u8],
    when: &'a [u8],
    outcome: &'a [u8],
    long: &'a [u8],
    is_xfail: bool,
    start: Option<f64>,
    duration: Option<f64>,
}

/// An attempt whose teardown was not told of.
#[derive(Default)]
struct Open {
    line: u64,
    start: Option<f64>,
    duration: Option<f64>,
    has_setup: bool,
    has_call: bool,
    is_skipped: bool,
    ending: Option<Ending>,
    message: String,
}

impl<'a> Report<'a> {
    fn read(text: &'a [u8], sink: &mut dyn Sink) -> Option<(Self, &'a [u8])> {
        let mut object = Object::open(text)?;
        let mut report = Self::default();
        for (key, value) in object.by_ref() {
            match key {
                b"$report_type" => report.kind = inner(value),
                b"nodeid" => report.id = inner(value),
                b"worker_id" => report.worker = inner(value),
                b"when" => report.when = inner(value),
                b"outcome" => report.outcome = inner(value),
                b"longrepr" => report.long = value,
                b"wasxfail" => report.is_xfail = true,
                b"start" => report.start = scan::number(value),
                b"duration" => report.duration = scan::number(value),
                _ => {}
            }
        }
        let behind = object.behind()?;
        if object.not_finite {
            sink.repaired("not_finite");
        }
        Some((report, behind))
    }

    fn is_failed(&self) -> bool {
        // "rerun" is pytest-rerunfailures' word, "retried" pytest-retry's.
        matches!(self.outcome, b"failed" | b"error" | b"rerun" | b"retried")
    }
}

impl Events for PytestLog {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let is_ours = |text: &[u8]| text.starts_with(b"{\"");
        scan::records(line, number, sink, is_ours, |text, sink| {
            let (report, behind) = Report::read(text, sink)?;
            self.report(&report, number, sink);
            Some(behind)
        });
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.close(is_whole, sink);
        *self = Self::default();
    }
}

impl PytestLog {
    fn report(&mut self, report: &Report<'_>, number: u64, sink: &mut dyn Sink) {
        match report.kind {
            b"TestReport" => self.phase(report, number, sink),
            // Those of a subtest come before, between or behind those of its test.
            kind if kind.eq_ignore_ascii_case(b"SubTestReport") => {
                if report.is_failed() {
                    self.open(report, number, sink).take(report, sink);
                } else {
                    sink.ignored("subtest");
                }
            }
            b"CollectReport" => self.collect(report, number, sink),
            b"SessionStart" | b"Header" => {
                // A session before this one that has no end was killed.
                self.close(true, sink);
                self.is_finished = false;
                sink.ignored("session");
            }
            b"SessionFinish" => {
                self.is_finished = true;
                sink.ignored("session");
            }
            b"WarningMessage" => sink.ignored("warning"),
            _ => sink.ignored("other"),
        }
    }

    /// The key of a report's attempt. What xdist says of a worker that died comes from no worker.
    fn key(&self, report: &Report<'_>) -> Key {
        let key: Key = (report.id.into(), report.worker.into());
        if report.when != b"???" {
            return key;
        }
        let of_test = self.open.range(key.clone()..).next().filter(|((id, _), _)| *id == key.0);
        of_test.map(|(found, _)| found.clone()).unwrap_or(key)
    }

    fn is_recent(&self, report: &Report<'_>) -> bool {
        report.when != b"???"
            && self.recent.as_ref().is_some_and(|((id, worker), _)| **id == *report.id && **worker == *report.worker)
    }

    /// Puts the one of the last report to the others.
    fn settle(&mut self) {
        if let Some((key, open)) = self.recent.take() {
            self.open.insert(key, open);
        }
    }

    /// The attempt that a report is of, begun if there is none.
    fn open(&mut self, report: &Report<'_>, number: u64, sink: &mut dyn Sink) -> &mut Open {
        if !self.is_recent(report) {
            self.settle();
            self.bound(sink);
        }
        let found = self.recent.take().unwrap_or_else(|| {
            let key = self.key(report);
            let open = self.open.remove(&key);
            (key, open.unwrap_or_else(|| Open { line: number, ..Open::default() }))
        });
        &mut self.recent.insert(found).1
    }

    /// Lets go of the older half of what is open, beyond the bound.
    fn bound(&mut self, sink: &mut dyn Sink) {
        if self.open.len() >= OPEN {
            let mut lines: Vec<u64> = self.open.values().map(|open| open.line).collect();
            lines.sort_unstable();
            let middle = lines.get(lines.len() / 2).copied().unwrap_or(u64::MAX);
            self.open.retain(|_, open| {
                let is_new = open.line > middle;
                if !is_new {
                    sink.unfinished();
                }
                is_new
            });
        }
    }

    fn phase(&mut self, report: &Report<'_>, number: u64, sink: &mut dyn Sink) {
        let is_again = report.when == b"setup" && self.open(report, number, sink).has_setup;
        if is_again {
            // Old versions tell of no teardown before the next attempt.
            self.finish(report, sink);
        }
        self.open(report, number, sink).take(report, sink);
        if report.when == b"teardown" || report.when == b"???" {
            self.finish(report, sink);
        }
    }

    /// Tells the attempt that a report is of.
    fn finish(&mut self, report: &Report<'_>, sink: &mut dyn Sink) {
        if !self.is_recent(report) {
            self.settle();
            self.recent = self.open.remove_entry(&self.key(report));
        }
        if let Some((key, open)) = self.recent.take() {
            let ending = open.ending();
            tell(&key, &open, ending, &mut self.attempts, sink);
        }
    }

    /// A file that was collected or not. What stands in it, and the session itself, are collected with it.
    fn collect(&mut self, report: &Report<'_>, number: u64, sink: &mut dyn Sink) {
        let is_failed = report.is_failed();
        let is_unit = !report.id.is_empty() && memmem::find(report.id, b"::").is_none();
        // Each worker collects all files.
        let mut is_first = || self.attempts.next(b"", report.id).is_none_or(|attempt| attempt == 1);
        if !(is_failed || is_unit && report.outcome == b"passed") || !is_first() {
            sink.ignored("collection");
            return;
        }
        let mut mended = Mended::default();
        let id = decode(report.id, &mut mended);
        let message = message(report.long, &mut mended);
        mended.tell(sink);
        sink.attempt(&Attempt {
            line: number,
            suite: id.split("::").next().unwrap_or_default().into(),
            file: id.split("::").next().unwrap_or_default().into(),
            replay: format!("python -m pytest {}", quote(&id)).into(),
            scenario: FILE.into(),
            attempt: Some(1),
            ending: if is_failed { Ending::BuildFailed } else { Ending::Passed },
            message: message.into(),
            ..Attempt::default()
        });
    }

    /// Tells what is open when no more comes.
    fn close(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.settle();
        let mut open: Vec<_> = std::mem::take(&mut self.open).into_iter().collect();
        open.sort_by_key(|(_, open)| open.line);
        for (key, open) in open {
            // Where a failed phase or a call is told of, its end is known but for the teardown.
            let is_known = open.ending.is_some() || open.is_skipped || (open.has_call && self.is_finished);
            if is_known {
                tell(&key, &open, open.ending(), &mut self.attempts, sink);
                continue;
            }
            sink.unfinished();
            if is_whole && !self.is_finished {
                tell(&key, &open, Ending::Crashed, &mut self.attempts, sink);
            } else if self.is_finished {
                // The session ended in order, by a user's hand or `--maxfail`: nothing is said of the test.
                tell(&key, &open, Ending::Skipped, &mut self.attempts, sink);
            }
        }
    }
}

impl Open {
    /// Adds a phase.
    fn take(&mut self, report: &Report<'_>, sink: &mut dyn Sink) {
        let is_sub = report.kind != b"TestReport";
        if !is_sub {
            self.has_setup |= report.when == b"setup";
            self.has_call |= report.when == b"call";
            self.duration = match (self.duration, report.duration) {
                (Some(before), Some(this)) => Some(before + this),
                (before, this) => before.or(this),
            };
        }
        self.start = match (self.start, report.start) {
            (Some(before), Some(this)) => Some(before.min(this)),
            (before, this) => before.or(this),
        };
        let is_failed = report.is_failed();
        // Expected failures are skips with `wasxfail`; a strict unexpected pass is told as a failure.
        let is_skipped = report.outcome == b"skipped" && !report.is_xfail;
        if !is_failed && !is_skipped {
            return;
        }
        let mut mended = Mended::default();
        let text = message(report.long, &mut mended);
        mended.tell(sink);
        if is_skipped {
            self.is_skipped = true;
        } else {
            let ending = match report.when {
                b"setup" | b"teardown" => Ending::SetupFailed,
                _ if memmem::find(text.as_bytes(), b"crashed while running").is_some() && report.when == b"???" => {
                    Ending::Crashed
                }
                _ => Ending::Failed,
            };
            // pytest-timeout's words.
            let is_timeout = text.contains("Failed: Timeout >") || text.contains("Failed: Timeout (>");
            let ending = if is_timeout { Ending::TimedOut } else { ending };
            // A teardown may fail because the test did: what the test itself did is told.
            if matches!(self.ending, None | Some(Ending::SetupFailed)) {
                self.ending = Some(ending);
            }
        }
        if self.message.len() < MESSAGE && !text.is_empty() {
            if !self.message.is_empty() {
                self.message.push('\n');
            }
            self.message.push_str(&text);
        }
    }

    fn ending(&self) -> Ending {
        self.ending.unwrap_or(if self.is_skipped { Ending::Skipped } else { Ending::Passed })
    }
}

fn tell(key: &(Box<[u8]>, Box<[u8]>), open: &Open, ending: Ending, attempts: &mut Attempts, sink: &mut dyn Sink) {
    let (id, worker) = key;
    let mut mended = Mended::default();
    let id_text = decode(id, &mut mended);
    mended.tell(sink);
    let (file, name) = id_text.split_once("::").unwrap_or(("", &id_text));
    sink.attempt(&Attempt {
        line: open.line,
        time_ms: open.start.and_then(of_seconds),
        suite: file.into(),
        scenario: name.into(),
        file: file.into(),
        attempt: attempts.next(worker, id),
        ending,
        message: open.message.as_str().into(),
        duration_ms: open.duration.map(|seconds| seconds * 1000.0),
        replay: if ending.is_failure() { format!("python -m pytest {}", quote(&id_text)).into() } else { "".into() },
        ..Attempt::default()
    });
}
