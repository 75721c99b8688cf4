use crate::format::hostile::altered;
use proptest::prelude::*;

use super::*;
use crate::format::Kept;

fn read(text: &[u8]) -> Kept {
    let mut kept = Kept::default();
    let mut reader = Bep::default();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        reader.line(line, index as u64 + 1, &mut kept);
    }
    reader.end(true, &mut kept);
    kept
}

const BUILD: &str = r#"{"id":{"started":{}},"children":[{"progress":{}}],"started":{"uuid":"u-1","startTimeMillis":"1700000000000","command":"test"}}
{"id":{"buildMetadata":{}},"buildMetadata":{"metadata":{"BRANCH_NAME":"main","ROLE":"CI"}}}
{"id":{"workspaceStatus":{}},"workspaceStatus":{"item":[{"key":"BUILD_SCM_REVISION","value":"abc"},{"key":"BUILD_USER","value":"u"},{"key":"GIT_BRANCH","value":"other"}]}}
{"id":{"configuration":{"id":"c1"}},"configuration":{"mnemonic":"k8-fastbuild","platformName":"k8"}}
{"id":{"progress":{"opaqueCount":1}},"progress":{"stderr":"a \"testResult\" b\n"}}
{"id":{"testResult":{"label":"//a:t","run":1,"shard":1,"attempt":1,"configuration":{"id":"c1"}}},"testResult":{"testActionOutput":[{"name":"test.log","uri":"file:///t/attempt_1.log"}],"testAttemptDurationMillis":"250","status":"FAILED","statusDetails":"exit 1","testAttemptStartMillisEpoch":"1700000001000","testAttemptStart":"2023-11-14T22:13:21.500Z"}}
{"id":{"testResult":{"label":"//a:t","run":1,"shard":1,"attempt":2,"configuration":{"id":"c1"}}},"testResult":{"status":"PASSED","testAttemptDuration":"0.125s","testAttemptStartMillisEpoch":"1700000002000"}}
{"id":{"testSummary":{"label":"//a:t","configuration":{"id":"c1"}}},"testSummary":{"overallStatus":"FLAKY"}}
{"id":{"testResult":{"label":"//a:s","run":1,"shard":2,"attempt":1,"configuration":{"id":"c1"}}},"testResult":{"status":"TIMEOUT"}}
{"id":{"testResult":{"label":"//a:cached","configuration":{"id":"c1"}}},"testResult":{"status":"PASSED","cachedLocally":true}}
{"id":{"testResult":{"label":"//a:remote","configuration":{"id":"c1"}}},"testResult":{"status":"PASSED","executionInfo":{"cachedRemotely":true}}}
{"id":{"testResult":{"label":"//a:none","configuration":{"id":"c1"}}},"testResult":{}}
{"id":{"testResult":{"label":"//a:incomplete","configuration":{"id":"c1"}}},"testResult":{"status":"INCOMPLETE"}}
{"id":{"testResult":{"label":"//a:halted","configuration":{"id":"c1"}}},"testResult":{"status":"TOOL_HALTED_BEFORE_TESTING"}}
{"id":{"testResult":{"label":"//a:rf","configuration":{"id":"c1"}}},"testResult":{"status":"REMOTE_FAILURE","statusDetails":"gone"}}
{"id":{"targetCompleted":{"label":"//a:broken","configuration":{"id":"c1"}}},"completed":{"failureDetail":{"message":"x.cc: error","spawn":{"code":"NON_ZERO_EXIT"}}}}
{"id":{"targetCompleted":{"label":"//a:t"}},"completed":{"success":true}}
{"id":{"testSummary":{"label":"//a:broken","configuration":{"id":"c1"}}},"testSummary":{"overallStatus":"FAILED_TO_BUILD"}}
{"id":{"testSummary":{"label":"//a:broken","configuration":{"id":"c1"}}},"testSummary":{"overallStatus":"FAILED_TO_BUILD"}}
{"id":{"buildMetrics":{}},"lastMessage":true,"buildMetrics":{"actionSummary":{}}}
"#;

#[test]
fn a_build() {
    let kept = read(BUILD.as_bytes());
    let brief: Vec<String> = kept
        .attempts
        .iter()
        .map(|attempt| {
            format!(
                "{} {}#{} {:?}",
                attempt.suite,
                attempt.scenario,
                attempt.attempt.unwrap_or_default(),
                attempt.ending
            )
        })
        .collect();
    let expected = [
        "//a //a:t#1 Failed",
        "//a //a:t#2 Passed",
        "//a (shard 2) //a:s#1 TimedOut",
        "//a //a:cached#1 Skipped",
        "//a //a:remote#1 Skipped",
        "//a //a:none#1 Skipped",
        "//a //a:incomplete#1 Skipped",
        "//a //a:halted#1 Skipped",
        "//a //a:rf#1 Infrastructure",
        "//a //a:broken#1 BuildFailed",
    ];
    assert_eq!(brief, expected);
    let first = &kept.attempts[0];
    assert_eq!((first.run.as_ref(), first.branch.as_ref(), first.revision.as_ref()), ("u-1", "main", "abc"));
    assert_eq!((first.env.as_ref(), first.message.as_ref()), ("k8-fastbuild", "FAILED: exit 1"));
    assert_eq!((first.time_ms, first.duration_ms), (Some(1_700_000_001_500), Some(250.0)));
    assert_eq!((kept.attempts[1].time_ms, kept.attempts[1].duration_ms), (Some(1_700_000_002_000), Some(125.0)));
    assert_eq!(first.artifacts, ["file:///t/attempt_1.log"]);
    assert_eq!(first.replay, "bazel test //a:t --nocache_test_results --runs_per_test=1");
    assert_eq!(kept.attempts[9].message, "x.cc: error\n");
    assert_eq!(kept.ignored["testSummary"], 2);
    assert!(kept.faults.is_empty(), "{:?}", kept.faults);
}

#[test]
fn without_a_last_message() {
    let text: String = BUILD.lines().take(6).flat_map(|line| [line, "\n"]).collect();
    let kept = read(text.as_bytes());
    assert_eq!(kept.attempts.len(), 1);
    assert_eq!(kept.faults.len(), 1);
    // A second build in the same file.
    let kept = read([text.as_bytes(), BUILD.as_bytes()].concat().as_slice());
    assert_eq!((kept.attempts.len(), kept.faults.len()), (11, 1));
}

#[test]
fn cut_off_anywhere() {
    for cut in 0..BUILD.len() {
        read(&BUILD.as_bytes()[..cut]);
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read(&bytes);
    }

    #[test]
    fn mutated(text in altered(BUILD)) {
        read(&text);
    }
}
