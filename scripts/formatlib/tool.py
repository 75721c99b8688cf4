"""A test tool, the logs that it writes, and how to run it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SUITES = Path(__file__).resolve().parent / "suites"


@dataclass(frozen=True)
class Format:
    """One of the logs that a tool writes."""

    name: str
    readers: tuple[str, ...]
    """What `relapse formats` may call it."""
    files: tuple[str, ...]
    """What the tool's run leaves, below the run's folder."""
    names: dict[str, tuple[str, str]]
    """Suite and scenario of each test."""
    blind: dict[str, str] = field(default_factory=dict)
    """Tests of which the tool's log hides what happened, and how: they are held to nothing."""
    mute: tuple[str, ...] = ()
    """Failures of which the log has no message."""
    parents: tuple[tuple[str, str], ...] = ()
    """Tests that hold others: they may stand there, and fail never by themselves."""
    whole: str = ""
    """Where a process that died is told as a failure of its whole file: the end of this suite and scenario. The test
    itself does not stand there then."""
    is_unjudged: bool = False
    """Whether nothing in the log of a run in which it did not die is of this file, so that it must have no verdict."""
    is_cut: bool = False
    """Whether the log of a process that died just ends."""
    also: dict[str, str] = field(default_factory=dict)
    """Verdicts that stand for "flaky" here, each with what keeps it from being proven."""
    has_time: bool = False
    """Whether the log says when it was; where it does not, side-cars do."""
    has_attempts: bool = True
    """Whether each attempt stands in the log."""
    has_replay: bool = True
    """Whether the log says enough to run one test again."""


@dataclass(frozen=True)
class Tool:
    """A tool with its suite."""

    name: str
    suite: str
    """The folder below `suites`."""
    version: Callable[["Place"], str]
    """Its version; empty where it is not installed."""
    run: Callable[["Place", Path], None]
    """Runs the suite once, and writes the logs into a folder."""
    formats: tuple[Format, ...]
    prepare: Callable[["Place"], None] | None = None
    """What is done once, such as to build it."""


@dataclass
class Place:
    """Where a tool runs: a copy of its suite, and the environment."""

    folder: Path
    tools: Path | None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a tool's processes."""
        found = [str(self.tools / part) for part in ("venv/bin", "node/node_modules/.bin", "bin")] if self.tools else []
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NEXTEST", "CI"))}
        return {
            **clean, "PATH": os.pathsep.join([*found, os.environ["PATH"]]), "NO_COLOR": "1", "GOFLAGS": "-mod=mod",
            "CARGO_TARGET_DIR": str(self.folder.parent / "target"), "CARGO_TERM_COLOR": "never", **self.variables,
        }

    def call(self, *command: str, output: Path | None = None, both: bool = False, **more: str) -> int:
        """Runs a command in the suite's folder; its standard output goes into a file. Its exit status."""
        errors = subprocess.STDOUT if both else subprocess.DEVNULL
        with (output.open("wb") if output else open(os.devnull, "wb")) as file:
            return subprocess.run(
                command, cwd=self.folder, env={**self.environment, **more}, stdin=subprocess.DEVNULL, stdout=file,
                stderr=errors, timeout=600).returncode

    def says(self, *command: str) -> str:
        """The version in what a command prints; empty where it fails."""
        path = self.environment["PATH"]
        if shutil.which(command[0], path=path) is None:
            return ""
        found = subprocess.run(
            command, cwd=self.folder if self.folder.exists() else None, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True)
        number = re.search(r"\d+(\.\d+)+", found.stdout + found.stderr)
        if found.returncode != 0:
            return ""
        # Debian's gotestsum calls itself "dev".
        return number.group() if number else (found.stdout.split() or ["unknown"])[-1]

    def module(self, name: str) -> str:
        """The version of a package of Node; empty where it is not there."""
        if self.tools is None or shutil.which("node") is None:
            return ""
        path = self.tools / "node/node_modules" / name / "package.json"
        found = re.search(r'"version":\s*"([^"]+)"', path.read_text()) if path.exists() else None
        return found.group(1) if found else ""


def each(suite: Callable[[str], str] | str, names: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Names of tests of one suite."""
    return {role: (suite(role) if callable(suite) else suite, name) for role, name in names.items()}
