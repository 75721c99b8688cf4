"""What each test of a suite does in which run, which no tool and no reader is asked for."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROLES = ["passes", "fails", "breaks", "flakes", "retried", "crashes", "skipped", "numbered", "twin"]
"""The tests of each suite. Each writes its name into the run's trace as it begins, so that what ran is known. The twin has
the name of the one that breaks, in another file, and passes."""

SAYS = {"flakes": "queue is closed", "retried": "cache was cold", "numbered": "connect to"}
"""Words of a failure's message that its reason must have."""

VERDICTS = {
    "passes": "no_failure", "twin": "no_failure", "fails": "deterministic", "breaks": "regressed",
    **dict.fromkeys(["flakes", "retried", "crashes", "numbered"], "flaky"),
}


def breaks_from(runs: int) -> int:
    """The first run in which the test that broke fails, two thirds in."""
    return runs * 2 // 3


def is_failure(role: str, run: int, runs: int) -> bool:
    """Whether a test fails in a run; where the tool tries again, the first time."""
    match role:
        case "fails":
            return True
        case "breaks":
            return run >= breaks_from(runs)
        case "flakes":
            return run % 7 == 3
        case "retried":
            return run % 5 == 2
        case "crashes":
            return run % 9 == 4
        case "numbered":
            return run % 11 == 5
        case _:
            return False


@dataclass(frozen=True)
class Run:
    """What is known of a run without its logs."""

    trace: Counter[str]
    """How often each test began."""
    begun: float
    """Seconds since 1970."""
    ended: float


@dataclass(frozen=True)
class Truth:
    """Of one test over all runs."""

    ran: int
    failed: tuple[int, ...]
    """The runs that failed."""
    attempts: int
    failed_attempts: int


def truth(role: str, runs: list[Run]) -> Truth:
    """What a test did, by the traces of the runs in their order."""
    traces = [run.trace for run in runs]
    failed = [run for run, trace in enumerate(traces) if trace[role] and is_failure(role, run, len(traces))]
    attempts = sum(trace[role] for trace in traces)
    # What is tried again fails each time, but for the test that passes then.
    failures = len(failed) if role == "retried" else sum(traces[run][role] for run in failed)
    return Truth(sum(trace[role] > 0 for trace in traces), tuple(failed), attempts, failures)


def trace(path: Path) -> Counter[str]:
    """How often each test of a run began."""
    return Counter(path.read_text().split() if path.exists() else [])
