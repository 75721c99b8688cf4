"""A .deb: dpkg's own tools make it, from a control file that is written here."""

import gzip
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchlib.machine import ROOT

from .shared import COMPLETIONS, Release, needed, settle

FOLDERS = {"bash": "bash-completion/completions", "zsh": "zsh/vendor-completions", "fish": "fish/vendor_completions.d"}
"""Where Debian's shells look, below /usr/share."""


def _depends(program: Path, work: Path) -> str:
    """The libraries that the program is linked against, in the oldest versions that have what it calls."""
    (work / "debian").mkdir()
    (work / "debian/control").write_text("Source: relapse\n\nPackage: relapse\nArchitecture: any\n")
    command = [needed("dpkg-shlibdeps", "dpkg-dev"), "-O", f"-e{program}"]
    said = subprocess.run(command, cwd=work, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout
    return said.strip().removeprefix("shlibs:Depends=")


def _pack(path: Path, text: bytes, epoch: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text, 9, mtime=epoch))


def _fill(release: Release, root: Path) -> None:
    share = root / "usr/share"
    (root / "usr/bin").mkdir(parents=True)
    shutil.copy(release.program, root / "usr/bin/relapse")
    for page in (release.extras / "man").iterdir():
        _pack(share / "man/man1" / f"{page.name}.gz", page.read_bytes(), 0)
    for shell, name in COMPLETIONS.items():
        (share / FOLDERS[shell]).mkdir(parents=True)
        shutil.copy(release.extras / "completions" / name, share / FOLDERS[shell] / name)
    about = share / "doc/relapse"
    _pack(about / "changelog.gz", (ROOT / "CHANGELOG.md").read_bytes(), 0)
    _pack(about / "THIRD-PARTY.txt.gz", (release.extras / "THIRD-PARTY.txt").read_bytes(), 0)
    mit = (ROOT / "LICENSE-MIT").read_text()
    (about / "copyright").write_text((ROOT / "packaging/debian/copyright").read_text().replace("@MIT@", mit))


def make(release: Release) -> list[Path]:
    """The package: program, manual pages, completions, licences."""
    dpkg = needed("dpkg-deb", "dpkg")
    made = release.out / f"relapse_{release.version}_amd64.deb"
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        root = work / "root"
        _fill(release, root)
        files = sorted(path for path in root.rglob("*") if path.is_file())
        sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}" for path in files]
        values = {
            "VERSION": release.version,
            "SIZE": str(sum(-(-path.stat().st_size // 1024) for path in files)),
            "DEPENDS": _depends(release.program, work),
            "DESCRIPTION": release.description.removesuffix("."),
        }
        control = (ROOT / "packaging/debian/control").read_text()
        for key, value in values.items():
            control = control.replace(f"@{key}@", value)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN/control").write_text(control)
        (root / "DEBIAN/md5sums").write_text("\n".join(sums) + "\n")
        settle(root, release.epoch)
        command = [dpkg, "--root-owner-group", "-Zxz", "--build", root, made]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=release.environment())
    return [made]
