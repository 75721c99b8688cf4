//! Tests of one name that nothing tells apart.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::attempt::{Attempt, Ending};
use super::reader::Sink;
use crate::unit::is_unit;

/// Attempts that are held back at most.
const MOST_HELD: usize = 100_000;

/// What is counted of each test that another one hides.
pub const SAME_NAMES: &str = "test of the same name";

/// Attempts of a text, of which those of equal names are one: in these formats they are other tests, and no attempts of one.
/// Taken for attempts, one that always fails would be a flake for the other that passes. So they are one test that failed
/// where any of them did.
#[derive(Default)]
pub(super) struct SameNames {
    held: Vec<Attempt<'static>>,
    /// Where the attempt of a key stands.
    places: HashMap<u64, usize>,
}

impl SameNames {
    /// Holds an attempt back, or joins it to the one of its names.
    pub(super) fn take(&mut self, attempt: Attempt<'static>, sink: &mut dyn Sink) {
        let mut hasher = DefaultHasher::new();
        let Attempt { packet, suite, scenario, mode, env, attempt: number, .. } = &attempt;
        (packet, suite, scenario, mode, env, number).hash(&mut hasher);
        let place = *self.places.entry(hasher.finish()).or_insert(self.held.len());
        let Some(before) = self.held.get_mut(place) else {
            self.held.push(attempt);
            if self.held.len() >= MOST_HELD {
                self.tell(sink);
            }
            return;
        };
        // A suite that failed may be told of as an error and as a failure.
        sink.ignored(if is_unit(&before.scenario) { "suite told again" } else { SAME_NAMES });
        if gravity(&attempt) > gravity(before) {
            *before = attempt;
        }
    }

    /// Tells what is held back.
    pub(super) fn tell(&mut self, sink: &mut dyn Sink) {
        self.places.clear();
        for attempt in self.held.drain(..) {
            sink.attempt(&attempt);
        }
    }
}

/// A sink that joins attempts of equal names before it hands them on.
pub(super) struct Joining<'s> {
    pub(super) same: SameNames,
    pub(super) sink: &'s mut dyn Sink,
}

impl<'s> Joining<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        Self { same: SameNames::default(), sink }
    }

    /// Behind the last attempt.
    pub(super) fn end(mut self) {
        self.same.tell(self.sink);
    }
}

impl Sink for Joining<'_> {
    fn attempt(&mut self, attempt: &Attempt<'_>) {
        self.same.take(attempt.to_static(), self.sink);
    }

    fn ignored(&mut self, kind: &'static str) {
        self.sink.ignored(kind);
    }

    fn unfinished(&mut self) {
        self.sink.unfinished();
    }

    fn repaired(&mut self, kind: &'static str) {
        self.sink.repaired(kind);
    }

    fn fault(&mut self, fault: super::reader::Fault) {
        self.sink.fault(fault);
    }
}

/// What hides what: a failure hides a pass, a pass what says nothing.
fn gravity(attempt: &Attempt<'_>) -> u8 {
    match attempt.ending {
        Ending::Skipped => 0,
        Ending::Passed => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Kept;

    #[test]
    fn one_that_fails_hides_one_that_passes_whichever_comes_first() {
        use Ending::{Failed, Passed, Skipped};
        for endings in [[Failed, Passed, Skipped], [Skipped, Passed, Failed], [Passed, Failed, Passed]] {
            let mut kept = Kept::default();
            let mut joining = Joining::new(&mut kept);
            for (line, ending) in (1..).zip(endings) {
                joining.attempt(&Attempt { line, ending, scenario: "x".into(), ..Attempt::default() });
                let scenario = format!("y{line}").into();
                joining.attempt(&Attempt { line, ending, scenario, attempt: Some(line), ..Attempt::default() });
            }
            joining.end();
            assert_eq!((kept.attempts.len(), kept.ignored[SAME_NAMES]), (4, 2));
            assert_eq!(kept.attempts[0].ending, Failed);
        }
    }
}
