"""Who runs against whom: every tool's command on every layout that it can read."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import peers, tools
from .corpus import decoded_bytes, only_file, pattern
from .measure import Command

LAYOUTS = ["plain", "plain-single", "zstd-files", "zstd-frames", "zstd-single", "gzip-files", "gzip-single"]
FAILURE = '"outcome":"fail"'
"""How a failing line of the corpus reads, for tools that only look for text."""
NOTHING = "empty"
"""The layout of runs that read nothing."""

Counts = dict[str, int]


def _nothing(_: str) -> Counts:
    return {}


def _reported(output: str) -> Counts:
    said = json.loads(output.splitlines()[-1])
    return {key: value for key, value in said.items() if isinstance(value, int)}


def _counted(output: str) -> Counts:
    """`rg -c`: a number for one file, `path:number` for each of many."""
    return {"failures": sum(int(line.rsplit(":", 1)[-1]) for line in output.splitlines())}


@dataclass(frozen=True)
class Contestant:
    """One command on one layout."""

    tool: str
    layout: str
    pipeline: list[Command]
    counts: Callable[[str], Counts] = _nothing
    """What its output says, to be held against the answer each time."""
    status: int = 0
    factor: float = 1.0
    """What its time is multiplied by, where it reads a sample."""

    @property
    def name(self) -> str:
        """Tool and layout."""
        return f"{self.tool} {self.layout}"


@dataclass(frozen=True)
class Setting:
    """What all commands are made from."""

    corpus: Path
    scratch: Path
    relapse: Path
    limit: Path
    reference: str | None
    """Command of a reference classifier with {input} and {output}."""


def contestants(setting: Setting, layouts: list[str], sample: Path | None) -> list[Contestant]:
    """Everyone who is there."""
    found = []
    for layout in layouts:
        found += [_relapse(setting, layout), *_limits(setting, layout), *_peers(setting, layout)]
        found += _searchers(setting, layout)
    if sample is not None and shutil.which("jq"):
        fields = ",".join(f".{field}" for field in peers.FIELDS)
        command = ["jq", "-c", f"[{fields}]", str(sample)]
        factor = decoded_bytes(setting.corpus) / sample.stat().st_size
        found.append(Contestant("jq projection, extrapolated", "plain-single", [command], factor=factor))
    if setting.reference and "plain-single" in layouts:
        names = {"input": only_file(setting.corpus, "plain-single"), "output": setting.scratch / "reference.json"}
        command = [word.format_map(names) for word in setting.reference.split()]
        found.append(Contestant("reference classifier", "plain-single", [command]))
    empty = setting.scratch / NOTHING
    empty.mkdir(exist_ok=True)
    found.append(Contestant("relapse", NOTHING, [[str(setting.relapse), "sweep", str(empty)]], status=2))
    found += [Contestant(peer, NOTHING, [_peer(peer)]) for peer in tools.versions() if peer in tools.PEERS]
    return found


def _relapse(setting: Setting, layout: str) -> Contestant:
    out = setting.scratch / "relapse" / layout
    command = [str(setting.relapse), "sweep", str(setting.corpus / layout), "--out", str(out)]

    def counts(_: str) -> Counts:
        report = json.loads((out / "incidents.json").read_text())
        names = {"records": "records", "failures": "failed_records"}
        return {name: report[field] for name, field in names.items()} | {"incidents": len(report["incidents"])}

    return Contestant("relapse", layout, [command], counts)


def _limits(setting: Setting, layout: str) -> list[Contestant]:
    path = str(setting.corpus / layout)
    found = []
    if layout.startswith("plain"):
        found.append(Contestant("limit: fresh mmap read", layout, [[str(setting.limit), "read", path]], _reported))
        one = [str(setting.limit), "read", path, "--threads", "1"]
        found.append(Contestant("limit: fresh mmap read, 1 thread", layout, [one], _reported))
    if layout.startswith("zstd"):
        decode = [str(setting.limit), "decode", path]
        found.append(Contestant("limit: decoding with its check", layout, [decode], _reported))
    if layout.startswith("zstd") and layout != "zstd-files" and shutil.which("zstd"):
        test = ["zstd", "-q", "-t", str(only_file(setting.corpus, layout))]
        found.append(Contestant("zstd -t", layout, [test]))
    return found


def _peer(name: str, *arguments: str) -> Command:
    # -P: what stands beside the file is not for the peers to import.
    return [str(tools.python()), "-P", peers.__file__, name, *arguments]


def _peers(setting: Setting, layout: str) -> list[Contestant]:
    command = {name: _peer(name, pattern(setting.corpus, layout)) for name in tools.versions() if name in tools.PEERS}
    return [Contestant(name, layout, [command[name]], _reported) for name in command]


def _searchers(setting: Setting, layout: str) -> list[Contestant]:
    """They count failing lines and nothing else."""
    path = str(setting.corpus / layout)
    found = []
    if shutil.which("rg"):
        search = ["rg", "--no-ignore", "--count", "--fixed-strings", FAILURE]
        if layout.startswith("plain"):
            found.append(Contestant("rg -c", layout, [[*search, path]], _counted))
        else:
            found.append(Contestant("rg -z -c", layout, [[*search, "--search-zip", path]], _counted))
        if layout in ("zstd-single", "zstd-frames") and shutil.which("zstd"):
            decode = ["zstd", "-q", "-d", "-c", str(only_file(setting.corpus, layout))]
            found.append(Contestant("zstd -dc | rg -c", layout, [decode, [*search, "-"]], _counted))
        if layout == "gzip-single" and shutil.which("gzip"):
            decode = ["gzip", "-d", "-c", str(only_file(setting.corpus, layout))]
            found.append(Contestant("gzip -dc | rg -c", layout, [decode, [*search, "-"]], _counted))
    return found
