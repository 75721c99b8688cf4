//! Cases that stand for more than a test: what is told of a suite or a file itself.

use memchr::memmem;

use super::super::attempt::{Attempt, Ending};
use super::Reading;
use super::case::{Case, How};
use super::dialect::{Dialect, Named, Suite, path};
use super::replay::module;
use crate::unit::{FILE, PACKAGE, SUITE};

/// Modules that are remembered of a suite.
const MOST_MODULES: usize = 100_000;

/// What of a suite's cases says that it was fine itself.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Whether a case of it ran.
    has_run: bool,
    /// Whether it failed itself.
    has_failed: bool,
    /// The file of its last case.
    file: String,
    /// The modules that it has cases of (pytest).
    modules: Vec<String>,
}

/// The name of what a document's suites stand for.
pub(super) const fn unit_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Go => PACKAGE,
        Dialect::Jest | Dialect::Node | Dialect::Pytest | Dialect::Vitest => FILE,
        _ => SUITE,
    }
}

/// Whether a case stands for its suite or file.
pub(super) fn is_of_unit(case: &Case<'_>, dialect: Dialect) -> bool {
    let has_failed = case.failures.iter().any(|failed| matches!(failed.how, How::Failure | How::Error));
    if case.is_suite {
        return true;
    }
    has_failed
        && match dialect {
            Dialect::Go => case.name == b"TestMain",
            Dialect::Jest => case.class == b"Test suite failed to run",
            Dialect::Node => case.name.first() == Some(&b'/') || case.name.get(1..3) == Some(b":\\"),
            Dialect::Pytest => case.class.is_empty() && says(case, b"collection failure"),
            Dialect::Vitest => case.name == case.class && case.name.contains(&b'.'),
            Dialect::Surefire | Dialect::Unknown => {
                case.name.is_empty() && !case.class.is_empty()
                    || matches!(case.name, b"initializationError" | b"classMethod")
            }
            _ => false,
        }
}

/// Whether a failure's message begins with a text.
fn says(case: &Case<'_>, text: &[u8]) -> bool {
    let messages = case.failures.iter().filter_map(|failed| failed.attributes.get(b"message"));
    messages.into_iter().any(|message| message.starts_with(text))
}

/// How a suite or file failed.
pub(super) fn ending(case: &Case<'_>, dialect: Dialect, otherwise: Ending) -> Ending {
    let has = |part: &[u8]| case.failures.iter().any(|failed| memmem::find(failed.content, part).is_some());
    match dialect {
        // Nothing ties it to the tests that stand there when it does not fail: no series could be made of it.
        Dialect::Node => Ending::Infrastructure,
        Dialect::Jest if case.file.is_empty() => Ending::Infrastructure,
        Dialect::Jest if has(b"was terminated by another process") => Ending::Crashed,
        Dialect::Go | Dialect::Jest | Dialect::Pytest | Dialect::Vitest if otherwise != Ending::Crashed => {
            Ending::BuildFailed
        }
        _ => otherwise,
    }
}

impl Health {
    /// Sees a case that is over.
    pub(super) fn see(&mut self, named: &Named<'_>, is_unit: bool, ending: Ending, dialect: Dialect) {
        // pytest has all files in one suite.
        self.has_failed |= is_unit && dialect != Dialect::Pytest;
        self.has_run |= !is_unit && ending != Ending::Skipped;
        if dialect == Dialect::Jest && self.file != *named.file {
            self.file = named.file.to_string();
        }
        if dialect == Dialect::Pytest && !is_unit {
            let module = module(&named.class, &named.file);
            // Cases of a module stand behind each other.
            if self.modules.last().is_none_or(|last| last != module) && self.modules.len() < MOST_MODULES {
                self.modules.push(module.to_owned());
            }
        }
    }
}

impl Reading<'_, '_> {
    /// Tells of a suite that ends, and was fine: what fails in some run only must have passed in the others.
    pub(super) fn tell_unit(&mut self) {
        let Some(Suite { health, facts, time_ms, file, .. }) = self.suites.last() else { return };
        let dialect = self.tests.dialect;
        let is_told = health.has_run
            && !health.has_failed
            // Of these no document tells that a suite failed itself.
            && !matches!(dialect, Dialect::Ctest | Dialect::Nextest | Dialect::Node | Dialect::Playwright);
        if !is_told {
            return;
        }
        let names: Vec<String> = if dialect == Dialect::Pytest {
            let mut modules = health.modules.clone();
            modules.sort_unstable();
            modules.dedup();
            modules
        } else {
            let name = path(&self.suites, &"".into());
            let is_file = dialect == Dialect::Jest && !health.file.is_empty() || name.is_empty();
            vec![if is_file { first(&health.file, file).to_owned() } else { name.into_owned() }]
        };
        let line = self.lines.at(self.text, self.tags.position());
        for suite in names.iter().filter(|name| !name.is_empty()) {
            self.sink.attempt(&Attempt {
                line,
                packet: (&*self.tests.packet).into(),
                suite: suite.into(),
                scenario: unit_of(dialect).into(),
                time_ms: *time_ms,
                branch: (&*facts.branch).into(),
                revision: (&*facts.revision).into(),
                env: (&*facts.env).into(),
                seed: facts.seed,
                attempt: Some(1),
                ..Attempt::default()
            });
        }
    }
}

fn first<'t>(one: &'t str, other: &'t str) -> &'t str {
    if one.is_empty() { other } else { one }
}
