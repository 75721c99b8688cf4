"""A wheel, by maturin: the program as a command of Python's, without Python code."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchlib.machine import ROOT, target

from .shared import TRIPLE, Missing, Release, Wrong

MATURIN, ZIG = "maturin==1.16.0", "ziglang==0.17.1"
SOURCE = ROOT / "packaging/python"
LICENCES = ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt")


def _installed(*requirements: str) -> Path:
    """The folder of commands of a virtual environment with these packages of PyPI."""
    venv = target() / "release-tools"
    python = venv / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        raise Missing(f"{' and '.join(requirements)} cannot be installed from PyPI")
    return python.parent


def _maturin(folder: Path, out: Path, portable: bool) -> None:
    """Builds, in cargo's release profile. Nothing is compiled where `cargo build --release` has just been under the same variables:
    build scripts of C libraries look at SOURCE_DATE_EPOCH, so it stays as it is; times in a wheel are maturin's, of 1980."""
    commands = _installed(MATURIN, *([ZIG] if portable else []))
    command = [commands / "maturin", "build", "--release", "--locked", "--out", out]
    if portable:
        command += ["--zig", "--compatibility", "manylinux2014", "--target", TRIPLE]
    environment = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "CARGO_TARGET_DIR": str(target())}
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr, env=environment)


def portable() -> Path:
    """The program, built by zig for the glibc of manylinux2014."""
    with tempfile.TemporaryDirectory() as out:
        _maturin(SOURCE, Path(out), True)
    return target() / TRIPLE / "release/relapse"


def make(release: Release) -> list[Path]:
    """The wheel. Its name says which glibc it needs."""
    # Within the source: elsewhere neither the toolchain that it pins nor its configuration of cargo would hold, and all would be
    # compiled once more, by another compiler.
    with tempfile.TemporaryDirectory(dir=SOURCE, prefix="staged-") as work:
        folder, out = Path(work) / "python", Path(work) / "out"
        folder.mkdir()
        project = (SOURCE / "pyproject.toml").read_text().replace('"../../Cargo.toml"', f'"{ROOT / "Cargo.toml"}"')
        (folder / "pyproject.toml").write_text(project)
        for name in LICENCES:
            shutil.copy(release.extras / name, folder)
        _maturin(folder, out, release.portable)
        (wheel,) = out.iterdir()
        if release.portable and "manylinux_2_17_x86_64" not in wheel.name:
            raise Wrong(f"{wheel.name} is no wheel for manylinux2014")
        return [Path(shutil.copy(wheel, release.out))]
