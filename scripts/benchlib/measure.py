"""Wall time, CPU time and peak memory of a command, or of a pipeline.

A process inherits the peak of the process that it was forked from. So commands are started by this file as a program
of its own, which imports next to nothing: its size, `floor_mib`, is the least that can be measured.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

Command = list[str]


class Run(NamedTuple):
    """One run of a pipeline."""

    wall_s: float
    user_s: float
    system_s: float
    peak_mib: float
    """Sum of the peaks of a pipeline's processes: an upper bound of what it held at once."""
    statuses: list[int]
    output: str

    @property
    def cpu_s(self) -> float:
        """User and system time of all processes together."""
        return self.user_s + self.system_s


def measure(pipeline: list[Command], folder: Path) -> Run:
    """Runs a pipeline once. Its output is kept in `folder` while it runs, so that no reader slows it."""
    output = folder / "output"
    report = subprocess.run(
        [sys.executable, "-I", "-S", __file__, json.dumps({"pipeline": pipeline, "output": str(output)})],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return Run(**json.loads(report), output=output.read_text(errors="replace"))


def floor_mib(folder: Path) -> float:
    """The least peak that can be measured here."""
    return measure([["true"]], folder).peak_mib


def _start(pipeline: list[Command], output: int, errors: int) -> list[int]:
    """Starts the processes of a pipeline, each reading what the one before it writes."""
    pids: list[int] = []
    source = os.open(os.devnull, os.O_RDONLY)
    for number, command in enumerate(pipeline):
        reader, writer = (-1, output) if number + 1 == len(pipeline) else os.pipe()
        actions = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_DUP2, errors, 2)]
        pids.append(os.posix_spawnp(command[0], command, os.environ, file_actions=actions))
        os.close(source)
        if writer != output:
            os.close(writer)
        source = reader
    return pids


def _main() -> None:
    task = json.loads(sys.argv[1])
    output = os.open(task["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    errors = os.open(task["output"] + ".errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    begun = time.perf_counter()
    ended = [os.wait4(pid, 0) for pid in _start(task["pipeline"], output, errors)]
    wall = time.perf_counter() - begun
    usages = [usage for _, _, usage in ended]
    json.dump(
        {
            "wall_s": wall,
            "user_s": sum(usage.ru_utime for usage in usages),
            "system_s": sum(usage.ru_stime for usage in usages),
            "peak_mib": sum(usage.ru_maxrss for usage in usages) / 1024,
            "statuses": [os.waitstatus_to_exitcode(status) for _, status, _ in ended],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    _main()
