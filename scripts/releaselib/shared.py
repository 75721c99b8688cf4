"""What all packages are made of."""

import os
import shutil
import subprocess
import tempfile
import tomllib
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from benchlib.machine import ROOT, text

from .licences import third_party

TRIPLE = "x86_64-unknown-linux-gnu"
"""The only machine that packages are made and tried for."""
COMPLETIONS = {"bash": "relapse", "zsh": "_relapse", "fish": "relapse.fish"}
"""Shells, and the names that they look for."""


class Missing(Exception):
    """A tool that is not here and cannot be installed."""


class Wrong(Exception):
    """A package that is not what it should be."""


@dataclass
class Release:
    """A program and what goes with it."""

    program: Path
    out: Path
    portable: bool
    version: str
    description: str
    epoch: int
    extras: Path | None = None

    @classmethod
    def of(cls, program: Path, out: Path, portable: bool) -> "Release":
        """What is to be packed: the program must be of this machine, and of the version of Cargo.toml."""
        package = manifest()
        host = next(line for line in text("rustc", "-vV").splitlines() if line.startswith("host: "))
        if host != f"host: {TRIPLE}":
            raise OSError(f"packages are made on {TRIPLE} only, this is {host.removeprefix('host: ')}")
        said = text(str(program), "--version")
        if said != f"relapse {package['version']}":
            raise OSError(f"{program} --version says {said!r}, Cargo.toml {package['version']}")
        epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or text("git", "log", "-1", "--format=%ct") or 0)
        return cls(program, out, portable, package["version"], package["description"], epoch)

    def environment(self) -> dict[str, str]:
        """Variables under which packers write the same bytes again."""
        return {**os.environ, "SOURCE_DATE_EPOCH": str(self.epoch)}


def manifest() -> dict:
    """The table `package` of Cargo.toml."""
    return tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]


def needed(command: str, package: str) -> str:
    """Where a command is."""
    found = shutil.which(command)
    if found is None:
        raise Missing(f"{command} is not here (package {package})")
    return found


@contextmanager
def pages(release: Release):
    """Manual pages, completions and licences, in `extras` while packages are made."""
    with tempfile.TemporaryDirectory() as work:
        extras = Path(work)
        subprocess.run([release.program, "man", "--out", extras / "man"], check=True, stdout=subprocess.DEVNULL)
        (extras / "completions").mkdir()
        for shell, name in COMPLETIONS.items():
            said = subprocess.run([release.program, "completions", shell], check=True, stdout=subprocess.PIPE).stdout
            (extras / "completions" / name).write_bytes(said)
        for name in ("LICENSE-MIT", "LICENSE-APACHE", "README.md", "CHANGELOG.md"):
            shutil.copy(ROOT / name, extras)
        (extras / "THIRD-PARTY.txt").write_text(third_party(TRIPLE))
        release.extras = extras
        yield


def settle(folder: Path, epoch: int) -> None:
    """Gives all below a folder one time and the usual rights, so that packers write the same bytes again."""
    for path in [folder, *folder.rglob("*")]:
        with path.open("rb") if path.is_file() else nullcontext() as file:
            runs = file is None or file.read(4) == b"\x7fELF" or path.suffix == ".js"
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch, epoch))
