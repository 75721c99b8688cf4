//! `go test -json`: events of test2json, a line each, packages and parallel tests interleaved.
//!
//! Recognised: the first JSON object of the text has `Action` with `Package` or `ImportPath`; text between the records,
//! and before them, is normal.
//!
//! Source: <https://pkg.go.dev/cmd/test2json#hdr-Output_Format>, for builds `go help buildjson`
//! (<https://pkg.go.dev/cmd/go#hdr-Build__json_encoding>).
//!
//! What a test's end means is known only when its package ends: the result may come from Go's cache, a panic may stand in
//! the output of a test that passed, a failure may be that of a subtest. So ends are kept until then, within bounds.

mod package;
mod signs;
mod test;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use super::attempt::{Attempt, Ending};
use super::attempts::Attempts;
use super::clock::milliseconds;
use super::output::Output;
use super::reader::{Events, Sink};
use super::scan::{self, Mended, Object, inner};
use super::shell::quote;
use crate::unit::PACKAGE;
use package::{Package, Verdict};
use test::End;

/// Tests kept in all packages, open or ended.
const TESTS: usize = 2 * OPEN;
/// Tests of which no end came yet.
const OPEN: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Packages of which no end came yet, and builds.
const PACKAGES: usize = if cfg!(test) { 500 } else { 10_000 };
/// Bytes of output kept in all packages.
const BYTES: usize = 256 << 20;

/// The reader.
#[derive(Default)]
pub(super) struct GoTest {
    packages: BTreeMap<Box<[u8]>, Package>,
    /// What builds printed, by import path.
    builds: HashMap<Box<[u8]>, Output>,
    /// Before Go 1.24 a build prints text: below `# import/path [import/path.test]`.
    build: Option<Box<[u8]>>,
    attempts: Attempts,
    tests: usize,
    bytes: usize,
    shape: Shape,
}

/// What the last output event looked like. Most events are output, and most follow one of the same test: then only the
/// time and the text differ, and nothing else need be looked at.
#[derive(Default)]
struct Shape {
    /// From behind the time to the text: `,"Action":"output",...,"Output":`.
    middle: Vec<u8>,
    package: Box<[u8]>,
    test: Box<[u8]>,
}

/// What stands behind the text of a line with which Go frames a test's output (since 1.27).
const FRAME: &[u8] = b",\"OutputType\":\"frame\"}";

impl Shape {
    /// The text of an event of this shape, still escaped.
    fn text<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        if self.middle.is_empty() {
            return None;
        }
        let rest = line.strip_prefix(b"{\"Time\":\"")?;
        let rest = rest.get(memchr::memchr(b'"', rest)? + 1..)?.strip_prefix(self.middle.as_slice())?;
        let (text, behind) = scan::string(rest)?;
        (behind == b"}" || behind == FRAME).then(|| inner(text))
    }

    /// Learns from an event as Go writes it. `middle`: what stands between its time and its text.
    fn learn(&mut self, middle: &[u8], event: &Event<'_>) {
        self.middle.clear();
        self.middle.extend_from_slice(middle);
        if *self.package != *event.package {
            self.package = event.package.into();
        }
        if *self.test != *event.test {
            self.test = event.test.into();
        }
    }
}

/// One event; texts are still escaped.
#[derive(Default)]
struct Event<'a> {
    time: &'a [u8],
    action: &'a [u8],
    package: &'a [u8],
    test: &'a [u8],
    output: &'a [u8],
    output_type: &'a [u8],
    elapsed: Option<f64>,
    import_path: &'a [u8],
    failed_build: &'a [u8],
    path: &'a [u8],
}

impl<'a> Event<'a> {
    /// The event that a text begins with, and what stands behind it; nothing if it is damaged.
    fn read(text: &'a [u8], sink: &mut dyn Sink) -> Option<(Self, &'a [u8])> {
        let mut object = Object::open(text)?;
        let mut event = Self::default();
        for (key, value) in object.by_ref() {
            match key {
                b"Time" => event.time = inner(value),
                b"Action" => event.action = inner(value),
                b"Package" => event.package = inner(value),
                b"Test" => event.test = inner(value),
                b"Output" => event.output = inner(value),
                b"OutputType" => event.output_type = inner(value),
                b"Elapsed" => event.elapsed = scan::number(value),
                b"ImportPath" => event.import_path = inner(value),
                b"FailedBuild" => event.failed_build = inner(value),
                b"Path" => event.path = inner(value),
                _ => {}
            }
        }
        let behind = object.behind()?;
        if object.not_finite {
            sink.repaired("not_finite");
        }
        Some((event, behind))
    }

    /// An event whose members stand as Go writes them, and of output what stands between time and text; nothing for any other.
    /// It costs a tenth of the way that takes any.
    fn plain(line: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (mut event, mut middle) = (Self::default(), &b""[..]);
        let value = |rest: &'a [u8]| scan::string(rest).map(|(value, rest)| (inner(value), rest));
        let (time, from) = value(line.strip_prefix(b"{\"Time\":")?)?;
        let (action, rest) = value(from.strip_prefix(b",\"Action\":")?)?;
        let (package, mut rest) = value(rest.strip_prefix(b",\"Package\":")?)?;
        (event.time, event.action, event.package) = (time, action, package);
        if let Some(behind) = rest.strip_prefix(b",\"Test\":") {
            (event.test, rest) = value(behind)?;
        }
        if let Some(behind) = rest.strip_prefix(b",\"Elapsed\":") {
            let (number, behind) = behind.split_at_checked(behind.len().checked_sub(1)?)?;
            event.elapsed = Some(scan::number(number)?);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(b",\"Output\":") {
            middle = from.get(..from.len() - behind.len())?;
            (event.output, rest) = value(behind)?;
            if let Some(behind) = rest.strip_prefix(b",\"OutputType\":") {
                (event.output_type, rest) = value(behind)?;
            }
        }
        (rest == b"}").then_some((event, middle))
    }

    fn time_ms(&self) -> Option<i64> {
        milliseconds(self.time)
    }
}

/// Whether a text begins as a record of go test does.
fn is_record(text: &[u8]) -> bool {
    [&b"{\"Time\""[..], b"{\"Action\"", b"{\"ImportPath\""].iter().any(|begin| text.starts_with(begin))
}

impl Events for GoTest {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        if let Some(text) = self.shape.text(line)
            && let Some(package) = self.packages.get_mut(&self.shape.package)
        {
            self.bytes += text.len();
            if package.output(&self.shape.test, text, number, b"") {
                self.tests += 1;
                self.bound(sink);
            }
            return;
        }
        if let Some((event, middle)) = Event::plain(line) {
            if !middle.is_empty() {
                self.shape.learn(middle, &event);
            }
            return self.event(&event, number, sink);
        }
        let text = scan::records(line, number, sink, is_record, |text, sink| {
            let (event, behind) = Event::read(text, sink)?;
            self.event(&event, number, sink);
            Some(behind)
        });
        if let Some(text) = text {
            self.text(text, number, sink);
        }
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        let verdict = if is_whole { Verdict::Killed } else { Verdict::Cut };
        for (name, mut package) in std::mem::take(&mut self.packages) {
            if package.has_only_begun() {
                sink.unfinished();
            }
            package.close(&name, verdict, &mut self.attempts, sink);
        }
        *self = Self::default();
    }
}

impl GoTest {
    fn event(&mut self, event: &Event<'_>, number: u64, sink: &mut dyn Sink) {
        match event.action {
            b"output" => self.output(event, number, sink),
            b"run" => {
                let time_ms = event.time_ms();
                let package = self.package(event);
                package.place(number, time_ms);
                package.run(event.test, number, time_ms);
                self.tests += 1;
                self.bound(sink);
            }
            b"pass" | b"bench" => self.ended(event, End::Pass, number, sink),
            b"fail" => self.ended(event, End::Fail, number, sink),
            b"skip" => self.ended(event, End::Skip, number, sink),
            b"start" => {
                let package = self.package(event);
                package.place(number, event.time_ms());
                package.start();
                sink.ignored("start");
                self.bound(sink);
            }
            b"pause" | b"cont" => {
                let is_paused = event.action == b"pause";
                self.package(event).pause(event.test, is_paused);
                sink.ignored("pause and cont");
            }
            b"attr" => sink.ignored("attr"),
            b"artifacts" => self.package(event).artifacts(event.test, event.path),
            b"build-output" => self.build_output(event.import_path, event.output),
            b"build-fail" => sink.ignored("build-fail"),
            // A program that logs JSON writes between the records, too.
            b"" => sink.ignored("text"),
            _ => sink.ignored("other"),
        }
    }

    /// The package of an event.
    fn package(&mut self, event: &Event<'_>) -> &mut Package {
        self.packages.entry(event.package.into()).or_default()
    }

    fn output(&mut self, event: &Event<'_>, number: u64, sink: &mut dyn Sink) {
        self.bytes += event.output.len();
        // The name of a known package is not copied.
        let is_new = if let Some(package) = self.packages.get_mut(event.package) {
            package.output(event.test, event.output, number, event.time)
        } else {
            let package = self.package(event);
            package.place(number, event.time_ms());
            package.output(event.test, event.output, number, event.time);
            true
        };
        if matches!(event.output_type, b"error" | b"error-continue") {
            self.package(event).error(event.test, event.output, event.output_type == b"error");
        }
        if is_new {
            self.tests += usize::from(!event.test.is_empty());
            self.bound(sink);
        }
    }

    fn ended(&mut self, event: &Event<'_>, end: End, number: u64, sink: &mut dyn Sink) {
        if !event.test.is_empty() {
            let is_new = self.package(event).ended(event.test, end, event.elapsed, number, event.time);
            self.tests += usize::from(is_new);
            self.bound(sink);
            return;
        }
        sink.ignored("package");
        let mut package = self.packages.remove(event.package).unwrap_or_default();
        package.place(number, event.time_ms());
        self.tests = self.tests.saturating_sub(package.len());
        self.bytes = self.bytes.saturating_sub(package.bytes());
        let verdict = if end == End::Fail { Verdict::Failed } else { Verdict::Passed };
        let failures = package.close(event.package, verdict, &mut self.attempts, sink);
        if end != End::Fail || failures > 0 {
            if let Some(attempt) = package.fine(event.package) {
                let number = self.attempts.next(event.package, b"");
                sink.attempt(&Attempt { attempt: number, ..attempt });
            }
        } else {
            let build = self.build_of(event, &package);
            let is_build = build.is_some() || !event.failed_build.is_empty() || package.says_build_failed();
            let mut mended = Mended::default();
            let mut message = build.map(|output| output.text(&mut mended)).unwrap_or_default();
            message.push_str(&package.printed(&mut mended));
            mended.tell(sink);
            let attempt = package.itself(event.package, is_build, &message, event.elapsed);
            let number = self.attempts.next(event.package, b"");
            sink.attempt(&Attempt { attempt: number, ..attempt });
        }
    }

    /// What the build of a failed package printed.
    fn build_of(&self, event: &Event<'_>, package: &Package) -> Option<&Output> {
        if !event.failed_build.is_empty() {
            return self.builds.get(event.failed_build);
        }
        // Before Go 1.24 only the package's own words tell that the build failed, and text elsewhere tells why.
        if !package.says_build_failed() {
            return None;
        }
        let test = [event.package, b" [", event.package, b".test]"].concat();
        self.builds.get(test.as_slice()).or_else(|| self.builds.get(event.package))
    }

    fn build_output(&mut self, import_path: &[u8], output: &[u8]) {
        if let Some(build) = self.builds.get_mut(import_path) {
            build.push(output);
        } else if self.builds.len() < PACKAGES {
            let mut build = Output::default();
            build.push(output);
            self.builds.insert(import_path.into(), build);
        }
    }

    /// Text between the records: old builds print theirs so.
    fn text(&mut self, text: &[u8], number: u64, sink: &mut dyn Sink) {
        if let Some(name) = unbuilt(text).filter(|name| !self.packages.contains_key(*name)) {
            self.build_failed(name, text, number, sink);
        } else if let Some(import_path) = text.strip_prefix(b"# ") {
            if self.builds.len() < PACKAGES {
                self.build = Some(import_path.into());
                self.builds.entry(import_path.into()).or_default().push_line(text);
            }
        } else if let Some(build) = self.build.as_ref().and_then(|build| self.builds.get_mut(build)) {
            build.push_line(text);
        }
    }

    /// A package that was not built, of which old versions write no event.
    fn build_failed(&mut self, name: &[u8], text: &[u8], number: u64, sink: &mut dyn Sink) {
        let mut message = String::new();
        for (_, printed) in self.builds.iter().filter(|(path, _)| path.starts_with(name)) {
            message += &printed.text(&mut Mended::default());
        }
        message += &String::from_utf8_lossy(text);
        let name = String::from_utf8_lossy(name);
        self.build = None;
        sink.attempt(&Attempt {
            line: number,
            replay: format!("go test {} -count=1", quote(&name)).into(),
            suite: name,
            scenario: PACKAGE.into(),
            ending: Ending::BuildFailed,
            message: message.into(),
            ..Attempt::default()
        });
    }

    /// Lets go of what is kept beyond the bounds. Passes and failures then count as they were told.
    fn bound(&mut self, sink: &mut dyn Sink) {
        if self.tests <= TESTS && self.packages.len() <= PACKAGES && self.bytes <= BYTES {
            return;
        }
        for (name, package) in &mut self.packages {
            package.flush(name, &mut self.attempts, sink);
        }
        let count = |packages: &BTreeMap<Box<[u8]>, Package>| packages.values().map(Package::len).sum::<usize>();
        self.tests = count(&self.packages);
        if self.tests > OPEN {
            self.packages.values_mut().for_each(|package| package.close_oldest(sink));
            self.tests = count(&self.packages);
        }
        while self.packages.len() > PACKAGES {
            self.packages.retain(|_, package| package.len() > 0);
            if self.packages.len() > PACKAGES {
                self.packages.values_mut().for_each(|package| package.close_oldest(sink));
            }
            self.tests = count(&self.packages);
        }
        self.bytes = self.packages.values().map(Package::bytes).sum();
        if self.bytes > BYTES / 2 {
            self.packages.values_mut().for_each(Package::forget_output);
            self.bytes = 0;
        }
    }
}

/// The package that a line of text says was not built.
fn unbuilt(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"FAIL\t")?;
    let name = rest.strip_suffix(b" [build failed]").or_else(|| rest.strip_suffix(b" [setup failed]"))?;
    (!name.is_empty()).then_some(name)
}
