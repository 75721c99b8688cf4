"""The project's goals for its speed, each beside what was measured."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .contest import NOTHING
from .machine import target
from .results import Results, table

UNMEASURED = "not measured"
MIB_PER_SWEEP = 200
EMPTY_LIMIT_MS = 10
SERIES_LIMITS_US = {"passing-2000": 31.5, "alternating-2000": 1_000, "alternating-10000": 25_000}


@dataclass(frozen=True)
class Goal:
    """One row."""

    what: str
    goal: str
    measured: str
    reached: bool | None

    def row(self) -> list[str]:
        """As text."""
        word = {True: "yes", False: "**no**", None: ""}[self.reached]
        return [self.what, self.goal, self.measured, word]


def _at_least(what: str, percent: float | None, bound: float) -> Goal:
    shown = UNMEASURED if percent is None else f"{percent:.0f} %"
    return Goal(what, f"≥ {bound:g} %", shown, None if percent is None else percent >= bound)


def _faster(results: Results, who: str, tool: str, layout: str, bound: float) -> Goal:
    """How many times faster than a tool, and beside it how much less CPU time."""
    wall, cpu = results.ratio(tool, layout), results.ratio(tool, layout, "cpu_s")
    goal = f"≥ {bound:g} ×" if bound > 1 else "faster"
    if wall is None or cpu is None:
        return Goal(f"against {who}", goal, UNMEASURED, None)
    return Goal(f"against {who}", goal, f"{wall:.2f} × (CPU {cpu:.2f} ×)", wall > 1 and wall >= bound)


def _at_most(what: str, value: float | None, bound: float, unit: str) -> Goal:
    shown = UNMEASURED if value is None else f"{value:.3g} {unit}" if value < 100 else f"{value:,.0f} {unit}"
    return Goal(what, f"≤ {bound:,g} {unit}", shown, None if value is None else value <= bound)


def _share(results: Results, limit: str, layout: str) -> float | None:
    """How much of the limit's speed the sweep has, in percent."""
    ratio = results.ratio(limit, layout)
    return None if ratio is None else 100 * ratio


def of_comparison(results: Results) -> Iterator[Goal]:
    """The goals that `scripts/compare` can tell of."""
    duckdb = {"zstd-frames": 3, "zstd-files": 3, "zstd-single": 2.5, "gzip-files": 3, "gzip-single": 1.7, "plain": 3}
    for layout, bound in duckdb.items():
        yield _faster(results, f"DuckDB, {layout}", "duckdb", layout, bound)
    for layout, bound in {"zstd-frames": 4, "zstd-files": 4, "zstd-single": 4, "plain": 6}.items():
        yield _faster(results, f"ClickHouse, {layout}", "chdb", layout, bound)
    yield _faster(results, "the reference classifier", "reference classifier", "plain-single", 18)
    yield _faster(results, "`zstd -dc | rg -c`, one frame", "zstd -dc | rg -c", "zstd-single", 1)
    decode = "limit: decoding with its check"
    yield _at_least("share of decoding alone, zstd-frames", _share(results, decode, "zstd-frames"), 55)
    yield _at_least("share of streamed decoding, one frame", _share(results, decode, "zstd-single"), 95)
    read = "limit: fresh mmap read"
    yield _at_least("share of a fresh mmap read, plain", _share(results, read, "plain"), 30)
    peaks = [results.value("relapse", layout, "peak_mib") for layout in results.counts if layout.startswith("zstd")]
    known = [peak for peak in peaks if peak is not None]
    yield _at_most("peak memory, largest of zstd", max(known) if known else None, MIB_PER_SWEEP, "MiB")
    start = results.value("relapse", NOTHING)
    yield _at_most("start-up on an empty folder", None if start is None else start * 1e3, EMPTY_LIMIT_MS, "ms")


def of_series() -> Iterator[Goal]:
    """Changepoints of one series, from what `cargo bench --bench changepoints` left behind."""
    for name, bound in SERIES_LIMITS_US.items():
        path = target() / "criterion" / "changepoints" / name / "new" / "estimates.json"
        value = json.loads(path.read_text())["median"]["point_estimate"] / 1e3 if path.exists() else None
        yield _at_most(f"changepoints, {name}", value, bound, "µs")


def of_scaling(path: Path) -> Iterator[Goal]:
    """The goals that `scripts/scaling` can tell of, from its scaling.json."""
    found = json.loads(path.read_text()) if path.exists() else {}
    spread = found.get("seconds_per_byte_spread")
    shown = UNMEASURED if spread is None else f"{100 * (spread - 1):.0f} %"
    linear = None if spread is None else spread <= 1.10
    yield Goal("growth of the time a byte", "within 10 %", shown, linear)
    yield _at_most("a line's time, most keys by fewest", found.get("line_time_growth"), 2.5, "×")
    yield _at_most("memory of a distinct key", found.get("bytes_per_key"), 64, "B")


def markdown(goals: list[Goal]) -> str:
    """The table."""
    return table(["goal", "wanted", "measured", "reached"], [goal.row() for goal in goals])
