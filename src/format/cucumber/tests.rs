use crate::format::hostile::altered;
use proptest::prelude::*;

use super::{Cucumber, KEPT, OPEN};
use crate::format::{Attempt, Events, Kept};

fn read_as(text: &[u8], is_whole: bool) -> Kept {
    let mut kept = Kept::default();
    let mut reader = Cucumber::default();
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

const RUN: &str = r#"{"meta":{"protocolVersion":"27","implementation":{"name":"cucumber-js","version":"1"},"os":{"name":"linux"},"ci":{"name":"GitHub Actions","url":"https://ci/1","buildNumber":"77","git":{"revision":"abc","remote":"r","branch":"main"}}}}
{"source":{"data":"Feature: x","uri":"f/a.feature"}}
{"pickle":{"id":"p1","uri":"f/a.feature","location":{"line":3},"astNodeIds":["1"],"name":"plain","steps":[{"id":"s1","text":"I eat"}]}}
{"pickle":{"id":"p2","uri":"f/a.feature","astNodeIds":["2","3"],"name":"outline","steps":[]}}
{"pickle":{"id":"p3","uri":"f/a.feature","astNodeIds":["2","4"],"name":"outline","steps":[]}}
{"hook":{"id":"h1","type":"BEFORE_TEST_RUN","sourceReference":{"uri":"f/s.js","location":{"line":7}}}}
{"testRunStarted":{"timestamp":{"seconds":1700000000,"nanos":0}}}
{"testCase":{"id":"c1","pickleId":"p1","testSteps":[{"id":"t0","hookId":"h0"},{"id":"t1","pickleStepId":"s1"}]}}
{"testCase":{"id":"c2","pickleId":"p2","testSteps":[{"id":"t2"}]}}
{"testCase":{"id":"c3","pickleId":"p3","testSteps":[]}}
{"testCaseStarted":{"id":"r1","testCaseId":"c1","timestamp":{"seconds":1700000001,"nanos":500000000},"attempt":0}}
{"testStepStarted":{"testCaseStartedId":"r1","testStepId":"t1"}}
{"attachment":{"body":"aGk=","mediaType":"image/png"}}
{"testStepFinished":{"testCaseStartedId":"r1","testStepId":"t1","testStepResult":{"status":"FAILED","message":"boom","exception":{"type":"Error","message":"boom","stackTrace":"Error: boom\n  at f"},"duration":{"seconds":0,"nanos":1}}}}
{"testCaseFinished":{"testCaseStartedId":"r1","timestamp":{"seconds":1700000002,"nanos":0},"willBeRetried":true}}
{"testCaseStarted":{"id":"r2","testCaseId":"c1","timestamp":{"seconds":1700000003,"nanos":0},"attempt":1}}
{"testStepFinished":{"testCaseStartedId":"r2","testStepId":"t1","testStepResult":{"status":"PASSED"}}}
{"testCaseFinished":{"testCaseStartedId":"r2","timestamp":{"seconds":1700000004,"nanos":0}}}
{"testCaseStarted":{"id":"r3","testCaseId":"c2","attempt":0}}
{"testStepFinished":{"testCaseStartedId":"r3","testStepId":"t2","testStepResult":{"status":"SKIPPED"}}}
{"testCaseFinished":{"testCaseStartedId":"r3"}}
{"testCaseStarted":{"id":"r4","testCaseId":"c3","attempt":0}}
{"testStepFinished":{"testCaseStartedId":"r4","testStepId":"t9","testStepResult":{"status":"UNDEFINED"}}}
{"testCaseFinished":{"testCaseStartedId":"r4"}}
{"testCaseStarted":{"id":"r5","testCaseId":"c1","attempt":2}}
{"testStepFinished":{"testCaseStartedId":"r5","testStepId":"t0","testStepResult":{"status":"FAILED","message":"hook"}}}
{"testStepFinished":{"testCaseStartedId":"r5","testStepId":"t1","testStepResult":{"status":"SKIPPED"}}}
{"testCaseFinished":{"testCaseStartedId":"r5"}}
{"testRunHookStarted":{"id":"x1","hookId":"h1"}}
{"testRunHookFinished":{"testRunHookStartedId":"x1","result":{"status":"FAILED","message":"no db"}}}
{"parseError":{"source":{"uri":"f/b.feature","location":{"line":1}},"message":"expected: #EOF"}}
{"testRunFinished":{"success":false,"message":"Whoops!","timestamp":{"seconds":1700000005,"nanos":0}}}
"#;

#[test]
fn a_run() {
    let kept = read_as(RUN.as_bytes(), true);
    let expected = [
        "f/a.feature|plain#1 Failed",
        "f/a.feature|plain#2 Passed",
        "f/a.feature|outline #1#1 Skipped",
        "f/a.feature|outline #2#1 Failed",
        "f/a.feature|plain#3 SetupFailed",
        "f/s.js|BEFORE_TEST_RUN#1 SetupFailed",
        "f/b.feature|f/b.feature#1 BuildFailed",
        "|(run)#1 Infrastructure",
    ];
    assert_eq!(brief(&kept), expected);
    let first = &kept.attempts[0];
    assert_eq!(first.message, "Error: boom\n  at f\nat step: I eat\n");
    assert_eq!((first.time_ms, first.duration_ms), (Some(1_700_000_001_500), Some(500.0)));
    assert_eq!((first.run.as_ref(), first.branch.as_ref(), first.revision.as_ref()), ("77", "main", "abc"));
    assert_eq!((first.env.as_ref(), first.url.as_ref(), first.line), ("linux", "https://ci/1", 11));
    assert_eq!(first.replay, "npx cucumber-js f/a.feature:3");
    assert_eq!(kept.attempts[3].message, "undefined step\n");
    assert_eq!((kept.unfinished, kept.faults.len(), kept.ignored["attachment"]), (0, 0, 1));
}

#[test]
fn rules_tell_scenarios_apart() {
    let text = r#"{"gherkinDocument":{"feature":{"name":"f","children":[{"background":{"id":"0"}},{"rule":{"id":"9","name":"first","children":[{"scenario":{"id":"1","name":"s"}}]}},{"scenario":{"id":"2","name":"s"}}]}}}
{"pickle":{"id":"p1","uri":"a","astNodeIds":["1"],"name":"s"}}
{"pickle":{"id":"p2","uri":"a","astNodeIds":["2"],"name":"s"}}
{"testCase":{"id":"c1","pickleId":"p1"}}
{"testCase":{"id":"c2","pickleId":"p2"}}
{"testCaseStarted":{"id":"r1","testCaseId":"c1"}}
{"testCaseFinished":{"testCaseStartedId":"r1"}}
{"testCaseStarted":{"id":"r2","testCaseId":"c2"}}
{"testCaseFinished":{"testCaseStartedId":"r2"}}"#;
    assert_eq!(brief(&read_as(text.as_bytes(), true)), ["a|first > s#1 Passed", "a|s#1 Passed"]);
}

#[test]
fn killed() {
    let text: String = RUN.lines().take(13).flat_map(|line| [line, "\n"]).collect();
    let kept = read_as(text.as_bytes(), true);
    assert_eq!(brief(&kept), ["f/a.feature|plain#1 Crashed"]);
    assert_eq!(kept.unfinished, 1);
    assert!(read_as(text.as_bytes(), false).attempts.is_empty());
}

#[test]
fn memory_is_bounded() {
    let mut kept = Kept::default();
    let mut reader = Cucumber::default();
    for id in 0..3 * KEPT as u64 {
        let pickle = format!(r#"{{"pickle":{{"id":"{id}","name":"n","uri":"u"}}}}"#);
        let started = format!(r#"{{"testCaseStarted":{{"id":"{id}","testCaseId":"{id}"}}}}"#);
        reader.line(pickle.as_bytes(), id, &mut kept);
        reader.line(started.as_bytes(), id, &mut kept);
        assert!(reader.pickles.len() <= KEPT && reader.open.len() <= OPEN);
    }
    reader.end(false, &mut kept);
    assert_eq!(kept.unfinished, 3 * KEPT as u64);
}

#[test]
fn cut_off_anywhere() {
    for cut in 0..RUN.len() {
        read_as(&RUN.as_bytes()[..cut], cut % 2 == 0);
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_as(&bytes, true);
    }

    #[test]
    fn mutated(text in altered(RUN)) {
        read_as(&text, true);
    }
}
