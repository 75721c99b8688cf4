"""What a measurement has to say of where it was made."""

import os
import platform
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text(*command: str) -> str:
    """What a command prints, without the last newline; empty when it fails."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.rstrip("\n")
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit() -> str:
    """The short name of the commit that is checked out."""
    return text("git", "rev-parse", "--short=10", "HEAD") or "unknown"


def is_dirty() -> bool:
    """Whether sources differ from the commit."""
    return bool(text("git", "status", "--porcelain", "--", "src", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"))


def _line(path: str, key: str) -> str:
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "unknown")


def facts() -> dict[str, str]:
    """Commit, compiler and machine."""
    memory = _line("/proc/meminfo", "MemTotal").split()
    load = "%.2f %.2f %.2f" % os.getloadavg()
    toolchain = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit() + (" with uncommitted changes" if is_dirty() else ""),
        "rust": toolchain,
        "CPU": _line("/proc/cpuinfo", "model name"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(memory[0]) / 2**20:.1f} GiB" if len(memory) == 2 else "unknown",
        "kernel": platform.release(),
        "load before": load,
    }


def target() -> Path:
    """Where cargo builds."""
    said = subprocess.run([ROOT / "scripts" / "target-folder"], check=True, stdout=subprocess.PIPE, text=True)
    return Path(said.stdout.rstrip("\n"))


def build(*what: str) -> Path:
    """Builds binaries or examples in release and says where they are."""
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", *what], cwd=ROOT, check=True)
    return target() / "release"


def results_folder() -> Path:
    """Where today's measurements of this commit are filed."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    folder = ROOT / "benches" / "results" / f"{day}-{commit()}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
