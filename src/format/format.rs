//! The table of formats.

use thiserror::Error;

use super::bep::Bep;
use super::cucumber::Cucumber;
use super::dart::Dart;
use super::gotest::GoTest;
use super::junit;
use super::libtest::Libtest;
use super::pytest::PytestLog;
use super::reader::{Documents, Events};
use super::tap::Tap;
use super::{allure, buildkite, ctrf, jest, mocha, nunit, playwright, trx, xunit};

/// A format of test results, and how it is read.
#[derive(Debug)]
pub struct Format {
    /// The word by which it is asked for.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// How its text is recognised.
    pub told_by: &'static str,
    /// How it is read.
    pub kind: Kind,
}

/// A format that nobody knows.
#[derive(Debug, Error)]
#[error("unknown format `{0}`, known: {known}", known = Format::ALL.iter().map(|format| format.id).collect::<Vec<_>>().join(", "))]
pub struct UnknownFormat(String);

/// The unit that a reader takes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A line is an event; attempts are put together from several.
    Events(fn() -> Box<dyn Events>),
    /// The text is a document, or several behind each other; each attempt in it is a record.
    Documents(Documents),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Kind {
    /// What one calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events(_) => "events",
            Self::Documents(_) => "documents",
        }
    }
}

impl Format {
    /// Every format, in the order in which `relapse formats` lists them.
    pub const ALL: &'static [Self] = &[
        Self {
            id: "junit",
            name: "JUnit XML",
            told_by: "an XML root <testsuites> or <testsuite>",
            kind: Kind::Documents(junit::documents),
        },
        Self {
            id: "playwright",
            name: "Playwright JSON",
            told_by: "an object with config and suites",
            kind: Kind::Documents(playwright::documents),
        },
        Self {
            id: "jest",
            name: "Jest or Vitest JSON",
            told_by: "an object with numTotalTests or testResults and success",
            kind: Kind::Documents(jest::documents),
        },
        Self {
            id: "ctrf",
            name: "CTRF",
            told_by: "an object with results, and reportFormat or a tool",
            kind: Kind::Documents(ctrf::documents),
        },
        Self { id: "trx", name: "TRX", told_by: "an XML root <TestRun>", kind: Kind::Documents(trx::documents) },
        Self {
            id: "nunit",
            name: "NUnit XML",
            told_by: "an XML root <test-run>, <test-results> or <test-suite>",
            kind: Kind::Documents(nunit::documents),
        },
        Self {
            id: "xunit",
            name: "xUnit.net XML",
            told_by: "an XML root <assemblies> or <assembly>",
            kind: Kind::Documents(xunit::documents),
        },
        Self {
            id: "allure",
            name: "Allure result",
            told_by: "an object with uuid, status and historyId, testCaseId, fullName, stage, labels or steps",
            kind: Kind::Documents(allure::documents),
        },
        Self {
            id: "mocha",
            name: "mocha JSON",
            told_by: "an object with stats and tests",
            kind: Kind::Documents(mocha::documents),
        },
        Self {
            id: "buildkite",
            name: "Buildkite tests",
            told_by: "an object with run_env and data, or a list of objects with scope, name and result",
            kind: Kind::Documents(buildkite::documents),
        },
        Self {
            id: "go-test",
            name: "go test -json",
            told_by: "objects with Action and Package or ImportPath",
            kind: Kind::Events(|| Box::new(GoTest::default())),
        },
        Self {
            id: "pytest",
            name: "pytest-reportlog",
            told_by: "objects with $report_type",
            kind: Kind::Events(|| Box::new(PytestLog::default())),
        },
        Self {
            id: "libtest",
            name: "libtest JSON",
            told_by: "objects with type and event: libtest's and nextest's",
            kind: Kind::Events(|| Box::new(Libtest::default())),
        },
        Self {
            id: "bazel",
            name: "Bazel build events",
            told_by: "objects with id and children, started or testResult",
            kind: Kind::Events(|| Box::new(Bep::default())),
        },
        Self {
            id: "tap",
            name: "TAP",
            told_by: "a first line `TAP version`, `1..N` or `ok 1`",
            kind: Kind::Events(|| Box::new(Tap::default())),
        },
        Self {
            id: "dart",
            name: "dart or flutter test JSON",
            told_by: "objects with protocolVersion: `dart test --reporter json`, `flutter test --machine`",
            kind: Kind::Events(|| Box::new(Dart::default())),
        },
        Self {
            id: "cucumber",
            name: "cucumber messages",
            told_by: "objects of one member: meta, source, gherkinDocument, pickle, ..",
            kind: Kind::Events(|| Box::new(Cucumber::default())),
        },
    ];

    /// The format that people call so.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|format| format.name == name)
    }

    /// The format that is asked for by a word, or by what people call it.
    ///
    /// # Errors
    /// When there is none.
    pub fn asked_for(word: &str) -> Result<&'static Self, UnknownFormat> {
        let is_it = |format: &&Self| format.id.eq_ignore_ascii_case(word) || format.name.eq_ignore_ascii_case(word);
        Self::ALL.iter().find(is_it).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_names_of_its_own() {
        for (place, format) in Format::ALL.iter().enumerate() {
            assert!(Format::ALL[..place].iter().all(|other| other.id != format.id && other.name != format.name));
            assert_eq!(Format::asked_for(format.id).unwrap().name, format.name);
            assert_eq!(Format::named(format.name).unwrap().id, format.id);
            // What is recognised is read, and what is read has advice of its own.
            assert!(crate::archive::next_step(format.name, "a").contains("reads this format"), "{}", format.name);
        }
        let said = Format::asked_for("testng").unwrap_err().to_string();
        assert!(said.contains("unknown format `testng`, known: junit, "), "{said}");
    }
}
