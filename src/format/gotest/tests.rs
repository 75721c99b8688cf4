use crate::format::hostile::altered;
use proptest::prelude::*;

use super::GoTest;
use crate::format::{Ending, Events, Kept};
use crate::unit::is_unit;

fn read_as(text: &[u8], is_whole: bool) -> Kept {
    let mut kept = Kept::default();
    let mut reader = GoTest::default();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        reader.line(line, index as u64 + 1, &mut kept);
    }
    reader.end(is_whole, &mut kept);
    kept
}

fn read(text: &str) -> Kept {
    read_as(text.as_bytes(), true)
}

/// `ACTION TEST TEXT` a line, of package `p`; `p/q:ACTION` for another package; a line with `{` or `!` as it is.
fn log(lines: &str) -> String {
    let mut out = String::new();
    for line in lines.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        if line.starts_with('{') {
            out.push_str(line);
        } else if let Some(text) = line.strip_prefix('!') {
            out.push_str(text);
        } else {
            let mut words = line.splitn(3, ' ');
            let action = words.next().unwrap();
            let (package, action) = action.split_once(':').unwrap_or(("p", action));
            let test = words.next().filter(|test| *test != "-");
            let text = words.next();
            let mut event = format!(r#"{{"Time":"2024-05-01T10:00:00.5Z","Action":"{action}","Package":"{package}""#);
            if let Some(test) = test {
                event.extend([format!(r#","Test":"{test}""#)]);
            }
            if action == "output" {
                event.extend([format!(r#","Output":"{}\n""#, text.unwrap_or_default())]);
            } else if ["pass", "fail", "skip"].contains(&action) {
                event.extend([format!(r#","Elapsed":{}"#, text.unwrap_or("0.25"))]);
            }
            event.push('}');
            out.push_str(&event);
        }
        out.push('\n');
    }
    out
}

/// `scenario#attempt ending`, with the suite where it is not `p`.
fn brief(kept: &Kept) -> Vec<String> {
    let brief = |attempt: &crate::format::Attempt<'_>| {
        let suite = if attempt.suite == "p" { String::new() } else { format!("{}:", attempt.suite) };
        format!("{suite}{}#{} {:?}", attempt.scenario, attempt.attempt.unwrap_or_default(), attempt.ending)
    };
    // Units that were fine have a test of their own.
    let is_told =
        |attempt: &&crate::format::Attempt<'_>| attempt.ending != Ending::Passed || !is_unit(&attempt.scenario);
    kept.attempts.iter().filter(is_told).map(brief).collect()
}

#[test]
fn one_of_each_end() {
    let kept = read(&log("start
        run TestA
        output TestA === RUN   TestA
        output TestA     a_test.go:7: got \\\"1\\\"
        output TestA --- FAIL: TestA (0.25s)
        fail TestA 0.25
        run TestB
        pass TestB 1.5
        run TestC
        output TestC     c_test.go:3: not here
        skip TestC 0
        output BenchmarkD BenchmarkD
        bench BenchmarkD
        attr TestA
        shiny TestA
        fail"));
    assert_eq!(brief(&kept), ["TestA#1 Failed", "TestB#1 Passed", "TestC#1 Skipped", "BenchmarkD#1 Passed"]);
    let first = &kept.attempts[0];
    assert_eq!(first.message, "=== RUN   TestA\n    a_test.go:7: got \"1\"\n--- FAIL: TestA (0.25s)\n");
    assert_eq!(first.time_ms, Some(1_714_557_600_500));
    assert_eq!(first.duration_ms, Some(250.0));
    assert_eq!(first.line, 2);
    assert_eq!(first.replay, "go test p -run '^TestA$' -count=1");
    assert_eq!(kept.attempts[2].message, "    c_test.go:3: not here\n");
    assert_eq!(kept.attempts[3].replay, "");
    let bench = read(&log("fail BenchmarkD\nfail"));
    assert_eq!(bench.attempts[0].replay, "go test p -run '^$' -bench '^BenchmarkD$' -count=1");
    assert_eq!(kept.ignored, [("attr", 1), ("other", 1), ("package", 1), ("start", 1)].into());
    assert_eq!((kept.unfinished, kept.faults.len()), (0, 0));
}

#[test]
fn packages_and_parallel_subtests_interleave() {
    let kept = read(&log("run TestA
        q:run TestA
        run TestA/x_1
        pause TestA/x_1
        run TestA/y
        pause TestA/y
        cont TestA/x_1
        cont TestA/y
        output TestA/y why y
        q:output TestA other
        output TestA/x_1 of x
        fail TestA/y
        q:fail TestA
        pass TestA/x_1
        fail TestA
        q:fail
        fail"));
    assert_eq!(brief(&kept), ["q:TestA#1 Failed", "TestA/x_1#1 Passed", "TestA/y#1 Failed"]);
    assert_eq!(kept.attempts[0].message, "other\n");
    assert_eq!(kept.attempts[3].message, "why y\n");
    assert_eq!(kept.ignored["parent of a failure"], 1);
    assert_eq!(kept.attempts[3].replay, "go test p -run '^TestA$/^y$' -count=1");
}

#[test]
fn a_parent_counts_if_nothing_below_it_failed() {
    // Go tells what the parent printed behind its subtest to be the subtest's.
    let kept = read(&log("run TestA
        run TestA/x
        output TestA/x     a_test.go:1: the parent's words
        pass TestA/x
        output TestA --- FAIL: TestA (0.25s)
        fail TestA
        fail"));
    assert_eq!(brief(&kept), ["TestA#1 Failed", "TestA/x#1 Passed"]);
    assert_eq!(kept.attempts[0].message, "--- FAIL: TestA (0.25s)\n    a_test.go:1: the parent's words\n");
    let kept = read(&log("run T
        run T/a/b
        fail T/a/b
        fail T
        run T
        run T/a/b
        pass T/a/b
        fail T
        fail"));
    assert_eq!(brief(&kept), ["T/a/b#1 Failed", "T#1 Failed", "T/a/b#2 Passed"]);
}

#[test]
fn attempts_by_count_and_by_reruns() {
    let kept = read(&log("start
        run TestA
        fail TestA
        run TestA
        pass TestA
        fail
        start
        run TestA
        pass TestA
        pass"));
    assert_eq!(brief(&kept), ["TestA#1 Failed", "TestA#2 Passed", "TestA#3 Passed"]);
}

#[test]
fn a_second_end_is_no_attempt() {
    let kept = read(&log("run TestA
        pass TestA
        fail TestA
        fail"));
    assert_eq!(brief(&kept), ["TestA#1 Failed"]);
}

#[test]
fn no_end_and_the_package_decides() {
    assert_eq!(brief(&read(&log("run TestA\n pass"))), ["TestA#1 Passed"]);
    let kept = read(&log("run TestA\n output TestA x\n run TestB\n pause TestB\n fail"));
    assert_eq!(brief(&kept), ["TestA#1 Crashed", "TestB#1 Skipped"]);
    assert_eq!(kept.attempts[0].message, "x\nno end of this test was told\n");
    assert_eq!(kept.unfinished, 2);
    // The end stands behind output that lacks its line feed.
    let kept = read(&log("run TestA\n output TestA x--- PASS: TestA (0.00s)\n run TestB\n fail TestB\n fail"));
    assert_eq!(brief(&kept), ["TestA#1 Passed", "TestB#1 Failed"]);
    assert_eq!(kept.unfinished, 0);
}

#[test]
fn killed_if_the_log_is_whole() {
    let text = log("start
        run TestA
        pass TestA
        run TestB
        run TestB/x
        q:start");
    let kept = read(&text);
    assert_eq!(brief(&kept), ["TestA#1 Passed", "TestB/x#1 Crashed"]);
    assert_eq!(kept.unfinished, 3);
    let kept = read_as(text.as_bytes(), false);
    assert_eq!(brief(&kept), ["TestA#1 Passed"]);
    assert_eq!(kept.unfinished, 3);
}

#[test]
fn a_panic_or_a_race_in_a_pass_is_none() {
    let panic = "output TestA panic: boom\n output TestA goroutine 7 [running]:\n output TestA p.TestA.func1()";
    let kept = read(&log(&format!("run TestA\n {panic}\n pass TestA\n run TestB\n pass TestB\n fail")));
    assert_eq!(brief(&kept), ["TestA#1 Crashed", "TestB#1 Passed"]);
    assert!(kept.attempts[0].message.contains("boom"));
    // The same in a package that passed, and words that are no panic.
    assert_eq!(brief(&read(&log(&format!("run TestA\n {panic}\n pass TestA\n pass")))), ["TestA#1 Passed"]);
    let kept = read(&log("run TestA\n output TestA panic: said so\n pass TestA\n run TestB\n fail TestB\n fail"));
    assert_eq!(brief(&kept), ["TestA#1 Passed", "TestB#1 Failed"]);
    // Another test's panic, which Go told to be of this one.
    let other = panic.replace("p.TestA", "p.TestZ");
    let kept = read(&log(&format!("run TestA\n {other}\n pass TestA\n fail")));
    assert_eq!(brief(&kept), ["TestA#1 Passed", "(package)#1 Infrastructure"]);
    let kept = read(&log("run TestA\n output TestA WARNING: DATA RACE\n pass TestA\n fail"));
    assert_eq!(brief(&kept), ["TestA#1 Failed"]);
    // A failure with a panic.
    assert_eq!(brief(&read(&log(&format!("run TestA\n {panic}\n fail TestA\n fail")))), ["TestA#1 Crashed"]);
}

#[test]
fn too_slow() {
    let kept = read(&log("run TestA
        pass TestA
        run TestB
        run TestC
        output TestB panic: test timed out after 2s
        output TestB running tests:
        output TestB \\tTestB (2s)
        output TestB
        output TestB goroutine 33 [running]:
        pass TestB
        fail"));
    assert_eq!(brief(&kept), ["TestA#1 Passed", "TestB#1 TimedOut", "TestC#1 Failed"]);
    let kept = read(&log("run TestB\n output - panic: test timed out after 2s\n fail"));
    assert_eq!(brief(&kept), ["TestB#1 TimedOut"]);
    let kept = read(&log("output - panic: test timed out after 2s\n fail"));
    assert_eq!(brief(&kept), ["(package)#1 TimedOut"]);
}

#[test]
fn builds() {
    let kept = read(&log(r##"{"ImportPath":"p [p.test]","Action":"build-output","Output":"# p [p.test]\n"}
        {"ImportPath":"p [p.test]","Action":"build-output","Output":"./p.go:1:2: undefined: x\n"}
        {"ImportPath":"p [p.test]","Action":"build-fail"}
        start
        output - FAIL	p [build failed]
        {"Time":"2024-05-01T10:00:00Z","Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p [p.test]"}"##));
    assert_eq!(brief(&kept), ["(package)#1 BuildFailed"]);
    let build = &kept.attempts[0];
    assert_eq!(build.message, "# p [p.test]\n./p.go:1:2: undefined: x\nFAIL\tp [build failed]\n");
    assert_eq!(build.replay, "go test p -count=1");
    assert_eq!(build.line, 4);
    // Before Go 1.24.
    let kept = read(&log("!# p [p.test]\n !./p.go:1:2: undefined: x\n output - FAIL\\tp [build failed]\n fail"));
    assert_eq!(brief(&kept), ["(package)#1 BuildFailed"]);
    assert_eq!(kept.attempts[0].message, "# p [p.test]\n./p.go:1:2: undefined: x\nFAIL\tp [build failed]\n");
    assert_eq!(kept.ignored["text"], 2);
    // Before Go 1.20 no event tells of it, and the rest passes.
    let kept = read("# q [q.test]\n./q.go:1:2: undefined: x\nFAIL\tq [build failed]\n");
    let build = &kept.attempts[0];
    assert_eq!((&*build.suite, build.ending, build.line), ("q", Ending::BuildFailed, 3));
    assert_eq!(build.message, "# q [q.test]\n./q.go:1:2: undefined: x\nFAIL\tq [build failed]");
}

#[test]
fn a_package_without_a_failing_test() {
    let kept = read(&log("run TestA\n pass TestA\n output - exit status 3\n fail - 1"));
    assert_eq!(brief(&kept), ["TestA#1 Passed", "(package)#1 Infrastructure"]);
    assert_eq!(kept.attempts[1].message, "exit status 3\n");
    assert!(read(&log("start\n output - ?   \\tp\\t[no test files]\n skip")).attempts.is_empty());
}

#[test]
fn a_package_that_was_built_and_ran_is_told_as_one_that_passed() {
    let all = |text: &str| {
        let kept = read(&log(text));
        let told = kept.attempts.iter().map(|attempt| format!("{} {:?}", attempt.scenario, attempt.ending));
        told.collect::<Vec<_>>()
    };
    let fine = "(package) Passed".to_owned();
    assert!(all("run TestA\n pass TestA\n pass").contains(&fine));
    // What failed there was a test of its own.
    assert!(all("run TestA\n fail TestA\n fail").contains(&fine));
    for silent in [
        "run TestA\n pass TestA\n output - exit status 3\n fail",
        "start\n output - ?   \\tp\\t[no test files]\n skip",
        "start\n output - ok  \\tp\\t0.1s [no tests to run]\n pass",
        "run TestA\n pass TestA\n output - ok  \\tp\\t(cached)\n pass",
        "run TestA\n skip TestA\n pass",
    ] {
        assert!(!all(silent).contains(&fine), "{silent}");
    }
}

#[test]
fn cached_tests_say_nothing() {
    let kept = read(&log(
        "run TestA\n pass TestA\n output - ok  \\tp\\t(cached)\n pass\n q:run TestA\n q:pass TestA\n q:pass",
    ));
    assert_eq!(brief(&kept), ["TestA#1 Skipped", "q:TestA#1 Passed"]);
}

#[test]
fn seeds() {
    let kept = read(&log("output - -test.shuffle 1714557600\n run TestA/é+x\n fail TestA/é+x\n fail"));
    assert_eq!(kept.attempts[0].seed, Some(1_714_557_600));
    assert_eq!(kept.attempts[0].replay, r"go test p -run '^TestA$/^é\+x$' -count=1 -shuffle 1714557600");
}

#[test]
fn output_of_one_shape() {
    // The same prefix, but members behind the text, a text that ends early, and another order.
    let line = |rest: &str| {
        format!(r#"{{"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"T","Output":"{rest}"#)
    };
    let text = [
        line("one\\n\"}"),
        line("two \\\"}\\n\"}"),
        line("three\\n\",\"OutputType\":\"error\"}"),
        line("four\\n\"} tail"),
        r#"{"Time":"x","Output":"five\n","Action":"output","Package":"p","Test":"T"}"#.to_owned(),
        line("six\\n\"}"),
        line("seven"),
        r#"{"Action":"fail","Package":"p","Test":"T"}"#.to_owned(),
    ];
    let kept = read(&text.join("\n"));
    assert_eq!(
        kept.attempts.first().map(|attempt| attempt.message.as_ref()),
        Some("one\ntwo \"}\nthree\nfour\nfive\nsix\n")
    );
    assert_eq!(kept.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [7]);
}

#[test]
fn text_between_and_before_records() {
    let run = r#"{"Action":"run","Package":"p","Test":"TestA"}"#;
    let end = r#"{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}"#;
    let text = format!(
        "go: downloading x\n{{not ours}}\n{{\"level\":\"info\"}}\n\0\0{run}\nlast words {{\"{end}{run}\n\n{end} tail\n"
    );
    let kept = read(&text);
    assert_eq!(brief(&kept), ["TestA#1 Passed", "TestA#2 Passed"]);
    assert_eq!(kept.ignored["text"], 4);
    assert_eq!(kept.repaired, [("leading_text", 2)].into());
    assert_eq!(kept.faults.len(), 0);
    // A record that another one broke off is a loss; the other is kept.
    let kept = read(&format!("{{\"Time\":\"2024{run}\n{end}\n{{\"Time\":\"20"));
    assert_eq!(brief(&kept), ["TestA#1 Passed"]);
    assert_eq!(kept.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn cosmetic_faults_are_mended() {
    let mut text = log("run TestA").into_bytes();
    text.extend_from_slice(
        b"{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestA\",\"Output\":\"a\x1b[0m \xff \\ud800\\n\"}\n",
    );
    text.extend_from_slice(b"{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"TestA\",\"Elapsed\":NaN}\n");
    let kept = read_as(&text, true);
    assert_eq!(kept.attempts[0].message, "a\u{1b}[0m \u{fffd} \u{fffd}\n");
    assert_eq!(kept.repaired, [("bad_utf8", 1), ("control_characters", 1), ("not_finite", 1)].into());
}

#[test]
fn memory_is_bounded() {
    let mut kept = Kept::default();
    let mut reader = GoTest::default();
    for number in 0..5000_u64 {
        let line = format!(r#"{{"Action":"run","Package":"p","Test":"T{number}"}}"#);
        reader.line(line.as_bytes(), number + 1, &mut kept);
    }
    assert!(reader.tests <= super::TESTS);
    reader.line(br#"{"Action":"fail","Package":"p","Test":"T4999"}"#, 5001, &mut kept);
    reader.end(true, &mut kept);
    assert_eq!(kept.unfinished, 4999);
    // What is ended is told when too much is kept, and attempts still count.
    let mut kept = Kept::default();
    for number in 0..4500_u64 {
        let line = format!(r#"{{"Action":"pass","Package":"p","Test":"T{}"}}"#, number % 2250);
        reader.line(line.as_bytes(), number + 1, &mut kept);
    }
    reader.line(br#"{"Action":"fail","Package":"p"}"#, 4501, &mut kept);
    // All, and the package, in which nothing failed that is still known.
    assert_eq!(kept.attempts.len(), 4501);
    let seconds = kept.attempts.iter().filter(|attempt| attempt.attempt == Some(2) && attempt.ending == Ending::Passed);
    assert_eq!(seconds.count(), 2250);
    // Tests that only print, and packages.
    for number in 0..5000_u64 {
        let line = format!(r#"{{"Time":"x","Action":"output","Package":"p","Test":"T{number}","Output":"x"}}"#);
        reader.line(line.as_bytes(), number + 1, &mut kept);
        let line = format!(r#"{{"Action":"run","Package":"p{number}","Test":"T"}}"#);
        reader.line(line.as_bytes(), number + 1, &mut kept);
        assert!(reader.tests <= super::TESTS && reader.packages.len() <= super::PACKAGES);
    }
    for number in 0..2000_u64 {
        let line = format!(r#"{{"Action":"start","Package":"p{number}"}}"#);
        reader.line(line.as_bytes(), number + 1, &mut kept);
    }
    assert!(reader.packages.len() <= super::PACKAGES);
}

const FIXTURE: &str = "start
    output - -test.shuffle 17
    run TestA
    output TestA panic: x
    output TestA goroutine 1 [running]:
    run TestA/x
    pause TestA/x
    cont TestA/x
    fail TestA/x
    fail TestA
    q:run TestB
    q:output TestB --- FAIL: TestB (0.0s)
    output - panic: test timed out after 1s
    output - running tests:
    output - \\tTestA (1s)
    fail
    q:pass";

#[test]
fn cut_off_anywhere() {
    let text = log(FIXTURE);
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
    fn mutated(text in altered(log(FIXTURE))) {
        read_as(&text, true);
    }

    #[test]
    fn shuffled(order in proptest::collection::vec(0_usize..17, 0..60)) {
        let lines: Vec<&str> = FIXTURE.lines().collect();
        let picked: Vec<&str> = order.iter().filter_map(|&at| lines.get(at).copied()).collect();
        let kept = read(&log(&picked.join("\n")));
        prop_assert!(kept.faults.is_empty());
    }
}

#[test]
fn since_go_1_27_the_first_error_tells() {
    let kept = read(&log(r#"run A
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"=== RUN   A\n","OutputType":"frame"}
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"    a_test.go:1: expected by a log\n"}
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"    a_test.go:2: order is open\n","OutputType":"error"}
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"        and paid\n","OutputType":"error-continue"}
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"    a_test.go:3: stock is gone\n","OutputType":"error"}
        {"Time":"2024-05-01T10:00:00Z","Action":"output","Package":"p","Test":"A","Output":"    a_test.go:4: cleaning up\n"}
        fail A
        fail"#));
    assert_eq!(kept.attempts[0].telling, "    a_test.go:2: order is open\n        and paid\n");
    assert!(kept.attempts[0].message.ends_with("a_test.go:4: cleaning up\n") && kept.faults.is_empty());
}

/// The quick ways and the one that takes any event read the same.
#[test]
fn members_in_any_order() {
    let plain =
        log("run A\noutput A one\noutput A two \\\"3\\\"\npass A 0.5\nrun B\noutput B x\nfail B\noutput - FAIL\nfail");
    let turned = plain.replace("\"Action\":", "\"Extra\":null,\"Action\":");
    let (plain, turned) = (read(&plain), read(&turned));
    assert_eq!(plain.attempts, turned.attempts);
    assert_eq!((plain.ignored, plain.unfinished, plain.faults), (turned.ignored, turned.unfinished, turned.faults));
}
