"""The same logs plain, in zip and tar files, and as zstd files."""

import json
import shutil
import subprocess
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

try:
    from compression import zstd
except ImportError:
    zstd = None

START = datetime(2026, 1, 5, 4, tzinfo=UTC)


def has_zstd() -> bool:
    """Whether there is something that writes zstd."""
    return zstd is not None or shutil.which("zstd") is not None


def night(run: int) -> datetime:
    """When a run was, of which no log says so: a run a night."""
    return START + timedelta(days=run)


def side_car(folder: Path, run: int, has_time: bool) -> None:
    """Says beside a run's logs which run they are of, and when it was unless they say it."""
    said = {"run": folder.name, **({} if has_time else {"time": night(run).strftime("%Y-%m-%dT%H:%M:%SZ")})}
    (folder / "relapse-run.json").write_text(json.dumps(said) + "\n")


def _zip(plain: Path, into: Path) -> None:
    """An artifact a run, as GitHub hands them out."""
    for folder in sorted(plain.iterdir()):
        with zipfile.ZipFile(into / f"{folder.name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)


def _tar(plain: Path, into: Path) -> None:
    """All runs in one."""
    with tarfile.open(into / "all.tar.gz", "w:gz") as archive:
        for folder in sorted(plain.iterdir()):
            archive.add(folder, folder.name)


def _zstd(plain: Path, into: Path) -> None:
    """Each log by itself."""
    for folder in sorted(plain.iterdir()):
        (into / folder.name).mkdir()
        for path in sorted(folder.iterdir()):
            target = into / folder.name / path.name
            if path.name == "relapse-run.json":
                shutil.copy(path, target)
            elif zstd is not None:
                target.with_name(path.name + ".zst").write_bytes(zstd.compress(path.read_bytes()))
            else:
                subprocess.run(["zstd", "-q", path, "-o", target.with_name(path.name + ".zst")], check=True)


def packs(beside: Path) -> dict[str, Path]:
    """Where `pack` put what it packed."""
    return {name: beside / name for name in ("plain", "zip", "tar.gz", "zst") if (beside / name).exists()}


def pack(plain: Path, beside: Path) -> dict[str, Path]:
    """Packs a folder of runs in each way: where each is."""
    ways = {"zip": _zip, "tar.gz": _tar, **({"zst": _zstd} if has_zstd() else {})}
    for name, write in ways.items():
        (beside / name).mkdir(parents=True)
        write(plain, beside / name)
    return {"plain": plain, **{name: beside / name for name in ways}}
