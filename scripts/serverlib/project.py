"""A project whose tests fail as they are told, and what its steps find on the machine."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

STUBS = Path(__file__).parent / "stubs"
TOOLS = ("bash", "sh", "jq", "tar", "gzip", "cat", "cp", "rm", "mv", "mkdir", "find", "date", "dirname", "python3")
MAIN = [set(), {"pays"}, set(), {"pays"}, set(), set(), {"pays"}, set(), {"pays"}, set(), set(), {"pays"}, set(), set()]
"""What fails in the runs of main: one test, now and then."""
CHANGES = {
    "nothing fails": (set(), True), "a known flake fails": ({"pays"}, True), "something new fails": ({"refunds"}, False),
    "the tests are killed": ({"killed"}, False),
}
"""What fails in a change, and whether its job may pass."""


class Unlike(Exception):
    """A step that did not do what the page says, or is not understood."""


@dataclass
class Result:
    """How a command ended."""

    status: int
    said: str


@dataclass
class Project:
    """Folders of one server: workspaces, and what it keeps."""

    work: Path
    relapse: Path
    version: str
    steps: int = 0
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bin = self.work / "bin"
        self.bin.mkdir(parents=True)
        for tool in TOOLS:
            found = shutil.which(tool) if tool != "python3" else os.path.realpath(sys.executable)
            if found is None:
                raise OSError(f"{tool} is not here, which the steps need")
            (self.bin / tool).symlink_to(found)
        for stub in ("gh", "curl"):
            (self.bin / stub).write_text(f"#!{os.path.realpath(sys.executable)}\n" + (STUBS / f"{stub}.py").read_text())
            (self.bin / stub).chmod(0o755)
        self.wheels = self.work / "wheels"
        self.wheels.mkdir()
        info = f"relapse_cli-{self.version}.dist-info"
        with zipfile.ZipFile(self.wheels / f"relapse_cli-{self.version}-py3-none-any.whl", "w") as wheel:
            # It starts the program where that lies: to unpack 25 MB in each of a hundred jobs would take longer than all else.
            script = zipfile.ZipInfo(f"relapse_cli-{self.version}.data/scripts/relapse")
            script.external_attr = 0o100755 << 16
            wheel.writestr(script, f'#!/bin/sh\nexec "{self.relapse}" "$@"\n')
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: relapse-cli\nVersion: {self.version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: check\nRoot-Is-Purelib: false\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        self.tools = self.work / "tools"
        subprocess.run([sys.executable, "-m", "venv", self.tools], check=True)

    def checkout(self, name: str) -> Path:
        """A fresh work tree."""
        tree = self.work / "trees" / name
        shutil.rmtree(tree, ignore_errors=True)
        (tree / "ci").mkdir(parents=True)
        shutil.copy(STUBS / "tests.py", tree / "ci/test.sh")
        text = (tree / "ci/test.sh").read_text()
        (tree / "ci/test.sh").write_text(f"#!{os.path.realpath(sys.executable)}\n{text}")
        (tree / "ci/test.sh").chmod(0o755)
        return tree

    def run(self, shell: list[str], script: str, variables: dict[str, str], tree: Path) -> Result:
        """Runs a step, with the commands of a CI machine and no others."""
        self.steps += 1
        environment = {
            "PATH": f"{self.tools / 'bin'}:{self.bin}", "HOME": str(self.work), "SERVER_STATE": str(self.work / "state"),
            "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables,
        }
        done = subprocess.run([*shell, script], env=environment, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return Result(done.returncode, done.stdout)


def of_run(number: int, fails: set[str]) -> dict[str, str]:
    """What the project's tests are told of a run."""
    return {"TESTS_FAIL": " ".join(sorted(fails)), "TESTS_AT": f"2026-03-{number + 1:02}T04:00:00Z"}
