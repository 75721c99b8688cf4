"""What is compared with: installed here, in a folder of its own, in these versions."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from .machine import target, text

PEERS = {"duckdb": "2.0.0", "chdb": "4.4.0", "polars": "2.1.0"}
"""From PyPI, into a virtual environment."""
SYSTEM = {"rg": "ripgrep", "zstd": "zstd", "jq": "jq", "gzip": "gzip"}
"""Commands and their packages, through the system's package manager where they are missing."""


def folder() -> Path:
    """Where the peers live: `$RELAPSE_PEERS`, else `peers` in cargo's target folder."""
    return Path(os.environ.get("RELAPSE_PEERS", target() / "peers")).resolve()


def python() -> Path:
    """The interpreter of the peers' virtual environment."""
    return folder() / "venv" / "bin" / "python"


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _installed() -> dict[str, str]:
    listed = text(str(python()), "-m", "pip", "list", "--format=freeze") if python().exists() else ""
    return dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)


def install() -> dict[str, str]:
    """Installs what is missing. What there is afterwards, each with its version."""
    missing = [f"{name}=={version}" for name, version in PEERS.items() if _installed().get(name) != version]
    if missing:
        _say(f"installing {', '.join(missing)} into {folder()}")
        if not python().exists():
            subprocess.run([sys.executable, "-m", "venv", folder() / "venv"], check=True)
        for requirement in missing:
            if subprocess.run([python(), "-m", "pip", "install", "--quiet", requirement]).returncode != 0:
                _say(f"skipped: {requirement} could not be installed")
    packages = [package for command, package in SYSTEM.items() if shutil.which(command) is None]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        _say(f"installing {', '.join(packages)} with apt-get")
        subprocess.run(["apt-get", "update", "--quiet"], stdout=sys.stderr)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", *packages], stdout=sys.stderr)
    for command, package in SYSTEM.items():
        if shutil.which(command) is None:
            _say(f"skipped: {command} is not installed (package {package})")
    return versions()


@cache
def versions() -> dict[str, str]:
    """What is there, each with its version."""
    found = {name: version for name, version in _installed().items() if name in PEERS}
    for command in filter(shutil.which, SYSTEM):
        number = re.search(r"\d+(\.\d+)+", text(command, "--version"))
        found[command] = number.group() if number else "unknown"
    return found
