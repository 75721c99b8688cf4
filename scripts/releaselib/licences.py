"""The licences of the crates whose code is in the program: whoever hands it on hands them on too."""

import json
import subprocess
from pathlib import Path

from benchlib.machine import ROOT

PREFIXES = ("licen", "copying", "notice", "unlicense")
"""How names of such files begin, in small letters."""


def _crates(triple: str) -> list[dict]:
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", triple]
    said = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in said["packages"]}
    nodes = {node["id"]: node for node in said["resolve"]["nodes"]}
    root = said["resolve"]["root"]
    seen, left = set(), [root]
    while left:
        here = left.pop()
        for dependency in nodes[here]["deps"]:
            if dependency["pkg"] not in seen and any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                seen.add(dependency["pkg"])
                left.append(dependency["pkg"])
    return sorted((packages[key] for key in seen), key=lambda package: (package["name"], package["version"]))


def third_party(triple: str) -> str:
    """One text: each crate with its licence expression, then each distinct text with the crates that carry it."""
    texts: dict[str, list[str]] = {}
    lines = ["relapse holds code of these crates, each under the licence that stands beside it; the texts follow.", ""]
    for crate in _crates(triple):
        name = f"{crate['name']} {crate['version']}"
        folder = Path(crate["manifest_path"]).parent
        found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(PREFIXES))
        lines.append(f"{name}: {crate['license'] or 'see its text'}{'' if found else ' (its package has no text)'}")
        for path in found:
            texts.setdefault(path.read_text(errors="replace").strip(), []).append(name)
    for body, names in texts.items():
        lines += ["", "=" * 100, ", ".join(dict.fromkeys(names)), "", body]
    return "\n".join(lines) + "\n"
