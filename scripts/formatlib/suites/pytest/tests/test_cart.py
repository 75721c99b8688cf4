import os
import random
from pathlib import Path

import pytest

RUN = int(os.environ["CHECK_RUN"])


def begin(role):
    """Says that a test runs; how often it ran before in this run."""
    path = Path(os.environ["CHECK_TRACE"])
    before = path.read_text().split() if path.exists() else []
    with path.open("a") as file:
        file.write(f"{role}\n")
    return before.count(role)


def test_passes():
    begin("passes")


class TestPrices:
    def test_fails(self):
        begin("fails")
        assert {"total": 3} == {"total": 4}

    @pytest.mark.parametrize("of", ["whole [cart]"])
    def test_breaks(self, of):
        begin("breaks")
        total = 3 if RUN >= int(os.environ["CHECK_BREAKS"]) else 4
        assert total == 4


def test_flakes():
    begin("flakes")
    print("looking at the queue")
    if RUN % 7 == 3:
        raise RuntimeError("queue is closed")


@pytest.mark.flaky(reruns=2)
def test_retried():
    is_cold = begin("retried") == 0 and RUN % 5 == 2
    assert not is_cold, "cache was cold"


def test_crashes():
    begin("crashes")
    if RUN % 9 == 4:
        os.abort()


@pytest.mark.skip(reason="not on this machine")
def test_skipped():
    begin("skipped")


def test_numbered():
    begin("numbered")
    if RUN % 11 == 5:
        port, at, taken = random.randrange(1024, 65536), random.getrandbits(48), random.random()
        raise ConnectionRefusedError(f"connect to 127.0.0.1:{port} refused: socket at {at:#x}, after {taken:.3f} s")
