//! A fixture of every rule, and the attempts expected.

use crate::format::hostile::punched;
use proptest::prelude::*;

use super::super::{Attempt, Ending, Kept};
use super::documents;
use crate::unit::is_unit;

fn read(text: &str) -> Kept {
    read_bytes(text.as_bytes())
}

fn read_bytes(text: &[u8]) -> Kept {
    let mut kept = Kept::default();
    documents(text, true, &mut kept);
    kept
}

/// Suite, name, which attempt, how it ended.
fn short<'a>(kept: &'a Kept) -> Vec<(&'a str, &'a str, u64, Ending)> {
    let of =
        |attempt: &'a Attempt<'static>| (&*attempt.suite, &*attempt.scenario, attempt.attempt.unwrap(), attempt.ending);
    // Units that were fine have a test of their own.
    let is_told = |attempt: &&Attempt<'static>| attempt.ending != Passed || !is_unit(&attempt.scenario);
    kept.attempts.iter().filter(is_told).map(of).collect()
}

use Ending::{BuildFailed, Crashed, Failed, Passed, SetupFailed, Skipped, TimedOut};

const SUREFIRE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" name="org.acme.CartTest" time="1,234.5" tests="9" failures="0">
  <properties><property name="java.version" value="21"/><property name="git.branch" value="main"/></properties>
  <testcase name="adds" classname="org.acme.CartTest" time="0.25"/>
  <testcase name="heals" classname="org.acme.CartTest" time="0.5">
    <flakyFailure message="expected: 1" type="java.lang.AssertionError"><stackTrace><![CDATA[java.lang.AssertionError: expected: 1
	at org.acme.CartTest.heals(CartTest.java:9)]]></stackTrace><system-out>noise</system-out></flakyFailure>
    <flakyError type="java.io.IOException"><stackTrace>java.io.IOException: closed</stackTrace></flakyError>
  </testcase>
  <testcase name="breaks(int)[1]" classname="org.acme.CartTest" time="0.5">
    <failure message="no &lt;cart&gt;" type="java.lang.AssertionError"><![CDATA[java.lang.AssertionError: no <cart>
	at org.acme.CartTest.breaks(CartTest.java:19)]]></failure>
    <rerunFailure message="again" type="java.lang.AssertionError"><stackTrace>java.lang.AssertionError: again</stackTrace></rerunFailure>
    <rerunError message="and again" type="java.io.IOException"/>
    <system-out>[[ATTACHMENT|/tmp/shot.png]]</system-out>
  </testcase>
  <testcase name="sleeps" classname="org.acme.CartTest"><skipped message="tired"/></testcase>
  <testcase name="" classname="org.acme.CartTest"><error message="no db" type="java.lang.IllegalStateException"/></testcase>
  <testcase name="waits" classname="org.acme.CartTest"><error type="org.junit.runners.model.TestTimedOutException">org.junit.runners.model.TestTimedOutException: test timed out after 5 seconds</error></testcase>
</testsuite>"#;

#[test]
fn surefire_with_its_reruns() {
    let kept = read(SUREFIRE);
    let suite = "org.acme.CartTest";
    assert_eq!(
        short(&kept),
        [
            (suite, "adds", 1, Passed),
            (suite, "heals", 1, Failed),
            (suite, "heals", 2, Failed),
            (suite, "heals", 3, Passed),
            (suite, "breaks(int)[1]", 1, Failed),
            (suite, "breaks(int)[1]", 2, Failed),
            (suite, "breaks(int)[1]", 3, Failed),
            (suite, "sleeps", 1, Skipped),
            (suite, "(suite)", 1, SetupFailed),
            (suite, "waits", 1, TimedOut),
        ]
    );
    let of = |at: usize| &kept.attempts[at];
    assert_eq!(of(1).message, "java.lang.AssertionError: expected: 1\n\tat org.acme.CartTest.heals(CartTest.java:9)");
    assert_eq!(of(2).message, "java.io.IOException: closed");
    assert_eq!((of(1).duration_ms, of(3).duration_ms), (None, Some(500.0)));
    assert_eq!(of(4).message, "java.lang.AssertionError: no <cart>\n\tat org.acme.CartTest.breaks(CartTest.java:19)");
    assert_eq!(of(6).message, "java.io.IOException: and again");
    assert_eq!(of(4).replay, "mvn '-Dtest=org.acme.CartTest#breaks' test");
    assert_eq!(of(4).artifacts, ["/tmp/shot.png"]);
    assert_eq!(of(8).message, "java.lang.IllegalStateException: no db");
    assert_eq!((of(0).line, of(4).line, &*of(0).branch), (4, 10, "main"));
    assert!(kept.faults.is_empty() && kept.repaired.is_empty(), "{kept:?}");
}

#[test]
fn several_failures_are_one_attempt_and_attributes_count_nothing() {
    let kept = read(
        r#"<testsuites tests="7" failures="0"><testsuite name="s" failures="0"><testcase classname="c" name="t">
        <failure message="one"/><failure message="two">two
        more</failure><error message="three"/></testcase></testsuite></testsuites>"#,
    );
    assert_eq!(short(&kept), [("s > c", "t", 1, Failed)]);
    assert_eq!(kept.attempts[0].message, "one\ntwo\n        more\nthree");
}

#[test]
fn equal_keys_are_attempts_and_other_suites_classes_and_files_are_other_tests() {
    let kept = read(
        r#"<testsuites>
        <testsuite name="a"><testcase name="t"><failure/></testcase><testcase name="t"/></testsuite>
        <testsuite name="b"><testcase name="t"/><testcase name="t" classname="c"/></testsuite>
        <testsuite name="f"><testcase name="t" file="x.c"/><testcase name="t" file="y.c"/><testcase name="t" file="y.c"/></testsuite>
        <testsuite name="o"><testsuite name="i"><testcase name="t"/></testsuite><testcase name="t"/></testsuite>
        </testsuites>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("a", "t", 1, Failed),
            ("a", "t", 2, Passed),
            ("b", "t", 1, Passed),
            ("b > c", "t", 1, Passed),
            ("f", "t", 1, Passed),
            ("f > y.c", "t", 1, Passed),
            ("f > y.c", "t", 2, Passed),
            ("o > i", "t", 1, Passed),
            ("o", "t", 1, Passed),
        ]
    );
}

#[test]
fn times_are_those_of_the_case_else_of_the_suite_and_mostly_without_a_zone() {
    let kept = read(
        r#"<testsuite name="s" timestamp="2024-01-02T03:04:05"><testcase name="a"/>
        <testcase name="b" timestamp="2024-01-02T03:04:06+00:00"/></testsuite>"#,
    );
    let times: Vec<_> = kept.attempts.iter().take(2).map(|attempt| attempt.time_ms).collect();
    assert_eq!(times, [Some(1_704_164_645_000), Some(1_704_164_646_000)]);
    assert_eq!(kept.repaired.get("assumed_zone"), Some(&1));
    let kept =
        read(r#"<testsuite name="s" timestamp="0001-01-01T00:00:00"><testcase name="a" time="NaN"/></testsuite>"#);
    assert_eq!((kept.attempts[0].time_ms, kept.attempts[0].duration_ms), (None, None));
    assert_eq!(kept.repaired.get("not_finite"), Some(&1));
    assert_eq!(kept.repaired.get("assumed_zone"), None);
}

#[test]
fn ginkgo_marks_its_nodes_and_writes_its_seed() {
    let kept = read(
        r#"<testsuites><testsuite name="e2e" package="/src/e2e"><properties><property name="SuiteSucceeded" value="false"></property>
        <property name="RandomSeed" value="42"></property></properties>
        <testcase name="[It] [sig-net] Pods should ping [Slow]" classname="e2e" status="failed" time="1.5"><failure message="Expected&#xA;    &lt;int&gt;: 1&#xA;to equal&#xA;    &lt;int&gt;: 2" type="failed">[FAILED] Expected
    &lt;int&gt;: 1
to equal
    &lt;int&gt;: 2</failure></testcase>
        <testcase name="[It] later" classname="e2e" status="pending"><skipped message="pending"></skipped></testcase>
        <testcase name="[BeforeSuite]" classname="e2e" status="failed"><failure message="no cluster"/></testcase>
        </testsuite></testsuites>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("e2e", "[sig-net] Pods should ping [Slow]", 1, Failed),
            ("e2e", "later", 1, Skipped),
            ("e2e", "[BeforeSuite]", 1, SetupFailed)
        ]
    );
    assert_eq!(kept.attempts[0].seed, Some(42));
    assert_eq!(kept.attempts[0].replay, r"ginkgo --focus='\[sig-net\] Pods should ping \[Slow\]' --seed=42 -r");
    assert!(kept.attempts[0].message.starts_with("[FAILED] Expected\n    <int>: 1"));
}

#[test]
fn nextest_with_retries() {
    let kept = read(
        r#"<testsuites name="nextest-run" uuid="0" timestamp="2024-01-02T03:04:05.000+00:00"><testsuite name="acme::cart">
        <testcase name="tests::adds" classname="acme::cart" timestamp="2024-01-02T03:04:05.000+00:00" time="0.01">
        <flakyFailure timestamp="2024-01-02T03:04:04.000+00:00" time="0.5" message="thread panicked" type="test failure with exit code 101">thread 'tests::adds' panicked at src/a.rs:1:2:
boom<system-out>running 1 test</system-out></flakyFailure></testcase>
        <testcase name="tests::dies" classname="acme::cart"><failure type="test abort">process aborted</failure>
        <rerunFailure type="test timeout"/></testcase></testsuite></testsuites>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("acme::cart", "tests::adds", 1, Failed),
            ("acme::cart", "tests::adds", 2, Passed),
            ("acme::cart", "tests::dies", 1, Crashed),
            ("acme::cart", "tests::dies", 2, TimedOut),
        ]
    );
    assert_eq!((kept.attempts[0].time_ms, kept.attempts[0].duration_ms), (Some(1_704_164_644_000), Some(500.0)));
    assert_eq!(kept.attempts[0].replay, "cargo nextest run -E 'binary_id(=acme::cart) & test(=tests::adds)'");
    assert!(kept.attempts[0].message.ends_with("boom"), "{}", kept.attempts[0].message);
}

#[test]
fn pytest_with_its_phases_and_expected_failures() {
    let kept = read(
        r#"<testsuites name="pytest tests"><testsuite name="pytest" timestamp="2024-01-02T03:04:05.123456+00:00">
        <testcase classname="tests.test_a.TestB" name="test_c[1-x]" time="0.1"><failure message="assert 2 == 3">def test_c():
&gt;       assert 2 == 3
E       assert 2 == 3</failure></testcase>
        <testcase classname="tests.test_a.TestB" name="test_c[1-x]" time="0.1"><error message="failed on teardown with &quot;x&quot;">E   x</error></testcase>
        <testcase classname="tests.test_a" name="test_d"><error message="failed on setup with &quot;no&quot;">E   no</error></testcase>
        <testcase classname="" name="tests.test_e"><error message="collection failure">E   ImportError</error></testcase>
        <testcase classname="tests.test_a" name="test_f"><skipped type="pytest.xfail" message="known"/></testcase>
        <testcase classname="tests.test_a" name="test_g"><skipped type="pytest.skip" message="no gpu">/t.py:1: no gpu</skipped></testcase>
        </testsuite></testsuites>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("tests.test_a.TestB", "test_c[1-x]", 1, Failed),
            ("tests.test_a", "test_d", 1, SetupFailed),
            ("tests.test_e", "(file)", 1, BuildFailed),
            ("tests.test_a", "test_f", 1, Passed),
            ("tests.test_a", "test_g", 1, Skipped),
        ]
    );
    assert_eq!(kept.attempts[0].replay, "python -m pytest 'tests/test_a.py::TestB::test_c[1-x]'");
    assert_eq!(kept.attempts[1].replay, "python -m pytest tests/test_a.py::test_d");
    assert_eq!(kept.ignored.get("teardown of a failed test"), Some(&1));
}

#[test]
fn go_counts_leaves() {
    let kept = read(
        r#"<testsuites><testsuite name="ex.com/m/pkg"><properties><property name="go.version" value="go1.22"></property></properties>
        <testcase classname="ex.com/m/pkg" name="TestOk"></testcase>
        <testcase classname="ex.com/m/pkg" name="TestA"><failure message="Failed" type="">=== RUN   TestA
--- FAIL: TestA (0.00s)
</failure></testcase>
        <testcase classname="ex.com/m/pkg" name="TestA/one two"><failure message="Failed" type="">    a_test.go:3: boom
</failure></testcase>
        <testcase classname="ex.com/m/pkg" name="TestA/three"></testcase>
        <testcase classname="ex.com/m/pkg" name="TestP"><failure message="Failed">panic: boom

goroutine 7 [running]:</failure></testcase>
        </testsuite></testsuites>"#,
    );
    let pkg = "ex.com/m/pkg";
    assert_eq!(
        short(&kept),
        [
            (pkg, "TestOk", 1, Passed),
            (pkg, "TestA/one two", 1, Failed),
            (pkg, "TestA/three", 1, Passed),
            (pkg, "TestP", 1, Crashed)
        ]
    );
    assert_eq!(kept.ignored.get("parent of a failed subtest"), Some(&1));
    assert_eq!(kept.attempts[1].replay, "go test ex.com/m/pkg -run '^TestA$/^one two$' -count=1");
    assert_eq!(kept.attempts[1].message, "a_test.go:3: boom");
}

#[test]
fn javascript_php_and_ruby() {
    let kept = read(
        r#"<testsuites name="jest tests"><testsuite name="cart" timestamp="2024-01-02T03:04:05"><testcase classname="cart adds" name="cart adds" file="src/cart.test.js"><failure>Error: x</failure></testcase></testsuite></testsuites>
<testsuites name="vitest tests"><testsuite name="src\a.test.ts"><testcase classname="src/a.test.ts" name="cart &gt; adds"><failure message="x" type="AssertionError">AssertionError: x</failure></testcase></testsuite></testsuites>
<testsuites id="" name=""><testsuite name="a.spec.ts" hostname="firefox"><testcase classname="a.spec.ts" name="cart › adds"><failure message="a.spec.ts:3:1 cart › adds" type="FAILURE"/></testcase></testsuite></testsuites>
<testsuites><testsuite name="/srv/phpunit.xml"><testsuite name="Unit"><testsuite name="Acme\Tests\CartTest" file="/srv/tests/CartTest.php"><testsuite name="Acme\Tests\CartTest::testAdd"><testcase name="testAdd with data set #0" class="Acme\Tests\CartTest" classname="Acme.Tests.CartTest" file="/srv/tests/CartTest.php" assertions="1"><failure type="PHPUnit\Framework\ExpectationFailedException">Acme\Tests\CartTest::testAdd
Failed asserting that 1 is 2.</failure></testcase></testsuite></testsuite></testsuite></testsuite></testsuites>
<testsuite name="rspec" ><properties><property name="seed" value="7"/></properties><testcase classname="spec.cart_spec" name="Cart adds" file="./spec/cart_spec.rb"><failure message="x" type="RSpec::Expectations::ExpectationNotMetError">Failure/Error: x</failure></testcase></testsuite>"#,
    );
    let tests: Vec<_> = kept.attempts.iter().filter(|attempt| !is_unit(&attempt.scenario)).collect();
    let of = |at: usize| (&*tests[at].suite, &*tests[at].scenario, &*tests[at].replay);
    assert_eq!(of(0), ("src/cart.test.js", "cart adds", "npx jest src/cart.test.js -t '^cart adds$'"));
    assert_eq!(of(1), ("src/a.test.ts", "cart > adds", "npx vitest run src/a.test.ts -t '^cart adds$'"));
    assert_eq!(
        of(2),
        (
            "a.spec.ts",
            "cart › adds",
            r"npx playwright test a.spec.ts -g 'a\.spec\.ts cart adds( @\S+)*$' --project=firefox"
        )
    );
    assert_eq!(tests[2].mode, "firefox");
    assert_eq!(
        of(3),
        (
            "Unit > Acme\\Tests\\CartTest",
            "testAdd with data set #0",
            "vendor/bin/phpunit --filter '/::testAdd( .*)?$/' /srv/tests/CartTest.php"
        )
    );
    assert_eq!(of(4), ("spec.cart_spec", "Cart adds", "bundle exec rspec ./spec/cart_spec.rb -E '^Cart adds$'"));
    assert_eq!(tests[3].message, "Failed asserting that 1 is 2.");
    assert_eq!(tests[4].seed, None);
    assert!(kept.faults.is_empty());
}

#[test]
fn ctest_gtest_and_bazel_say_it_in_the_status_and_in_the_output() {
    let kept = read(
        r#"<testsuite name="(empty)" tests="3" failures="1" disabled="1" skipped="0" hostname="h" time="1" timestamp="2024-01-02T03:04:05">
        <testcase name="unit" classname="unit" time="1" status="fail"><failure message=""/><system-out>assertion x failed</system-out></testcase>
        <testcase name="off" classname="off" time="0" status="disabled"><disabled message="d"/></testcase>
        <testcase name="ok" classname="ok" time="0" status="run"/></testsuite>
        <testsuites name="AllTests"><testsuite name="Cart"><testcase name="Adds/0" value_param="1" status="run" result="completed" classname="Cart"/>
        <testcase name="DISABLED_Off" status="notrun" result="suppressed" classname="Cart"/></testsuite></testsuites>
        <testsuites><testsuite name="pkg/t"><testcase name="pkg/t" status="run"><error message="exited with error code 1"></error></testcase><system-out>boom</system-out></testsuite></testsuites>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("", "unit", 1, Failed),
            ("", "off", 1, Skipped),
            ("", "ok", 1, Passed),
            ("Cart", "Adds/0", 1, Passed),
            ("Cart", "DISABLED_Off", 1, Skipped),
            ("pkg/t", "pkg/t", 1, Failed),
        ]
    );
    assert_eq!(kept.attempts[0].message, "assertion x failed");
    assert_eq!(kept.attempts[0].replay, "ctest -R '^unit$' --output-on-failure");
    assert_eq!(
        kept.attempts.iter().find(|at| at.scenario == "pkg/t").unwrap().message,
        "exited with error code 1\nboom"
    );
}

/// Suite, name, how it ended and the command of all that is told.
fn all(kept: &Kept) -> Vec<(&str, &str, Ending, &str)> {
    kept.attempts.iter().map(|at| (&*at.suite, &*at.scenario, at.ending, &*at.replay)).collect()
}

#[test]
fn jest_names_no_file_by_itself() {
    // As it is by default: suites have the name of their first block, in the order in which files ended.
    let text = r#"<testsuites name="jest tests">
        <testsuite name="undefined"><testcase classname=" retried" name=" retried"/></testsuite>
        <testsuite name="prices"><testcase classname="prices breaks" name="prices breaks"/></testsuite>
        <testsuite name="prices"><testcase classname="prices breaks" name="prices breaks"><failure>Error: x</failure></testcase></testsuite>
        <testsuite name="src/worker.test.js"><testcase classname="Test suite failed to run" name="src/worker.test.js"><error>  Test suite failed to run

    A jest worker process (pid=1) was terminated by another process: signal=SIGABRT, exitCode=null.</error></testcase>
        <testcase classname="Test suite failed to run" name="src/worker.test.js"><failure>{}</failure></testcase></testsuite></testsuites>"#;
    let kept = read(text);
    let died = "npx jest src/worker.test.js";
    let expected = [
        ("", " retried", Passed, ""),
        ("prices", "prices breaks", Failed, "npx jest -t '^prices breaks$'"),
        // Of a file that runs nothing says the name, so that this has no series.
        ("src/worker.test.js", "(file)", Ending::Infrastructure, died),
    ];
    let told = all(&kept);
    assert_eq!(told.iter().copied().filter(|at| at.1 != "(file)" || at.2 != Passed).collect::<Vec<_>>(), expected);
    assert_eq!((kept.ignored["test of the same name"], kept.ignored["suite told again"]), (1, 1));
    // With `addFileAttribute` all are known.
    let kept = read(
        r#"<testsuites name="jest tests"><testsuite name="prices"><testcase classname="prices breaks" name="prices breaks" file="src/a.test.js"/></testsuite>
        <testsuite name="prices"><testcase classname="prices breaks" name="prices breaks" file="src/b.test.js"><failure/></testcase></testsuite>
        <testsuite name="src/c.test.js"><testcase classname="Test suite failed to run" name="src/c.test.js" file="src/c.test.js"><error>was terminated by another process</error></testcase></testsuite></testsuites>"#,
    );
    let told: Vec<_> = all(&kept).iter().map(|at| (at.0, at.1, at.2)).collect();
    let (a, b, c) = ("src/a.test.js", "src/b.test.js", "src/c.test.js");
    let expected = [
        (a, "prices breaks", Passed),
        (b, "prices breaks", Failed),
        (a, "(file)", Passed),
        (b, "(file)", Passed),
        (c, "(file)", Crashed),
    ];
    assert!(expected.iter().all(|one| told.contains(one)) && told.len() == 5, "{told:?}");
}

#[test]
fn node_names_suites_by_nesting_and_dead_files_by_absolute_paths() {
    let kept = read(
        r#"<testsuites>
        <testcase name="flakes" classname="test"/>
        <testsuite name="prices" disabled="0" hostname="vm"><testcase name="fails" classname="test" failure="3 !== 4"><failure type="testCodeFailure" message="3 !== 4">
Error [ERR_TEST_FAILURE]: 3 !== 4</failure></testcase></testsuite>
        <testcase name="/home/u/shop/test/worker.test.mjs" classname="test" failure="test failed"><failure type="testCodeFailure" message="test failed"/></testcase>
        </testsuites>"#,
    );
    let expected = [
        ("", "flakes", Passed, ""),
        ("", "prices > fails", Failed, "node --test '--test-name-pattern=^fails$'"),
        ("test/worker.test.mjs", "(file)", Ending::Infrastructure, "node --test test/worker.test.mjs"),
    ];
    assert_eq!(all(&kept), expected);
}

#[test]
fn suites_that_were_fine_are_told_as_ones_that_passed() {
    let units = |text: &str| -> Vec<(String, String, Ending)> {
        let kept = read(text);
        let units = kept.attempts.iter().filter(|at| is_unit(&at.scenario));
        units.map(|at| (at.suite.to_string(), at.scenario.to_string(), at.ending)).collect()
    };
    let one = |suite: &str, unit: &str, ending| vec![(suite.to_owned(), unit.to_owned(), ending)];
    let suite = |inner: &str| units(&format!("<testsuite name='a.B'>{inner}</testsuite>"));
    assert_eq!(suite("<testcase classname='a.B' name='t'/>"), one("a.B", "(suite)", Passed));
    assert_eq!(suite("<testcase classname='a.B' name='t'><failure/></testcase>"), one("a.B", "(suite)", Passed));
    assert_eq!(
        suite("<testcase classname='a.B' name='initializationError'><error/></testcase>"),
        one("a.B", "(suite)", SetupFailed)
    );
    assert_eq!(suite("<error message='no db'/>"), one("a.B", "(suite)", SetupFailed));
    assert_eq!(suite("<testcase name='t'><skipped/></testcase>"), []);
    assert_eq!(
        units("<testsuites name='nextest-run'><testsuite name='a'><testcase name='t'/></testsuite></testsuites>"),
        []
    );
    // pytest has all modules in one suite.
    let pytest = units("<testsuites><testsuite name='pytest'><testcase classname='t.test_a.C' name='x'/><testcase classname='t.test_a' name='y'/>
        <testcase classname='' name='t.test_b'><error message='collection failure'/></testcase></testsuite></testsuites>");
    assert_eq!(pytest, [one("t.test_b", "(file)", BuildFailed), one("t.test_a", "(file)", Passed)].concat());
    // gotestsum of a package that was not built.
    let go = "<testsuites><testsuite name='ex.com/p'><properties><property name='go.version' value='1'/></properties>";
    let go = units(&format!(
        "{go}<testcase classname='' name='TestMain'><failure message='Failed'/></testcase></testsuite></testsuites>"
    ));
    assert_eq!(go, one("ex.com/p", "(package)", BuildFailed));
}

#[test]
fn phpunit_without_a_namespace_and_processes_that_died() {
    let kept = read(
        r#"<testsuites><testsuite name="CartTest" file="/srv/tests/CartTest.php"><testcase name="testAdd" file="/srv/tests/CartTest.php" line="7" class="CartTest" classname="CartTest" assertions="0"><error type="PHPUnit\Framework\Exception">CartTest::testAdd
PHPUnit\Framework\Exception: Test was run in child process and ended unexpectedly</error></testcase></testsuite></testsuites>
        <testsuites name="pytest tests"><testsuite name="pytest"><testcase classname="t.test_a" name="x"><failure message="failed on setup with &quot;worker 'gw0' crashed while running 't/test_a.py::x'&quot;">worker 'gw0' crashed</failure></testcase></testsuite></testsuites>"#,
    );
    assert_eq!(short(&kept), [("CartTest", "testAdd", 1, Crashed), ("t.test_a", "x", 1, Crashed)]);
    let replay = "vendor/bin/phpunit --filter '/::testAdd( .*)?$/' /srv/tests/CartTest.php";
    assert_eq!(kept.attempts.iter().find(|at| at.scenario == "testAdd").unwrap().replay, replay);
}

#[test]
fn properties_give_revision_branch_and_env() {
    let kept = read(
        r#"<testsuites><properties><property name="git.commit" value="abc"/></properties><testsuite name="s"><properties>
        <property name="environment" value="linux"/></properties><testcase name="t"><properties><property name="branch">main</property><property name="env" value="arm"/></properties></testcase>
        <testcase name="u"/></testsuite></testsuites>"#,
    );
    let of = |at: usize| (&*kept.attempts[at].revision, &*kept.attempts[at].branch, &*kept.attempts[at].env);
    assert_eq!((of(0), of(1)), (("abc", "main", "arm"), ("abc", "", "linux")));
}

#[test]
fn what_xml_forbids_is_read_and_counted() {
    let kept = read(
        "<testsuite name='s'><testcase name='a &b; \u{1b}[31mred\u{1b}[0m'><failure message='1 < 2 & 3'>expected <nil> & got \u{1}&#0;&bogus; </ failure> x</failure></testcase></testsuite>",
    );
    assert_eq!(short(&kept), [("s", "a &b; red", 1, Failed)]);
    assert!(kept.attempts[0].message.contains("expected <nil> & got \u{1}\u{fffd}&bogus; </ failure> x"));
    assert_eq!((kept.repaired["control_characters"], kept.repaired["entities"]), (2, 3));
    assert!(kept.faults.is_empty());
    let kept = read_bytes(
        b"<?xml version='1.0' encoding='ISO-8859-1'?><testsuite name='s'><testcase name='gr\xfcn'/></testsuite>",
    );
    assert_eq!(short(&kept), [("s", "grün", 1, Passed)]);
    assert!(kept.repaired.is_empty());
    let kept = read_bytes(b"<testsuite name='s'><testcase name='gr\xfcn'/></testsuite>");
    assert_eq!(short(&kept), [("s", "gr\u{fffd}n", 1, Passed)]);
    assert_eq!(kept.repaired["bad_utf8"], 1);
}

#[test]
fn output_that_looks_like_a_document_is_output() {
    let kept = read(
        "<testsuite name='s'><testcase name='a'><system-out><![CDATA[</system-out><testcase name='no'/>]]></system-out></testcase>\
         <testcase name='b'><failure><![CDATA[</failure>]]]]><![CDATA[>x]]></failure></testcase></testsuite>",
    );
    assert_eq!(short(&kept), [("s", "a", 1, Passed), ("s", "b", 1, Failed)]);
    assert_eq!(kept.attempts[1].message, "</failure>]]>x");
}

#[test]
fn a_document_that_breaks_off_is_one_loss_and_its_cases_count() {
    let kept = read("<testsuite name='s'><testcase name='a'/><testcase name='b'><failure message='m'>mess");
    assert_eq!(short(&kept), [("s", "a", 1, Passed), ("s", "b", 1, Failed)]);
    assert_eq!((kept.faults.len(), kept.unfinished), (1, 0));
    let kept = read("<testsuite name='s'><testcase name='a'/><testcase name='b'><system-out>x");
    assert_eq!(short(&kept), [("s", "a", 1, Passed)]);
    assert_eq!((kept.faults.len(), kept.unfinished), (1, 1));
    let kept = read("<testsuite name='s'>\n<testcase name='a'/>\n<testcase na");
    assert_eq!((short(&kept).len(), kept.faults.len(), kept.faults[0].line), (1, 1, 3));
    // The second document stands behind one that breaks off.
    let kept = read(
        "<?xml version='1.0'?><testsuite name='s'><testcase name='a'/>\n<?xml version='1.0'?><testsuite name='t'><testcase name='b'/></testsuite>",
    );
    assert_eq!(short(&kept), [("s", "a", 1, Passed), ("t", "b", 1, Passed)]);
    assert_eq!(kept.faults.len(), 1);
    // Where text is known to be missing, that is no second loss.
    let mut kept = Kept::default();
    documents(b"<testsuite name='s'><testcase name='a'/>", false, &mut kept);
    assert_eq!((kept.attempts.len(), kept.faults.len()), (1, 0));
}

#[test]
fn what_is_broken_in_the_middle_leaves_the_rest() {
    let kept = read("<testsuite name='s'><testcase name='a'/><!x <testcase name='b'/></testsuite>");
    assert_eq!(short(&kept), [("s", "a", 1, Passed), ("s", "b", 1, Passed)]);
    assert_eq!(kept.faults.len(), 1);
}

#[test]
fn what_is_no_junit_is_a_loss_and_what_is_empty_is_none() {
    assert_eq!(read("<html><body>no</body></html>").faults.len(), 1);
    assert_eq!(read("").faults.len(), 0);
    assert_eq!(read("<testsuites/>").faults.len(), 0);
}

#[test]
fn nesting_is_bounded() {
    let text = "<testsuite name='s'>".repeat(20_000) + "<testcase name='a'/>" + &"</testsuite>".repeat(20_000);
    assert_eq!(short(&read(&text)).len(), 1);
    let text = "<testcase name='a'>".repeat(20_000);
    assert_eq!(read(&text).faults.len(), 1);
}

#[test]
fn every_truncation_is_read() {
    for end in 0..SUREFIRE.len() {
        let kept = read_bytes(&SUREFIRE.as_bytes()[..end]);
        assert!(kept.faults.len() <= 1, "{end}: {:?}", kept.faults);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_bytes(&bytes);
    }

    #[test]
    fn any_mixture_of_markup_is_read(parts in proptest::collection::vec(prop_oneof![
        Just("<testsuite name='s'>"), Just("</testsuite>"), Just("<testcase name='a'>"), Just("</testcase>"), Just("<failure>"),
        Just("</failure>"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("<?xml version='1.0'?>"), Just("<"),
        Just("&"), Just("&#x1B;"), Just("<system-out>"), Just("</system-out>"), Just("'"), Just("\u{fc}"), Just("<flakyFailure/>"),
        Just("<rerunFailure type='x'>"), Just("<!DOCTYPE x ["), Just("name="), Just(">"), Just("/>"),
    ], 0..40)) {
        read(&parts.concat());
    }

    #[test]
    fn any_mutation_is_read(bytes in punched(SUREFIRE)) {
        read_bytes(&bytes);
    }
}

#[test]
fn failures_that_stand_in_no_case_are_counted_once() {
    let untold = |text: &str| read(text).ignored.get(crate::format::UNTOLD).copied();
    let suite = |inner: &str| {
        format!(
            r#"<testsuites failures="1" errors="2"><testsuite name="a" failures="1" errors="2">{inner}</testsuite></testsuites>"#
        )
    };
    assert_eq!(untold(&suite(r#"<testcase name="x"><failure/></testcase>"#)), Some(2));
    assert_eq!(untold(&suite(r#"<error message="x"/><testcase name="x"><failure/><error/></testcase>"#)), None);
    // Some count attempts that did not matter, and some do not.
    assert_eq!(untold(&suite(r#"<testcase name="x"><flakyFailure/><flakyError/><flakyError/></testcase>"#)), None);
    assert_eq!(untold(r#"<testsuites><testsuite name="a" failures="1"/></testsuites>"#), Some(1));
    assert_eq!(untold(r#"<testsuite name="a" failures="x" errors="-1"/>"#), None);
}
