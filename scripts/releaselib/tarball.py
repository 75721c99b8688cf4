"""A tar.gz with one folder: what `cargo binstall` downloads, by `package.metadata.binstall` of Cargo.toml."""

import gzip
import shutil
import tarfile
import tempfile
from pathlib import Path

from .shared import TRIPLE, Release, manifest, settle


def rendered(template: str, release: Release) -> str:
    """A template of cargo-binstall, less the address of the repository, which Cargo.toml does not have."""
    values = {"name": "relapse", "bin": "relapse", "binary-ext": "", "target": TRIPLE, "version": release.version}
    for key, value in values.items():
        template = template.replace(f"{{ {key} }}", value)
    return template


def names(release: Release) -> tuple[str, str]:
    """The archive's file name and the program's place in it, as Cargo.toml tells cargo-binstall."""
    told = manifest()["metadata"]["binstall"]
    return rendered(told["pkg-url"], release).rsplit("/", 1)[1], rendered(told["bin-dir"], release)


def make(release: Release) -> list[Path]:
    """The archive: program, manual pages, completions, licences."""
    name, place = names(release)
    made = release.out / name
    with tempfile.TemporaryDirectory() as work:
        top = Path(work) / Path(place).parent
        shutil.copytree(release.extras, top)
        shutil.copy(release.program, Path(work) / place)
        settle(top, release.epoch)
        with made.open("wb") as file, gzip.GzipFile("", "wb", 9, file, release.epoch) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
                for path in [top, *sorted(top.rglob("*"))]:
                    entry = archive.gettarinfo(path, str(path.relative_to(work)))
                    entry.uid = entry.gid = 0
                    entry.uname = entry.gname = "root"
                    with path.open("rb") if path.is_file() else tempfile.TemporaryFile() as content:
                        archive.addfile(entry, content if path.is_file() else None)
    return [made]
