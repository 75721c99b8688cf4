"""Corpora for measurements, written by the repository's generator."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

from .machine import build

SUMMARY = "corpus.json"
"""What the generator said of a corpus, beside its layouts."""
NAMES = {
    "plain": "*.jsonl",
    "plain-single": "corpus.jsonl",
    "zstd-files": "*.jsonl.zst",
    "zstd-frames": "corpus.jsonl.zst",
    "zstd-single": "corpus.jsonl.zst",
    "gzip-files": "*.jsonl.gz",
    "gzip-members": "corpus.jsonl.gz",
    "gzip-single": "corpus.jsonl.gz",
    "bgzf-single": "corpus.jsonl.gz",
}
"""Layouts, and what their files are called."""

TERSE_LINE = 415
"""Bytes of a line of the required fields alone, about."""
SCENARIOS, SEEDS, ENVS = 20_000, 5, 4
"""The generator's own shape."""


def generate(
    folder: Path, size: str, layouts: list[str], *options: str, generator: Path | None = None
) -> dict[str, Any]:
    """Writes a corpus, unless the folder holds it already. What the generator says of it.

    `generator`: the example as it was built already; else it is built."""
    wanted = {"size": size, "layouts": sorted(layouts), "options": list(options)}
    known = summary(folder)
    if known.get("wanted") == wanted:
        return known
    generator = generator or build("--example", "corpus") / "examples" / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SUMMARY).unlink(missing_ok=True)
    command = [str(generator), "--out", str(folder), "--bytes", size, "--layout", ",".join(layouts), *options]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said) | {"wanted": wanted}
    (folder / SUMMARY).write_text(json.dumps(found, indent=2) + "\n")
    return found


def summary(folder: Path) -> dict[str, Any]:
    """What the generator said; empty for a corpus of other origin."""
    path = folder / SUMMARY
    return json.loads(path.read_text()) if path.exists() else {}


def pattern(folder: Path, layout: str) -> str:
    """The files of a layout."""
    return str(folder / layout / NAMES[layout])


def only_file(folder: Path, layout: str) -> Path:
    """The one file of a layout that has only one."""
    return folder / layout / NAMES[layout]


def decoded_bytes(folder: Path) -> int:
    """Decoded size of a corpus."""
    known = summary(folder).get("bytes")
    return int(known) if known else sum(path.stat().st_size for path in (folder / "plain").glob("*.jsonl"))


def pool(keys: float, lines: int) -> float:
    """How many keys to draw from, so that so many lines are expected to show `keys` of them.

    >>> round(pool(1e4, 10**7)), 1.7e7 < pool(7e6, 9_000_000) < 1.72e7
    (10000, True)
    """
    low, high = keys, keys * 1e4
    for _ in range(200):
        middle = math.sqrt(low * high)
        if middle * -math.expm1(-lines / middle) < keys:
            low = middle
        else:
            high = middle
    return high


def key_options(keys: float, lines: int, grow: str) -> list[str]:
    """The generator's arguments for a number of distinct keys."""
    drawn = pool(keys, lines)
    if grow == "scenarios":
        scenarios, seeds = max(1, round(drawn / SEEDS / ENVS)), SEEDS
    else:
        scenarios = max(1, min(SCENARIOS, round(drawn / SEEDS / ENVS)))
        seeds = max(1, round(drawn / scenarios / ENVS))
    return ["--terse", "--scenarios", str(scenarios), "--seeds", str(seeds), "--envs", str(ENVS)]
