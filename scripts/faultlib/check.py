"""The program's answer, and what is wrong with it."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .lines import Key
from .model import Expected

TIMEOUT = 30
"""Seconds after which a sweep of some kilobytes hangs."""
COUNTS = ["lines", "parsed", "blank", "rejected"]
FAULTS = ["panic", "hang", "status", "unreconciled", "missing", "invented", "unnamed", "inexact"]
"""What can be wrong, one word each."""


@dataclass
class Answer:
    """How a sweep ended."""

    status: int | None
    """None when it did not end in time."""
    said: str = ""
    report: dict[str, Any] = field(default_factory=dict)


def run(command: list[str | Path], timeout: float = TIMEOUT) -> Answer:
    """Runs the program."""
    try:
        ended = subprocess.run(command, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return Answer(None)
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        report = {}
    return Answer(ended.returncode, ended.stderr.decode(errors="replace"), report)


def sweep(relapse: Path, folder: Path, threads: int) -> Answer:
    """Sweeps a folder; every scenario is listed, so that every record is seen."""
    return run([relapse, "sweep", folder, "--json", "--all", "--threads", str(threads)])


def _key(row: dict[str, Any]) -> Key:
    return row["packet_id"], row["suite_id"], row["scenario_id"], row["mode"]


def seen(answer: Answer) -> Counter[Key]:
    """How often each record was counted."""
    return _sum(answer.report["recurrence"]["scenarios"], "attempts") if answer.report else Counter()


def _sum(rows: list[dict[str, Any]], count: str) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for row in rows:
        total[_key(row)] += row[count]
    return +total


def _reconciles(report: dict[str, Any], seen: Counter[Key], failed: Counter[Key]) -> list[str]:
    """Sums that do not agree with each other."""
    ledger, incidents = report["ledger"], report["incidents"]
    totals, archives = ledger["totals"], ledger["archives"]
    wrong = []
    for row in [totals, *archives]:
        if row["lines"] != row["parsed"] + row["blank"] + row["rejected"]:
            wrong.append(f"lines of {row.get('path', 'the total')}")
        if row["rejected"] != sum(row["rejected_by_reason"].values()) or row["lost_bytes"] > row["bytes_decoded"]:
            wrong.append(f"counts of {row.get('path', 'the total')}")
    for name in [*COUNTS, "bytes_on_disk", "bytes_decoded", "lost_bytes", "frames"]:
        if totals[name] != sum(row[name] for row in archives):
            wrong.append(f"total of {name}")
    if totals["archives"] != len(archives):
        wrong.append("archives")
    if totals["damaged_archives"] != sum(row["damage_count"] > 0 for row in archives):
        wrong.append("damaged archives")
    if any((row["damage_count"] > 0) != bool(row["damage"]) for row in archives):
        wrong.append("lists of damage")
    # No line of a corpus is excluded, and a flipped bit makes no outcome that is.
    if not totals["parsed"] == incidents["records"] == seen.total():
        wrong.append(f"parsed {totals['parsed']}, records {incidents['records']}, attempts {seen.total()}")
    by_incident = _sum(incidents["incidents"], "occurrences")
    if incidents["failed_records"] != by_incident.total() or by_incident != failed:
        wrong.append("failures")
    return wrong


def check(answer: Answer, expected: dict[str, Expected]) -> list[tuple[str, str]]:
    """What is wrong with an answer: words of `FAULTS` and what was found. `expected` by path."""
    if answer.status is None:
        return [("hang", "did not end")]
    if "panicked" in answer.said or answer.status not in (0, 2, 3):
        return [("panic", f"exit {answer.status}: {answer.said[-500:]}")]
    if answer.status == 2 or not answer.report:
        return [("status", f"exit {answer.status}: {answer.said[-500:]}")]
    wrong = []
    rows = answer.report["recurrence"]["scenarios"]
    counted, failed = seen(answer), _sum(rows, "failed_attempts")
    wrong += [("unreconciled", text) for text in _reconciles(answer.report, counted, failed)]
    archives = {row["path"]: row for row in answer.report["ledger"]["archives"]}
    if archives.keys() != expected.keys():
        return [*wrong, ("missing", f"archives {sorted(archives)}, expected {sorted(expected)}")]

    may: Counter[Key] = Counter()
    must: Counter[Key] = Counter()
    must_fail: Counter[Key] = Counter()
    is_loss = False
    for path, right in expected.items():
        row = archives[path]
        must += right.must.seen
        must_fail += right.must.failed
        may += right.may
        is_named = row["damage_count"] > 0
        is_loss |= is_named or row["rejected"] > 0
        if right.exact is not None:
            found = tuple(row[name] for name in COUNTS)
            if found != right.exact.numbers():
                wrong.append(("inexact", f"{path}: {COUNTS} are {found}, expected {right.exact.numbers()}"))
            if is_named:
                wrong.append(("unnamed", f"{path}: nothing is damaged, but said is {row['damage']}"))
        elif not is_named:
            wrong.append(("unnamed", f"{path}: damage without a word"))
        elif right.damages is not None and row["damage_count"] != right.damages:
            wrong.append(("unnamed", f"{path}: {right.damages} places of damage, said are {row['damage']}"))
        for name in ("lines", "parsed", "blank"):
            if row[name] < getattr(right.must, name):
                wrong.append(("missing", f"{path}: {row[name]} {name}, at least {getattr(right.must, name)} are sure"))
    for name, least, found in (("seen", must, counted), ("failed", must_fail, failed)):
        if least - found:
            wrong.append(("missing", f"{name}: {list(least - found)[:5]}"))
    if counted - may:
        wrong.append(("invented", f"{list(counted - may)[:5]}"))
    if (answer.status == 3) != is_loss:
        wrong.append(("status", f"exit {answer.status}, loss is {is_loss}"))
    return wrong
