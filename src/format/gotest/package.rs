//! One package of a `go test -json` log, from its first event to its end, and what its tests' ends mean.

use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

use super::signs::Signs;
use super::test::{End, Test, replay, says_why};
use crate::format::attempt::{Attempt, Ending};
use crate::format::attempts::Attempts;
use crate::format::clock::milliseconds;
use crate::format::output::Output;
use crate::format::reader::Sink;
use crate::format::scan::{Mended, decode};
use crate::format::shell::quote;
use crate::unit::PACKAGE;

/// What a package's end says of the tests that have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// No end though the log is whole.
    Killed,
    /// No end as the log is cut off: nothing is said.
    Cut,
}

/// A package.
#[derive(Default)]
pub(super) struct Package {
    line: u64,
    time_ms: Option<i64>,
    tests: Vec<Test>,
    /// The last test of each name.
    names: HashMap<Box<[u8]>, usize, RandomState>,
    /// The test of the last event: most often the next one is of it, too.
    recent: usize,
    output: Output,
    /// Room of a test that passed, for the next one.
    spare: Output,
    signs: Signs,
    has_begun: bool,
    /// Whether a test of it ran to its end, so that it must have been built.
    has_run: bool,
}

impl Package {
    pub(super) fn len(&self) -> usize {
        self.tests.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.output.len() + self.tests.iter().map(|test| test.output.len() + test.error.len()).sum::<usize>()
    }

    /// It has begun, and neither a test of it nor its end is known.
    pub(super) fn has_only_begun(&self) -> bool {
        self.has_begun && self.tests.is_empty()
    }

    pub(super) fn start(&mut self) {
        self.has_begun = true;
    }

    /// Its first event.
    pub(super) fn place(&mut self, line: u64, time_ms: Option<i64>) {
        if self.line == 0 {
            self.line = line;
            self.time_ms = time_ms;
        }
    }

    /// A test begins: one attempt more if the name is known.
    pub(super) fn run(&mut self, name: &[u8], line: u64, time_ms: Option<i64>) {
        let slash = |name: &[u8]| name.iter().rposition(|&byte| byte == b'/');
        let mut above = name;
        let mut parent = None;
        // A subtest's own name may have slashes: the nearest test above that is known.
        while let Some((before, _)) = slash(above).and_then(|at| above.split_at_checked(at)) {
            above = before;
            parent = self.names.get(above).copied();
            if parent.is_some() {
                break;
            }
        }
        if let Some(parent) = parent.and_then(|parent| self.tests.get_mut(parent)) {
            parent.has_subtests = true;
        }
        self.names.insert(name.into(), self.tests.len());
        self.recent = self.tests.len();
        let output = std::mem::take(&mut self.spare);
        self.tests.push(Test { name: name.into(), line, time_ms, parent, output, ..Test::default() });
    }

    fn last(&mut self, name: &[u8]) -> Option<&mut Test> {
        if self.tests.get(self.recent).is_none_or(|test| *test.name != *name) {
            self.recent = *self.names.get(name)?;
        }
        self.tests.get_mut(self.recent)
    }

    pub(super) fn pause(&mut self, name: &[u8], is_paused: bool) {
        if let Some(test) = self.last(name) {
            test.is_paused = is_paused;
        }
    }

    pub(super) fn artifacts(&mut self, name: &[u8], path: &[u8]) {
        let test = self.last(name).filter(|test| test.artifacts.len() < 100 && !path.is_empty());
        if let Some(test) = test {
            test.artifacts.push(path.into());
        }
    }

    /// Takes output; tells whether a test began with it (benchmarks of old versions have no `run`).
    pub(super) fn output(&mut self, name: &[u8], piece: &[u8], line: u64, time: &[u8]) -> bool {
        if let Some(b'p' | b'r' | b'\\' | b'o' | b'-') = piece.first() {
            self.signs.listen(piece);
        }
        if name.is_empty() {
            self.output.push(piece);
            return false;
        }
        let is_new = self.last(name).is_none();
        if is_new {
            self.run(name, line, milliseconds(time));
        }
        if let Some(test) = self.last(name) {
            match piece.first() {
                Some(b'p' | b'f') if piece.starts_with(b"panic: ") || piece.starts_with(b"fatal error: ") => {
                    test.saw_panic = true;
                }
                Some(b'g') if piece.starts_with(b"goroutine ") => test.is_panic |= test.saw_panic,
                Some(b'W') if piece.starts_with(b"WARNING: DATA RACE") => test.is_race = true,
                _ => {}
            }
            test.output.push(piece);
        }
        is_new
    }

    /// A test ends; tells whether it is new here.
    pub(super) fn ended(&mut self, name: &[u8], end: End, elapsed: Option<f64>, line: u64, time: &[u8]) -> bool {
        let is_new = self.last(name).is_none();
        if is_new {
            self.run(name, line, milliseconds(time));
        }
        let mut spare = None;
        if let Some(test) = self.last(name) {
            // A second end without a begin is no attempt of its own, but a failure is not taken back.
            if test.end != Some(End::Fail) {
                test.end = Some(end);
                test.elapsed = elapsed;
            }
            // That of a subtest may be its parent's: Go tells output to be of the test that printed last.
            if test.end == Some(End::Pass) && !test.saw_panic && !test.is_race && test.parent.is_none() {
                test.output.clear();
                spare = Some(std::mem::take(&mut test.output));
            }
        }
        if let Some(spare) = spare.filter(Output::is_small) {
            self.spare = spare;
        }
        is_new
    }

    /// Takes output that Go says is of `t.Error` or `t.Fatal`: that of the first one tells what failed.
    pub(super) fn error(&mut self, name: &[u8], piece: &[u8], is_first: bool) {
        let Some(test) = self.last(name) else { return };
        test.errors = test.errors.saturating_add(u8::from(is_first));
        if test.errors == 1 {
            test.error.push(piece);
        }
    }

    /// Whether the package's own output says that it was not built.
    pub(super) fn says_build_failed(&self) -> bool {
        let text = self.output.text(&mut Mended::default());
        text.lines().any(|line| {
            line.starts_with("FAIL\t") && (line.ends_with("[build failed]") || line.ends_with("[setup failed]"))
        })
    }

    pub(super) fn printed(&self, mended: &mut Mended) -> String {
        self.output.text(mended)
    }

    /// The attempt that stands for the package as a whole.
    pub(super) fn itself<'a>(
        &self,
        name: &'a [u8],
        is_build: bool,
        message: &'a str,
        elapsed: Option<f64>,
    ) -> Attempt<'a> {
        let name = decode(name, &mut Mended::default());
        Attempt {
            line: self.line,
            time_ms: self.time_ms,
            replay: format!("go test {} -count=1", quote(&name)).into(),
            suite: name,
            scenario: PACKAGE.into(),
            seed: self.signs.seed,
            ending: if is_build {
                Ending::BuildFailed
            } else if self.signs.is_timed_out {
                Ending::TimedOut
            } else {
                Ending::Infrastructure
            },
            message: message.into(),
            duration_ms: elapsed.map(|seconds| seconds * 1000.0),
            ..Attempt::default()
        }
    }

    /// The same of a package that was built, ran tests, and died of none: what fails in some run only must have passed in
    /// the others.
    pub(super) fn fine<'a>(&self, name: &'a [u8]) -> Option<Attempt<'a>> {
        let is_told = self.has_run && !self.signs.is_cached;
        is_told.then(|| Attempt { ending: Ending::Passed, ..self.itself(name, false, "", None) })
    }

    /// Judges and tells every test; returns how many failed.
    pub(super) fn close(
        &mut self,
        name: &[u8],
        verdict: Verdict,
        attempts: &mut Attempts,
        sink: &mut dyn Sink,
    ) -> usize {
        let is_failed = matches!(verdict, Verdict::Failed | Verdict::Killed);
        let endings: Vec<Option<Ending>> = (0..self.tests.len())
            .map(|index| {
                let test = self.tests.get(index)?;
                match test.end.or_else(|| test.glued_end()) {
                    Some(End::Skip) => Some(Ending::Skipped),
                    Some(End::Pass) if self.signs.is_cached => Some(Ending::Skipped),
                    Some(End::Pass) if is_failed && self.signs.died_in(test) => {
                        Some(self.signs.cause(test, Ending::Failed))
                    }
                    Some(End::Pass) => Some(Ending::Passed),
                    Some(End::Fail) => Some(self.signs.cause(test, Ending::Failed)),
                    None => {
                        sink.unfinished();
                        self.unfinished(test, verdict)
                    }
                }
            })
            .collect();
        // Tests begin behind their parents: backwards, each is known before what stands above it.
        for (index, ending) in endings.iter().enumerate().rev() {
            if !matches!(ending, None | Some(Ending::Passed | Ending::Skipped)) {
                let parent = self.tests.get(index).and_then(|test| test.parent);
                if let Some(parent) = parent.and_then(|parent| self.tests.get_mut(parent)) {
                    parent.has_failed_below = true;
                }
            }
        }
        let mut failures = 0;
        for (index, (test, ending)) in self.tests.iter().zip(endings).enumerate() {
            let Some(ending) = ending else { continue };
            let is_failure = !matches!(ending, Ending::Passed | Ending::Skipped);
            failures += usize::from(is_failure);
            self.has_run |= test.end.is_some() && ending != Ending::Skipped;
            if is_failure && test.has_failed_below {
                sink.ignored("parent of a failure");
            } else {
                let below = self.tests.get(index + 1..).unwrap_or_default();
                self.tell(name, test, below, ending, attempts, sink);
            }
        }
        self.tests.clear();
        self.names.clear();
        failures
    }

    /// What is known of a test that has no end.
    fn unfinished(&self, test: &Test, verdict: Verdict) -> Option<Ending> {
        let failed = match verdict {
            Verdict::Passed => {
                return Some(if self.signs.is_cached { Ending::Skipped } else { Ending::Passed });
            }
            Verdict::Cut => return None,
            // Others may have run beside the one that took too long.
            Verdict::Failed if self.signs.is_timed_out => Ending::Failed,
            // Go tells of each test's end, unless the process went away: by a panic of another, or a call of os.Exit.
            Verdict::Failed | Verdict::Killed => Ending::Crashed,
        };
        // It waited for its turn among the parallel ones when the process died: nothing of it ran.
        if test.is_paused {
            return Some(Ending::Skipped);
        }
        Some(self.signs.cause(test, failed))
    }

    /// Tells an attempt. `below` begins behind the test; its subtests stand in it.
    fn tell(
        &self,
        package: &[u8],
        test: &Test,
        below: &[Test],
        ending: Ending,
        attempts: &mut Attempts,
        sink: &mut dyn Sink,
    ) {
        let mut mended = Mended::default();
        let suite = decode(package, &mut mended);
        let scenario = decode(&test.name, &mut mended);
        let mut message = String::new();
        if ending != Ending::Passed {
            message = test.output.text(&mut mended);
            if test.has_subtests && ending != Ending::Skipped && !says_why(&message) {
                let is_below =
                    |other: &&Test| other.name.strip_prefix(&*test.name).is_some_and(|rest| rest.starts_with(b"/"));
                for other in below.iter().take(10_000).filter(is_below) {
                    message.push_str(&other.output.text(&mut mended));
                }
            }
            if test.end.is_none() && ending != Ending::Skipped {
                message.push_str("no end of this test was told\n");
            }
        }
        let telling = if ending.is_failure() { test.error.text(&mut mended) } else { String::new() };
        mended.tell(sink);
        sink.attempt(&Attempt {
            line: test.line,
            time_ms: test.time_ms.or(self.time_ms),
            replay: if ending.is_failure() { replay(&suite, &scenario, self.signs.seed).into() } else { "".into() },
            telling: telling.into(),
            suite,
            seed: self.signs.seed,
            attempt: attempts.next(package, &test.name),
            ending,
            message: message.into(),
            duration_ms: test.elapsed.map(|seconds| seconds * 1000.0),
            artifacts: test.artifacts.iter().map(|path| decode(path, &mut Mended::default())).collect(),
            scenario,
            ..Attempt::default()
        });
    }

    /// Tells what has ended, as if the package passed; open tests stay.
    pub(super) fn flush(&mut self, name: &[u8], attempts: &mut Attempts, sink: &mut dyn Sink) {
        let (open, ended): (Vec<Test>, Vec<Test>) =
            std::mem::take(&mut self.tests).into_iter().partition(|test| test.end.is_none());
        let is_failure = |test: &Test| test.end == Some(End::Fail);
        let mut failed_below: HashSet<&[u8]> = HashSet::new();
        for test in ended.iter().filter(|test| is_failure(test)) {
            let slashes = memchr::memchr_iter(b'/', &test.name);
            failed_below.extend(slashes.filter_map(|at| test.name.get(..at)));
        }
        for test in &ended {
            let is_above = test.has_failed_below || failed_below.contains(&*test.name);
            match test.end {
                Some(End::Fail) if is_above => sink.ignored("parent of a failure"),
                Some(End::Fail) => self.tell(name, test, &[], self.signs.cause(test, Ending::Failed), attempts, sink),
                Some(End::Skip) => self.tell(name, test, &[], Ending::Skipped, attempts, sink),
                _ => self.tell(name, test, &[], Ending::Passed, attempts, sink),
            }
        }
        let above: Vec<bool> = open.iter().map(|test| failed_below.contains(&*test.name)).collect();
        self.names.clear();
        for (mut test, is_above) in open.into_iter().zip(above) {
            test.has_failed_below |= is_above;
            let (line, time_ms, name) = (test.line, test.time_ms, test.name.clone());
            // Finds the parent's new place.
            self.run(&name, line, time_ms);
            if let Some(place) = self.tests.last_mut() {
                test.parent = place.parent;
                *place = test;
            }
        }
    }

    /// Closes the older half of the open tests, of which then nothing is known.
    pub(super) fn close_oldest(&mut self, sink: &mut dyn Sink) {
        let cut = self.tests.len().div_ceil(2);
        self.tests.drain(..cut).for_each(|_| sink.unfinished());
        self.names.clear();
        self.recent = usize::MAX;
        for (index, test) in self.tests.iter_mut().enumerate() {
            test.parent = test.parent.and_then(|parent| parent.checked_sub(cut));
            self.names.insert(test.name.clone(), index);
        }
    }

    pub(super) fn forget_output(&mut self) {
        self.output.clear();
        self.tests.iter_mut().for_each(|test| test.output.clear());
    }
}
