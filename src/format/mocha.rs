//! The JSON reporter of Mocha.
//!
//! Recognised by the keys of its first object: `stats`, `tests`, `pending`, `failures`, `passes`.
//!
//! What writes it is <https://github.com/mochajs/mocha/blob/main/lib/reporters/json.js>. A test with `currentRetry` n failed n
//! times before, which is told of nowhere else. Hooks that failed stand among the failures only.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::attempt::{Attempt, Ending};
use super::json::{self, Attempts, List, Number, Place, Text};
use super::paths::Root;
use super::reader::Sink;
use super::same::Joining;
use super::shell::{literal, quote};
use super::when::moment;
use crate::unit::SUITE;

/// Reads the results of a text.
pub(super) fn documents(text: &[u8], is_whole: bool, sink: &mut dyn Sink) {
    let mut joining = Joining::new(sink);
    json::documents(text, is_whole, &mut joining, one);
    joining.end();
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    stats: Stats<'a>,
    #[serde(borrow, default)]
    tests: List<Test<'a>>,
    #[serde(borrow, default)]
    pending: List<Test<'a>>,
    #[serde(borrow, default)]
    failures: List<Test<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stats<'a> {
    #[serde(borrow)]
    start: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Test<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    full_title: Text<'a>,
    #[serde(borrow)]
    file: Text<'a>,
    duration: Number,
    current_retry: Number,
    #[serde(borrow)]
    err: Failure<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    stack: Text<'a>,
    #[serde(borrow)]
    code: Text<'a>,
}

fn one(document: &[u8], place: &mut Place<'_>, sink: &mut dyn Sink) -> serde_json::Result<()> {
    let results: Results<'_> = serde_json::from_slice(document)?;
    let root = Root::of(results.tests.iter().chain(results.failures.iter()).map(|test| &*test.file));
    let time_ms = moment(&results.stats.start).map(|when| when.ms);
    let mut attempts = Attempts::default();
    let pending: HashSet<_> = results.pending.iter().map(|test| (&*test.full_title, &*test.file)).collect();
    let known: HashSet<_> = results.tests.iter().map(|test| (&*test.full_title, &*test.file)).collect();
    let failures = results.failures.iter().filter(|test| !known.contains(&(&*test.full_title, &*test.file)));
    let of_tests = results.tests.iter().map(|test| (test, false));
    // Hooks stand there only where they failed: what holds them was fine where its tests ran.
    let mut suites: BTreeMap<String, bool> = BTreeMap::new();
    for (test, is_hook) in of_tests.chain(failures.map(|test| (test, true))) {
        if test.full_title.is_empty() && test.title.is_empty() {
            sink.unfinished();
            continue;
        }
        let (message, stack) = (test.err.message.plain(), test.err.stack.plain());
        let has_failed = is_hook || !message.is_empty() || !stack.is_empty();
        let ending = match has_failed {
            true if is_hook && test.full_title.contains(" hook") => Ending::SetupFailed,
            true if &*test.err.code == "ERR_MOCHA_TIMEOUT" => Ending::TimedOut,
            true => Ending::Failed,
            false if pending.contains(&(&*test.full_title, &*test.file)) => Ending::Skipped,
            false => Ending::Passed,
        };
        let file = root.strip(&test.file);
        // Old versions name no file: then the suite is what stands before the title.
        let outer = test.full_title.strip_suffix(&*test.title).unwrap_or_default().trim_end();
        let suite = if file.is_empty() { outer } else { &*file };
        let scenario = if test.full_title.is_empty() { &*test.title } else { &*test.full_title };
        let is_of_suite = ending == Ending::SetupFailed;
        if ending != Ending::Skipped && !suite.is_empty() {
            let is_fine = suites.entry(suite.to_owned()).or_insert(true);
            *is_fine &= !is_of_suite;
        }
        let scenario = if is_of_suite && !suite.is_empty() { SUITE } else { scenario };
        let mut attempt = Attempt {
            line: place.line(&test.title),
            time_ms,
            suite: Cow::Borrowed(suite),
            scenario: Cow::Borrowed(scenario),
            file: Cow::Borrowed(&*file),
            ..Attempt::default()
        };
        if has_failed || test.current_retry.count() > 0 {
            let file = if file.is_empty() { String::new() } else { format!(" {}", quote(&file)) };
            let only = format!(" -g {}", quote(&format!("^{}$", literal(scenario))));
            attempt.replay = Cow::Owned(format!("npx mocha{file}{}", if is_of_suite { "" } else { &only }));
        }
        let key = [suite, scenario];
        for _ in 0..test.current_retry.count() {
            attempt.attempt = Some(attempts.next(&key));
            attempt.ending = Ending::Failed;
            sink.attempt(&attempt);
        }
        attempt.attempt = Some(attempts.next(&key));
        attempt.ending = ending;
        attempt.duration_ms = test.duration.0.filter(|duration| *duration >= 0.0);
        attempt.message = match (message.is_empty(), stack.is_empty()) {
            (_, true) => message,
            (true, _) => stack,
            _ if stack.contains(message.trim()) => stack,
            _ => Cow::Owned(format!("{message}\n{stack}")),
        };
        if is_of_suite {
            attempt.message = Cow::Owned(format!("{}\nin {}", attempt.message, &*test.full_title));
        }
        sink.attempt(&attempt);
    }
    for (suite, _) in suites.into_iter().filter(|(_, is_fine)| *is_fine) {
        sink.attempt(&Attempt {
            line: 1,
            time_ms,
            suite: Cow::Owned(suite),
            scenario: Cow::Borrowed(SUITE),
            attempt: Some(1),
            ..Attempt::default()
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::punched;
    use proptest::prelude::*;

    use super::super::{Ending, Kept};
    use super::documents;

    const RESULTS: &str = r#"{"stats": {"tests": 4, "start": "2024-01-02T03:04:05.000Z"}, "tests": [
 {"title": "adds", "fullTitle": "cart adds", "file": "/home/u/shop/test/cart.js", "duration": 3, "currentRetry": 2, "speed": "fast", "err": {}},
 {"title": "takes", "fullTitle": "cart takes", "file": "/home/u/shop/test/cart.js", "duration": 3, "currentRetry": 0, "err": {"message": "no", "stack": "Error: no\n    at x", "showDiff": true}},
 {"title": "waits", "fullTitle": "cart waits", "file": "/home/u/shop/test/cart.js", "err": {"message": "Timeout of 20ms", "code": "ERR_MOCHA_TIMEOUT"}},
 {"title": "later", "fullTitle": "cart later", "file": "/home/u/shop/test/cart.js", "currentRetry": 0, "err": {}}],
 "pending": [{"title": "later", "fullTitle": "cart later", "file": "/home/u/shop/test/cart.js", "err": {}}],
 "failures": [{"title": "takes", "fullTitle": "cart takes", "file": "/home/u/shop/test/cart.js", "err": {"message": "no"}},
  {"title": "\"before all\" hook", "fullTitle": "pay \"before all\" hook", "file": "/home/u/shop/test/pay.js", "err": {"message": "no db"}}], "passes": []}"#;

    #[test]
    fn tests_with_their_retries_and_hooks() {
        let mut kept = Kept::default();
        documents(RESULTS.as_bytes(), true, &mut kept);
        let short: Vec<_> =
            kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.attempt.unwrap(), a.ending)).collect();
        assert_eq!(
            short,
            [
                ("test/cart.js", "cart adds", 1, Ending::Failed),
                ("test/cart.js", "cart adds", 2, Ending::Failed),
                ("test/cart.js", "cart adds", 3, Ending::Passed),
                ("test/cart.js", "cart takes", 1, Ending::Failed),
                ("test/cart.js", "cart waits", 1, Ending::TimedOut),
                ("test/cart.js", "cart later", 1, Ending::Skipped),
                ("test/pay.js", "(suite)", 1, Ending::SetupFailed),
                ("test/cart.js", "(suite)", 1, Ending::Passed),
            ]
        );
        assert_eq!(kept.attempts[6].message, "no db\nin pay \"before all\" hook");
        assert_eq!(kept.attempts[6].replay, "npx mocha test/pay.js");
        assert_eq!(kept.attempts[3].message, "Error: no\n    at x");
        assert_eq!(kept.attempts[3].replay, "npx mocha test/cart.js -g '^cart takes$'");
        assert_eq!((kept.attempts[3].line, kept.attempts[3].time_ms), (3, Some(1_704_164_645_000)));
    }

    proptest! {
        #[test]
        fn any_mutation_is_read(mut bytes in punched(RESULTS), end in 0usize..2000) {
            bytes.truncate(end);
            documents(&bytes, true, &mut Kept::default());
        }
    }
}
