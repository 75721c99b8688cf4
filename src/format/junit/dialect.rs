//! Who wrote a `JUnit` document, what its names mean, and how one of its tests is run again.

use std::borrow::Cow;

use super::super::attempt::Attempt;
use super::super::shell::{literal, quote};
use super::super::xml::Tag;
use super::super::xml_words::Words;
use super::case::Case;
use super::facts::Facts;

/// Who wrote a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    #[default]
    Unknown,
    Ctest,
    Ginkgo,
    Go,
    Jest,
    Nextest,
    Phpunit,
    Playwright,
    Pytest,
    Rspec,
    Surefire,
    Vitest,
}

/// A suite that is open.
#[derive(Debug, Default)]
pub(super) struct Suite<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) facts: Facts<'a>,
    pub(super) time_ms: Option<i64>,
    file: Cow<'a, str>,
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
        suite.name = with_slashes(suite.name);
        suite.file = with_slashes(suite.file);
        suite.is_generic = is_generic(&suite.name);
        // Those who write no file name the suite so.
        if suite.file.is_empty() && is_script(&suite.name) {
            suite.file.clone_from(&suite.name);
        }
        suite
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
    pub(super) fn take_suite(&mut self, tag: &Tag<'a>, suite: &Suite<'a>) {
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
            _ if self.dialect != Dialect::Unknown => self.dialect,
            _ if name.starts_with("rspec") => Dialect::Rspec,
            _ if suite.is_group && tag.attributes.get(b"uuid").is_some() => Dialect::Nextest,
            _ if is_written(b"xsi:noNamespaceSchemaLocation", "surefire") => Dialect::Surefire,
            _ if self.has_id && !suite.is_group && is_script(name) => Dialect::Playwright,
            _ if tag.attributes.get(b"disabled").is_some()
                && tag.attributes.get(b"hostname").is_some()
                && !suite.is_group =>
            {
                Dialect::Ctest
            }
            _ => Dialect::Unknown,
        };
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
        if self.dialect == Dialect::Unknown && case.attributes.get(b"assertions").is_some() && class.contains('\\') {
            self.dialect = Dialect::Phpunit;
        }
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
        if self.class.as_deref() != Some(&*class) {
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
        Named { scenario: name, mode, file, class }
    }

    /// The command that runs one test again, where it is known who wrote the document.
    pub(super) fn replay(&self, named: &Named<'_>, attempt: &Attempt<'_>, suite: Option<&Suite<'_>>) -> String {
        let name = &*named.scenario;
        let outer = suite.map_or("", |suite| &*suite.name);
        match self.dialect {
            Dialect::Unknown => String::new(),
            Dialect::Ctest => format!("ctest -R {} --output-on-failure", quote(&format!("^{}$", literal(name)))),
            Dialect::Ginkgo => {
                let seed = attempt.seed.map(|seed| format!(" --seed={seed}")).unwrap_or_default();
                format!("ginkgo --focus={}{seed} -r", quote(&literal(name)))
            }
            Dialect::Go => {
                let parts: Vec<_> = name.split('/').map(|part| format!("^{}$", literal(part))).collect();
                format!("go test {} -run {} -count=1", quote(outer), quote(&parts.join("/")))
            }
            Dialect::Jest => match &*named.file {
                "" => format!("npx jest -t {}", quote(&literal(name))),
                file => format!("npx jest {} -t {}", quote(file), quote(&literal(name))),
            },
            Dialect::Vitest => {
                format!("npx vitest run {} -t {}", quote(&self.suite), quote(&literal(&name.replace(" > ", " "))))
            }
            Dialect::Nextest => format!("cargo nextest run -E {}", quote(&format!("test(={name})"))),
            Dialect::Playwright => {
                let project =
                    if named.mode.is_empty() { String::new() } else { format!(" --project={}", quote(&named.mode)) };
                let title = name.replace(" \u{203a} ", " ");
                format!("npx playwright test {} -g {}{project}", quote(&self.suite), quote(&literal(&title)))
            }
            Dialect::Phpunit => {
                let method = name.split(" with data set").next().unwrap_or(name);
                let filter = quote(&format!("/::{}( .*)?$/", literal(method)));
                format!("vendor/bin/phpunit --filter {filter} {}", quote(&named.file))
                    .trim_end_matches(" ''")
                    .to_owned()
            }
            Dialect::Pytest => format!("python -m pytest {}", quote(&self.node(named))),
            Dialect::Rspec => format!("bundle exec rspec {} -e {}", quote(&named.file), quote(name)),
            Dialect::Surefire => {
                let class = if named.class.is_empty() { &self.suite } else { &named.class };
                // Parameters are no part of the method's name: `adds(int, int)[2]`, `adds{int, int}[2]`.
                let method = name.split(['(', '[', '{', ' ']).next().unwrap_or(name);
                let test = if method.is_empty() { class.to_string() } else { format!("{class}#{method}") };
                format!("mvn {} test", quote(&format!("-Dtest={test}")))
            }
        }
    }
}

impl Tests<'_> {
    /// pytest's id of a test. The file is told only on demand; then it is read off the class: `tests.test_a.TestB`.
    fn node(&self, named: &Named<'_>) -> String {
        let class = if named.class.is_empty() { &*self.suite } else { &*named.class };
        let parts: Vec<_> = class.split('.').collect();
        let dotted = named.file.trim_end_matches(".py").replace(['/', '\\'], ".");
        let is_module = |part: &&str| part.starts_with("test_") || part.ends_with("_test") || part.ends_with("_tests");
        let modules = if !dotted.is_empty() && class.starts_with(&dotted) {
            dotted.split('.').count()
        } else {
            // Classes begin with a capital letter where no file is named as pytest expects.
            let first_class =
                || parts.iter().position(|part| part.starts_with(char::is_uppercase)).unwrap_or(parts.len());
            parts.iter().rposition(is_module).map_or_else(first_class, |at| at + 1)
        };
        let (modules, classes) = parts.split_at_checked(modules).unwrap_or((&parts, &[]));
        let file =
            if named.file.is_empty() { format!("{}.py", modules.join("/")) } else { named.file.replace('\\', "/") };
        let mut id = file;
        for part in classes.iter().copied().chain([&*named.scenario]) {
            id.push_str("::");
            id.push_str(part);
        }
        id
    }
}

/// The suites of a case, outermost first, and its class.
fn path<'a>(suites: &[Suite<'a>], class: &Cow<'a, str>) -> Cow<'a, str> {
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
