//! Who wrote a `JUnit` document, and what its names mean.

use std::borrow::Cow;

use super::super::paths::Root;
use super::super::xml::Tag;
use super::super::xml_words::Words;
use super::case::Case;
use super::facts::Facts;
use super::tool::Dialect;
use super::unit::{Health, is_of_unit, unit_of};

/// A suite that is open.
#[derive(Debug, Default)]
pub(super) struct Suite<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) facts: Facts<'a>,
    pub(super) time_ms: Option<i64>,
    pub(super) file: Cow<'a, str>,
    pub(super) health: Health,
    /// Failures and errors that its attributes count, and elements that told of any before it.
    pub(super) declared: u64,
    pub(super) failures_before: u64,
    host: Cow<'a, str>,
    /// Whether its name is one that a tool gives to all suites.
    is_generic: bool,
    /// Whether it is a `<testsuites>`.
    is_group: bool,
}

impl<'a> Suite<'a> {
    pub(super) fn new(tag: &Tag<'a>, outer: Option<&Self>, words: &mut Words) -> Self {
        let mut suite = Self { is_group: tag.name == b"testsuites", ..Self::default() };
        if let Some(outer) = outer {
            suite.facts = outer.facts.clone();
            suite.time_ms = outer.time_ms;
            suite.file.clone_from(&outer.file);
        }
        for (key, value) in tag.attributes {
            match key {
                b"name" => suite.name = words.value(value),
                b"file" | b"filepath" => suite.file = words.value(value),
                b"hostname" => suite.host = words.value(value),
                _ => {}
            }
        }
        suite.declared = Self::declared(tag);
        suite.name = with_slashes(suite.name);
        suite.file = with_slashes(suite.file);
        suite.is_generic = is_generic(&suite.name);
        // Those who write no file name the suite so.
        if suite.file.is_empty() && is_script(&suite.name) {
            suite.file.clone_from(&suite.name);
        }
        suite
    }

    /// Failures and errors that a suite's attributes count.
    pub(super) fn declared(tag: &Tag<'_>) -> u64 {
        let count = |name: &[u8]| std::str::from_utf8(tag.attributes.get(name)?).ok()?.trim().parse().ok();
        count(b"failures").unwrap_or(0_u64).saturating_add(count(b"errors").unwrap_or(0))
    }
}

/// Names that tools give where they know none.
fn is_generic(name: &str) -> bool {
    const NAMES: [&str; 22] = [
        "",
        "(empty)",
        "AllTests",
        "Mocha Tests",
        "Root Suite",
        "Test Suite",
        "TestResults",
        "TestSuite",
        "all tests",
        "default",
        "jest tests",
        "junit",
        "nextest-run",
        "nosetests",
        "pytest",
        "pytest tests",
        "rspec",
        "test suites",
        "tests",
        "testsuite",
        "undefined",
        "vitest tests",
    ];
    let name = name.trim();
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The names of a case.
#[derive(Debug)]
pub(super) struct Named<'a> {
    pub(super) scenario: Cow<'a, str>,
    pub(super) mode: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) class: Cow<'a, str>,
    /// Whether it is told of the suite or file itself.
    pub(super) is_unit: bool,
}

/// What is known of a document's tests.
#[derive(Debug, Default)]
pub(super) struct Tests<'a> {
    pub(super) dialect: Dialect,
    /// The name of the group that they stand in.
    pub(super) packet: Cow<'a, str>,
    /// The suite of the last case: many have the same.
    pub(super) suite: Cow<'a, str>,
    /// The class of which that is the suite. None when another suite began since.
    class: Option<Cow<'a, str>>,
    has_id: bool,
}

impl<'a> Tests<'a> {
    /// Learns from a suite who wrote it.
    pub(super) fn take_suite(&mut self, tag: &Tag<'a>, suite: &Suite<'a>, is_outermost: bool) {
        let name = &*suite.name;
        self.class = None;
        if suite.is_group {
            self.has_id |= tag.attributes.get(b"id").is_some();
            if !suite.is_generic && !is_absolute(name) {
                self.packet.clone_from(&suite.name);
            }
        }
        let is_written = |key: &[u8], part: &str| {
            tag.attributes.get(key).is_some_and(|value| memchr::memmem::find(value, part.as_bytes()).is_some())
        };
        self.dialect = match name {
            "pytest" | "pytest tests" => Dialect::Pytest,
            "jest tests" => Dialect::Jest,
            "vitest tests" => Dialect::Vitest,
            "nextest-run" => Dialect::Nextest,
            "Mocha Tests" => Dialect::Mocha,
            _ if self.dialect != Dialect::Unknown => self.dialect,
            _ if name.starts_with("rspec") => Dialect::Rspec,
            _ if suite.is_group && tag.attributes.get(b"uuid").is_some() => Dialect::Nextest,
            _ if is_written(b"xsi:noNamespaceSchemaLocation", "surefire") => Dialect::Surefire,
            _ if self.has_id && !suite.is_group && is_script(name) => Dialect::Playwright,
            _ if is_outermost
                && tag.attributes.get(b"disabled").is_some()
                && tag.attributes.get(b"hostname").is_some()
                && !suite.is_group =>
            {
                Dialect::Ctest
            }
            _ => Dialect::Unknown,
        };
    }

    /// Learns from a case who wrote it.
    fn take_case(&mut self, case: &Case<'a>, suites: &[Suite<'a>]) {
        if self.dialect != Dialect::Unknown {
            return;
        }
        if case.has_assertions && (case.has_two_classes || case.class.contains(&b'\\')) {
            self.dialect = Dialect::Phpunit;
        } else if case.class == b"test" && suites.first().is_some_and(|suite| suite.is_group && suite.name.is_empty()) {
            self.dialect = Dialect::Node;
        }
    }

    /// A suite ended.
    pub(super) fn leave_suite(&mut self) {
        self.class = None;
    }

    /// Learns from the name of a property who wrote it.
    pub(super) fn take_property(&mut self, name: &[u8]) {
        match name {
            b"go.version" => self.dialect = Dialect::Go,
            b"SuiteSucceeded" | b"RandomSeed" | b"SuiteHasProgrammaticFocus" => self.dialect = Dialect::Ginkgo,
            b"surefire.real.class.path" | b"surefire.test.class.path" => self.dialect = Dialect::Surefire,
            _ => {}
        }
    }

    /// The names of a case: the suite is its class, or else the path of its suites without what says the same again.
    pub(super) fn named(&mut self, case: &Case<'a>, suites: &[Suite<'a>], words: &mut Words) -> Named<'a> {
        let last = suites.last();
        let mut name = words.value(case.name);
        let mut class = words.value(case.class);
        self.take_case(case, suites);
        // Ginkgo 2 marks what Ginkgo 1 did not: the test is the same.
        if let Some(bare) = name.strip_prefix("[It] ") {
            name = Cow::Owned(bare.to_owned());
        }
        // A class that is the name again, or its end, says nothing (jest-junit, ctest, mocha-junit-reporter).
        if !class.is_empty()
            && name.strip_suffix(&*class).is_some_and(|before| before.is_empty() || before.ends_with(' '))
        {
            class = Cow::Borrowed("");
        }
        let mut file = with_slashes(words.value(case.file));
        if file.is_empty()
            && let Some(suite) = last
        {
            file.clone_from(&suite.file);
        }
        let is_unit = is_of_unit(case, self.dialect);
        if self.dialect == Dialect::Node {
            // It names all classes alike, and a test's file not always.
            let titles = suites.iter().filter(|suite| !suite.is_group).map(|suite| &*suite.name);
            name = Cow::Owned(titles.chain([&*name]).collect::<Vec<_>>().join(" > "));
            let whole = if is_unit { &*name } else { &*file };
            file = Cow::Owned(Root::of(std::iter::once(whole)).strip(whole).into_owned());
            (self.suite, self.class) = (file.clone(), None);
        } else if self.dialect == Dialect::Jest && !case.file.is_empty() {
            // Of several files a suite may have the name of one's first test.
            (self.suite, self.class) = (file.clone(), None);
        } else if is_unit {
            self.suite = match self.dialect {
                Dialect::Pytest => name.clone(),
                Dialect::Jest | Dialect::Vitest => file.clone(),
                _ => path(suites, &class),
            };
            self.class = None;
        } else if self.class.as_deref() != Some(&*class) {
            self.suite = path(suites, &class);
            self.class = (!self.suite.is_empty()).then(|| class.clone());
        }
        if self.suite.is_empty() {
            self.suite.clone_from(&file);
        }
        if name.trim().is_empty() {
            name = [&class, &self.suite]
                .into_iter()
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or(Cow::Borrowed("unnamed"));
        }
        let mode = match last {
            Some(suite) if self.dialect == Dialect::Playwright => suite.host.clone(),
            _ => Cow::Borrowed(""),
        };
        if is_unit {
            name = Cow::Borrowed(unit_of(self.dialect));
        }
        Named { scenario: name, mode, file, class, is_unit }
    }
}

/// The suites of a case, outermost first, and its class.
pub(super) fn path<'a>(suites: &[Suite<'a>], class: &Cow<'a, str>) -> Cow<'a, str> {
    let mut joined = class.clone();
    let mut inner: &str = class;
    for suite in suites.iter().rev() {
        // The name of a group stands as the packet.
        if suite.is_generic || suite.is_group {
            continue;
        }
        let name = suite.name.trim();
        if !inner.is_empty() && (is_absolute(name) || is_same(name, inner)) {
            continue;
        }
        joined = match (&*joined, is_absolute(name)) {
            ("", true) => Cow::Owned(name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()),
            ("", false) => suite.name.clone(),
            _ => Cow::Owned(format!("{name} > {joined}")),
        };
        inner = name;
    }
    joined
}

/// Whether one name is the other, or its beginning up to a separator: `Tests\FooTest` and `Tests.FooTest`, `pkg` and `pkg.Class`.
fn is_same(one: &str, other: &str) -> bool {
    let of = |name: &str| {
        let mut bytes: Vec<u8> = name.bytes().map(|byte| if b"\\/:".contains(&byte) { b'.' } else { byte }).collect();
        bytes.dedup_by(|one, other| *one == b'.' && *other == b'.');
        bytes
    };
    if one == other {
        return true;
    }
    let (one, other) = (of(one), of(other));
    let is_start = |long: &[u8], short: &[u8]| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(b".") || rest.starts_with(b" "))
    };
    is_start(&one, &other) || is_start(&other, &one)
}

fn is_absolute(name: &str) -> bool {
    name.starts_with('/') || name.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/")
}

/// A source file has the same name on Windows.
fn with_slashes(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.contains('\\') && is_script(&name) { Cow::Owned(name.replace('\\', "/")) } else { name }
}

/// Whether a name is that of a source file of a script's tests.
fn is_script(name: &str) -> bool {
    [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".py", ".rb", ".vue"]
        .iter()
        .any(|end| name.ends_with(end))
}
