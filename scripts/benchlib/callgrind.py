"""Instructions of a program and of its functions, as callgrind counts them."""

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Profile(NamedTuple):
    """What callgrind wrote of one run."""

    total: int
    """Instructions of all threads."""
    inclusive: dict[str, int]
    """Instructions of each function with all that it called; calls from itself count once."""
    own: dict[str, int]
    """Instructions of each function alone."""

    def of(self, pattern: str) -> int:
        """Instructions of the functions whose names hold the expression, with all that they called."""
        return sum(cost for name, cost in self.inclusive.items() if re.search(pattern, name))


def run(command: list[str], folder: Path) -> Profile:
    """Runs a command under callgrind, on one thread after the other."""
    out = folder / "callgrind.out"
    wrapped = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
    ran = subprocess.run(wrapped, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ran.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)}: exit status {ran.returncode}\n{ran.stderr[-2000:]}")
    return read(out.read_text().splitlines())


def read(lines: Iterable[str]) -> Profile:
    """Reads a profile in callgrind's format.

    >>> found = read(["fn=(1) main", "1 10", "cfn=(2) f", "calls=1 5", "2 40", "fn=(2)", "5 30", "cfn=(2)", "calls=1 5", "6 10"])
    >>> found.total, found.inclusive, found.own
    (40, {'main': 50, 'f': 40}, {'main': 10, 'f': 30})
    """
    names: dict[str, str] = {}
    inclusive: dict[str, int] = defaultdict(int)
    entered: dict[str, int] = defaultdict(int)
    own: dict[str, int] = defaultdict(int)
    function = called = ""
    is_call = False

    def name(text: str) -> str:
        number, _, rest = text.partition(" ")
        if rest:
            names[number] = rest
        return names[number]

    for line in lines:
        if line.startswith("fn="):
            function = name(line[3:])
        elif line.startswith("cfn="):
            called = name(line[4:])
        elif line.startswith("calls="):
            is_call = True
        elif line[:1] in "0123456789+-*" and " " in line:
            cost = int(line.split()[1])
            if is_call:
                if called != function:
                    entered[called] += cost
                    inclusive[function] += cost
                is_call = False
            else:
                own[function] += cost
                inclusive[function] += cost
    # What was called from elsewhere counts by its calls, so that a recursion through others counts once.
    inclusive.update(entered)
    return Profile(sum(own.values()), dict(inclusive), dict(own))
