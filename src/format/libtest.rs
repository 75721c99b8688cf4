//! libtest's JSON (`cargo test -- -Z unstable-options --format json`), and that of nextest, which imitates it
//! (`cargo nextest run --message-format libtest-json`).
//!
//! Recognised: the first JSON object of the text has `type` (`suite`, `test`, `bench`, `report`) and `event`, or `type`
//! is `bench`. nextest's names have a `$` between binary and test.
//!
//! Source: <https://doc.rust-lang.org/rustc/tests/index.html#--format-format> (the format itself stands in
//! `library/test/src/formatters/json.rs` of rust-lang/rust), <https://nexte.st/docs/machine-readable/libtest-json/>.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::attempt::{Attempt, Ending};
use super::attempts::Attempts;
use super::output::Output;
use super::reader::{Events, Sink};
use super::scan::{self, Mended, Object, decode, inner};
use super::shell::quote;

/// Tests of which no end came yet.
const OPEN: usize = if cfg!(test) { 1000 } else { 100_000 };

/// The reader.
#[derive(Default)]
pub(super) struct Libtest {
    /// Lines on which the open tests began, by name.
    open: BTreeMap<Box<[u8]>, u64>,
    attempts: Attempts,
    /// The binary that runs, where cargo's own lines stand between the records.
    binary: String,
    /// The option that has cargo run it alone.
    target: String,
    seed: Option<u64>,
    /// Text since the suite began: what a process says when it dies.
    text: Output,
}

#[derive(Default)]
struct Event<'a> {
    kind: &'a [u8],
    what: &'a [u8],
    name: &'a [u8],
    seconds: Option<f64>,
    stdout: &'a [u8],
    message: &'a [u8],
    reason: &'a [u8],
    seed: &'a [u8],
}

impl<'a> Event<'a> {
    fn read(text: &'a [u8], sink: &mut dyn Sink) -> Option<(Self, &'a [u8])> {
        let mut object = Object::open(text)?;
        let mut event = Self::default();
        for (key, value) in object.by_ref() {
            match key {
                b"type" => event.kind = inner(value),
                b"event" => event.what = inner(value),
                b"name" => event.name = inner(value),
                b"exec_time" => event.seconds = scan::number(value),
                b"stdout" => event.stdout = inner(value),
                b"message" => event.message = inner(value),
                b"reason" => event.reason = inner(value),
                b"shuffle_seed" => event.seed = value,
                _ => {}
            }
        }
        let behind = object.behind()?;
        if object.not_finite {
            sink.repaired("not_finite");
        }
        Some((event, behind))
    }
}

/// A name, taken apart.
struct Name<'a> {
    /// nextest's `crate::binary`, with its crate.
    binary: Option<(Cow<'a, str>, Cow<'a, str>)>,
    test: Cow<'a, str>,
    /// How many attempts the end stands for.
    attempts: u64,
}

impl<'a> Name<'a> {
    fn read(raw: &'a [u8], mended: &mut Mended) -> Self {
        let dollar = memchr::memchr(b'$', raw).and_then(|at| Some((raw.get(..at)?, raw.get(at + 1..)?)));
        let Some((binary, test)) = dollar else {
            return Self { binary: None, test: decode(raw, mended), attempts: 1 };
        };
        // A stress run says so behind the binary: the same test again.
        let stress = memchr::memmem::find(binary, b"@stress-");
        let binary = stress.and_then(|at| binary.get(..at)).unwrap_or(binary);
        let (test, attempts) = match memchr::memrchr(b'#', test) {
            Some(at) => {
                let count = test.get(at + 1..).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
                match count {
                    Some(count @ 2..=1000) => (test.get(..at).unwrap_or(test), count),
                    _ => (test, 1),
                }
            }
            None => (test, 1),
        };
        let package = memchr::memmem::find(binary, b"::").and_then(|at| binary.get(..at)).unwrap_or(binary);
        Self { binary: Some((decode(binary, mended), decode(package, mended))), test: decode(test, mended), attempts }
    }
}

/// What a test is kept open by. nextest begins `name` and ends `name#3`; and it begins a test of a stress run with
/// `@stress-0` behind the binary, which its end lacks if the test is ignored.
fn key(raw: &[u8], attempts: u64) -> Box<[u8]> {
    let cut = if attempts > 1 { memchr::memrchr(b'#', raw) } else { None };
    let raw = cut.and_then(|at| raw.get(..at)).unwrap_or(raw);
    let Some(dollar) = memchr::memchr(b'$', raw) else {
        return raw.into();
    };
    let (binary, test) = raw.split_at(dollar);
    let stress = memchr::memmem::find(binary, b"@stress-");
    let binary = stress.and_then(|at| binary.get(..at)).unwrap_or(binary);
    [binary, test].concat().into()
}

impl Events for Libtest {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let is_ours = |text: &[u8]| text.starts_with(b"{\"type\"") || text.starts_with(b"{ \"type\"");
        let text = scan::records(line, number, sink, is_ours, |text, sink| {
            let (event, behind) = Event::read(text, sink)?;
            self.event(&event, number, sink);
            Some(behind)
        });
        if let Some(text) = text {
            self.text(text, sink);
        }
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.died(is_whole, sink);
        *self = Self::default();
    }
}

impl Libtest {
    fn event(&mut self, event: &Event<'_>, number: u64, sink: &mut dyn Sink) {
        match (event.kind, event.what) {
            (b"suite", b"started") => {
                // libtest runs a binary at a time; nextest's suites overlap, and are told of more than once.
                if self.open.keys().next().is_some_and(|name| !name.contains(&b'$')) {
                    self.died(true, sink);
                }
                self.seed = std::str::from_utf8(event.seed).ok().and_then(|seed| seed.parse().ok());
                self.text.clear();
                sink.ignored("suite");
            }
            (b"suite", _) => sink.ignored("suite"),
            (b"test", b"started") => {
                self.bound(sink);
                self.open.insert(key(event.name, 1), number);
            }
            (b"test", b"ok") | (b"bench", b"" | b"ok") => self.ended(event, Ending::Passed, number, sink),
            (b"test", b"failed" | b"allowed_failure") => {
                let is_slow = event.reason == b"time limit exceeded";
                self.ended(event, if is_slow { Ending::TimedOut } else { Ending::Failed }, number, sink);
            }
            (b"test", b"ignored") => self.ended(event, Ending::Skipped, number, sink),
            // It takes long, and goes on.
            (b"test", b"timeout") => sink.ignored("timeout"),
            (b"report", _) => sink.ignored("report"),
            (b"", _) => sink.ignored("text"),
            _ => sink.ignored("other"),
        }
    }

    fn ended(&mut self, event: &Event<'_>, ending: Ending, number: u64, sink: &mut dyn Sink) {
        let mut mended = Mended::default();
        let name = Name::read(event.name, &mut mended);
        let line = self.open.remove(&key(event.name, name.attempts)).unwrap_or(number);
        for _ in 1..name.attempts {
            self.tell(&name, line, Ending::Failed, None, "", sink);
        }
        let mut message = Cow::Borrowed("");
        if ending != Ending::Passed {
            message = decode(event.stdout, &mut mended);
            if !event.message.is_empty() {
                let mut text = message.into_owned();
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(&decode(event.message, &mut mended));
                message = text.into();
            }
        }
        mended.tell(sink);
        self.tell(&name, line, ending, event.seconds, &message, sink);
    }

    fn tell(
        &mut self,
        name: &Name<'_>,
        line: u64,
        ending: Ending,
        seconds: Option<f64>,
        message: &str,
        sink: &mut dyn Sink,
    ) {
        let (suite, packet, replay) = if let Some((binary, package)) = &name.binary {
            let target = binary.rsplit("::").next().unwrap_or(binary);
            let filter = format!("package(={package}) & binary(={target}) & test(={})", name.test);
            (&**binary, &**package, format!("cargo nextest run -E {}", quote(&filter)))
        } else {
            let target = &self.target;
            (self.binary.as_str(), "", format!("cargo test{target} {} -- --exact", quote(&name.test)))
        };
        sink.attempt(&Attempt {
            line,
            packet: packet.into(),
            suite: suite.into(),
            scenario: (&*name.test).into(),
            seed: self.seed,
            attempt: self.attempts.next(suite.as_bytes(), name.test.as_bytes()),
            ending,
            message: message.into(),
            duration_ms: seconds.map(|seconds| seconds * 1000.0),
            replay: replay.into(),
            ..Attempt::default()
        });
    }

    /// What is open when the binary is known to be dead, or nothing more comes.
    fn died(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        let mut open: Vec<_> = std::mem::take(&mut self.open).into_iter().collect();
        open.sort_by_key(|(_, line)| *line);
        let mut mended = Mended::default();
        let message = if open.is_empty() { String::new() } else { self.text.text(&mut mended) };
        for (name, line) in open {
            sink.unfinished();
            if is_whole {
                let name = Name::read(&name, &mut mended);
                self.tell(&name, line, Ending::Crashed, None, &message, sink);
            }
        }
        mended.tell(sink);
    }

    /// cargo's lines: `Running unittests src/lib.rs (target/debug/deps/name-0123456789abcdef)`, `Doc-tests name`.
    fn text(&mut self, text: &[u8], sink: &mut dyn Sink) {
        let text = String::from_utf8_lossy(text);
        let binary = text.strip_prefix("Doc-tests ").is_some()
            || text.strip_prefix("Running ").is_some_and(|rest| rest.contains('('));
        // Behind the last line of a binary: what it has not told of by now it never will.
        if binary && self.open.keys().next().is_some_and(|name| !name.contains(&b'$')) {
            self.died(true, sink);
        }
        self.text.push_line(text.as_bytes());
        if let Some(name) = text.strip_prefix("Doc-tests ") {
            self.binary = format!("{name} (doc)");
            " --doc".clone_into(&mut self.target);
        } else if let Some(path) = text.strip_prefix("Running ").and_then(|rest| rest.split_once('(')) {
            let file = path.1.trim_end_matches(')').rsplit(['/', '\\']).next().unwrap_or_default();
            let file = file.strip_suffix(".exe").unwrap_or(file);
            let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
            name.clone_into(&mut self.binary);
            self.target = target(path.0.trim(), name);
        }
    }

    /// Lets the older half of too many open tests go.
    fn bound(&mut self, sink: &mut dyn Sink) {
        if self.open.len() < OPEN {
            return;
        }
        let mut lines: Vec<u64> = self.open.values().copied().collect();
        lines.sort_unstable();
        let middle = lines.get(lines.len() / 2).copied().unwrap_or(u64::MAX);
        let before = self.open.len();
        self.open.retain(|_, line| *line > middle);
        (self.open.len()..before).for_each(|_| sink.unfinished());
    }
}

/// The option of cargo for a binary whose source cargo names so: `unittests src/lib.rs`, `tests/queue.rs`.
fn target(source: &str, binary: &str) -> String {
    let path = source.strip_prefix("unittests ").unwrap_or(source).replace('\\', "/");
    let stem = path.rsplit('/').next().and_then(|file| file.strip_suffix(".rs")).unwrap_or_default();
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let own = if stem == "main" { folder } else { stem };
    let is_below = |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    let (option, name) = match () {
        () if path.ends_with("src/lib.rs") => return " --lib".to_owned(),
        () if path.ends_with("src/main.rs") => ("bin", binary),
        () if is_below("src/bin") => ("bin", own),
        () if is_below("tests") => ("test", own),
        () if is_below("benches") => ("bench", own),
        () if is_below("examples") => ("example", own),
        () => return String::new(),
    };
    format!(" --{option} {}", quote(name))
}

#[cfg(test)]
mod tests {
    use crate::format::hostile::altered;
    use proptest::prelude::*;

    use super::*;
    use crate::format::Kept;

    fn read_as(text: &[u8], is_whole: bool) -> Kept {
        let mut kept = Kept::default();
        let mut reader = Libtest::default();
        for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
            reader.line(line, index as u64 + 1, &mut kept);
        }
        reader.end(is_whole, &mut kept);
        kept
    }

    fn brief(kept: &Kept) -> Vec<String> {
        let brief = |attempt: &Attempt<'_>| {
            let (suite, number) = (&attempt.suite, attempt.attempt.unwrap_or_default());
            format!("{suite}|{}#{number} {:?}", attempt.scenario, attempt.ending)
        };
        kept.attempts.iter().map(brief).collect()
    }

    const CARGO: &str = r#"     Running unittests src/lib.rs (target/debug/deps/lt-0123456789abcdef)
{ "type": "suite", "event": "started", "test_count": 5, "shuffle_seed": 1796093871411058359 }
{ "type": "test", "event": "started", "name": "a::ok" }
{ "type": "test", "event": "started", "name": "a::bad" }
{ "type": "test", "event": "timeout", "name": "a::bad" }
{ "type": "test", "name": "a::ok", "event": "ok", "exec_time": 0.5 }
{ "type": "test", "name": "a::bad", "event": "failed", "stdout": "thread 'a::bad' panicked\n" }
{ "type": "test", "name": "a::slow", "event": "failed", "reason": "time limit exceeded" }
{ "type": "test", "name": "a::should", "event": "failed", "stdout": "x", "message": "did not panic" }
{ "type": "test", "name": "a::off", "event": "ignored", "message": "slow" }
{ "type": "bench", "name": "a::fast", "median": 1.5, "deviation": 2 }
{ "type": "suite", "event": "failed", "passed": 1, "failed": 1 }
   Doc-tests lt
{ "type": "suite", "event": "started", "test_count": 1 }
{ "type": "test", "name": "src/lib.rs - f (line 3)", "event": "ok" }
{ "type": "suite", "event": "ok" }
{ "type": "report", "total_time": 1.5 }
"#;

    #[test]
    fn each_event() {
        let kept = read_as(CARGO.as_bytes(), true);
        let expected = [
            "lt|a::ok#1 Passed",
            "lt|a::bad#1 Failed",
            "lt|a::slow#1 TimedOut",
            "lt|a::should#1 Failed",
            "lt|a::off#1 Skipped",
            "lt|a::fast#1 Passed",
            "lt (doc)|src/lib.rs - f (line 3)#1 Passed",
        ];
        assert_eq!(brief(&kept), expected);
        assert_eq!(kept.attempts[0].duration_ms, Some(500.0));
        assert_eq!(kept.attempts[0].seed, Some(1_796_093_871_411_058_359));
        assert_eq!(kept.attempts[1].message, "thread 'a::bad' panicked\n");
        assert_eq!(kept.attempts[1].replay, "cargo test --lib a::bad -- --exact");
        assert_eq!(kept.attempts[6].replay, "cargo test --doc 'src/lib.rs - f (line 3)' -- --exact");
        assert_eq!(kept.attempts[3].message, "x\ndid not panic");
        assert_eq!(kept.ignored, [("report", 1), ("suite", 4), ("text", 2), ("timeout", 1)].into());
        assert_eq!((kept.unfinished, kept.faults.len()), (0, 0));
    }

    #[test]
    fn nextest_names() {
        let text = r#"{"type":"suite","event":"started","test_count":2}
{"type":"test","event":"started","name":"my-crate::bin$a::x"}
{"type":"test","event":"started","name":"my-crate::bin$a::y"}
{"type":"suite","event":"ok"}
{"type":"suite","event":"started","test_count":2}
{"type":"test","event":"ok","name":"my-crate::bin$a::x#3","exec_time":0.25}
{"type":"test","event":"failed","name":"my-crate::bin$a::y#2","stdout":"why"}
{"type":"test","event":"started","name":"my-crate::bin@stress-0$z"}
{"type":"test","event":"ok","name":"my-crate::bin@stress-0$z"}
{"type":"test","event":"ok","name":"my-crate::bin@stress-1$z"}
{"type":"test","event":"started","name":"my-crate::bin@stress-1$off"}
{"type":"test","event":"ignored","name":"my-crate::bin$off"}
{"type":"suite","event":"ok"}"#;
        let kept = read_as(text.as_bytes(), true);
        assert_eq!(kept.unfinished, 0);
        let expected = [
            "my-crate::bin|a::x#1 Failed",
            "my-crate::bin|a::x#2 Failed",
            "my-crate::bin|a::x#3 Passed",
            "my-crate::bin|a::y#1 Failed",
            "my-crate::bin|a::y#2 Failed",
            "my-crate::bin|z#1 Passed",
            "my-crate::bin|z#2 Passed",
            "my-crate::bin|off#1 Skipped",
        ];
        assert_eq!(brief(&kept), expected);
        assert_eq!(kept.attempts[0].message, "");
        assert_eq!((kept.attempts[0].line, kept.attempts[2].duration_ms), (2, Some(250.0)));
        assert_eq!(kept.attempts[4].message, "why");
        assert_eq!(kept.attempts[4].replay, "cargo nextest run -E 'package(=my-crate) & binary(=bin) & test(=a::y)'");
    }

    #[test]
    fn a_binary_that_died() {
        let text = r#"{ "type": "suite", "event": "started", "test_count": 2 }
{ "type": "test", "event": "started", "name": "a" }
signal: 6, SIGABRT
{ "type": "suite", "event": "started", "test_count": 1 }
{ "type": "test", "event": "started", "name": "b" }"#;
        let kept = read_as(text.as_bytes(), true);
        assert_eq!(brief(&kept), ["|a#1 Crashed", "|b#1 Crashed"]);
        assert_eq!(kept.attempts[0].message, "signal: 6, SIGABRT\n");
        assert_eq!(kept.unfinished, 2);
        let kept = read_as(text.as_bytes(), false);
        assert_eq!(brief(&kept), ["|a#1 Crashed"]);
    }

    #[test]
    fn a_binary_that_died_before_the_next() {
        let text = r#"     Running tests/worker.rs (target/debug/deps/worker-0123456789abcdef)
{ "type": "suite", "event": "started", "test_count": 1 }
{ "type": "test", "event": "started", "name": "crashes" }
error: test failed, to rerun pass `--test worker`

Caused by:
  process didn't exit successfully: `target/debug/deps/worker` (signal: 6, SIGABRT: process abort signal)
   Doc-tests shop
{ "type": "suite", "event": "started", "test_count": 0 }
{ "type": "suite", "event": "ok" }"#;
        let kept = read_as(text.as_bytes(), true);
        assert_eq!(brief(&kept), ["worker|crashes#1 Crashed"]);
        assert_eq!(kept.attempts[0].replay, "cargo test --test worker crashes -- --exact");
        assert!(kept.attempts[0].message.contains("SIGABRT"), "{}", kept.attempts[0].message);
    }

    #[test]
    fn each_binary_has_its_option() {
        let of = |source| target(source, "the-bin");
        assert_eq!(of("unittests src/lib.rs"), " --lib");
        assert_eq!(of("unittests crates/a/src/main.rs"), " --bin the-bin");
        assert_eq!(of("unittests src/bin/tool/main.rs"), " --bin tool");
        assert_eq!(of("tests/suite/main.rs"), " --test suite");
        assert_eq!(of("crates/a/benches/fast.rs"), " --bench fast");
        assert_eq!(of("elsewhere.rs"), "");
    }

    #[test]
    fn memory_is_bounded() {
        let mut kept = Kept::default();
        let mut reader = Libtest::default();
        for number in 0..5000 {
            let line = format!(r#"{{"type":"test","event":"started","name":"t{number}"}}"#);
            reader.line(line.as_bytes(), number, &mut kept);
            assert!(reader.open.len() <= OPEN);
        }
        reader.end(false, &mut kept);
        assert_eq!(kept.unfinished, 5000);
    }

    #[test]
    fn cut_off_anywhere() {
        for cut in 0..CARGO.len() {
            read_as(&CARGO.as_bytes()[..cut], cut % 2 == 0);
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            read_as(&bytes, true);
        }

        #[test]
        fn mutated(text in altered(CARGO)) {
            read_as(&text, true);
        }
    }
}
