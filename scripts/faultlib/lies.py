"""Answers that were falsified: each must be caught, or the campaign proves nothing."""

import copy
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import variants
from .check import Answer, check, run, sweep

Report = dict[str, Any]


def _archive(report: Report, path: str) -> Report:
    return next(row for row in report["ledger"]["archives"] if row["path"] == path)


def _change(report: Report, path: str, by: int, *names: str) -> None:
    for row in (_archive(report, path), report["ledger"]["totals"]):
        for name in names:
            row[name] += by


def _line_less(answer: Answer, path: str) -> None:
    _change(answer.report, path, -1, "lines")


def _blank_less(answer: Answer, path: str) -> None:
    _change(answer.report, path, -1, "lines", "blank")


def _record_more(answer: Answer, path: str) -> None:
    _change(answer.report, path, 1, "lines", "parsed")


def _record_less(answer: Answer, path: str) -> None:
    """A record is missing everywhere, so that all sums agree."""
    scenarios = answer.report["recurrence"]["scenarios"]
    name = f"campaign/a{Path(path).name[1]}:"
    index = next(at for at, row in enumerate(scenarios) if row["scenario_id"].startswith(name) and not row["failed_attempts"])
    _change(answer.report, path, -1, "lines", "parsed")
    answer.report["incidents"]["records"] -= 1
    del scenarios[index]


def _other_record(answer: Answer, _: str) -> None:
    """A record that nobody wrote stands for one that was written."""
    row = next(row for row in answer.report["recurrence"]["scenarios"] if not row["failed_attempts"])
    row["scenario_id"] = "campaign/invented"


def _twice(answer: Answer, _: str) -> None:
    """A failure counts twice, and all sums agree."""
    incident = answer.report["incidents"]["incidents"][0]
    key = ("packet_id", "suite_id", "scenario_id", "mode")
    row = next(
        row for row in answer.report["recurrence"]["scenarios"] if all(row[name] == incident[name] for name in key)
    )
    paths = [row["path"] for row in answer.report["ledger"]["archives"]]
    path = next(path for path in paths if Path(path).name[1] == incident["packet_id"][-1])
    for counts, names in (
        (incident, ["occurrences"]),
        (row, ["attempts", "failed_attempts"]),
        (answer.report["incidents"], ["records", "failed_records"]),
    ):
        for name in names:
            counts[name] += 1
    _change(answer.report, path, 1, "lines", "parsed")


def _failure_passed(answer: Answer, _: str) -> None:
    answer.report["incidents"]["incidents"][0]["occurrences"] -= 1


def _silent(answer: Answer, path: str) -> None:
    """The damage is not named, and the exit status is that of a sweep without loss."""
    row = _archive(answer.report, path)
    row["damage_count"], row["damage"] = 0, []
    answer.report["ledger"]["totals"]["damaged_archives"] -= 1
    answer.status = 0


def _exit_0(answer: Answer, _: str) -> None:
    answer.status = 0


def _exit_101(answer: Answer, _: str) -> None:
    answer.status = 101


def _panic(answer: Answer, _: str) -> None:
    answer.said = "thread 'main' panicked at src/main.rs"


def _nothing(answer: Answer, _: str) -> None:
    answer.report = {}


def _forgotten(answer: Answer, path: str) -> None:
    """An archive is not mentioned."""
    answer.report["ledger"]["archives"].remove(_archive(answer.report, path))


LIES: list[tuple[Callable[[Answer, str], None], str]] = [
    (_line_less, "unreconciled"),
    (_blank_less, "missing"),
    (_record_more, "unreconciled"),
    (_record_less, "missing"),
    (_other_record, "missing"),
    (_other_record, "invented"),
    (_twice, "invented"),
    (_failure_passed, "unreconciled"),
    (_silent, "unnamed"),
    (_exit_0, "status"),
    (_exit_101, "panic"),
    (_panic, "panic"),
    (_nothing, "status"),
    (_forgotten, "missing"),
]


def are_caught(relapse: Path, seed: int) -> bool:
    """Tells the truth and every lie about one variant whose damage loses no line; whether each was known for what it is."""
    plans = variants.plans(seed, 1000)
    plan = next(plan for plan in plans if plan.kind == "a bit of a checksum" and plan.layout == "zstd, frames")
    with tempfile.TemporaryDirectory() as folder:
        variant = variants.write(plan, Path(folder), relapse)
        answer = sweep(relapse, Path(folder), threads=1)
    is_right = not check(answer, variant.expected)
    if not is_right:
        print(f"the truth is not believed: {check(answer, variant.expected)}", file=sys.stderr)
    for lie, word in LIES:
        told = copy.deepcopy(answer)
        lie(told, variant.damaged[0])
        found = {fault for fault, _ in check(told, variant.expected)}
        if word not in found:
            is_right = False
            print(f"{lie.__name__} was not caught as {word}: {found}", file=sys.stderr)
    if check(run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5), variant.expected)[0][0] != "hang":
        is_right = False
        print("a hang was not caught", file=sys.stderr)
    print(f"{len(LIES) + 1} lies told, " + ("all caught" if is_right else "not all caught"))
    return is_right
