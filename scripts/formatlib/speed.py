"""Logs of the shapes that test tools write, for measurements; and peers that read them.

`speed.py duckdb|junitparser FORMAT FOLDER` reads logs as a peer does, and prints how many tests failed.
"""

import json
import sys
import zlib
from pathlib import Path

VERSION = zlib.crc32(Path(__file__).read_bytes())
"""Of what is written."""
RUNS = 40
DAY = 1_767_225_600
WORDS = "accepts adds asks begins cancels counts drops ends fetches finds grows holds keeps locks moves opens".split()


def _stamp(run, at):
    seconds = int(at)
    return f"2026-{1 + run // 28:02}-{1 + run % 28:02}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{int(at % 1 * 1e9):09}Z"


def _fails(draw, run, test):
    """Whether a test fails in a run: of a hundred one is flaky and one is broken since two thirds of the runs."""
    kind = test * 7919 % 100
    return kind == 7 and draw.random() < 0.3 or kind == 11 and run >= RUNS * 2 // 3


def go_test(draw, run, size):
    """`go test -json` of 40 packages that run at once: text and tests."""
    out, length, tests, at = [], 0, 0, 0.0
    packages = [f"github.com/acme/shop/internal/{WORDS[n % 16]}/{WORDS[n // 3 % 16]}{n}" for n in range(40)]
    failed = set()

    def event(package, action, **more):
        nonlocal length, at
        at += draw.random() * 0.001
        line = json.dumps({"Time": _stamp(run, at), "Action": action, "Package": package, **more}, separators=(",", ":"))
        out.append(line)
        length += len(line) + 1

    for package in packages:
        event(package, "start")
    while length < size:
        package = packages[tests % 40]
        name = f"Test{WORDS[tests % 16].title()}Order{tests}"
        event(package, "run", Test=name)
        event(package, "output", Test=name, Output=f"=== RUN   {name}\n")
        for line in range(draw.randrange(4)):
            event(package, "output", Test=name, Output=f"    shop_test.go:{line + 40}: order {draw.randrange(10**6)} is \"open\" at {draw.random():.6f}\n")
        fails = _fails(draw, run, tests)
        word = "FAIL" if fails else "PASS"
        if fails:
            failed.add(package)
            event(package, "output", Test=name, Output=f"    shop_test.go:97: got {draw.randrange(99)}, want 7\n")
        event(package, "output", Test=name, Output=f"--- {word}: {name} (0.01s)\n")
        event(package, word.lower(), Test=name, Elapsed=round(draw.random(), 2))
        tests += 1
    for package in packages:
        word = "fail" if package in failed else "pass"
        event(package, "output", Output="FAIL\n" if word == "fail" else "PASS\n")
        event(package, word, Elapsed=round(at, 3))
    return ("\n".join(out) + "\n").encode(), tests


def pytest(draw, run, size):
    """pytest-reportlog: three reports a test, as the plugin writes them."""
    out = [json.dumps({"pytest_version": "9.2.0", "$report_type": "SessionStart"})]
    length, tests, start = 0, 0, DAY + 86_400 * run + 0.5
    while length < size:
        file = f"tests/unit/{WORDS[tests // 300 % 16]}/test_{WORDS[tests // 20 % 16]}_{tests // 20}.py"
        name = f"test_{WORDS[tests % 16]}_the_order[{tests % 20}-{WORDS[tests % 7]}]"
        for when in ("setup", "call", "teardown"):
            fails = when == "call" and _fails(draw, run, tests)
            longrepr = None
            if fails:
                got = draw.randrange(99)
                crash = {"path": f"/home/ci/shop/{file}", "lineno": 31, "message": f"assert {got} == 7"}
                entry = {"type": "ReprEntry", "data": {"lines": ["    def test(order):", f">       assert order.total() == 7", f"E       assert {got} == 7"], "reprfuncargs": {"args": []}, "reprlocals": None, "reprfileloc": {"path": file, "lineno": 31, "message": "AssertionError"}, "style": "long"}}
                longrepr = {"reprcrash": crash, "reprtraceback": {"reprentries": [entry], "extraline": None, "style": "long"}, "sections": [], "chain": [[None, crash, None]]}
            took = draw.random() * 0.01
            line = json.dumps({
                "nodeid": f"{file}::{name}", "location": [file, 26, name],
                "keywords": {name: 1, "parametrize": 1, "pytestmark": 1, Path(file).name: 1, "unit": 1, "tests": 1, "shop": 1},
                "outcome": "failed" if fails else "passed", "longrepr": longrepr, "when": when, "user_properties": [],
                "sections": [["Captured stdout call", f"order {draw.randrange(10**6)}\n"]] if when == "call" and tests % 5 == 0 else [],
                "duration": took, "start": start, "stop": start + took, "$report_type": "TestReport",
            })
            start += took
            out.append(line)
            length += len(line) + 1
        tests += 1
    out.append(json.dumps({"exitstatus": 1, "$report_type": "SessionFinish"}))
    return ("\n".join(out) + "\n").encode(), tests


def bazel(draw, run, size):
    """Bazel's build events: what a target has of them, and what the build prints between."""
    uuid = f"{run:08}-aaaa-4bbb-8ccc-0123456789ab"
    start = (DAY + 86_400 * run) * 1000
    configuration = {"configuration": {"id": "8f1c" * 16}}
    out = [
        {"id": {"started": {}}, "children": [{"progress": {}}], "started": {"uuid": uuid, "startTimeMillis": str(start), "command": "test"}},
        {"id": {"workspaceStatus": {}}, "workspaceStatus": {"item": [{"key": "STABLE_GIT_COMMIT", "value": f"{run:040x}"}, {"key": "BUILD_USER", "value": "ci"}]}},
        {"id": configuration, "configuration": {"mnemonic": "k8-fastbuild", "platformName": "k8", "cpu": "k8"}},
    ]
    lines = [json.dumps(event, separators=(",", ":")) for event in out]
    length, tests = 0, 0
    while length < size:
        label = f"//services/{WORDS[tests // 40 % 16]}/{WORDS[tests // 5 % 16]}{tests // 5}:{WORDS[tests % 16]}_{tests}_test"
        fails = _fails(draw, run, tests)
        status = "FAILED" if fails else "PASSED"
        bound = {"label": label, "configuration": configuration["configuration"]}
        files = [{"name": name, "uri": f"bytestream://remote.buildbarn.acme/blobs/{draw.getrandbits(256):064x}/{draw.randrange(9999)}"} for name in ("test.log", "test.xml")]
        result = {"testResult": bound | {"run": 1, "shard": 1, "attempt": 1}}
        for event in (
            {"id": {"progress": {"opaqueCount": tests + 1}}, "children": [{"progress": {"opaqueCount": tests + 2}}], "progress": {"stderr": f"\u001b[32m[{tests:,} / 9,999]\u001b[0m 2 actions running\n    Testing {label}; {draw.randrange(99)}s remote\n"}},
            {"id": {"targetConfigured": {"label": label}}, "children": [{"targetCompleted": bound}], "configured": {"targetKind": "go_test rule", "testSize": "SMALL", "tag": ["unit", "__GO_RULES_VERSION=0.50.1"]}},
            {"id": {"namedSet": {"id": str(tests)}}, "namedSetOfFiles": {"files": [{"name": label[2:].replace(":", "/"), "uri": files[0]["uri"], "pathPrefix": ["bazel-out", "k8-fastbuild", "bin"]}]}},
            {"id": {"targetCompleted": bound}, "children": [result], "completed": {"success": True, "outputGroup": [{"name": "default", "fileSets": [{"id": str(tests)}]}]}},
            {"id": result, "testResult": {"testActionOutput": files, "testAttemptDurationMillis": str(draw.randrange(9000)), "status": status, "testAttemptStartMillisEpoch": str(start + tests), "testAttemptStart": _stamp(run, tests % 80000), "testAttemptDuration": "1.2s", "executionInfo": {"strategy": "remote", "timingBreakdown": {"child": [{"name": "executionWallTime", "timeMillis": "1200"}], "name": "totalTime", "timeMillis": "1300"}}}},
            {"id": {"testSummary": bound}, "testSummary": {"totalRunCount": 1, "runCount": 1, "passed" if not fails else "failed": files[:1], "overallStatus": status, "attemptCount": 1, "totalRunDurationMillis": "1200"}},
        ):
            line = json.dumps(event, separators=(",", ":"))
            lines.append(line)
            length += len(line) + 1
        tests += 1
    lines.append(json.dumps({"id": {"buildFinished": {}}, "finished": {"overallSuccess": False, "finishTimeMillis": str(start + 9_000_000)}, "lastMessage": True}, separators=(",", ":")))
    return ("\n".join(lines) + "\n").encode(), tests


def junit(draw, run, size):
    """JUnit XML, one report with many suites: of ten cases one has output."""
    out, length, tests = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"], 0, 0
    while length < size:
        suite = f"com.acme.shop.{WORDS[tests // 400 % 16]}.{WORDS[tests // 20 % 16].title()}Service{tests // 20}Test"
        lines = [f'  <testsuite name="{suite}" time="{draw.random() * 9:.3f}" tests="20" errors="0" skipped="0" timestamp="{_stamp(run, tests % 80000)[:19]}">']
        for _ in range(20):
            head = f'    <testcase name="{WORDS[tests % 16]}TheOrder{tests}WhenThereIsStock" classname="{suite}" time="{draw.random():.3f}"'
            if _fails(draw, run, tests):
                lines += [f'{head}>', f'      <failure message="expected: &lt;7&gt; but was: &lt;{draw.randrange(99)}&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: expected: <7> but was: <{draw.randrange(99)}>',
                          *(f"\tat {suite}.step{depth}({suite.rsplit('.', 1)[1]}.java:{depth + 20})" for depth in range(12)), "]]></failure>", "    </testcase>"]
            elif tests % 10 == 0:
                text = "\n".join(f"12:00:0{n}.{draw.randrange(1000):03} [main] INFO  c.a.s.Order - order {draw.randrange(10**6)} is open" for n in range(8))
                lines += [f"{head}>", f"      <system-out><![CDATA[{text}]]></system-out>", "    </testcase>"]
            else:
                lines.append(f"{head}/>")
            tests += 1
        lines.append("  </testsuite>")
        text = "\n".join(lines)
        out.append(text)
        length += len(text) + 1
    out.append("</testsuites>")
    return ("\n".join(out) + "\n").encode(), tests


FORMATS = {
    "go-test": (go_test, "json"), "pytest": (pytest, "jsonl"), "bazel": (bazel, "json"), "junit": (junit, "xml"),
}

FAILED = {
    "go-test": ("{Time: 'VARCHAR', Action: 'VARCHAR', Package: 'VARCHAR', Test: 'VARCHAR', Output: 'VARCHAR', Elapsed: 'DOUBLE'}",
                "select Package, Test, count(*) n, sum((Action = 'fail')::int) f from r where Action in ('pass', 'fail', 'skip') and Test is not null group by all"),
    "pytest": ("{nodeid: 'VARCHAR', outcome: 'VARCHAR', \"when\": 'VARCHAR', start: 'DOUBLE', duration: 'DOUBLE', longrepr: 'JSON', \"$report_type\": 'VARCHAR'}",
               "select nodeid, count(*) n, sum((outcome = 'failed')::int) f from r where \"$report_type\" = 'TestReport' and \"when\" = 'call' group by all"),
    "bazel": ("{id: 'STRUCT(\"testResult\" STRUCT(label VARCHAR, run INTEGER, attempt INTEGER))', \"testResult\": 'STRUCT(status VARCHAR, \"testAttemptStart\" VARCHAR)'}",
              "select id.\"testResult\".label l, count(*) n, sum((\"testResult\".status <> 'PASSED')::int) f from r where \"testResult\" is not null group by all"),
}


def _duckdb(form, folder):
    import duckdb

    columns, query = FAILED[form]
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute(
        f"create temp view r as select * from read_json('{folder}/*', format='newline_delimited', columns={columns}, maximum_object_size=1000000)")
    return connection.execute(f"select count(*), sum(f) from ({query})").fetchone()


def _junitparser(_form, folder):
    from junitparser import JUnitXml

    tests = {}
    for path in sorted(Path(folder).iterdir()):
        for suite in JUnitXml.fromfile(str(path)):
            for case in suite:
                key = (case.classname, case.name)
                tests[key] = tests.get(key, 0) + any(one.__class__.__name__ in ("Failure", "Error") for one in case.result)
    return len(tests), sum(tests.values())


if __name__ == "__main__":
    print({"duckdb": _duckdb, "junitparser": _junitparser}[sys.argv[1]](*sys.argv[2:]))
