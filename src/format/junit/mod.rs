//! `JUnit` XML, in all the dialects that tools write.
//!
//! Recognised by its root: `<testsuites>` or `<testsuite>`, behind an XML declaration, comments or neither.
//!
//! There is no one schema. Those that count: surefire's
//! <https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd> (reruns too), the one that
//! Jenkins takes <https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>,
//! and what others collected <https://github.com/testmoapp/junitxml>.
//!
//! What counts is the elements: a case with a `failure` or an `error` failed, whatever the sums in the attributes say.
//! `flakyFailure` and `flakyError` are failed attempts before the last one, `rerunFailure` and `rerunError` failed ones
//! behind the first. Cases of one key in one text are attempts of one test, too.

mod case;
mod dialect;
mod facts;
mod finish;
mod replay;
#[cfg(test)]
mod tests;
mod tool;
mod track;
mod unit;

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use memchr::memchr_iter;

use super::attempt::Attempt;
use super::reader::{Fault, Sink};
use super::same::SameNames;
use super::xml::{Tag, Tags, Token};
use super::xml_words::Words;

use case::{Case, Failed, How};
use dialect::{Suite, Tests};
use track::{Lines, Same, Times, hash};

/// Suites in suites beyond this are taken for one.
const MOST_NESTED: usize = 256;

/// Attempts that are held back at most, see [`Reading::held`].
const MOST_HELD: usize = 100_000;

/// Reads the `JUnit` documents of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reading = Reading {
        text,
        tags: Tags::new(text),
        words: Words::default(),
        sink,
        suites: Vec::new(),
        deeper: 0,
        tests: Tests::default(),
        cases: Vec::new(),
        properties_of: None,
        failures: 0,
        seen: HashMap::default(),
        previous: None,
        held: Vec::new(),
        hollow: Vec::new(),
        outputs: Vec::new(),
        same: SameNames::default(),
        document: 1,
        times: Times::default(),
        lines: Lines::default(),
        is_any: false,
        is_faulty: false,
    };
    reading.run();
    reading.finish(is_whole);
}

/// Whose properties a `<property>` is.
#[derive(Clone, Copy)]
enum Owner {
    Suite,
    Case,
}

/// What was seen of a key before.
struct Seen {
    /// The source file, hashed.
    file: u64,
    attempts: u64,
    /// The document that it was seen in last.
    document: u64,
}

struct Reading<'a, 's> {
    text: &'a [u8],
    tags: Tags<'a>,
    words: Words,
    sink: &'s mut dyn Sink,
    suites: Vec<Suite<'a>>,
    /// Suites that are open beyond [`MOST_NESTED`].
    deeper: usize,
    tests: Tests<'a>,
    /// Open cases: mostly one, but some tools nest them.
    cases: Vec<Case<'a>>,
    properties_of: Option<Owner>,
    /// Elements that told of a failure, and failures of suites that stand in none.
    failures: u64,
    seen: HashMap<u64, Seen, BuildHasherDefault<Same>>,
    /// The key of the case before, where it failed.
    previous: Option<u64>,
    /// What is held back till the suite ends. Attempts of a suite of Go in which something failed: a test whose subtest failed is none, and may stand before it.
    held: Vec<Attempt<'static>>,
    /// Where in those an attempt stands whose message says nothing: the output of its suite, which comes behind it, may.
    hollow: Vec<usize>,
    /// The output of the suite.
    outputs: Vec<&'a [u8]>,
    /// Attempts of documents whose tools tell of each test once.
    same: SameNames,
    /// The number of the document.
    document: u64,
    times: Times<'a>,
    lines: Lines,
    is_any: bool,
    is_faulty: bool,
}

impl<'a> Reading<'a, '_> {
    fn run(&mut self) {
        loop {
            match self.tags.next() {
                Token::Open(tag) => self.open(&tag),
                Token::Close(name) => self.close(name),
                Token::Declaration(declaration) => {
                    // Another document begins, whatever is open.
                    self.close_all();
                    self.words.declared(declaration);
                }
                Token::Broken(at, what) => {
                    let is_end = at >= self.text.len() || !self.tags.resume_at(b"test");
                    // A text that breaks off is told of by what is open.
                    if !is_end || (self.suites.is_empty() && self.cases.is_empty()) {
                        self.fault(at, what);
                    }
                }
                Token::End => return,
            }
        }
    }

    /// One document that does not parse is one loss, however often it does not.
    fn fault(&mut self, at: usize, message: String) {
        if !std::mem::replace(&mut self.is_faulty, true) {
            let before = self.text.get(..at).unwrap_or(self.text);
            let line = 1 + memchr_iter(b'\n', before).count() as u64;
            self.sink.fault(Fault { line, message });
        }
    }

    fn open(&mut self, tag: &Tag<'a>) {
        match tag.name {
            b"testcase" => {
                self.is_any = true;
                let case = Case::new(tag);
                if tag.is_empty {
                    self.finished(&case);
                } else if self.cases.len() < MOST_NESTED {
                    self.cases.push(case);
                }
            }
            b"testsuite" | b"testsuites" => self.open_suite(tag),
            b"properties" if !tag.is_empty => {
                self.properties_of = Some(if self.cases.is_empty() { Owner::Suite } else { Owner::Case });
            }
            b"property" => self.property(tag),
            b"failure" | b"error" | b"flakyFailure" | b"flakyError" | b"rerunFailure" | b"rerunError" => {
                self.failed(tag);
            }
            b"skipped" | b"disabled" | b"ignored" => {
                let content = self.content(tag);
                match self.cases.last_mut() {
                    Some(case) => case.skipped = Some((*tag, content)),
                    None => self.sink.ignored("skipped"),
                }
            }
            b"system-out" | b"system-err" => {
                let content = self.content(tag);
                if !content.is_empty() {
                    self.cases.last_mut().map_or(&mut self.outputs, |case| &mut case.outputs).push(content);
                }
            }
            _ => {}
        }
    }

    /// What stands in an element of text; what is left where it breaks off.
    fn content(&mut self, tag: &Tag<'a>) -> &'a [u8] {
        if tag.is_empty {
            return b"";
        }
        match self.tags.content(tag.name) {
            Some(content) => content,
            None => self.tags.rest(),
        }
    }

    fn failed(&mut self, tag: &Tag<'a>) {
        let content = self.content(tag);
        self.failures += 1;
        let how = match tag.name {
            b"failure" => How::Failure,
            b"error" => How::Error,
            [b'f', ..] => How::Flaky,
            _ => How::Rerun,
        };
        let failed = Failed { how, attributes: tag.attributes, content };
        match (self.cases.last_mut(), self.suites.last()) {
            (Some(case), _) => case.failures.push(failed),
            // A failure of the suite itself: it could not be set up, loaded or collected.
            (None, Some(_)) => self.finished(&Case::of_suite(tag.at, failed)),
            (None, None) => self.sink.ignored("failure"),
        }
    }

    fn open_suite(&mut self, tag: &Tag<'a>) {
        self.is_any = true;
        self.close_cases();
        if self.suites.is_empty() {
            self.tests = Tests::default();
        }
        if tag.is_empty {
            return self.count_untold(Suite::declared(tag), self.failures);
        }
        if self.suites.len() >= MOST_NESTED {
            self.deeper += 1;
            return;
        }
        let mut suite = Suite::new(tag, self.suites.last(), &mut self.words);
        suite.failures_before = self.failures;
        suite.time_ms = self.times.ms(tag.attributes.get(b"timestamp")).or(suite.time_ms);
        self.release();
        self.tests.take_suite(tag, &suite, self.suites.is_empty());
        self.suites.push(suite);
    }

    fn property(&mut self, tag: &Tag<'a>) {
        let name = tag.attributes.get(b"name").unwrap_or_default();
        let value = match tag.attributes.get(b"value") {
            Some(value) => self.words.value(value),
            None if tag.is_empty => return,
            None => {
                let content = self.content(tag);
                self.words.content(content)
            }
        };
        if let (Some(Owner::Case), Some(case)) = (self.properties_of, self.cases.last_mut()) {
            case.facts.get_or_insert_default().take(name, value);
            return;
        }
        self.tests.take_property(name);
        if let Some(suite) = self.suites.last_mut() {
            suite.facts.take(name, value);
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"testcase" => {
                if let Some(case) = self.cases.pop() {
                    self.finished(&case);
                }
            }
            b"properties" => self.properties_of = None,
            b"testsuite" | b"testsuites" => {
                self.close_cases();
                if self.deeper > 0 {
                    self.deeper -= 1;
                } else {
                    self.release();
                    self.tell_unit();
                    if let Some(suite) = self.suites.pop() {
                        self.count_untold(suite.declared, suite.failures_before);
                    }
                    self.tests.leave_suite();
                    if self.suites.is_empty() {
                        self.end_document();
                    }
                }
            }
            _ => {}
        }
    }

    fn end_document(&mut self) {
        self.same.tell(self.sink);
        self.document += 1;
    }

    /// Cases whose closing tag is missing.
    fn close_cases(&mut self) {
        while let Some(case) = self.cases.pop() {
            self.finished(&case);
        }
    }

    fn close_all(&mut self) {
        if !self.suites.is_empty() || !self.cases.is_empty() {
            self.fault(self.tags.position(), format!("a document breaks off in {}", self.innermost()));
        }
        self.break_off();
        self.is_faulty = false;
    }

    fn innermost(&self) -> &'static str {
        match (self.cases.is_empty(), self.suites.is_empty()) {
            (false, _) => "<testcase>",
            (true, false) => "<testsuite>",
            (true, true) => "no element",
        }
    }

    /// Of the cases that are open where a text breaks off, those count of which a failure is told; the others may have
    /// passed or not.
    fn break_off(&mut self) {
        for case in std::mem::take(&mut self.cases) {
            if case.failures.is_empty() {
                self.sink.unfinished();
            } else {
                self.finished_as(&case, true);
            }
        }
        self.suites.clear();
        self.deeper = 0;
        self.properties_of = None;
        self.release();
        self.end_document();
    }

    fn finish(&mut self, is_whole: bool) {
        let is_open = !self.suites.is_empty() || !self.cases.is_empty();
        let end = self.text.len();
        // Where it is known already that text is missing, that is the loss, and this only what comes of it.
        if is_open && is_whole {
            self.fault(end, format!("the document breaks off in {}", self.innermost()));
        }
        self.break_off();
        if !self.is_any && !self.text.trim_ascii().is_empty() {
            self.fault(0, "no <testsuites>, <testsuite> or <testcase> in it".to_owned());
        }
        if self.times.is_assumed {
            self.sink.repaired("assumed_zone");
        }
        self.words.tell(self.sink);
    }

    fn finished(&mut self, case: &Case<'a>) {
        self.finished_as(case, false);
    }
}
