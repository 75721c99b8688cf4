"""Two packages of npm: the command, and the program of its platform, which npm installs where it fits."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchlib.machine import ROOT

from .shared import Release, needed, settle


def make(release: Release) -> list[Path]:
    """The packages: the platform's first."""
    npm = needed("npm", "npm")
    made = []
    with tempfile.TemporaryDirectory() as work:
        for part in ("platform", "command"):
            folder = Path(work) / part
            shutil.copytree(ROOT / "packaging/npm" / part, folder)
            manifest = (folder / "package.json").read_text()
            manifest = manifest.replace("@VERSION@", release.version).replace("@DESCRIPTION@", release.description)
            (folder / "package.json").write_text(manifest)
            shared = ["LICENSE-MIT", "LICENSE-APACHE", {"platform": "THIRD-PARTY.txt", "command": "README.md"}[part]]
            for name in shared:
                shutil.copy(release.extras / name, folder)
            if part == "platform":
                (folder / "bin").mkdir()
                shutil.copy(release.program, folder / "bin/relapse")
            settle(folder, release.epoch)
            command = [npm, "pack", "--json", "--offline", "--pack-destination", release.out]
            said = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
            said = json.loads(said)
            # A list of packages up to npm 10, a table of them since.
            (packed,) = said if isinstance(said, list) else said.values()
            made.append(release.out / packed["filename"])
    return made
