"""Answers before times: every tool's rows on every layout against those of relapse."""

import json
import subprocess
import sys
from pathlib import Path

from . import tools
from .contest import Contestant, Counts, Setting
from .corpus import summary
from .measure import Run

SHOWN = 5
"""Rows of a disagreement that are shown."""
INCIDENT = ["packet_id", "suite_id", "scenario_id", "mode", "reason_code"]
INCIDENT += ["occurrences", "first_seen_unix_ms", "last_seen_unix_ms", "runs_failed"]


class Disagreement(Exception):
    """Two tools gave different answers, so that no time of theirs can be compared."""


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def of_relapse(setting: Setting, histories: Path, layout: str) -> tuple[Counts, Path]:
    """The counts of a layout, and a folder with every row."""
    folder = setting.scratch / "answers" / "relapse" / layout
    folder.mkdir(parents=True, exist_ok=True)
    source = str(setting.corpus / layout)
    subprocess.run([setting.relapse, "sweep", source, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    report = json.loads((folder / "incidents.json").read_text())
    rows = sorted("\t".join(str(incident[field]) for field in INCIDENT) for incident in report["incidents"])
    _write(folder / "incidents.tsv", rows)
    printed = subprocess.run([histories, source], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    _write(folder / "histories.tsv", sorted(printed))
    totals = json.loads((folder / "ledger.json").read_text())["totals"]
    counts = {"records": report["records"], "failures": report["failed_records"], "bytes": totals["bytes_decoded"]}
    return counts | {"keys": len(printed), "incidents": len(rows)}, folder


def check_generator(corpus: Path, counts: Counts) -> None:
    """Holds the counts against what the generator wrote."""
    names = {"records": "lines", "failures": "failing", "keys": "distinct_keys", "bytes": "bytes"}
    written = {name: value for name, field in names.items() if (value := summary(corpus).get(field)) is not None}
    _differ("the generator", {name: counts[name] for name in written}, written)


def check_peers(contestants: list[Contestant], setting: Setting, layout: str, truth: Path) -> list[Contestant]:
    """Compares every row of every peer. Those that cannot read the layout are handed back."""
    unable = []
    for contestant in contestants:
        if contestant.tool not in tools.PEERS or contestant.layout != layout:
            continue
        folder = setting.scratch / "answers" / contestant.tool / layout
        folder.mkdir(parents=True, exist_ok=True)
        command = [*contestant.pipeline[0], "--answers", str(folder)]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode != 0:
            why = (ran.stderr.strip().splitlines() or ["no word"])[-1]
            _say(f"{contestant.name}: cannot: {why}")
            unable.append(contestant)
            continue
        for name in ("incidents.tsv", "histories.tsv"):
            _compare(contestant.name, truth / name, folder / name)
        _say(f"{contestant.name}: agrees in every row")
    return unable


def check_run(contestant: Contestant, run: Run, truth: Counts) -> None:
    """Holds what one run says against the answer."""
    expected = [0] * (len(run.statuses) - 1) + [contestant.status]
    if run.statuses != expected:
        raise Disagreement(f"{contestant.name}: exit status {run.statuses}, expected {expected}")
    said = contestant.counts(run.output)
    _differ(contestant.name, said, {name: truth[name] for name in said})


def _differ(who: str, said: Counts, truth: Counts) -> None:
    wrong = [f"{name} {said[name]}, relapse {truth[name]}" for name in truth if said[name] != truth[name]]
    if wrong:
        raise Disagreement(f"{who}: {'; '.join(wrong)}")


def _write(path: Path, rows: list[str]) -> None:
    path.write_text("".join(row + "\n" for row in rows))


def _compare(who: str, truth: Path, answer: Path) -> None:
    """Both files are sorted."""
    if truth.read_bytes() == answer.read_bytes():
        return
    ours, theirs = (path.read_text().splitlines() for path in (truth, answer))
    lines = [f"{who}: {answer.name} differs: {len(theirs)} rows, relapse {len(ours)}"]
    for name, rows in (("relapse only", set(ours) - set(theirs)), (f"{who} only", set(theirs) - set(ours))):
        lines += [f"  {name}: {row}" for row in sorted(rows)[:SHOWN]]
    raise Disagreement("\n".join(lines))
