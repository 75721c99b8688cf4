//! The results of xUnit.net, as its runners write them with `-xml` or `dotnet test --logger xunit`; those of version 1, too.
//!
//! Recognised by its root: `<assemblies>`, or `<assembly>` alone.
//!
//! <https://xunit.net/docs/format-xml-v2>. What an assembly, a collection or a class could not set up or clean up stands in
//! `<errors>`, before the tests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::attempt::{Attempt, Ending};
use super::dotnet;
use super::reader::Sink;
use super::same::SameNames;
use super::when::seconds;
use super::xml::Tag;
use super::xml_page::{Page, Step};
use crate::unit::SUITE;

/// Classes of one assembly that are remembered.
const MOST_CLASSES: usize = 100_000;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let reading = Reading {
        page: Page::new(text, b"test"),
        sink,
        same: SameNames::default(),
        assembly: Assembly::default(),
        depth: 0,
        collection: Cow::default(),
        error: None,
        test: None,
    };
    reading.run(is_whole);
}

#[derive(Default)]
struct Assembly<'a> {
    name: String,
    env: Cow<'a, str>,
    time_ms: Option<i64>,
    /// Whether a class of tests, by its name, was fine itself.
    classes: BTreeMap<Cow<'a, str>, bool>,
}

/// A `<test>` or an `<error>` that is open.
struct Open<'a> {
    tag: Tag<'a>,
    exception: &'a [u8],
    message: &'a [u8],
    stack: &'a [u8],
    files: Vec<&'a [u8]>,
}

impl<'a> Open<'a> {
    const fn new(tag: Tag<'a>) -> Self {
        Self { tag, exception: b"", message: b"", stack: b"", files: Vec::new() }
    }
}

struct Reading<'a, 's> {
    page: Page<'a>,
    sink: &'s mut dyn Sink,
    /// Rows of data whose names were shortened have equal ones.
    same: SameNames,
    assembly: Assembly<'a>,
    /// Open `<assemblies>` and `<assembly>`.
    depth: usize,
    collection: Cow<'a, str>,
    error: Option<Open<'a>>,
    test: Option<Open<'a>>,
}

impl<'a> Reading<'a, '_> {
    fn run(mut self, is_whole: bool) {
        let mut is_any = false;
        loop {
            match self.page.step() {
                Step::Open(tag) => {
                    is_any |= matches!(tag.name, b"assemblies" | b"assembly");
                    self.opened(&tag);
                }
                Step::Close(name) => self.closed(name),
                Step::End => break,
            }
        }
        if let Some(test) = self.test.take() {
            self.sink.unfinished();
            // Its result stands at its start.
            self.finished(&test);
        }
        self.end_assembly();
        self.page.end("assemblies", is_any, self.depth > 0, is_whole, self.sink);
    }

    fn opened(&mut self, tag: &Tag<'a>) {
        match tag.name {
            b"assemblies" if !tag.is_empty => self.depth += 1,
            b"assembly" => {
                self.end_assembly();
                self.depth += usize::from(!tag.is_empty);
                self.begin_assembly(tag);
            }
            // `<class>` is that of version 1.
            b"collection" | b"class" => self.collection = self.page.attribute(tag, b"name"),
            b"error" if !tag.is_empty => self.error = Some(Open::new(*tag)),
            b"test" if tag.is_empty => self.finished(&Open::new(*tag)),
            b"test" => {
                if let Some(test) = self.test.replace(Open::new(*tag)) {
                    self.finished(&test);
                }
            }
            b"failure" => {
                if let Some(open) = self.test.as_mut().or(self.error.as_mut()) {
                    open.exception = tag.attributes.get(b"exception-type").unwrap_or_default();
                }
            }
            b"message" | b"stack-trace" | b"output" | b"reason" | b"warning" | b"attachment" => {
                let content = self.page.raw(tag);
                let Some(open) = self.test.as_mut().or(self.error.as_mut()) else { return };
                match tag.name {
                    b"message" => open.message = content,
                    b"stack-trace" => open.stack = content,
                    b"attachment" => open.files.extend(tag.attributes.get(b"name")),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn closed(&mut self, name: &[u8]) {
        match name {
            b"test" => {
                if let Some(test) = self.test.take() {
                    self.finished(&test);
                }
            }
            b"error" => {
                if let Some(error) = self.error.take() {
                    self.failed(&error);
                }
            }
            b"assembly" => {
                self.depth = self.depth.saturating_sub(1);
                self.end_assembly();
            }
            b"assemblies" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn begin_assembly(&mut self, tag: &Tag<'a>) {
        let name = self.page.attribute(tag, b"name");
        let framework = self.page.attribute(tag, b"target-framework");
        let environment = self.page.attribute(tag, b"environment");
        // Behind it stands how many tests ran at once: `64-bit .NET 8.0.3 [collection-per-class, parallel (4 threads)]`.
        let environment = environment.split(" [").next().unwrap_or_default().trim();
        let start = self.page.attribute(tag, b"start-rtf");
        let date = self.page.attribute(tag, b"run-date");
        let time = self.page.attribute(tag, b"run-time");
        let start = if start.is_empty() { Cow::Owned(format!("{date}T{time}")) } else { start };
        self.assembly = Assembly {
            name: dotnet::project(&name).to_owned(),
            env: if framework.is_empty() { Cow::Owned(environment.to_owned()) } else { framework },
            time_ms: self.page.ms(&start),
            classes: BTreeMap::new(),
        };
        self.collection = Cow::default();
    }

    /// Tells what is held back of the assembly, and of its classes that were fine.
    fn end_assembly(&mut self) {
        self.same.tell(self.sink);
        let Assembly { name, env, time_ms, classes } = std::mem::take(&mut self.assembly);
        let fine = classes.into_iter().filter(|(_, is_fine)| *is_fine);
        for (class, _) in fine {
            self.sink.attempt(&Attempt {
                line: 1,
                time_ms,
                packet: Cow::Borrowed(&name),
                suite: class,
                scenario: Cow::Borrowed(SUITE),
                env: Cow::Borrowed(&env),
                attempt: Some(1),
                ..Attempt::default()
            });
        }
    }

    /// What stands in `<errors>`.
    fn failed(&mut self, error: &Open<'a>) {
        let name = self.page.attribute(&error.tag, b"name");
        let kind = error.tag.attributes.get(b"type").unwrap_or_default();
        let is_class = kind.starts_with(b"test-class");
        let suite = if is_class && !name.is_empty() { name } else { Cow::Owned(self.assembly.name.clone()) };
        if is_class {
            self.assembly.classes.insert(suite.clone(), false);
        }
        // Nothing says of an assembly, a collection or a case that it could be set up and cleaned up.
        let ending = if is_class { Ending::SetupFailed } else { Ending::Infrastructure };
        let attempt = Attempt {
            line: self.page.line(error.tag.at),
            time_ms: self.assembly.time_ms,
            packet: Cow::Owned(self.assembly.name.clone()),
            suite,
            scenario: Cow::Borrowed(SUITE),
            env: Cow::Owned(self.assembly.env.to_string()),
            attempt: Some(1),
            ending,
            message: self.message(error),
            ..Attempt::default()
        };
        self.sink.attempt(&attempt);
    }

    fn message(&mut self, open: &Open<'a>) -> Cow<'a, str> {
        let exception = self.page.value(open.exception);
        let message = self.page.text(open.message);
        let stack = self.page.text(open.stack);
        // Its own assertions say what they are in their messages.
        let is_named = exception.is_empty() || exception.starts_with("Xunit.") || message.starts_with(&*exception);
        let message = if is_named { message } else { Cow::Owned(format!("{exception} : {message}")) };
        dotnet::message(message, stack)
    }

    fn finished(&mut self, test: &Open<'a>) {
        let tag = &test.tag;
        let line = self.page.line(tag.at);
        let class = self.page.attribute(tag, b"type");
        let method = self.page.attribute(tag, b"method");
        let full = self.page.attribute(tag, b"name");
        let scenario = full.strip_prefix(&*class).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&full);
        let suite = if class.is_empty() { self.collection.clone() } else { class.clone() };
        let message = self.message(test);
        let ending = ending(tag.attributes.get(b"result").unwrap_or_default(), test, &message);
        let start = self.page.attribute(tag, b"start-rtf");
        let duration_ms = seconds(&self.page.attribute(tag, b"time")).0;
        if !class.is_empty() && ending != Ending::Skipped && self.assembly.classes.len() < MOST_CLASSES {
            self.assembly.classes.entry(class.clone()).or_insert(true);
        }
        let has_failed = !matches!(ending, Ending::Passed | Ending::Skipped);
        let attempt = Attempt {
            line,
            time_ms: self.page.ms(&start).or(self.assembly.time_ms),
            packet: Cow::Borrowed(&self.assembly.name),
            suite,
            scenario: Cow::Borrowed(scenario),
            env: Cow::Borrowed(&self.assembly.env),
            attempt: Some(1),
            ending,
            duration_ms,
            file: self.page.attribute(tag, b"source-file"),
            replay: Cow::Owned(if has_failed && !class.is_empty() && !method.is_empty() {
                dotnet::replay(&class, &method)
            } else {
                String::new()
            }),
            message,
            artifacts: test.files.iter().map(|file| self.page.value(file)).collect(),
            ..Attempt::default()
        };
        self.same.take(attempt.to_static(), self.sink);
    }
}

fn ending(result: &[u8], test: &Open<'_>, message: &str) -> Ending {
    match result {
        b"Pass" => Ending::Passed,
        b"Fail"
            if test.exception.ends_with(b"TestTimeoutException") || message.starts_with("Test execution timed out") =>
        {
            Ending::TimedOut
        }
        // A fixture that the class shares.
        b"Fail" if message.contains(" threw in its ") && message.contains("ixture type '") => Ending::SetupFailed,
        b"Fail" => Ending::Failed,
        // `Skip`, `NotRun`.
        _ => Ending::Skipped,
    }
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const RUN: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<assemblies timestamp="01/02/2024 03:04:05">
  <assembly name="C:\shop\bin\Release\Acme.Tests.DLL" environment="64-bit .NET 8.0.3 [collection-per-class, parallel (4 threads)]" run-date="2024-01-02" run-time="03:04:05" total="6" errors="2">
    <errors>
      <error type="test-class-cleanup" name="Acme.StockTest"><failure exception-type="System.IO.IOException"><message>disk is full</message><stack-trace>   at Acme.StockTest.Dispose()</stack-trace></failure></error>
      <error type="fatal"><failure exception-type="System.BadImageFormatException"><message><![CDATA[wrong format]]></message></failure></error>
    </errors>
    <collection name="Test collection for Acme.CartTest">
      <test name="Acme.CartTest.Adds(x: &quot;a&quot;)" type="Acme.CartTest" method="Adds" time="0.0120000" result="Fail">
        <failure exception-type="Xunit.Sdk.EqualException"><message>Assert.Equal() Failure: Values differ
Expected: 5
Actual:   4</message><stack-trace>   at Acme.CartTest.Adds() in /src/a.cs:line 3</stack-trace></failure>
        <output><![CDATA[noise <message>x</message>]]></output>
      </test>
      <test name="Acme.CartTest.Adds(x: &quot;b&quot;)" type="Acme.CartTest" method="Adds" time="0.001" result="Pass"><traits><trait name="a" value="b" /></traits></test>
      <test name="takes what is there" type="Acme.CartTest" method="Takes" time="2" result="Fail"><failure exception-type="System.InvalidOperationException"><message>no stock</message></failure></test>
      <test name="Acme.CartTest.Waits" type="Acme.CartTest" method="Waits" time="2" result="Fail"><failure exception-type="Xunit.Sdk.TestTimeoutException"><message>Test execution timed out after 50 milliseconds</message></failure></test>
      <test name="Acme.CartTest.Later" type="Acme.CartTest" method="Later" result="Skip"><reason><![CDATA[not now]]></reason></test>
      <test name="Acme.StockTest.Counts" type="Acme.StockTest" method="Counts" time="0" result="Pass" />
    </collection>
  </assembly>
  <assembly name="/shop/Acme.Tests.dll" target-framework=".NETCoreApp,Version=v9.0" start-rtf="2024-01-02T04:04:05.5+01:00">
    <errors />
    <collection name="few"><test name="one" type="" method="" time="1" result="Fail"><failure><message>Left&#xD;
Right</message></failure></test><test name="one" type="" method="" time="1" result="Pass" /></collection>
  </assembly>
</assemblies>"#;

    fn read(text: &str) -> Kept {
        let mut kept = Kept::default();
        documents(text.as_bytes(), true, &mut kept);
        kept
    }

    #[test]
    fn tests_with_their_classes_and_what_these_could_not_clean_up() {
        let kept = read(RUN);
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.packet, &*a.suite, &*a.scenario, a.ending)).collect();
        assert_eq!(
            short,
            [
                ("Acme.Tests", "Acme.StockTest", "(suite)", Ending::SetupFailed),
                ("Acme.Tests", "Acme.Tests", "(suite)", Ending::Infrastructure),
                ("Acme.Tests", "Acme.CartTest", "Adds(x: \"a\")", Ending::Failed),
                ("Acme.Tests", "Acme.CartTest", "Adds(x: \"b\")", Ending::Passed),
                ("Acme.Tests", "Acme.CartTest", "takes what is there", Ending::Failed),
                ("Acme.Tests", "Acme.CartTest", "Waits", Ending::TimedOut),
                ("Acme.Tests", "Acme.CartTest", "Later", Ending::Skipped),
                ("Acme.Tests", "Acme.StockTest", "Counts", Ending::Passed),
                ("Acme.Tests", "Acme.CartTest", "(suite)", Ending::Passed),
                ("Acme.Tests", "few", "one", Ending::Failed),
            ]
        );
        let first = &kept.attempts[2];
        assert_eq!(
            first.message,
            "Assert.Equal() Failure: Values differ\nExpected: 5\nActual:   4\nat Acme.CartTest.Adds() in /src/a.cs:line 3"
        );
        assert_eq!((first.time_ms, first.duration_ms, first.line), (Some(1_704_164_645_000), Some(12.0), 9));
        assert_eq!(first.env, "64-bit .NET 8.0.3");
        assert_eq!(first.replay, "dotnet test --filter FullyQualifiedName=Acme.CartTest.Adds");
        assert_eq!(kept.attempts[0].message, "System.IO.IOException : disk is full\nat Acme.StockTest.Dispose()");
        assert_eq!(kept.attempts[4].message, "System.InvalidOperationException : no stock");
        let last = &kept.attempts[9];
        assert_eq!((&*last.env, last.time_ms), (".NETCoreApp,Version=v9.0", Some(1_704_164_645_500)));
        assert_eq!(kept.ignored["test of the same name"], 1);
        assert!(kept.faults.is_empty() && kept.repaired.keys().eq(["assumed_zone"].iter()), "{kept:?}");
    }

    #[test]
    fn results_of_version_1() {
        let kept = read(
            r#"<assembly name="a.dll" run-date="2012-01-14" run-time="10:21:10" environment="32-bit .NET 4.0">
<class name="A.B"><test name="A.B.C" type="A.B" method="C" result="Pass" time="0.1" /></class></assembly>"#,
        );
        let short: Vec<_> = kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, &*a.env)).collect();
        assert_eq!(short, [("A.B", "C", "32-bit .NET 4.0"), ("A.B", "(suite)", "32-bit .NET 4.0")]);
        assert!(read("<a/>").faults[0].message.contains("no <assemblies> in it"));
    }

    #[test]
    fn every_truncation_is_read() {
        for end in 0..RUN.len() {
            let kept = read(&RUN[..end]);
            assert!(kept.faults.len() <= 1 && kept.attempts.len() <= 10);
        }
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(bytes in punched(RUN)) {
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
