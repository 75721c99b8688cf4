//! Cases that are over become attempts.

use std::borrow::Cow;

use super::super::attempt::{Attempt, Ending};
use super::super::reader::UNTOLD;
use super::Reading;
use super::case::{self, Case};
use super::dialect::{Suite, path};
use super::facts;
use super::tool::Dialect;
use super::unit::{self, unit_of};
use super::{MOST_HELD, Seen, hash};

/// Failures of no test that are counted of one suite at most: the number is what somebody wrote.
const MOST_UNTOLD: u64 = 1000;

impl<'a> Reading<'a, '_> {
    /// Makes the attempts of a case.
    pub(super) fn finished_as(&mut self, case: &Case<'a>, is_cut: bool) {
        let words = &mut self.words;
        let named = self.tests.named(case, &self.suites, words);
        let tests = &self.tests;
        let suite = self.suites.last();
        let case_ms = self.times.ms(case.stamp()).or_else(|| suite.and_then(|suite| suite.time_ms));
        let line = self.lines.at(self.text, case.at);
        let mut key = hash(&(&*tests.packet, &*tests.suite, &named.scenario, &named.mode));
        let file = if named.file.is_empty() { 0 } else { hash(&named.file) };
        let mut suite_name = Cow::Borrowed(&*tests.suite);
        if self.seen.get(&key).is_some_and(|seen| seen.file != file) {
            // The same names in another file are another test.
            suite_name = Cow::Owned(format!("{suite_name} > {}", named.file));
            key = hash(&(&*tests.packet, &*suite_name, &named.scenario, &named.mode));
        }
        let previous = self.previous.take();
        if previous == Some(key) && case.is_teardown_behind_failure() {
            // pytest tells of a failed teardown behind a failed call as of a second case.
            self.sink.ignored("teardown of a failed test");
            self.previous = previous;
            return;
        }
        let is_once = tests.dialect.tells_once();
        let seen = self.seen.entry(key).or_insert(Seen { file, attempts: 0, document: 0 });
        let is_counted = !is_once || seen.document != self.document;
        seen.document = self.document;
        let outer = suite.map(|suite| &suite.facts);
        let none = facts::Facts::default();
        let inner = case.facts.as_deref().unwrap_or(&none);
        let mut attempt = Attempt {
            line,
            packet: Cow::Borrowed(&*tests.packet),
            suite: suite_name,
            scenario: Cow::Borrowed(&*named.scenario),
            mode: Cow::Borrowed(&*named.mode),
            branch: first(&inner.branch, outer.map(|facts| &facts.branch)),
            revision: first(&inner.revision, outer.map(|facts| &facts.revision)),
            env: first(&inner.env, outer.map(|facts| &facts.env)),
            // RSpec writes a seed whether it puts tests into a random order or not, and another each time: it identifies nothing.
            seed: inner.seed.or_else(|| outer.and_then(|facts| facts.seed)).filter(|_| tests.dialect != Dialect::Rspec),
            file: Cow::Borrowed(&*named.file),
            ..Attempt::default()
        };
        let is_go = tests.dialect == Dialect::Go;
        let (one, several) = if case.failures.is_empty() {
            (Some(case.last(words)), Vec::new())
        } else {
            (None, case.told(is_cut, words))
        };
        let mut ending = Ending::Skipped;
        for told in one.into_iter().chain(several) {
            ending = told.ending;
            seen.attempts += u64::from(is_counted);
            attempt.attempt = Some(seen.attempts);
            attempt.time_ms = self.times.ms(told.stamp).or(case_ms);
            attempt.duration_ms = told.duration_ms;
            attempt.ending = if named.is_unit { unit::ending(case, tests.dialect, told.ending) } else { told.ending };
            attempt.message = match tests.dialect {
                Dialect::Phpunit => without_name(told.message, &named.class, &named.scenario),
                _ => told.message,
            };
            let has_failed = !matches!(told.ending, Ending::Passed | Ending::Skipped);
            if told.is_not_finite {
                self.sink.repaired("not_finite");
            }
            if has_failed && attempt.replay.is_empty() {
                attempt.replay = Cow::Owned(if named.is_unit {
                    tests.replay_suite(&named, &attempt.suite)
                } else {
                    tests.replay(&named, &attempt, suite)
                });
                attempt.artifacts = case.artifacts(words);
            }
            self.previous = has_failed.then_some(key);
            if told.is_hollow {
                self.hollow.push(self.held.len());
            }
            if told.is_hollow || !self.held.is_empty() || is_go && has_failed {
                self.held.push(attempt.to_static());
            } else if is_once {
                self.same.take(attempt.to_static(), self.sink);
            } else {
                self.sink.attempt(&attempt);
            }
        }
        if let Some(suite) = self.suites.last_mut() {
            suite.health.see([&named.class, &named.file], named.is_unit, ending, self.tests.dialect);
        }
        if self.held.len() >= MOST_HELD {
            self.release();
        }
    }

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
            vec![if is_file { first(&health.file, Some(file)).into_owned() } else { name.into_owned() }]
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

    /// Counts the failures that a suite's attributes tell of and no element does: they are of no test, and no record.
    /// `before`: elements that told of a failure before the suite.
    pub(super) fn count_untold(&mut self, declared: u64, before: u64) {
        let untold = declared.saturating_sub(self.failures - before).min(MOST_UNTOLD);
        (0..untold).for_each(|_| self.sink.ignored(UNTOLD));
        // The suites around count it, too.
        self.failures += untold;
    }

    /// Lets go of what was held back: all but the tests that failed only because a subtest of theirs did.
    pub(super) fn release(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        let outputs = std::mem::take(&mut self.outputs);
        // Output of a suite with several such cases could be any's.
        if let [at] = *std::mem::take(&mut self.hollow)
            && let Some(attempt) = held.get_mut(at)
        {
            let message = case::output(&outputs, Cow::Borrowed(&*attempt.message), &mut self.words).into_owned();
            attempt.message = Cow::Owned(message);
        }
        // The classes of other languages are told apart by slashes, too.
        if self.tests.dialect != Dialect::Go {
            let is_once = self.tests.dialect.tells_once();
            for attempt in held {
                if is_once {
                    self.same.take(attempt, self.sink);
                } else {
                    self.sink.attempt(&attempt);
                }
            }
            return;
        }
        let failed = |attempt: &&Attempt<'_>| !matches!(attempt.ending, Ending::Passed | Ending::Skipped);
        let mut parents = std::collections::HashSet::new();
        for attempt in held.iter().filter(failed) {
            for (slash, _) in attempt.scenario.match_indices('/').take(64) {
                parents.insert((&*attempt.suite, attempt.scenario.get(..slash).unwrap_or_default()));
            }
        }
        for attempt in &held {
            if failed(&attempt) && parents.contains(&(&*attempt.suite, &*attempt.scenario)) {
                self.sink.ignored("parent of a failed subtest");
            } else {
                self.sink.attempt(attempt);
            }
        }
    }
}

/// A message of `PHPUnit`'s, whose first line is the test's name: another one in each of its data sets.
fn without_name<'m>(message: Cow<'m, str>, class: &str, name: &str) -> Cow<'m, str> {
    let name = name.split(' ').next().unwrap_or(name);
    let is_name =
        |line: &str| line.strip_prefix(class).and_then(|rest| rest.strip_prefix("::")?.strip_prefix(name)).is_some();
    match message.split_once('\n') {
        Some((first, rest)) if is_name(first.trim_start()) => Cow::Owned(rest.to_owned()),
        _ => message,
    }
}

/// What a case says, else what its suite does.
fn first<'b>(inner: &'b str, outer: Option<&'b Cow<'_, str>>) -> Cow<'b, str> {
    Cow::Borrowed(if inner.is_empty() { outer.map_or("", |text| text) } else { inner })
}
