"""Measurements as they are kept: every run in JSON and CSV, medians in Markdown."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Row = dict[str, Any]

OURS = "relapse"


@dataclass
class Results:
    """All runs of one measurement, and where and how they were made."""

    header: dict[str, str]
    counts: dict[str, dict[str, int]]
    """The answer on each layout."""
    commands: dict[str, str]
    """Command line of each contestant."""
    unable: list[list[str]] = field(default_factory=list)
    """Tools that cannot read a layout: tool, layout."""
    runs: list[Row] = field(default_factory=list)
    """round, tool, layout, wall_s, user_s, system_s, peak_mib, factor"""

    def save(self, folder: Path, name: str) -> None:
        """Writes NAME.json, from which everything can be printed again, and NAME.csv."""
        (folder / f"{name}.json").write_text(json.dumps(vars(self), indent=1) + "\n")
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(self.runs[0]))
            writer.writeheader()
            writer.writerows(self.runs)

    @classmethod
    def load(cls, path: Path) -> "Results":
        """What `save` wrote."""
        return cls(**json.loads(path.read_text()))

    def of(self, tool: str, layout: str) -> list[Row]:
        """The runs of a contestant, by round."""
        return [row for row in self.runs if (row["tool"], row["layout"]) == (tool, layout)]

    def value(self, tool: str, layout: str, what: str = "wall_s") -> float | None:
        """A median; None when it did not run. `cpu_s` is user and system time."""
        values = [_value(row, what) for row in self.of(tool, layout)]
        return median(values) if values else None

    def ratio(self, tool: str, layout: str, what: str = "wall_s") -> float | None:
        """Median over the rounds of a tool's value by that of relapse; None when either did not run."""
        pairs = zip(self.of(tool, layout), self.of(OURS, layout), strict=False)
        ratios = [_value(theirs, what) / _value(ours, what) for theirs, ours in pairs]
        return median(ratios) if ratios else None


def _value(row: Row, what: str) -> float:
    if what == "cpu_s":
        return float(row["user_s"] + row["system_s"]) * float(row["factor"])
    return float(row[what]) * (float(row["factor"]) if what == "wall_s" else 1.0)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown; its first column is text and the others numbers.

    >>> print(table(["tool", "s"], [["cat | rg", "1.0"]]))
    | tool | s |
    |---|--:|
    | cat \\| rg | 1.0 |
    """
    lines = [head, *rows]
    text = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([text[0], "|---|" + "--:|" * (len(head) - 1), *text[1:]])


def seconds(value: float) -> str:
    """Three significant digits.

    >>> seconds(12.345), seconds(1.2345), seconds(0.012345)
    ('12.3', '1.23', '0.0123')
    """
    digits = max(0, 2 - _exponent(value))
    return f"{value:.{digits}f}"


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1]) if value > 0 else 0


def header(facts: dict[str, str]) -> str:
    """The facts as a list."""
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def layout_table(results: Results, layout: str) -> str:
    """Medians of one layout, fastest first."""
    tools = {row["tool"] for row in results.runs if row["layout"] == layout}
    rows = []
    for tool in sorted(tools, key=lambda tool: results.value(tool, layout) or 0):
        wall, cpu, peak = (results.value(tool, layout, what) or 0.0 for what in ("wall_s", "cpu_s", "peak_mib"))
        speed = results.counts.get(layout, {}).get("bytes", 0) / 1e9 / wall
        ratios = [results.ratio(tool, layout, what) for what in ("wall_s", "cpu_s")]
        shown = ["" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
        name = f"**{tool}**" if tool == OURS else tool
        rows.append([name, seconds(wall), seconds(cpu), f"{peak:.0f}", f"{speed:.2f}" if speed else "", *shown])
    rows += [[tool, "cannot", *[""] * 5] for tool, where in results.unable if where == layout]
    head = ["", "wall s", "CPU s", "peak MiB", "GB/s decoded", "wall / relapse", "CPU / relapse"]
    return table(head, rows)
