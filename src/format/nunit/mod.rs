//! The results of `NUnit` 3 (its console, Unity's test runner, `dotnet test --logger nunit`) and those of `NUnit` 2.
//!
//! Recognised by its root: `<test-run>` (3), `<test-results>` (2) or a `<test-suite>` alone.
//!
//! <https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html>. The attribute `site` says where a
//! result comes from: of the test, of its set-up, or of what holds it. A suite whose set-up failed fails all its tests; they
//! never ran, and it is told once, of the suite.

mod suite;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::attempt::{Attempt, Ending};
use super::reader::Sink;
use super::same::SameNames;
use super::shell::quote;
use super::when::seconds;
use super::xml::Tag;
use super::xml_page::{Page, Step};
use crate::unit::SUITE;

use suite::{Suite, Told, is_of_parent};

/// Suites in suites beyond this are taken for one.
const MOST_NESTED: usize = 256;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let reading = Reading {
        page: Page::new(text, b"test-"),
        sink,
        same: SameNames::default(),
        suites: Vec::new(),
        case: None,
        deeper: 0,
        is_open: false,
        writer: Writer::Other,
        start_ms: None,
        assembly: String::new(),
        platform: String::new(),
        framework: String::new(),
    };
    reading.run(is_whole);
}

/// Who wrote the results, as far as it decides how a test is run again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// A logger of `dotnet test`.
    Dotnet,
    /// The console of `NUnit` 3.
    Console,
    /// Unity, `NUnit` 2, or nobody knows.
    Other,
}

struct Case<'a> {
    told: Told<'a>,
    files: Vec<&'a [u8]>,
}

struct Reading<'a, 's> {
    page: Page<'a>,
    sink: &'s mut dyn Sink,
    /// Data of equal names are other tests; of those that are tried again the last attempt alone is told.
    same: SameNames,
    suites: Vec<Suite<'a>>,
    case: Option<Case<'a>>,
    /// Suites that are open beyond [`MOST_NESTED`].
    deeper: usize,
    /// Whether the root is open.
    is_open: bool,
    writer: Writer,
    start_ms: Option<i64>,
    /// The project that the tests are of.
    assembly: String,
    platform: String,
    framework: String,
}

impl<'a> Reading<'a, '_> {
    fn run(mut self, is_whole: bool) {
        let mut is_any = false;
        loop {
            match self.page.step() {
                Step::Open(tag) => {
                    is_any |= matches!(tag.name, b"test-run" | b"test-results" | b"test-suite" | b"test-case");
                    self.opened(&tag);
                }
                Step::Close(name) => self.closed(name),
                Step::End => break,
            }
        }
        if let Some(case) = self.case.take() {
            self.sink.unfinished();
            // Its result stands at its start.
            self.finished(&case);
        }
        let is_open = self.is_open || !self.suites.is_empty();
        // Of suites that are open still only a failure is known.
        while let Some(mut suite) = self.suites.pop() {
            suite.has_run = false;
            self.tell(&suite);
        }
        self.same.tell(self.sink);
        self.page.end("test-run", is_any, is_open, is_whole, self.sink);
    }

    fn opened(&mut self, tag: &Tag<'a>) {
        match tag.name {
            b"test-run" | b"test-results" => self.begin(tag),
            b"command-line" => {
                self.writer = Writer::Console;
                self.page.raw(tag);
            }
            b"environment" => {
                let words = [&b"platform"[..], b"os-architecture"].map(|name| self.page.attribute(tag, name));
                words.join(" ").trim().clone_into(&mut self.platform);
            }
            b"setting" if tag.attributes.get(b"name") == Some(b"ImageTargetFrameworkName") => {
                self.framework = self.page.attribute(tag, b"value").into_owned();
            }
            b"test-suite" => self.open_suite(tag),
            b"test-case" => {
                if let Some(case) = self.case.take() {
                    self.finished(&case);
                }
                let case = Case { told: Told::new(tag, &mut self.page), files: Vec::new() };
                if tag.is_empty {
                    self.finished(&case);
                } else {
                    self.case = Some(case);
                }
            }
            // Assertions are joined in the failure of the case.
            b"assertions" | b"output" | b"properties" | b"categories" => {
                self.page.raw(tag);
            }
            b"message" | b"stack-trace" | b"filePath" => {
                let content = self.page.raw(tag);
                let told = match (&mut self.case, self.suites.last_mut()) {
                    (Some(case), _) if tag.name == b"filePath" => return case.files.push(content),
                    (Some(case), _) => &mut case.told,
                    (None, Some(suite)) => &mut suite.told,
                    (None, None) => return,
                };
                match tag.name {
                    b"message" => told.message = content,
                    b"stack-trace" => told.stack = content,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn closed(&mut self, name: &[u8]) {
        match name {
            b"test-case" => {
                if let Some(case) = self.case.take() {
                    self.finished(&case);
                }
            }
            b"test-suite" if self.deeper > 0 => self.deeper -= 1,
            b"test-suite" => {
                if let Some(suite) = self.suites.pop() {
                    self.tell(&suite);
                }
            }
            b"test-run" | b"test-results" => {
                self.is_open = false;
                self.same.tell(self.sink);
            }
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'a>) {
        self.is_open = !tag.is_empty;
        let has_engine = tag.attributes.get(b"engine-version").is_some();
        // Unity writes a version of the engine, and no command.
        self.writer = if tag.name == b"test-run" && !has_engine { Writer::Dotnet } else { Writer::Other };
        let start = self.page.attribute(tag, b"start-time");
        let [date, time] = [&b"date"[..], b"time"].map(|name| self.page.attribute(tag, name));
        self.start_ms = self.page.ms(&start).or_else(|| self.page.ms(&format!("{date}T{time}")));
    }

    fn open_suite(&mut self, tag: &Tag<'a>) {
        if let Some(case) = self.case.take() {
            self.finished(&case);
        }
        let told = Told::new(tag, &mut self.page);
        let suite = Suite::new(told, self.suites.last(), &mut self.page);
        if suite.is_assembly {
            self.assembly.clone_from(&suite.name);
            (self.platform, self.framework) = (String::new(), String::new());
        }
        if tag.is_empty {
            self.tell(&suite);
        } else if self.suites.len() < MOST_NESTED {
            self.suites.push(suite);
        } else {
            self.deeper += 1;
        }
    }

    fn environment(&self) -> String {
        format!("{} {}", self.platform, self.framework).trim().to_owned()
    }

    /// Tells of a suite that is over: that it failed itself, or that it was fine.
    fn tell(&mut self, suite: &Suite<'a>) {
        let message = suite.told.message(&mut self.page);
        let ending = match suite.failed(&message) {
            Some(ending) => ending,
            None if suite.has_run && !suite.is_space => Ending::Passed,
            None => return,
        };
        let attempt = Attempt {
            line: suite.told.line,
            time_ms: self.start_ms,
            packet: Cow::Borrowed(&self.assembly),
            suite: Cow::Borrowed(&suite.name),
            scenario: Cow::Borrowed(SUITE),
            env: Cow::Owned(self.environment()),
            attempt: Some(1),
            ending,
            message: if ending == Ending::Passed { Cow::default() } else { message },
            ..Attempt::default()
        };
        self.same.take(attempt.to_static(), self.sink);
    }

    fn finished(&mut self, case: &Case<'a>) {
        let tag = &case.told.tag;
        let [name, full, class, start, duration, time] =
            [&b"name"[..], b"fullname", b"classname", b"start-time", b"duration", b"time"]
                .map(|name| self.page.attribute(tag, name));
        let full = if full.is_empty() { &name } else { &full };
        let message = case.told.message(&mut self.page);
        let is_held_by_failed = self.suites.iter().any(|suite| suite.failed("").is_some());
        let ending =
            if is_held_by_failed && is_of_parent(tag, &message) { Ending::Skipped } else { ending(tag, &message) };
        if ending != Ending::Skipped {
            self.suites.iter_mut().for_each(|suite| suite.has_run = true);
        }
        let has_failed = !matches!(ending, Ending::Passed | Ending::Skipped);
        let (suite, scenario) = self.named(full, &name, &class);
        let duration = if duration.is_empty() { time } else { duration };
        let attempt = Attempt {
            line: case.told.line,
            time_ms: self.page.ms(&start).or(self.start_ms),
            packet: Cow::Borrowed(&self.assembly),
            suite: Cow::Borrowed(suite),
            scenario: Cow::Borrowed(scenario),
            env: Cow::Owned(self.environment()),
            attempt: Some(1),
            ending,
            duration_ms: seconds(&duration).0,
            replay: Cow::Owned(if has_failed { self.replay(full) } else { String::new() }),
            message: if has_failed { message } else { Cow::default() },
            artifacts: case.files.iter().map(|file| self.page.text(file)).collect(),
            ..Attempt::default()
        };
        self.same.take(attempt.to_static(), self.sink);
    }

    /// Suite and name of a test. Its class is of little use: some write it without its namespace, and none has the arguments of the
    /// fixture in it.
    fn named<'n>(&self, full: &'n str, name: &'n str, class: &'n str) -> (&'n str, &'n str) {
        if let Some(suite) = full.strip_suffix(name).and_then(|suite| suite.strip_suffix('.')) {
            return (suite, name);
        }
        // NUnit 2 has no other name than the full one.
        let held = self.suites.iter().rev().filter(|suite| !suite.path.is_empty());
        for suite in held {
            if let Some(name) = full.strip_prefix(&*suite.path).and_then(|rest| rest.strip_prefix('.')) {
                return (full.get(..suite.path.len()).unwrap_or_default(), name);
            }
        }
        if !class.is_empty() {
            return (class, name);
        }
        let bare = full.split('(').next().unwrap_or(full);
        bare.rfind('.').and_then(|dot| Some((full.get(..dot)?, full.get(dot + 1..)?))).unwrap_or(("", full))
    }

    /// The command for one test, in `NUnit`'s language of selections.
    fn replay(&self, full: &str) -> String {
        let full = full.replace('\\', "\\\\").replace('\'', "\\'");
        let which = format!("test == '{full}'");
        match self.writer {
            Writer::Dotnet => format!("dotnet test -- {}", quote(&format!("NUnit.Where={which}"))),
            Writer::Console => {
                format!("nunit3-console {} --where {}", quote(&format!("{}.dll", self.assembly)), quote(&which))
            }
            Writer::Other => String::new(),
        }
    }
}

fn ending(tag: &Tag<'_>, message: &str) -> Ending {
    let get = |name: &[u8]| tag.attributes.get(name).unwrap_or_default();
    match get(b"result") {
        b"Passed" | b"Success" | b"Warning" => Ending::Passed,
        b"Failed" | b"Failure" | b"Error" => match (get(b"label"), get(b"site")) {
            (b"Invalid", _) => Ending::BuildFailed,
            (b"Cancelled", _) => Ending::Infrastructure,
            (_, b"SetUp" | b"TearDown" | b"Parent") => Ending::SetupFailed,
            _ if message.starts_with("Test exceeded ") => Ending::TimedOut,
            _ if message.starts_with("SetUp : ") || message.starts_with("TearDown : ") => Ending::SetupFailed,
            _ => Ending::Failed,
        },
        b"NotRunnable" => Ending::BuildFailed,
        b"Cancelled" => Ending::Infrastructure,
        // Before 2.5.
        b"" if get(b"success") == b"True" => Ending::Passed,
        b"" if get(b"executed") == b"True" => Ending::Failed,
        // `Inconclusive`, `Skipped`, `Ignored`.
        _ => Ending::Skipped,
    }
}
