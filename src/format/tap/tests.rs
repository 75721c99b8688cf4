use crate::format::hostile::altered;
use proptest::prelude::*;

use super::{KEPT, Tap};
use crate::format::{Attempt, Ending, Events, Kept};
use crate::unit::is_unit;

fn read_as(text: &[u8], is_whole: bool) -> Kept {
    let mut kept = Kept::default();
    let mut reader = Tap::default();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        reader.line(line, index as u64 + 1, &mut kept);
    }
    reader.end(is_whole, &mut kept);
    kept
}

fn read(text: &str) -> Kept {
    read_as(text.as_bytes(), true)
}

fn brief(kept: &Kept) -> Vec<String> {
    let brief = |attempt: &Attempt<'_>| format!("{}|{} {:?}", attempt.suite, attempt.scenario, attempt.ending);
    // Plans that were met have a test of their own.
    let is_told = |attempt: &&Attempt<'_>| attempt.ending != Ending::Passed || !is_unit(&attempt.scenario);
    kept.attempts.iter().filter(is_told).map(brief).collect()
}

#[test]
fn points_and_directives() {
    let kept = read(
        "TAP version 13
1..9
ok 1 - plain # time=12.5ms
not ok 2 - fails
#   Failed test 'fails'
  #   at t/a.t line 3.
ok 3 skipped # SKIP no network
not ok 4 - later # TODO not done
ok 5 - surprise # todo
ok - has no number, and \\# no directive
ok 7
not ok 8 # skip
ok 9 - issue #12 # time=1.5s
Some text
",
    );
    let expected = [
        "|plain Passed",
        "|fails Failed",
        "|skipped Skipped",
        "|later Passed",
        "|surprise Passed",
        "|has no number, and # no directive Passed",
        "|test 7 Passed",
        "|test 8 Skipped",
        "|issue #12 Passed",
    ];
    assert_eq!(brief(&kept), expected);
    assert_eq!(kept.attempts[1].message, "  Failed test 'fails'\n  at t/a.t line 3.\n");
    assert_eq!(kept.attempts[2].message, "SKIP no network");
    assert_eq!((kept.attempts[0].duration_ms, kept.attempts[8].duration_ms), (Some(12.5), Some(1500.0)));
    assert_eq!(kept.attempts[1].line, 4);
    assert_eq!(kept.ignored, [("comment", 2), ("plan", 1), ("text", 1), ("version", 1)].into());
}

#[test]
fn yaml_diagnostics() {
    let kept = read(
        "not ok 1 - slow
  ---
  duration_ms: 100.5
  location: '/home/u/shop/test/a.test.js:3:1'
  failureType: 'testTimeoutFailure'
  error: |-
    ok 2 - no point
    ---
  ...
not ok 2 - hook
  ---
  failureType: 'hookFailed'
not ok 3 - cut
1..3
",
    );
    assert_eq!(brief(&kept), ["|slow TimedOut", "|hook SetupFailed", "|cut Failed"]);
    let slow = &kept.attempts[0];
    assert!(slow.message.ends_with("error: |-\n  ok 2 - no point\n  ---\n"), "{}", slow.message);
    // What failed comes first.
    assert!(slow.message.starts_with("ok 2 - no point\n"), "{}", slow.message);
    assert_eq!((slow.duration_ms, slow.file.as_ref()), (Some(100.5), "test/a.test.js"));
    assert_eq!(slow.replay, "node --test '--test-name-pattern=^slow$' test/a.test.js");
}

#[test]
fn subtests() {
    let kept = read(
        "# Subtest: t/a.t
    # Subtest: inner
        ok 1 - one
        not ok 2 - two
          ---
          why: x
          ...
        1..2
    not ok 1 - inner
    ok 2 - alone
    1..2
not ok 1 - t/a.t
ok 2 - outer {
    ok 1 - in braces
    1..1
}
# Subtest: todo
    not ok 1 - x
not ok 3 - todo # TODO
1..3
",
    );
    let expected = [
        "t/a.t|inner > one Passed",
        "t/a.t|inner > two Failed",
        "t/a.t|alone Passed",
        "|outer > in braces Passed",
        "|outer Passed",
        "|todo > x Passed",
        "|todo Passed",
    ];
    assert_eq!(brief(&kept), expected);
    assert_eq!(kept.attempts[1].message, "why: x\n");
    assert_eq!(kept.attempts[1].replay, "prove -v t/a.t");
    assert_eq!(kept.ignored["parent of a failure"], 2);
    // A parent of which nothing failed fails for itself; a subtest that never ended has its name from the comment.
    let kept = read("# Subtest: a\n    ok 1 - x\nnot ok 1 - a\n# Subtest: b\n    not ok 1 - y\n");
    assert_eq!(brief(&kept), ["|a > x Passed", "|a Failed", "|b > y Failed"]);
}

#[test]
fn plans_and_bailing_out() {
    let kept = read("1..3\nok 1 - a\n");
    assert_eq!(brief(&kept), ["|a Passed", "a|(plan) Crashed"]);
    assert_eq!(brief(&read("1..3\n")), ["|(plan) Infrastructure"]);
    assert_eq!(kept.attempts[1].message, "3 tests were planned, and 1 ran");
    assert_eq!(kept.unfinished, 2);
    assert_eq!(brief(&read_as(b"1..3\nok 1 - a\n", false)), ["|a Passed"]);
    assert!(read("1..0 # SKIP nothing to do\n").attempts.is_empty());
    let kept = read("1..3\nok 1 - a\nBail out! No database\n");
    assert_eq!(brief(&kept), ["|a Passed", "|Bail out! Infrastructure"]);
    // Documents behind each other.
    let kept = read("TAP version 14\n1..1\nok 1 - a\nTAP version 14\n1..2\nok 1 - a\nok 2 - b\n1..1\nok 1 - c\n");
    assert_eq!(brief(&kept), ["|a Passed", "|b Passed", "|c Passed"]);
    assert_eq!(kept.attempts.iter().filter(|attempt| attempt.scenario == "(plan)").count(), 2);
}

#[test]
fn tests_of_one_name_are_one_that_fails_if_any_does() {
    // As attempts of one the test that always fails would be a flake for the other.
    let kept = read("1..3\nok 1 - x\nnot ok 2 - x\n# why\nok 3 - x\n");
    assert_eq!(brief(&kept), ["|x Failed"]);
    assert_eq!((&*kept.attempts[0].message, kept.ignored["test of the same name"]), ("why\n", 2));
}

#[test]
fn a_plan_that_was_met_is_told_as_one_that_passed() {
    let met = |text: &str| read(text).attempts.iter().any(|at| at.scenario == "(plan)" && at.ending == Ending::Passed);
    assert!(met("1..1\nok 1 - a\n") && met("not ok 1 - a\n1..1\n"));
    assert!(!met("1..2\nok 1 - a\n") && !met("1..0 # SKIP\n") && !met("ok 1 - a\n") && !met("1..2\nok 1\nBail out!\n"));
}

#[test]
fn a_file_of_node_that_died_has_no_series() {
    let kept = read(
        "# Subtest: /home/u/shop/test/worker.test.mjs
not ok 1 - /home/u/shop/test/worker.test.mjs
  ---
  location: '/home/u/shop/test/worker.test.mjs:1:1'
  failureType: 'testCodeFailure'
  exitCode: ~
  signal: 'SIGABRT'
  error: 'test failed'
  ...
not ok 2 - asks
  ---
  location: '/home/u/shop/test/queue.test.mjs:4:1'
  failureType: 'testCodeFailure'
  error: \"queue isn't open\"
  ...
1..2
",
    );
    assert_eq!(brief(&kept), ["test/worker.test.mjs|(file) Infrastructure", "|asks Failed"]);
    assert_eq!(kept.attempts[0].replay, "node --test test/worker.test.mjs");
    let told = "the file's process failed, exitCode: ~, signal: 'SIGABRT'";
    assert_eq!(crate::format::telling(&kept.attempts[0].message), told);
    assert_eq!(crate::format::telling(&kept.attempts[1].message), "queue isn't open");
}

#[test]
fn memory_is_bounded() {
    let mut text = String::new();
    for number in 0..5 * KEPT {
        text.extend([format!("    ok {number} - x{number}\n")]);
    }
    let mut kept = Kept::default();
    let mut reader = Tap::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(line.as_bytes(), index as u64 + 1, &mut kept);
        assert!(reader.kept <= KEPT + 1);
    }
    reader.end(true, &mut kept);
    assert_eq!(kept.attempts.len(), 5 * KEPT);
}

#[test]
fn files_of_prove() {
    let kept = read("t/a.t .. \nok 1 - x\n1..1\nok\nt/b.t ....\nok 1 - x\n1..1\n");
    assert_eq!(brief(&kept), ["t/a.t|x Passed", "t/b.t|x Passed"]);
}

const FIXTURE: &str = "TAP version 14
1..4
# Subtest: a
    not ok 1 - x # TODO \\# y
      ---
      duration_ms: 1
      ...
    1..1
not ok 1 - a {
    ok 1
}
ok 2 - é # SKIP
Bail out!
";

#[test]
fn cut_off_anywhere() {
    for cut in 0..FIXTURE.len() {
        read_as(&FIXTURE.as_bytes()[..cut], cut % 2 == 0);
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_as(&bytes, true);
    }

    #[test]
    fn any_lines(picks in proptest::collection::vec((0_usize..13, 0_usize..4), 0..60)) {
        let lines: Vec<&str> = FIXTURE.lines().collect();
        let text: Vec<String> = picks.iter().map(|&(at, depth)| format!("{}{}", "  ".repeat(depth * depth), lines[at])).collect();
        read(&text.join("\n"));
    }

    #[test]
    fn mutated(text in altered(FIXTURE)) {
        read_as(&text, true);
    }
}
