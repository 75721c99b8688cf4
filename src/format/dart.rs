//! The JSON of `dart test --reporter json` and of `flutter test --machine`: an event a line.
//!
//! Recognised: the first JSON object of the text has `protocolVersion` and `runnerVersion`, its `type` is `start`.
//!
//! Source: <https://github.com/dart-lang/test/blob/master/pkgs/test/doc/json_reporter.md>. Tests are told of by numbers,
//! which stand for the names that `testStart` gave them; times count from the runner's own start, so none is a date.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::attempts::Attempts;
use super::reader::{Events, Sink};
use super::scan::{self, Mended, Object, decode, inner};
use super::shell::quote;
use crate::unit::{FILE, SUITE};

/// Tests and suites that are kept.
const KEPT: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Bytes of a message.
const MESSAGE: usize = 64 * 1024;

/// The reader.
#[derive(Default)]
pub(super) struct Dart {
    suites: BTreeMap<u64, Suite>,
    /// Tests by number; those that are done stay, as an error may come behind.
    tests: BTreeMap<u64, Test>,
    attempts: Attempts,
    is_done: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suite {
    id: u64,
    platform: Option<String>,
    path: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Start {
    id: u64,
    name: String,
    #[serde(rename = "suiteID")]
    suite_id: u64,
    url: Option<String>,
}

#[derive(Default)]
struct Test {
    line: u64,
    start: Start,
    begin: Option<f64>,
    message: String,
    has_error: bool,
    is_slow: bool,
    is_done: bool,
}

/// One event; texts are still escaped, values raw.
#[derive(Default)]
struct Event<'a> {
    kind: &'a [u8],
    time: Option<f64>,
    test_id: Option<u64>,
    suite: &'a [u8],
    test: &'a [u8],
    message: &'a [u8],
    error: &'a [u8],
    stack: &'a [u8],
    result: &'a [u8],
    is_hidden: bool,
    is_skipped: bool,
}

impl<'a> Event<'a> {
    fn read(text: &'a [u8], sink: &mut dyn Sink) -> Option<(Self, &'a [u8])> {
        let mut object = Object::open(text)?;
        let mut event = Self::default();
        for (key, value) in object.by_ref() {
            match key {
                b"type" => event.kind = inner(value),
                b"time" => event.time = scan::number(value),
                b"testID" => event.test_id = std::str::from_utf8(value).ok().and_then(|id| id.parse().ok()),
                b"suite" => event.suite = value,
                b"test" => event.test = value,
                b"message" => event.message = inner(value),
                b"error" => event.error = inner(value),
                b"stackTrace" => event.stack = inner(value),
                b"result" => event.result = inner(value),
                b"hidden" => event.is_hidden = value == b"true",
                b"skipped" => event.is_skipped = value == b"true",
                _ => {}
            }
        }
        let behind = object.behind()?;
        if object.not_finite {
            sink.repaired("not_finite");
        }
        Some((event, behind))
    }
}

impl Events for Dart {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let begins: [&[u8]; 5] = [b"{\"testID\"", b"{\"test\"", b"{\"suite\"", b"{\"group\"", b"{\"protocolVersion\""];
        let is_ours = |text: &[u8]| begins.iter().any(|begin| text.starts_with(begin));
        scan::records(line, number, sink, is_ours, |text, sink| {
            let (event, behind) = Event::read(text, sink)?;
            self.event(&event, number, sink);
            Some(behind)
        });
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.finish(is_whole, sink);
        *self = Self::default();
    }
}

impl Dart {
    fn event(&mut self, event: &Event<'_>, number: u64, sink: &mut dyn Sink) {
        match event.kind {
            b"start" => {
                // Its numbers begin anew.
                self.finish(true, sink);
                sink.ignored("start");
            }
            b"suite" => {
                let (mut room, mut mended) = (Vec::new(), Mended::default());
                let suite = scan::parse::<Suite>(event.suite, &mut room, &mut mended);
                if let Some(suite) = suite.filter(|_| self.suites.len() < KEPT) {
                    self.suites.insert(suite.id, suite);
                }
                mended.tell(sink);
                sink.ignored("suite");
            }
            b"testStart" => {
                let (mut room, mut mended) = (Vec::new(), Mended::default());
                self.bound(sink);
                if let Some(start) = scan::parse::<Start>(event.test, &mut room, &mut mended) {
                    let test = Test { line: number, begin: event.time, start, ..Test::default() };
                    self.tests.insert(test.start.id, test);
                } else {
                    scan::damaged(number, sink);
                }
                mended.tell(sink);
            }
            b"print" => self.print(event, sink),
            b"error" => self.error(event, sink),
            b"testDone" => self.done(event, sink),
            b"done" => {
                self.is_done = true;
                sink.ignored("done");
            }
            b"group" => sink.ignored("group"),
            b"" => sink.ignored("text"),
            _ => sink.ignored("other"),
        }
    }

    /// A line of output says that the runner tries again: what failed before was an attempt.
    fn print(&mut self, event: &Event<'_>, sink: &mut dyn Sink) {
        let test = event.test_id.and_then(|id| self.tests.get_mut(&id));
        let Some(test) = test.filter(|test| event.message.starts_with(b"Retry: ") && test.has_error) else {
            sink.ignored("print");
            return;
        };
        let ending = test.ending(false);
        let line = test.line;
        tell(&self.suites, &mut self.attempts, test, ending, None, sink);
        *test = Test { line, begin: event.time, start: std::mem::take(&mut test.start), ..Test::default() };
    }

    fn error(&mut self, event: &Event<'_>, sink: &mut dyn Sink) {
        let Some(test) = event.test_id.and_then(|id| self.tests.get_mut(&id)) else {
            sink.ignored("other");
            return;
        };
        let mut mended = Mended::default();
        let (error, stack) = (decode(event.error, &mut mended), decode(event.stack, &mut mended));
        mended.tell(sink);
        if test.is_done {
            test.message.clear();
        }
        test.has_error = true;
        test.is_slow |= error.starts_with("TimeoutException after ");
        if test.message.len() < MESSAGE {
            for text in [error, stack] {
                test.message.push_str(&text);
                if !text.is_empty() && !text.ends_with('\n') {
                    test.message.push('\n');
                }
            }
        }
        if test.is_done {
            // It failed behind its end, which makes the whole run fail.
            let ending = test.ending(false);
            tell(&self.suites, &mut self.attempts, test, ending, None, sink);
        }
    }

    fn done(&mut self, event: &Event<'_>, sink: &mut dyn Sink) {
        let Some(test) = event.test_id.and_then(|id| self.tests.get_mut(&id)) else {
            sink.ignored("other");
            return;
        };
        let is_passed = event.result == b"success";
        let was_done = std::mem::replace(&mut test.is_done, true);
        if was_done || event.is_hidden && is_passed && unit(&test.start.name).is_none() {
            sink.ignored("hidden");
            return;
        }
        let ending = if event.is_skipped { Ending::Skipped } else { test.ending(is_passed) };
        let duration = event.time.zip(test.begin).map(|(end, begin)| (end - begin).max(0.0));
        tell(&self.suites, &mut self.attempts, test, ending, duration, sink);
        test.message = String::new();
    }

    fn finish(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        let mut open: Vec<Test> = std::mem::take(&mut self.tests).into_values().filter(|test| !test.is_done).collect();
        open.sort_by_key(|test| test.line);
        for test in open {
            sink.unfinished();
            // Where the runner came to its end in order, nothing is said of the test.
            let ending = if self.is_done { Ending::Skipped } else { Ending::Crashed };
            if is_whole {
                tell(&self.suites, &mut self.attempts, &test, ending, None, sink);
            }
        }
        self.suites.clear();
        self.is_done = false;
    }

    /// Lets the older half of too many tests go.
    fn bound(&mut self, sink: &mut dyn Sink) {
        if self.tests.len() < KEPT {
            return;
        }
        let mut lines: Vec<u64> = self.tests.values().map(|test| test.line).collect();
        lines.sort_unstable();
        let middle = lines.get(lines.len() / 2).copied().unwrap_or(u64::MAX);
        self.tests.retain(|_, test| {
            if test.line <= middle && !test.is_done {
                sink.unfinished();
            }
            test.line > middle
        });
    }
}

/// What a hidden test stands for: it is told of to people only where it failed.
fn unit(name: &str) -> Option<&'static str> {
    let is_of_group = name.ends_with("(setUpAll)") || name.ends_with("(tearDownAll)");
    if name.starts_with("loading ") { Some(FILE) } else { is_of_group.then_some(SUITE) }
}

impl Test {
    fn ending(&self, is_passed: bool) -> Ending {
        if is_passed {
            Ending::Passed
        } else if self.is_slow {
            Ending::TimedOut
        } else if self.start.name.starts_with("loading ") {
            // The file was not compiled or loaded.
            Ending::BuildFailed
        } else if self.start.name.ends_with("(setUpAll)") || self.start.name.ends_with("(tearDownAll)") {
            Ending::SetupFailed
        } else {
            Ending::Failed
        }
    }
}

/// A path without what is the machine's: flutter writes whole paths.
fn relative(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    if !is_absolute {
        return path;
    }
    let known = ["/packages/", "/integration_test/", "/test/"];
    let cut = known.iter().find_map(|folder| path.find(folder));
    cut.and_then(|at| path.get(at + 1..)).unwrap_or(&path).to_owned()
}

fn tell(
    suites: &BTreeMap<u64, Suite>,
    attempts: &mut Attempts,
    test: &Test,
    ending: Ending,
    duration_ms: Option<f64>,
    sink: &mut dyn Sink,
) {
    let suite = suites.get(&test.start.suite_id);
    let path = suite.and_then(|suite| suite.path.as_deref()).map(relative).unwrap_or_default();
    let platform = suite.and_then(|suite| suite.platform.as_deref()).unwrap_or_default();
    let is_flutter = test.start.url.as_deref().is_some_and(|url| url.starts_with("package:flutter"));
    let program = if is_flutter { "flutter" } else { "dart" };
    let unit = unit(&test.start.name).filter(|_| !path.is_empty());
    let name = unit.unwrap_or(&test.start.name);
    // Set-up and tear-down of one group are two units.
    let suite = if unit == Some(SUITE) { format!("{path} > {}", test.start.name) } else { path.clone() };
    let filter = if unit.is_some() { String::new() } else { format!(" --plain-name {}", quote(name)) };
    let key = [suite.as_str(), "\0", platform].concat();
    sink.attempt(&Attempt {
        line: test.line,
        suite: suite.as_str().into(),
        file: path.as_str().into(),
        env: platform.into(),
        attempt: attempts.next(key.as_bytes(), name.as_bytes()),
        ending,
        message: if ending == Ending::Passed { "" } else { test.message.as_str() }.into(),
        duration_ms,
        replay: if ending.is_failure() { format!("{program} test {}{filter}", quote(&path)).into() } else { "".into() },
        scenario: name.into(),
        ..Attempt::default()
    });
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::altered;
    use proptest::prelude::*;

    use super::*;
    use crate::format::Kept;

    fn read_as(text: &[u8], is_whole: bool) -> Kept {
        let mut kept = Kept::default();
        let mut reader = Dart::default();
        for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
            reader.line(line, index as u64 + 1, &mut kept);
        }
        reader.end(is_whole, &mut kept);
        kept
    }

    fn brief(kept: &Kept) -> Vec<String> {
        let brief = |attempt: &Attempt<'_>| {
            let (suite, number) = (&attempt.suite, attempt.attempt.unwrap_or_default());
            format!("{suite}|{}#{number} {:?}", attempt.scenario, attempt.ending)
        };
        kept.attempts.iter().map(brief).collect()
    }

    const RUN: &str = r#"[{"event":"test.startedProcess","params":{}}]
{"protocolVersion":"0.1.1","runnerVersion":"1.24.0","pid":1,"type":"start","time":0}
{"suite":{"id":0,"platform":"vm","path":"test\\a_test.dart"},"type":"suite","time":0}
{"test":{"id":1,"name":"loading test\\a_test.dart","suiteID":0,"groupIDs":[],"line":null,"url":null},"type":"testStart","time":1}
{"count":1,"type":"allSuites","time":11}
{"testID":1,"result":"success","skipped":false,"hidden":true,"type":"testDone","time":20}
{"group":{"id":2,"suiteID":0,"parentID":null,"name":"","testCount":4},"type":"group","time":20}
{"test":{"id":3,"name":"g passes","suiteID":0,"groupIDs":[2],"line":5,"url":"package:flutter_test/x.dart"},"type":"testStart","time":20}
{"testID":3,"messageType":"print","message":"out","type":"print","time":21}
{"test":{"id":4,"name":"g fails","suiteID":0,"groupIDs":[2]},"type":"testStart","time":22}
{"testID":4,"error":"Expected: <2>\n  Actual: <1>\n","stackTrace":"a_test.dart 3:1  main","isFailure":true,"type":"error","time":30}
{"testID":4,"messageType":"print","message":"Retry: g fails","type":"print","time":31}
{"testID":3,"result":"success","skipped":false,"hidden":false,"type":"testDone","time":32}
{"testID":4,"error":"again","stackTrace":"","isFailure":false,"type":"error","time":33}
{"testID":4,"result":"error","skipped":false,"hidden":false,"type":"testDone","time":41}
{"test":{"id":5,"name":"off","suiteID":0},"type":"testStart","time":42}
{"testID":5,"result":"success","skipped":true,"hidden":false,"type":"testDone","time":42}
{"test":{"id":6,"name":"slow","suiteID":0},"type":"testStart","time":42}
{"testID":6,"error":"TimeoutException after 0:00:30.000000: Test timed out","stackTrace":"","isFailure":false,"type":"error","time":43}
{"testID":6,"result":"error","skipped":false,"hidden":false,"type":"testDone","time":44}
{"test":{"id":7,"name":"(setUpAll)","suiteID":0},"type":"testStart","time":45}
{"testID":7,"error":"no","stackTrace":"","type":"error","time":46}
{"testID":7,"result":"error","skipped":false,"hidden":false,"type":"testDone","time":46}
{"suite":{"id":8,"platform":"chrome","path":"/home/r/w/app/test/b_test.dart"},"type":"suite","time":46}
{"test":{"id":9,"name":"loading /home/r/w/app/test/b_test.dart","suiteID":8},"type":"testStart","time":47}
{"testID":9,"error":"Failed to load","stackTrace":"","type":"error","time":48}
{"testID":9,"result":"error","skipped":false,"hidden":false,"type":"testDone","time":49}
{"testID":3,"error":"late","stackTrace":"","type":"error","time":50}
{"success":false,"type":"done","time":51}
"#;

    #[test]
    fn a_run() {
        let kept = read_as(RUN.as_bytes(), true);
        let expected = [
            "test/a_test.dart|(file)#1 Passed",
            "test/a_test.dart|g fails#1 Failed",
            "test/a_test.dart|g passes#1 Passed",
            "test/a_test.dart|g fails#2 Failed",
            "test/a_test.dart|off#1 Skipped",
            "test/a_test.dart|slow#1 TimedOut",
            "test/a_test.dart > (setUpAll)|(suite)#1 SetupFailed",
            "test/b_test.dart|(file)#1 BuildFailed",
            "test/a_test.dart|g passes#2 Failed",
        ];
        assert_eq!(brief(&kept), expected);
        assert_eq!(kept.attempts[1].message, "Expected: <2>\n  Actual: <1>\na_test.dart 3:1  main\n");
        assert_eq!(kept.attempts[3].message, "again\n");
        assert_eq!(kept.attempts[8].message, "late\n");
        assert_eq!((kept.attempts[2].duration_ms, kept.attempts[3].duration_ms), (Some(12.0), Some(10.0)));
        assert_eq!(kept.attempts[8].replay, "flutter test test/a_test.dart --plain-name 'g passes'");
        assert_eq!(kept.attempts[7].replay, "dart test test/b_test.dart");
        assert_eq!((kept.attempts[2].env.as_ref(), kept.attempts[7].env.as_ref()), ("vm", "chrome"));
        assert_eq!(kept.attempts[2].line, 8);
        assert_eq!((kept.unfinished, kept.faults.len(), kept.ignored["text"]), (0, 0, 1));
    }

    #[test]
    fn killed() {
        let text: String = RUN.lines().take(10).flat_map(|line| [line, "\n"]).collect();
        let kept = read_as(text.as_bytes(), true);
        let crashed = ["test/a_test.dart|g passes#1 Crashed", "test/a_test.dart|g fails#1 Crashed"];
        assert_eq!(brief(&kept), [&["test/a_test.dart|(file)#1 Passed"], &crashed[..]].concat());
        assert_eq!(kept.unfinished, 2);
        assert_eq!(read_as(text.as_bytes(), false).attempts.len(), 1);
        let kept = read_as(format!("{text}{{\"success\":true,\"type\":\"done\"}}").as_bytes(), true);
        assert_eq!(kept.attempts.iter().filter(|attempt| attempt.ending == Ending::Skipped).count(), 2);
    }

    #[test]
    fn memory_is_bounded() {
        let mut kept = Kept::default();
        let mut reader = Dart::default();
        for id in 0..5000_u64 {
            let line = format!(r#"{{"test":{{"id":{id},"name":"t","suiteID":0}},"type":"testStart"}}"#);
            reader.line(line.as_bytes(), id + 1, &mut kept);
            assert!(reader.tests.len() <= KEPT);
        }
        reader.end(false, &mut kept);
        assert_eq!(kept.unfinished, 5000);
    }

    #[test]
    fn cut_off_anywhere() {
        for cut in 0..RUN.len() {
            read_as(&RUN.as_bytes()[..cut], cut % 2 == 0);
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            read_as(&bytes, true);
        }

        #[test]
        fn mutated(text in altered(RUN)) {
            read_as(&text, true);
        }
    }
}
