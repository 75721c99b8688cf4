//! Cases that stand for more than a test: what is told of a suite or a file itself.

use memchr::memmem;

use super::super::attempt::Ending;
use super::case::{Case, How};
use super::tool::Dialect;
use crate::unit::{FILE, PACKAGE, SUITE};

/// Modules that are remembered of a suite.
const MOST_MODULES: usize = 100_000;

/// What of a suite's cases says that it was fine itself.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Whether a case of it ran.
    pub(super) has_run: bool,
    /// Whether it failed itself.
    pub(super) has_failed: bool,
    /// The file of its last case.
    pub(super) file: String,
    /// The modules that it has cases of (pytest).
    pub(super) modules: Vec<String>,
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
    pub(super) fn see(&mut self, [class, file]: [&str; 2], is_unit: bool, ending: Ending, dialect: Dialect) {
        // pytest has all files in one suite.
        self.has_failed |= is_unit && dialect != Dialect::Pytest;
        self.has_run |= !is_unit && ending != Ending::Skipped;
        if dialect == Dialect::Jest && self.file != file {
            file.clone_into(&mut self.file);
        }
        if dialect == Dialect::Pytest && !is_unit {
            let module = module(class, file);
            // Cases of a module stand behind each other.
            if self.modules.last().is_none_or(|last| last != module) && self.modules.len() < MOST_MODULES {
                self.modules.push(module.to_owned());
            }
        }
    }
}

/// How many parts of a class's name are those of its module; classes stand behind them.
pub(super) fn modules(parts: &[&str], class: &str, file: &str) -> usize {
    let dotted = file.trim_end_matches(".py").replace(['/', '\\'], ".");
    if !dotted.is_empty() && class.starts_with(&dotted) {
        return dotted.split('.').count();
    }
    let is_module = |part: &&str| part.starts_with("test_") || part.ends_with("_test") || part.ends_with("_tests");
    // Classes begin with a capital letter where no file is named as pytest expects.
    let first_class = || parts.iter().position(|part| part.starts_with(char::is_uppercase)).unwrap_or(parts.len());
    parts.iter().rposition(is_module).map_or_else(first_class, |at| at + 1)
}

/// The module of a class of pytest's.
fn module<'n>(class: &'n str, file: &str) -> &'n str {
    let parts: Vec<_> = class.split('.').collect();
    let behind = parts.iter().skip(modules(&parts, class, file));
    let classes: usize = behind.map(|part| part.len() + 1).sum();
    class.get(..class.len().saturating_sub(classes)).unwrap_or(class)
}
