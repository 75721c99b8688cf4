"""What relapse says of logs, held against the truth."""

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .plan import ROLES, SAYS, VERDICTS, Run, Truth, truth
from .pack import night
from .tool import Format, Place

Report = dict[str, Any]
Key = tuple[str, str]
"""Suite and scenario."""

ENOUGH = 40
"""Runs from which on the verdicts are certain; of fewer they are not compared."""


def sweep(relapse: Path, folder: Path, *options: str) -> tuple[int, Report | None, str]:
    """Exit status, the report, and what was said beside it."""
    command = [relapse, "sweep", folder, "--all", "--json", "--no-config", *options]
    found = subprocess.run(command, capture_output=True, text=True)
    return found.returncode, json.loads(found.stdout) if found.stdout else None, found.stderr.strip()


def _expanded(failed_in: str) -> tuple[int, ...]:
    """The runs of `0-2,5`."""
    runs: list[int] = []
    for part in failed_in.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        runs += range(int(first), int(last or first) + 1) if first else []
    return tuple(runs)


def _key(row: Report) -> Key:
    """Suite and scenario; blanks around them are told once and looked past."""
    return row["suite_id"].strip(), row["scenario_id"].strip()


def is_whole(form: Format, key: Key) -> bool:
    """Whether a scenario is the file whose process died."""
    return bool(form.whole) and " ".join(key).endswith(form.whole)


def _incidents(report: Report, key: Key) -> list[Report]:
    return [row for row in report["incidents"]["incidents"] if _key(row) == key]


def _failed_runs(report: Report, key: Key) -> tuple[int, ...]:
    return tuple(sorted({run for row in _incidents(report, key) for run in _expanded(row["failed_in"])}))


def _losses(form: Format, status: int, report: Report, said: str) -> list[str]:
    totals = report["ledger"]["totals"]
    losses = {key: totals[key] for key in ("rejected", "lost_bytes", "damaged_archives", "duplicate_archives",
                                           "unknown_outcomes") if totals[key]}
    # Times without a zone are as their format has them.
    losses |= {key: count for key, count in totals["repaired"].items() if key != "assumed_zone"}
    # Of a process that died its log can say no more.
    warnings = Counter(warning for row in report["ledger"]["archives"] for warning in row["warnings"]
                       if not (form.is_cut and "did not end" in warning) and "without a zone" not in warning)
    return [
        *([f"exit status {status}: {said}"] if status else []),
        *([f"losses {losses}"] if losses else []),
        *(f"warning in {count} archives: {warning}" for warning, count in warnings.items()),
    ]


def _strangers(
    form: Format, scenarios: dict[Key, Report], incidents: Counter[Key], report: Report, runs: list[Run],
) -> list[str]:
    """What is wrong with names: no scenario may stand there that is no test, but for parents and a file that died whole."""
    blank = [name for row in scenarios.values() for name in (row["suite_id"], row["scenario_id"]) if name != name.strip()]
    wrong = [f"names with blanks around them: {blank}"] if blank else []
    wrong += [f"a name of this machine: {key}" for key in scenarios if any(name.startswith("/") for name in key)]
    others = {key: row for key, row in scenarios.items() if key not in form.names.values()}
    whole = [key for key in (incidents if form.is_unjudged else others) if is_whole(form, key)]
    if form.is_unjudged and (judged := set(whole) & others.keys()):
        wrong.append(f"a verdict of what has no passes: {judged}")
    for key in whole:
        found = (incidents[key], _failed_runs(report, key))
        expected = (1, truth("crashes", runs).failed)
        if found != expected:
            wrong.append(f"{key}: incidents and failed runs {found}, expected {expected}")
        if len(runs) >= ENOUGH and not form.is_unjudged and others[key]["verdict"] != VERDICTS["crashes"]:
            wrong.append(f"{key} is {others[key]['verdict']}, {others[key]['history']}")
    for key in others.keys() - set(whole):
        if key not in form.parents or others[key]["failed_runs"]:
            wrong.append(f"a scenario that is none: {key}, {others[key]['history']}")
    if form.whole and len(whole) != 1:
        wrong.append(f"{len(whole)} scenarios {form.whole}, expected one, for the file whose process died")
    return wrong


def _of_test(form: Format, role: str, row: Report, incidents: int, report: Report, runs: list[Run]) -> list[str]:
    """What is wrong with a test's history, verdict and incidents."""
    key, right = form.names[role], truth(role, runs)
    if role == "crashes" and form.whole:
        right = Truth(right.ran - len(right.failed), (), right.attempts - len(right.failed), 0)
    found = {"runs": row["runs"], "failed runs": _failed_runs(report, key), "incidents": incidents}
    expected = {"runs": right.ran, "failed runs": right.failed, "incidents": int(bool(right.failed))}
    if form.has_attempts:
        found |= {"attempts": row["attempts"], "failed attempts": row["failed_attempts"]}
        expected |= {"attempts": right.attempts, "failed attempts": right.failed_attempts}
    if len(runs) >= ENOUGH:
        expected["verdict"] = VERDICTS[role if right.failed else "passes"]
        found["verdict"] = "flaky" if expected["verdict"] == "flaky" and row["verdict"] in form.also else row["verdict"]
    differ = [what for what in expected if found[what] != expected[what]]
    wrong = [f"{role}: {what} {found[what]}, expected {expected[what]}" for what in differ]
    reasons = sorted({one["reason_code"] for one in _incidents(report, key)})
    if role in SAYS and role not in form.mute and any(SAYS[role] not in reason for reason in reasons):
        wrong.append(f"{role}: the reason is {reasons}")
    elif any(len(key[1]) > len("crashes") and key[1] in reason for reason in reasons):
        wrong.append(f"{role}: the reason is the test's name: {reasons}")
    return wrong


def _of_runs(form: Format, report: Report, runs: list[Run]) -> list[str]:
    """What is wrong with the runs' order and times."""
    rows = report["recurrence"]["runs"]
    if [row["id"] for row in rows] != [f"r{run:02}" for run in range(len(runs))]:
        return [f"runs {[row['id'] for row in rows]}"]
    wrong = []
    if undated := [row["id"] for row in rows if row["first_unix_ms"] is None]:
        return [f"runs without a time: {', '.join(undated)}"]
    for number, (row, run) in enumerate(zip(rows, runs, strict=True)):
        at = row["first_unix_ms"] / 1000
        # Some formats tell no fraction of a second.
        is_right = run.begun - 1 <= at <= run.ended + 1 if form.has_time else at == night(number).timestamp()
        if not is_right:
            wrong.append(f"run {row['id']} was at {datetime.fromtimestamp(at, UTC)}")
    return wrong


def faults(form: Format, report: Report, runs: list[Run]) -> list[str]:
    """What is wrong in a report of all runs of a suite."""
    scenarios = {_key(row): row for row in report["recurrence"]["scenarios"]}
    incidents = Counter(_key(row) for row in report["incidents"]["incidents"])
    wrong = _strangers(form, scenarios, incidents, report, runs)
    for role, key in form.names.items():
        if key not in scenarios:
            wrong.append(f"{role}: no scenario {key}")
        elif role not in form.blind:
            wrong += _of_test(form, role, scenarios[key], incidents[key], report, runs)
    return wrong + _of_runs(form, report, runs)


def _same_answer(report: Report) -> Report:
    """A report without what tells of containers."""
    answer = json.loads(json.dumps([report["incidents"], report["recurrence"]]))
    for part in answer:
        # It is of where the samples stand, too.
        part.pop("answer")
    for row in answer[0]["incidents"]:
        row["sample"].pop("log")
    return answer


def check(relapse: Path, form: Format, packed: dict[str, Path], runs: list[Run]) -> tuple[list[str], Report | None]:
    """What is wrong with the answers on logs in each container, and the answer on the plain ones."""
    status, plain, said = sweep(relapse, packed["plain"])
    if plain is None:
        return [f"nothing was read, exit status {status}: {said}"], None
    wrong = _losses(form, status, plain, said) + faults(form, plain, runs)
    others = [(name, folder, ()) for name, folder in packed.items() if name != "plain"]
    for name, folder, options in [*others, ("one thread", packed["plain"], ("--threads", "1"))]:
        status, report, said = sweep(relapse, folder, *options)
        if report is None or status:
            wrong.append(f"{name}: exit status {status}: {said}")
        elif _same_answer(report) != _same_answer(plain):
            wrong.append(f"{name}: another answer than plain")
    return wrong, plain


def replays(form: Format, place: Place, report: Report) -> list[str]:
    """Runs the command that is said to run each failed test again: it must run this test, and no other."""
    wrong = []
    keys = {form.names[role]: role for role in form.names if role not in form.blind}
    commands = {_key(row): row["replay_command"] for row in report["incidents"]["incidents"]}
    trace = place.folder.parent / "replay.trace"
    for key, command in commands.items():
        role = "crashes" if is_whole(form, key) else keys.get(key)
        if role is None:
            continue
        if not command:
            if form.has_replay:
                wrong.append(f"{role}: no replay command")
            continue
        trace.unlink(missing_ok=True)
        environment = place.environment | {"CHECK_TRACE": str(trace), "CHECK_RUN": "0"}
        done = subprocess.run(
            ["sh", "-c", command], cwd=place.folder, env=environment, capture_output=True, text=True, timeout=600)
        ran = set(trace.read_text().split()) if trace.exists() else set()
        if ran != {role}:
            ends = (done.stdout + done.stderr).strip().splitlines()[-1:]
            wrong.append(f"{role}: replay {command} runs {sorted(ran & set(ROLES)) or 'nothing'}: {' '.join(ends)}")
    return wrong


def held(form: Format, report: Report | None, runs: list[Run]) -> list[str]:
    """Failed runs of all tests and incidents, each as they were found and as they are in truth."""
    if report is None:
        return [""]
    keys = {key: role for role, key in form.names.items() if role not in form.blind}
    found = sum(len(_failed_runs(report, key)) for key in keys), sum(len(_incidents(report, key)) for key in keys)
    truths = [truth(role, runs).failed for role in keys.values() if not (role == "crashes" and form.whole)]
    right = sum(map(len, truths)), sum(bool(failed) for failed in truths)
    return [f"{found[0]} of {right[0]}, {found[1]} of {right[1]}"]


def told(form: Format, report: Report) -> list[str]:
    """How many of the tests have which verdict."""
    keys = {key for role, key in form.names.items() if role not in form.blind}
    counts = Counter(row["verdict"] for row in report["recurrence"]["scenarios"] if _key(row) in keys)
    return [f"{count} {verdict}" for verdict, count in sorted(counts.items())]
