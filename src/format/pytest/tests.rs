use crate::format::hostile::altered;
use proptest::prelude::*;

use super::PytestLog;
use crate::format::{Attempt, Ending, Events, Kept};
use crate::unit::is_unit;

fn read_as(text: &[u8], is_whole: bool) -> Kept {
    let mut kept = Kept::default();
    let mut reader = PytestLog::default();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        reader.line(line, index as u64 + 1, &mut kept);
    }
    reader.end(is_whole, &mut kept);
    kept
}

const START: &str = "{\"pytest_version\": \"8.0\", \"$report_type\": \"SessionStart\"}\n";
const FINISH: &str = "{\"exitstatus\": 1, \"$report_type\": \"SessionFinish\"}\n";

/// `NODEID WHEN OUTCOME REST` a line, REST being members; `{` lines as they are.
fn log(lines: &str) -> String {
    let mut out = String::new();
    for line in lines.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        if line.starts_with('{') {
            out.push_str(line);
        } else {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            let rest = words.get(3).map(|rest| format!("{rest}, ")).unwrap_or_default();
            out.extend([format!(
                r#"{{"nodeid": "{}", "keywords": {{"": 1}}, "outcome": "{}", {rest}"when": "{}", "$report_type": "TestReport"}}"#,
                words[0], words[2], words[1]
            )]);
        }
        out.push('\n');
    }
    out
}

fn session(lines: &str) -> Kept {
    read_as(format!("{START}{}{FINISH}", log(lines)).as_bytes(), true)
}

fn brief(kept: &Kept) -> Vec<String> {
    let is_told = |attempt: &&Attempt<'_>| attempt.ending != Ending::Passed || !is_unit(&attempt.scenario);
    let brief = |attempt: &Attempt<'_>| {
        format!("{}#{} {:?}", attempt.scenario, attempt.attempt.unwrap_or_default(), attempt.ending)
    };
    kept.attempts.iter().filter(is_told).map(brief).collect()
}

#[test]
fn phases_are_folded() {
    let kept = session(
        r#"t/a.py::C::test_x[a-1] setup passed "start": 1700000000.25, "duration": 0.25
        t/a.py::C::test_x[a-1] call failed "start": 1700000001, "duration": 0.5, "longrepr": "boom\nE   assert 0"
        t/a.py::C::test_x[a-1] teardown passed "start": 1700000002, "duration": 0.125"#,
    );
    assert_eq!(brief(&kept), ["C::test_x[a-1]#1 Failed"]);
    let attempt = &kept.attempts[0];
    assert_eq!((attempt.suite.as_ref(), attempt.file.as_ref()), ("t/a.py", "t/a.py"));
    assert_eq!(attempt.message, "boom\nE   assert 0");
    assert_eq!(attempt.time_ms, Some(1_700_000_000_250));
    assert_eq!(attempt.duration_ms, Some(875.0));
    assert_eq!(attempt.line, 2);
    assert_eq!(attempt.replay, "python -m pytest 't/a.py::C::test_x[a-1]'");
    assert_eq!(kept.ignored, [("session", 2)].into());
}

#[test]
fn setup_and_teardown() {
    let kept = session(
        "a.py::s setup failed
        a.py::s teardown passed
        a.py::t setup passed
        a.py::t call passed
        a.py::t teardown failed \"longrepr\": \"late\"
        a.py::both setup passed
        a.py::both call failed \"longrepr\": \"one\"
        a.py::both teardown failed \"longrepr\": \"two\"",
    );
    assert_eq!(brief(&kept), ["s#1 SetupFailed", "t#1 SetupFailed", "both#1 Failed"]);
    assert_eq!(kept.attempts[2].message, "one\ntwo");
}

#[test]
fn skips_and_expected_failures() {
    let kept = session(
        r#"a.py::skip setup skipped "longrepr": ["a.py", 3, "Skipped: no"]
        a.py::skip teardown passed
        a.py::xfail setup passed
        a.py::xfail call skipped "longrepr": {"reprcrash": null}, "wasxfail": ""
        a.py::xfail teardown passed
        a.py::xpass setup passed
        a.py::xpass call passed "wasxfail": "why"
        a.py::xpass teardown passed
        a.py::strict setup passed
        a.py::strict call failed "longrepr": "[XPASS(strict)] why"
        a.py::strict teardown passed"#,
    );
    assert_eq!(brief(&kept), ["skip#1 Skipped", "xfail#1 Passed", "xpass#1 Passed", "strict#1 Failed"]);
    assert_eq!(kept.attempts[0].message, "Skipped: no");
}

#[test]
fn reruns_are_attempts() {
    // With teardowns, as now; a teardown that is to be rerun, too, is of the same attempt.
    let kept = session(
        "a.py::x setup passed \"rerun\": 0
        a.py::x call rerun \"longrepr\": \"first\"
        a.py::x teardown rerun \"longrepr\": \"late\"
        a.py::x setup passed
        a.py::x call passed
        a.py::x teardown passed",
    );
    assert_eq!(brief(&kept), ["x#1 Failed", "x#2 Passed"]);
    assert_eq!(kept.attempts[0].message, "first\nlate");
    // Without, as in old versions.
    let kept = session(
        "a.py::x setup passed
        a.py::x call rerun
        a.py::x setup rerun
        a.py::x setup passed
        a.py::x call passed
        a.py::x teardown passed",
    );
    assert_eq!(brief(&kept), ["x#1 Failed", "x#2 SetupFailed", "x#3 Passed"]);
}

#[test]
fn workers_interleave_and_die() {
    let kept = session(
        r#"a.py::x setup passed "worker_id": "gw0"
        a.py::x setup passed "worker_id": "gw1"
        a.py::x call failed "worker_id": "gw0"
        a.py::x call passed "worker_id": "gw1"
        a.py::x teardown passed "worker_id": "gw1"
        a.py::x teardown passed "worker_id": "gw0"
        a.py::y setup passed "worker_id": "gw0"
        a.py::y ??? failed "longrepr": "worker 'gw0' crashed while running 'a.py::y'""#,
    );
    assert_eq!(brief(&kept), ["x#1 Passed", "x#1 Failed", "y#1 Crashed"]);
}

#[test]
fn subtests_fail_their_test() {
    let kept = session(
        r#"{"outcome": "failed", "longrepr": "i=1", "when": "call", "nodeid": "a.py::x", "$report_type": "SubTestReport"}
        {"outcome": "passed", "longrepr": null, "when": "call", "nodeid": "a.py::x", "$report_type": "SubtestReport"}
        a.py::x setup passed
        a.py::x call passed
        a.py::x teardown passed"#,
    );
    assert_eq!(brief(&kept), ["x#1 Failed"]);
    assert_eq!(kept.attempts[0].message, "i=1");
}

#[test]
fn a_chain_of_exceptions() {
    let long = r#""longrepr": {"reprcrash": {"path": "a.py", "lineno": 5, "message": "B"}, "reprtraceback": {}, "chain": [
        [{"reprentries": [{"type": "ReprEntry", "data": {"lines": [">   f()", "E   A"], "reprfileloc": {"path": "a.py", "lineno": 4, "message": "A"}}}]}, null, "During handling"],
        [{"reprentries": [{"data": {"lines": ["E   B"]}}], "extraline": "!!!"}, null, null]]}"#;
    let kept = session(&format!("a.py::x call failed {}", long.replace('\n', "")));
    assert_eq!(kept.attempts[0].message, ">   f()\nE   A\na.py:4: A\n\nDuring handling\n\nE   B\n!!!\n");
    let kept =
        session(r#"a.py::x call failed "longrepr": {"reprcrash": {"path": "a.py", "lineno": 5, "message": "B"}}"#);
    assert_eq!(kept.attempts[0].message, "a.py:5: B\n");
    let kept = session(r#"a.py::x call failed "longrepr": {"reprcrash": 7}"#);
    assert_eq!(kept.attempts[0].message, r#"{"reprcrash": 7}"#);
}

#[test]
fn too_slow() {
    let kept = session(r#"a.py::x call failed "longrepr": "E   Failed: Timeout >5.0s""#);
    assert_eq!(brief(&kept), ["x#1 TimedOut"]);
}

#[test]
fn collection() {
    let failed =
        r#"{"outcome": "failed", "longrepr": "ImportError", "nodeid": "t/b.py", "$report_type": "CollectReport"}"#;
    let kept = session(&format!(
        "{{\"outcome\": \"passed\", \"nodeid\": \"t\", \"$report_type\": \"CollectReport\"}}\n{failed}\n{failed}"
    ));
    assert_eq!(brief(&kept), ["(file)#1 BuildFailed"]);
    let told: Vec<_> = kept.attempts.iter().map(|at| (&*at.suite, &*at.scenario, at.ending, &*at.message)).collect();
    let (fine, failed) =
        (("t", "(file)", Ending::Passed, ""), ("t/b.py", "(file)", Ending::BuildFailed, "ImportError"));
    assert_eq!(told, [fine, failed]);
    assert_eq!(kept.ignored["collection"], 1);
    // Of the session, of classes, and of what each further worker collects, nothing is told.
    let passed = |id: &str| format!(r#"{{"outcome": "passed", "nodeid": "{id}", "$report_type": "CollectReport"}}"#);
    let kept = session(&["", "t/b.py", "t/b.py::C", "t/b.py"].map(passed).join("\n"));
    assert_eq!((kept.attempts.len(), kept.ignored["collection"]), (1, 3));
    assert_eq!(kept.attempts[0].suite, "t/b.py");
}

#[test]
fn killed_without_a_finish() {
    let text = format!(
        "{START}{}",
        log("a.py::done setup passed\n a.py::done call passed\n a.py::done teardown passed
             a.py::runs setup passed\n a.py::failed setup passed\n a.py::failed call failed")
    );
    let kept = read_as(text.as_bytes(), true);
    assert_eq!(brief(&kept), ["done#1 Passed", "runs#1 Crashed", "failed#1 Failed"]);
    assert_eq!(kept.unfinished, 1);
    let kept = read_as(text.as_bytes(), false);
    assert_eq!(brief(&kept), ["done#1 Passed", "failed#1 Failed"]);
    // Interrupted by hand.
    let kept = session("a.py::x setup passed");
    assert_eq!(brief(&kept), ["x#1 Skipped"]);
}

#[test]
fn what_json_forbids() {
    let mut text = START.as_bytes().to_vec();
    text.extend_from_slice(
        b"warn {\"nodeid\": \"a.py::x\", \"user_properties\": [[\"a\", NaN], [\"b\", -Infinity]], \"outcome\": \"failed\", \"longrepr\": {\"reprcrash\": {\"path\": null, \"lineno\": null, \"message\": \"a\x1b\xff\"}}, \"when\": \"call\", \"$report_type\": \"TestReport\"}\n",
    );
    text.extend_from_slice(FINISH.as_bytes());
    let kept = read_as(&text, true);
    assert_eq!(brief(&kept), ["x#1 Failed"]);
    assert_eq!(kept.attempts[0].message, "?:0: a\u{1b}\u{fffd}\n");
    let repaired = [("bad_utf8", 1), ("control_characters", 1), ("leading_text", 1), ("not_finite", 1)];
    assert_eq!(kept.repaired, repaired.into());
    assert!(kept.faults.is_empty());
}

#[test]
fn memory_is_bounded() {
    let mut lines = String::new();
    for number in 0..3000 {
        lines.extend([format!("a.py::x{number} setup passed\n")]);
    }
    let kept = session(&lines);
    assert_eq!(kept.unfinished, 3000);
}

const FIXTURE: &str = r#"{"outcome": "failed", "longrepr": "x", "nodeid": "t/b.py", "$report_type": "CollectReport"}
    a.py::x setup passed "start": 1.5, "worker_id": "gw0"
    a.py::x call rerun "longrepr": {"reprcrash": {"path": "a.py", "lineno": 5, "message": "B"}, "chain": []}
    a.py::x setup passed
    a.py::x teardown failed "longrepr": ["a", 1, "b"]
    a.py::x ??? failed"#;

#[test]
fn cut_off_anywhere() {
    let text = format!("{START}{}{FINISH}", log(FIXTURE));
    for cut in 0..text.len() {
        read_as(&text.as_bytes()[..cut], cut % 2 == 0);
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_as(&bytes, true);
    }

    #[test]
    fn mutated(text in altered(format!("{START}{}{FINISH}", log(FIXTURE)))) {
        read_as(&text, true);
    }
}
