"""Tools of JavaScript, Perl, PHP and Ruby.

The name of one test stands in that of another, so that a command for one may run no other.
"""

import shutil
from pathlib import Path

from .tool import Format, Place, Tool

TITLES = {
    "passes": "flakes never", "fails": "prices > fails", "breaks": "prices > breaks (of the whole cart)", "flakes": "flakes",
    "retried": "retried", "crashes": "crashes", "numbered": "numbered",
    "twin": "prices > breaks (of the whole cart)",
}


def _titles(cart: str, cache: str, worker: str, queue: str, between: str = " > ") -> dict[str, tuple[str, str]]:
    suites = {"retried": cache, "crashes": worker, "twin": queue}
    return {role: (suites.get(role, cart), title.replace(" > ", between)) for role, title in TITLES.items()}


def _without(names: dict[str, tuple[str, str]], *roles: str) -> dict[str, tuple[str, str]]:
    return {role: name for role, name in names.items() if role not in roles}


def _vitest(place: Place, out: Path) -> None:
    place.call("npx", "vitest", "run", "--reporter=json", f"--outputFile.json={out}/report.json", "--reporter=junit",
               f"--outputFile.junit={out}/report.xml")


VITEST = _titles("src/cart.test.mjs", "src/cart.test.mjs", "src/worker.test.mjs", "src/queue.test.mjs")
VITEST_BLIND = {"crashes": "a test whose worker died stands there as one that passed"}
VITEST_TOOL = Tool("vitest", "vitest", lambda place: place.module("vitest"), _vitest, (
    Format("json", ("jest", "vitest"), ("report.json",), VITEST,
           {"crashes": "a test whose worker died stands there as pending", "retried": "only the last attempt stands there"},
           has_time=True, has_attempts=False),
    Format("junit", ("junit",), ("report.xml",), VITEST,
           VITEST_BLIND | {"retried": "of a test that passed at last no failure stands there"}, has_time=True,
           has_attempts=False),
))


def _jest(place: Place, out: Path) -> None:
    # With a limit of memory it takes workers, however few tests there are, so that one that dies takes nothing with it.
    place.call("npx", "jest", "--maxWorkers=2", "--workerIdleMemoryLimit=1GB", "--testLocationInResults", "--json",
               f"--outputFile={out}/report.json", "--reporters=default", "--reporters=jest-junit",
               # By default it says of no test in which file it stands.
               JEST_JUNIT_OUTPUT_FILE=str(out / "report.xml"), JEST_JUNIT_REPORT_TEST_SUITE_ERRORS="true",
               JEST_JUNIT_SUITE_NAME="{filepath}", JEST_JUNIT_ADD_FILE_ATTRIBUTE="true")


JEST = _titles("src/cart.test.js", "src/cache.test.js", "src/worker.test.js", "src/queue.test.js")
JEST_JUNIT = _titles("src/cart.test.js", "src/cache.test.js", "src/worker.test.js", "src/queue.test.js", " ")
JEST_TOOL = Tool("jest", "jest", lambda place: place.module("jest-junit") and place.module("jest"), _jest, (
    Format("json", ("jest", "vitest"), ("report.json",), JEST, mute=("retried",), has_time=True,
           whole="src/worker.test.js (file)"),
    Format("jest-junit", ("junit",), ("report.xml",), JEST_JUNIT,
           {"retried": "of a test that passed at last no failure stands there"}, has_time=True,
           whole="src/worker.test.js (file)"),
))


def _mocha(place: Place, out: Path) -> None:
    place.call("npx", "mocha", "--reporter", "json", "--reporter-option", f"output={out}/report.json")


def _xunit(place: Place, out: Path) -> None:
    place.call("npx", "mocha", "--reporter", "xunit", "--reporter-option", f"output={out}/report.xml")


MOCHA_BLIND = {"retried": "only the last attempt stands there"}
MOCHA_JSON = {
    role: (file, f"{'queue' if role == 'twin' else 'cart'} {title}")
    for role, (file, title) in _titles("test/cart.js", "test/cart.js", "", "test/queue.js", " ").items() if role != "crashes"
}
MOCHA_TOOL = Tool("mocha", "mocha", lambda place: place.module("mocha"), _mocha, (
    Format("json", ("mocha",), ("report.json",), MOCHA_JSON, MOCHA_BLIND, has_time=True,
           has_attempts=False),
))
MOCHA_SUITES = {"fails": "cart prices", "breaks": "cart prices", "twin": "queue prices"}
MOCHA_NAMES = {
    role: (MOCHA_SUITES.get(role, "cart"), title.removeprefix("prices > "))
    for role, title in TITLES.items() if role != "crashes"
}
XUNIT_TOOL = Tool("mocha xunit", "mocha", lambda place: place.module("mocha"), _xunit, (
    Format("xunit", ("junit",), ("report.xml",), MOCHA_NAMES, MOCHA_BLIND, has_time=True, has_attempts=False),
))


def _node(place: Place, out: Path) -> None:
    place.call("node", "--test", "--test-reporter=tap", f"--test-reporter-destination={out}/report.tap",
               "--test-reporter=junit", f"--test-reporter-destination={out}/report.xml")


# No file stands there, so that tests of one name in two files could not be told apart: there are none.
NODE = _without(_titles("", "", "", ""), "retried", "twin")
NODE_TOOL = Tool("node --test", "node", lambda place: place.says("node", "--version"), _node, (
    Format("tap", ("tap",), ("report.tap",), NODE, whole="worker.test.mjs (file)", is_unjudged=True),
    Format("junit", ("junit",), ("report.xml",), NODE, whole="worker.test.mjs (file)", is_unjudged=True),
))


def _perl(place: Place, out: Path) -> None:
    for name in ("cart", "worker"):
        place.call("perl", f"t/{name}.t", output=out / f"{name}.tap", both=True)


PERL = {**_without(_titles("", "", "", ""), "retried", "twin"), "passes": ("", "passes")}


def _perl_version(place: Place) -> str:
    return place.says("perl", "-MTest::More", "-e", "print $Test::More::VERSION")


PERL_TOOL = Tool("Test::More", "prove", _perl_version, _perl, (
    # A file that dies before its first point has no name: nothing says in which runs it was fine.
    Format("tap", ("tap",), ("cart.tap", "worker.tap"), PERL, is_cut=True, whole="(plan)", is_unjudged=True,
           has_replay=False),
))


def _rspec(place: Place, out: Path) -> None:
    place.call("rspec", "--format", "RspecJunitFormatter", "--out", str(out / "report.xml"))


def _rspec_version(place: Place) -> str:
    said = place.says("ruby", "-r", "rspec_junit_formatter", "-e", "puts RSpec::Core::Version::STRING")
    return place.says("bundle", "--version") and said


RSPEC = {
    role: (f"spec.{'queue' if role == 'twin' else 'cart'}_spec", f"Cart {title.replace(' > ', ' ')}")
    for role, title in TITLES.items() if role not in ("retried", "crashes")
}
RSPEC_TOOL = Tool("RSpec", "rspec", _rspec_version, _rspec, (
    Format("RspecJunitFormatter", ("junit",), ("report.xml",), RSPEC, has_time=True),
))


def _vendored(place: Place) -> None:
    """Where Composer has it."""
    folder = place.folder / "vendor/bin"
    folder.mkdir(parents=True)
    (folder / "phpunit").symlink_to(shutil.which("phpunit"))


def _phpunit(place: Place, out: Path) -> None:
    place.call("phpunit", "--log-junit", str(out / "report.xml"), "tests")


PHPUNIT = {
    role: ("Shop\\" + {"crashes": "WorkerTest", "twin": "QueueTest"}.get(role, "CartTest"),
           "testBreaks" if role == "twin" else f"test{role.capitalize()}")
    for role in TITLES if role != "retried"
}
PHPUNIT_TOOL = Tool("PHPUnit", "phpunit", lambda place: place.says("phpunit", "--version"), _phpunit, (
    Format("--log-junit", ("junit",), ("report.xml",), PHPUNIT),
), _vendored)


def _playwright(place: Place, out: Path) -> None:
    place.call("npx", "playwright", "test", "--retries=1", "--reporter=json,junit",
               PLAYWRIGHT_JSON_OUTPUT_FILE=str(out / "report.json"), PLAYWRIGHT_JUNIT_OUTPUT_FILE=str(out / "report.xml"))


PLAYWRIGHT = _titles("cart.spec.js", "cart.spec.js", "worker.spec.js", "queue.spec.js", " › ")


PLAYWRIGHT_TOOL = Tool("playwright", "playwright", lambda place: place.module("@playwright/test"), _playwright, (
    Format("json", ("playwright",), ("report.json",), PLAYWRIGHT, has_time=True),
    Format("junit", ("junit",), ("report.xml",), PLAYWRIGHT,
           {"retried": "of a test that passed at last no failure stands there"}, has_time=True, has_attempts=False),
))

TOOLS = [VITEST_TOOL, JEST_TOOL, MOCHA_TOOL, XUNIT_TOOL, PLAYWRIGHT_TOOL, NODE_TOOL, PERL_TOOL, RSPEC_TOOL, PHPUNIT_TOOL]
