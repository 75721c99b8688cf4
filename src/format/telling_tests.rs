//! Messages as tools write them, and the line that tells.

use proptest::prelude::*;

use super::telling;

const TABLE: &[(&str, &str)] = &[
    ("", ""),
    ("\n  \n", ""),
    // Go.
    ("=== RUN   TestX\n    x_test.go:12: got 1, want 2\n--- FAIL: TestX (0.00s)\n", "got 1, want 2"),
    ("    x_test.go:12: connecting\n    x_test.go:19: unexpected status: 500\n", "unexpected status: 500"),
    ("    x_test.go:12: asking for a user\n    x_test.go:19: no such user\n", "no such user"),
    ("=== RUN   TestX\nlooking at the queue\n    x_test.go:19: queue is closed\n--- FAIL: TestX\n", "queue is closed"),
    ("    x_test.go:12: connecting to db\n    x_test.go:19: expected 200, got 500\n", "expected 200, got 500"),
    (
        "=== RUN   TestY\n    y_test.go:9: \n        \tError Trace:\t/src/y_test.go:9\n        \tError:      \tNot equal: \n        \t            \texpected: 1\n        \t            \tactual  : 2\n        \tTest:       \tTestY\n",
        "Not equal:",
    ),
    (
        "panic: runtime error: index out of range [3] with length 3 [recovered]\n\tpanic: runtime error\n\ngoroutine 7 [running]:\ntesting.tRunner.func1.2({0x5, 0x6})\n\t/usr/lib/go/testing.go:1545 +0x238\n",
        "panic: runtime error: index out of range [3] with length 3 [recovered]",
    ),
    ("==================\nWARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n", "WARNING: DATA RACE"),
    ("panic: test timed out after 1s\nrunning tests:\n\tTestSlow (1s)\n", "panic: test timed out after 1s"),
    (
        "2024/01/02 03:04:05 listening on :8080\n    srv_test.go:31: Get \"http://x\": context deadline exceeded\n",
        "Get \"http://x\": context deadline exceeded",
    ),
    ("Failed\n=== RUN   TestZ\n    z_test.go:4: boom\n", "boom"),
    // pytest.
    (
        "def test_a():\n>       assert add(1, 1) == 3\nE       assert 2 == 3\nE        +  where 2 = add(1, 1)\n\ntests/test_a.py:5: AssertionError",
        "assert 2 == 3",
    ),
    (
        "self = <x>\n\n    def f(self):\n>       raise ValueError(\"no\")\nE       ValueError: no\n\na.py:3: ValueError",
        "ValueError: no",
    ),
    (
        "file /t/test_b.py, line 3\n  def test_b(nope):\nE       fixture 'nope' not found\n>       available fixtures: cache\n",
        "fixture 'nope' not found",
    ),
    ("E   AssertionError:\nE   Lists differ: [1] != [2]\n", "Lists differ: [1] != [2]"),
    // unittest, and any traceback.
    (
        "Traceback (most recent call last):\n  File \"a.py\", line 3, in test\n    self.assertEqual(1, 2)\nAssertionError: 1 != 2\n",
        "AssertionError: 1 != 2",
    ),
    // Rust.
    (
        "running 1 test\nthread 'tests::a' (123) panicked at src/a.rs:1:2:\nassertion `left == right` failed: sums\n  left: 1\n right: 2\nnote: run with `RUST_BACKTRACE=1`\n",
        "assertion `left == right` failed: sums",
    ),
    (
        "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/a.rs:1:2\n",
        "called `Option::unwrap()` on a `None` value",
    ),
    (
        "---- tests::a stdout ----\nthread 'tests::a' panicked at src/a.rs:4:5:\nboom\nstack backtrace:\n   0: rust_begin_unwind\n",
        "boom",
    ),
    (
        "Error: Os { code: 2, kind: NotFound, message: \"No such file\" }\n",
        "Error: Os { code: 2, kind: NotFound, message: \"No such file\" }",
    ),
    ("running 1 test\nError: \"no route to shop\"\ntest a ... FAILED\n", "no route to shop"),
    (
        "error: test failed, to rerun pass `--test worker`\nCaused by:\n  process didn't exit successfully: `worker` (signal: 6, SIGABRT: process abort signal)\n",
        "process didn't exit successfully: `worker` (signal: 6, SIGABRT: process abort signal)",
    ),
    // JavaScript.
    (
        "AssertionError: expected 1 to be 2 // Object.is equality\n    at /src/a.test.ts:3:13\n",
        "AssertionError: expected 1 to be 2 // Object.is equality",
    ),
    (
        "  \u{25cf} suite \u{203a} adds\n\n    expect(received).toBe(expected) // Object.is equality\n\n    Expected: 3\n    Received: 2\n\n      2 | test(() => {\n    > 3 |   expect(1 + 1).toBe(3);\n        |                 ^\n",
        "expect(received).toBe(expected) // Object.is equality",
    ),
    (
        "TypeError: Cannot read properties of undefined (reading 'x')\n    at f (a.js:1:2)\n",
        "TypeError: Cannot read properties of undefined (reading 'x')",
    ),
    (
        "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n1 !== 2\n",
        "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:",
    ),
    ("Test timeout of 30000ms exceeded.\n", "Test timeout of 30000ms exceeded."),
    (
        "thrown: \"Exceeded timeout of 5000 ms for a test.\"\n    at Object.test (a.js:1:1)\n",
        "thrown: \"Exceeded timeout of 5000 ms for a test.\"",
    ),
    // Java.
    (
        "java.lang.AssertionError: expected:<1> but was:<2>\n\tat org.junit.Assert.fail(Assert.java:89)\n\tat a.B.c(B.java:3)\n",
        "java.lang.AssertionError: expected:<1> but was:<2>",
    ),
    ("java.lang.AssertionError: \n\nExpected: is <1>\n     but: was <2>\n\tat a.B.c(B.java:3)\n", "Expected: is <1>"),
    ("java.lang.NullPointerException\n\tat a.B.c(B.java:3)\n", "java.lang.NullPointerException"),
    ("java.lang.IllegalStateException: \n\tat a.B.c(B.java:3)\n", "java.lang.IllegalStateException:"),
    (
        "org.opentest4j.AssertionFailedError: expected: <1> but was: <2>\n\tat a.B\n",
        "org.opentest4j.AssertionFailedError: expected: <1> but was: <2>",
    ),
    (
        "[INFO] starting\n2024-01-02 03:04:05 DEBUG pool ready\njava.io.IOException: closed\n\tat a.B.c(B.java:3)\nCaused by: java.net.SocketException: reset\n",
        "java.io.IOException: closed",
    ),
    // PHP, Ruby, C++, .NET, Swift.
    (
        "Tests\\FooTest::testX\nFailed asserting that 1 matches expected 2.\n\n/srv/tests/FooTest.php:12\n",
        "Failed asserting that 1 matches expected 2.",
    ),
    (
        "Failure/Error: expect(x).to eq 2\n\n  expected: 2\n       got: 1\n\n# ./spec/a_spec.rb:3:in `block'\n",
        "expected: 2",
    ),
    (
        "/src/a_test.cc:12: Failure\nExpected equality of these values:\n  1\n  2\n",
        "Expected equality of these values:",
    ),
    (
        "looking at the queue\nunknown file: Failure\nC++ exception with description \"queue is closed\" thrown in the test body.\n",
        "queue is closed",
    ),
    ("unknown file\nC++ exception with description \"no \"quotes\" here\" thrown in SetUp().", "no \"quotes\" here"),
    ("Running main() from ./gtest_main.cc\nNote: Google Test filter = A.B\n[ RUN      ] A.B\n", ""),
    // Test::More.
    ("Failed test 'flakes'\n  at t/cart.t line 22.\nqueue is closed\n", "queue is closed"),
    ("a_test.cc:12\nValue of: f()\n  Actual: false\nExpected: true\n", "Value of: f()"),
    (
        "Assert.Equal() Failure: Values differ\nExpected: 1\nActual:   2\n   at A.B() in /src/a.cs:line 3\n",
        "Assert.Equal() Failure: Values differ",
    ),
    ("System.InvalidOperationException : no\n   at A.B()\n", "System.InvalidOperationException : no"),
    // Gomega.
    ("[FAILED] Expected\n    <int>: 1\nto equal\n    <int>: 2\nIn [It] at: /src/a_test.go:3\n", "to equal"),
    ("[FAILED] Timed out after 30.001s.\nExpected\n    <bool>: false\nto be true\n", "Timed out after 30.001s."),
    // Sanitizers, and what says nothing.
    (
        "==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x6\n    #0 0x55 in f a.c:3\n",
        "==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x6",
    ),
    ("exit status 1\n", "exit status 1"),
    ("exited with error code 1\nusage: x\n", "usage: x"),
    (
        "I0102 15:04:05.000000 1 main.go:3] up\nE0102 15:04:06.000000 1 main.go:4] down\n",
        "I0102 15:04:05.000000 1 main.go:3] up",
    ),
];

#[test]
fn the_telling_line_of_messages_as_tools_write_them() {
    let wrong: Vec<_> = TABLE
        .iter()
        .filter(|(message, line)| telling(message) != *line)
        .map(|(message, line)| (line, telling(message)))
        .collect();
    assert!(wrong.is_empty(), "expected, got: {wrong:#?}");
}

#[test]
fn more_output_before_it_changes_nothing() {
    let output = "[INFO] one\n2024-01-02T03:04:05Z INFO two\n===== rule =====\n".repeat(50);
    let message = format!("{output}java.io.IOException: closed\n\tat a.B.c(B.java:3)\n");
    assert_eq!(telling(&message), "java.io.IOException: closed");
}

proptest! {
    #[test]
    fn it_never_panics_and_is_a_line_of_the_message(message in "(?s).{0,200}") {
        let line = telling(&message);
        prop_assert!(message.contains(line));
        prop_assert!(!line.contains('\n'));
    }
}
