//! TRX, the results of Visual Studio and of `dotnet test --logger trx`.
//!
//! Recognised by its root: `<TestRun`, mostly of the namespace `http://microsoft.com/schemas/VisualStudio/TeamTest/2010`.
//!
//! Its schema is `vstst.xsd`, which comes with Visual Studio; what writes it is
//! <https://github.com/microsoft/vstest/tree/main/src/Microsoft.TestPlatform.Extensions.TrxLogger>. The class of a test
//! stands in its definition, behind the results. A result with inner results (rows of data) is told by these.

use std::borrow::Cow;
use std::collections::HashMap;

use super::attempt::{Attempt, Ending};
use super::dotnet;
use super::reader::Sink;
use super::xml::{Tag, Tags, Token};
use super::xml_page::{Page, Step};

/// Inner results in inner results beyond this are left out.
const MOST_NESTED: usize = 64;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let reading = Reading {
        page: Page::new(text, b"UnitTest"),
        sink,
        definitions: definitions(text),
        open: Vec::new(),
        depth: 0,
        run_info: None,
    };
    reading.run(is_whole);
}

/// What is known of a test besides its results.
#[derive(Clone, Copy, Default)]
struct Definition<'a> {
    class: &'a [u8],
    method: &'a [u8],
    storage: &'a [u8],
}

/// The definitions by their ids: a first pass, as they stand behind.
fn definitions(text: &[u8]) -> HashMap<&[u8], Definition<'_>> {
    let mut tags = Tags::new(text);
    let mut definitions = HashMap::new();
    let mut id: &[u8] = b"";
    let mut definition = Definition::default();
    loop {
        match tags.next() {
            Token::Open(tag) => match tag.name {
                b"UnitTest" => {
                    id = tag.attributes.get(b"id").unwrap_or_default();
                    definition.storage = tag.attributes.get(b"storage").unwrap_or_default();
                }
                b"TestMethod" => {
                    definition.class = tag.attributes.get(b"className").unwrap_or_default();
                    definition.method = tag.attributes.get(b"name").unwrap_or_default();
                    definitions.insert(id, definition);
                }
                // Output is long, and has no definitions.
                b"Message" | b"StackTrace" | b"StdOut" | b"StdErr" | b"DebugTrace" | b"Text"
                    if !tag.is_empty && tags.content(tag.name).is_none() =>
                {
                    tags.rest();
                }
                _ => {}
            },
            Token::End => return definitions,
            _ => {}
        }
    }
}

#[derive(Default)]
struct Outcome<'a> {
    at: usize,
    tag: Option<Tag<'a>>,
    message: &'a [u8],
    stack: &'a [u8],
    files: Vec<&'a [u8]>,
    has_inner: bool,
}

struct Reading<'a, 's> {
    page: Page<'a>,
    sink: &'s mut dyn Sink,
    definitions: HashMap<&'a [u8], Definition<'a>>,
    open: Vec<Outcome<'a>>,
    /// Open `<TestRun>`s.
    depth: usize,
    /// Where an error of the run itself is told.
    run_info: Option<usize>,
}

impl<'a> Reading<'a, '_> {
    fn run(mut self, is_whole: bool) {
        let mut is_any = false;
        loop {
            match self.page.step() {
                Step::Open(tag) => {
                    is_any |= tag.name == b"TestRun";
                    self.opened(&tag);
                }
                Step::Close(name) => match name {
                    b"TestRun" => self.depth = self.depth.saturating_sub(1),
                    b"RunInfo" => self.run_info = None,
                    _ if name.ends_with(b"Result") => {
                        if let Some(outcome) = self.open.pop() {
                            self.finished(&outcome);
                        }
                    }
                    _ => {}
                },
                Step::End => break,
            }
        }
        for outcome in std::mem::take(&mut self.open) {
            self.sink.unfinished();
            if !outcome.message.is_empty() {
                self.finished(&outcome);
            }
        }
        self.page.end("TestRun", is_any, self.depth > 0, is_whole, self.sink);
    }

    fn opened(&mut self, tag: &Tag<'a>) {
        match tag.name {
            b"TestRun" if !tag.is_empty => self.depth += 1,
            b"RunInfo" if !tag.is_empty && matches!(tag.attributes.get(b"outcome"), Some(b"Error" | b"Failed")) => {
                self.run_info = Some(tag.at);
            }
            b"Text" => {
                let content = self.page.raw(tag);
                let message = self.page.text(content);
                // xUnit repeats every failed test as an error of the run, and its exit code says that some failed.
                let is_echo = message.starts_with("[xUnit.net") || message.starts_with("Exit code indicates failure");
                if let Some(at) = self.run_info.filter(|_| !is_echo) {
                    let line = self.page.line(at);
                    self.sink.attempt(&Attempt {
                        line,
                        scenario: Cow::Borrowed("dotnet test"),
                        attempt: Some(1),
                        ending: Ending::Infrastructure,
                        message,
                        ..Attempt::default()
                    });
                }
            }
            b"Message" | b"StackTrace" | b"StdOut" | b"StdErr" | b"DebugTrace" => {
                let content = self.page.raw(tag);
                if let Some(outcome) = self.open.last_mut() {
                    match tag.name {
                        b"Message" => outcome.message = content,
                        b"StackTrace" => outcome.stack = content,
                        _ => {}
                    }
                }
            }
            b"ResultFile" => {
                if let (Some(outcome), Some(path)) = (self.open.last_mut(), tag.attributes.get(b"path")) {
                    outcome.files.push(path);
                }
            }
            b"UnitTestResult" | b"TestResult" | b"WebTestResult" | b"ManualTestResult" | b"GenericTestResult" => {
                if let Some(outer) = self.open.last_mut() {
                    outer.has_inner = true;
                }
                let outcome = Outcome { at: tag.at, tag: Some(*tag), ..Outcome::default() };
                if tag.is_empty {
                    self.finished(&outcome);
                } else if self.open.len() < MOST_NESTED {
                    self.open.push(outcome);
                }
            }
            _ => {}
        }
    }

    fn finished(&mut self, outcome: &Outcome<'a>) {
        let Some(tag) = outcome.tag else { return };
        if outcome.has_inner {
            self.sink.ignored("result that is told by its rows");
            return;
        }
        let line = self.page.line(outcome.at);
        let get = |name: &[u8]| tag.attributes.get(name).unwrap_or_default();
        let definition = self.definitions.get(get(b"testId")).copied().unwrap_or_default();
        let full = self.page.value(get(b"testName"));
        let class = self.page.value(definition.class);
        // `Acme.CartTest, Acme.Tests, Version=1.0.0.0, …`.
        let class = class.split(',').next().unwrap_or_default();
        let scenario = full.strip_prefix(class).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&full);
        let method = self.page.value(definition.method);
        let storage = self.page.value(definition.storage);
        let packet = dotnet::project(&storage);
        let message = self.page.text(outcome.message);
        let stack = self.page.text(outcome.stack);
        let ending = ending(get(b"outcome"));
        let time_ms = std::str::from_utf8(get(b"startTime")).ok().and_then(|time| self.page.ms(time));
        let mut attempt = Attempt {
            line,
            time_ms,
            packet: Cow::Borrowed(packet),
            suite: Cow::Borrowed(class),
            scenario: Cow::Borrowed(scenario),
            attempt: Some(1),
            ending,
            duration_ms: std::str::from_utf8(get(b"duration")).ok().and_then(duration),
            ..Attempt::default()
        };
        if !matches!(ending, Ending::Passed | Ending::Skipped) && !class.is_empty() {
            let name = if method.is_empty() { scenario } else { &method };
            attempt.replay = Cow::Owned(dotnet::replay(class, name));
        }
        attempt.message = dotnet::message(message, stack);
        attempt.artifacts = outcome.files.iter().map(|path| self.page.value(path)).collect();
        self.sink.attempt(&attempt);
    }
}

fn ending(outcome: &[u8]) -> Ending {
    match outcome {
        b"Passed" | b"Warning" | b"PassedButRunAborted" | b"Completed" => Ending::Passed,
        b"Timeout" => Ending::TimedOut,
        // Without an outcome it is a failure by the schema.
        b"Failed" | b"Error" | b"" => Ending::Failed,
        b"Aborted" | b"Disconnected" => Ending::Infrastructure,
        // `NotExecuted`, `Inconclusive`, `NotRunnable`, `Pending`, `InProgress`.
        _ => Ending::Skipped,
    }
}

/// `00:01:02.1234567`, in milliseconds.
fn duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().ok().filter(|part| part.is_finite() && *part >= 0.0)?;
    }
    Some(seconds * 1000.0)
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const RUN: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<TestRun id="1" name="x" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testId="a" testName="Acme.CartTest.Adds(x: 1)" duration="00:01:02.5000000" startTime="2024-01-02T04:04:05.1234567+01:00" outcome="Failed">
      <Output><StdOut>noise &lt;Message&gt;</StdOut><ErrorInfo><Message>Assert.Equal() Failure
Expected: 1</Message><StackTrace>   at Acme.CartTest.Adds() in /src/a.cs:line 3</StackTrace></ErrorInfo></Output>
      <ResultFiles><ResultFile path="shot.png" /></ResultFiles>
    </UnitTestResult>
    <UnitTestResult testId="b" testName="Takes" outcome="Passed" startTime="0001-01-01T00:00:00" />
    <UnitTestResult testId="c" testName="Rows" outcome="Failed"><InnerResults>
      <UnitTestResult testId="c" testName="Rows (1)" outcome="Passed" /><UnitTestResult testId="c" testName="Rows (2)" outcome="Timeout" /></InnerResults></UnitTestResult>
    <UnitTestResult testId="d" testName="Later" outcome="NotExecuted" />
  </Results>
  <TestDefinitions>
    <UnitTest name="Acme.CartTest.Adds(x: 1)" storage="/src/bin/acme.tests.dll" id="a"><Execution id="e" /><TestMethod className="Acme.CartTest" name="Adds" /></UnitTest>
    <UnitTest name="Takes" storage="c:\bin\acme.tests.dll" id="b"><TestMethod className="Acme.CartTest, Acme.Tests, Version=1.0" name="Takes" /></UnitTest>
  </TestDefinitions>
  <ResultSummary outcome="Failed"><RunInfos><RunInfo outcome="Error"><Text>[xUnit.net 00:00:00.5]     Acme.CartTest.Adds [FAIL]</Text></RunInfo><RunInfo outcome="Warning"><Text>slow</Text></RunInfo><RunInfo outcome="Error"><Text>Test host process crashed</Text></RunInfo></RunInfos></ResultSummary>
</TestRun>"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn results_with_their_definitions_rows_and_errors_of_the_run() {
        let kept = read(RUN);
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.packet, &*a.suite, &*a.scenario, a.ending)).collect();
        assert_eq!(
            short,
            [
                ("acme.tests", "Acme.CartTest", "Adds(x: 1)", Ending::Failed),
                ("acme.tests", "Acme.CartTest", "Takes", Ending::Passed),
                ("", "", "Rows (1)", Ending::Passed),
                ("", "", "Rows (2)", Ending::TimedOut),
                ("", "", "Later", Ending::Skipped),
                ("", "", "dotnet test", Ending::Infrastructure),
            ]
        );
        let first = &kept.attempts[0];
        assert_eq!(first.message, "Assert.Equal() Failure\nExpected: 1\nat Acme.CartTest.Adds() in /src/a.cs:line 3");
        assert_eq!((first.time_ms, first.duration_ms), (Some(1_704_164_645_123), Some(62500.0)));
        assert_eq!(first.replay, "dotnet test --filter FullyQualifiedName=Acme.CartTest.Adds");
        assert_eq!((first.artifacts.len(), first.line), (1, 4));
        assert_eq!(kept.attempts[1].time_ms, None);
        assert!(kept.faults.is_empty() && kept.repaired.is_empty(), "{kept:?}");
    }

    #[test]
    fn every_truncation_is_read() {
        for end in 0..RUN.len() {
            assert!(read(&RUN[..end]).faults.len() <= 1);
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(bytes in punched(RUN)) {
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
