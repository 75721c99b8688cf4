"""pytest, Go, Rust and C++."""

import shutil
from pathlib import Path

from .tool import Format, Place, Tool

PYTEST = {
    "passes": "test_passes", "fails": "TestPrices::test_fails", "breaks": "TestPrices::test_breaks[whole [cart]]",
    "flakes": "test_flakes", "retried": "test_retried", "crashes": "test_crashes", "numbered": "test_numbered",
    "twin": "TestPrices::test_breaks[whole [cart]]",
}


def _pytest_version(place: Place) -> str:
    plugins = "import pytest, pytest_reportlog, pytest_rerunfailures, xdist; print(pytest.__version__)"
    return place.says("python", "-c", plugins)


def _pytest(place: Place, out: Path) -> None:
    # A worker that dies is replaced, and the session lives.
    place.call("python", "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", f"--report-log={out}/report.jsonl",
               f"--junitxml={out}/report.xml")


def _pytest_names(of_class: bool) -> dict[str, tuple[str, str]]:
    names = {}
    for role, name in PYTEST.items():
        holder, _, test = name.rpartition("::")
        file = "test_queue" if role == "twin" else "test_cart"
        suite = f"tests.{file}" if of_class else f"tests/{file}.py"
        names[role] = (f"{suite}.{holder}" if of_class and holder else suite, test if of_class else name)
    return names


PYTEST_TOOL = Tool("pytest", "pytest", _pytest_version, _pytest, (
    Format("reportlog", ("pytest",), ("report.jsonl",), _pytest_names(False), has_time=True),
    Format("junitxml", ("junit",), ("report.xml",), _pytest_names(True),
           {"retried": "an attempt that was tried again stands there as one that passed"}, has_time=True),
))

GO = {
    "passes": "TestPasses", "fails": "TestFails", "breaks": "TestPrices/of_the_whole_cart", "flakes": "TestFlakes",
    "retried": "TestRetried", "crashes": "TestCrashes", "numbered": "TestNumbered",
    "twin": "TestPrices/of_the_whole_cart",
}
GO_PACKAGES = {"crashes": "worker", "twin": "queue"}
GO_PARENTS = (("example.com/shop/cart", "TestPrices"), ("example.com/shop/queue", "TestPrices"))
GO_NAMES = {role: (f"example.com/shop/{GO_PACKAGES.get(role, 'cart')}", name) for role, name in GO.items()}


def _go(place: Place, out: Path) -> None:
    place.call("go", "test", "-json", "-count=1", "./...", output=out / "report.jsonl", both=True)


def _gotestsum(place: Place, out: Path) -> None:
    place.call("gotestsum", f"--jsonfile={out}/report.jsonl", f"--junitfile={out}/report.xml", "--rerun-fails=2",
               "--packages=./...", "--", "-count=1")


GO_TOOL = Tool("go test", "go", lambda place: place.says("go", "version"), _go, (
    Format("-json", ("go-test",), ("report.jsonl",), GO_NAMES, parents=GO_PARENTS, has_time=True),
))
GOTESTSUM_TOOL = Tool(
    "gotestsum", "go", lambda place: place.says("go", "version") and place.says("gotestsum", "--version"), _gotestsum, (
        Format("--jsonfile", ("go-test",), ("report.jsonl",), GO_NAMES, parents=GO_PARENTS, has_time=True),
        Format("--junitfile", ("junit",), ("report.xml",), GO_NAMES, parents=GO_PARENTS, has_time=True),
    ))

RUST = {
    "passes": "cart::passes", "fails": "cart::fails", "breaks": "cart::prices::breaks", "flakes": "cart::flakes",
    "retried": "cart::retried", "crashes": "crashes", "numbered": "cart::numbered",
    "twin": "cart::prices::breaks",
}


def _rust_names(library: str, tests: str) -> dict[str, tuple[str, str]]:
    suites = {"crashes": f"{tests}worker", "twin": f"{tests}queue"}
    return {role: (suites.get(role, library), name) for role, name in RUST.items()}


def _nextest(place: Place, out: Path) -> None:
    place.call("cargo", "nextest", "run", "--offline", "--message-format", "libtest-json", output=out / "report.jsonl",
               NEXTEST_EXPERIMENTAL_LIBTEST_JSON="1")
    shutil.move(place.folder / "target/nextest/default/junit.xml", out / "report.xml")


NEXTEST_TOOL = Tool("cargo-nextest", "rust", lambda place: place.says("cargo", "nextest", "--version"), _nextest, (
    Format("libtest-json", ("libtest",), ("report.jsonl",), _rust_names("shop::shop", "shop::"), mute=("retried",)),
    Format("junit", ("junit",), ("report.xml",), _rust_names("shop", "shop::"), has_time=True),
), lambda place: place.call("cargo", "nextest", "run", "--offline", "--no-run"))


def _cargo(place: Place, out: Path) -> None:
    place.call("cargo", "+nightly", "test", "--offline", "--no-fail-fast", "--", "-Z", "unstable-options", "--format",
               "json", output=out / "report.log", both=True)


CARGO_TOOL = Tool("cargo test", "rust", lambda place: place.says("cargo", "+nightly", "--version"), _cargo, (
    Format("--format json", ("libtest",), ("report.log",), _rust_names("shop", ""), is_cut=True),
), lambda place: place.call("cargo", "+nightly", "test", "--offline", "--no-run"))

GTEST = {
    "passes": ("Cart", "Passes"), "fails": ("Prices", "Fails"), "breaks": ("Prices", "Breaks"), "flakes": ("Cart", "Flakes"),
    "crashes": ("Worker", "Crashes"), "numbered": ("Cart", "Numbered"),
}
GTEST_ALONE = {role: name for role, name in GTEST.items() if role != "crashes"}


def _build(place: Place) -> None:
    place.call("cmake", "-B", ".", "-S", ".")
    place.call("cmake", "--build", ".")


def _gtest(place: Place, out: Path) -> None:
    place.call("./cart_test", f"--gtest_output=xml:{out}/report.xml")


def _ctest(place: Place, out: Path) -> None:
    place.call("ctest", "--output-junit", str(out / "report.xml"))


def _gtest_version(place: Place) -> str:
    return place.says("pkg-config", "--modversion", "gtest") and place.says("cmake", "--version") and place.says(
        "pkg-config", "--modversion", "gtest")


GTEST_TOOL = Tool("GoogleTest", "gtest", _gtest_version, _gtest, (
    Format("--gtest_output=xml", ("junit",), ("report.xml",), GTEST_ALONE, has_time=True, has_replay=False),
), _build)
CTEST_TOOL = Tool("CTest", "gtest", lambda place: _gtest_version(place) and place.says("ctest", "--version"), _ctest, (
    Format("--output-junit", ("junit",), ("report.xml",),
           {role: ("", f"{suite}.{name}") for role, (suite, name) in GTEST.items()}, has_time=True),
), _build)

TOOLS = [PYTEST_TOOL, GO_TOOL, GOTESTSUM_TOOL, NEXTEST_TOOL, CARGO_TOOL, GTEST_TOOL, CTEST_TOOL]
