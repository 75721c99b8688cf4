"""Folders of archives, one or two of them damaged, each the same for the same seed and number."""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import damage, lines
from .layouts import LARGE, LAYOUTS, Part, ending
from .model import Expected, expect

WRONG_NAME = "a wrong name"
EMPTY = "an empty file"
TWO = "two damaged archives"
LINES, NOISE = 60, 300
LARGE_LINES, LARGE_NOISE = 110, 120_000
"""More than 4 MiB packed, so that a thread of its own decodes it, and more than 64 blocks."""


@dataclass(frozen=True)
class Plan:
    """What a variant is."""

    seed: int
    number: int
    kind: str
    layout: str

    def draw(self) -> random.Random:
        """Its own source of chance."""
        return random.Random(f"{self.seed}/{self.number}")


@dataclass
class Variant:
    """A folder that was written, and what it must come to."""

    expected: dict[str, Expected]
    damaged: list[str]


def applies(kind: str, layout: str) -> bool:
    """Whether a kind is tried on a layout."""
    return damage.applies(kind, layout) if kind in damage.KINDS else layout not in LARGE


def plans(seed: int, variants: int) -> list[Plan]:
    """So many variants: every kind as often as every other, over its layouts in turn."""
    kinds = [*damage.KINDS, WRONG_NAME, EMPTY, TWO]
    layouts = {kind: [layout for layout in LAYOUTS if applies(kind, layout)] for kind in kinds}
    for kind, of in layouts.items():
        random.Random(f"{seed}/{kind}").shuffle(of)
    found = []
    for number in range(variants):
        turn, kind = number // len(kinds), kinds[number % len(kinds)]
        found.append(Plan(seed, number, kind, layouts[kind][turn % len(layouts[kind])]))
    return found


@cache
def log(seed: int, archive: int, is_large: bool) -> bytes:
    """The text of an archive."""
    draw = random.Random(f"{seed}/log/{archive}/{is_large}")
    return lines.text(draw, archive, *((LARGE_LINES, LARGE_NOISE) if is_large else (LINES, NOISE)))


@cache
def parts(seed: int, archive: int, layout: str, relapse: Path) -> tuple[Part, ...]:
    """An archive before anything was done to it."""
    return tuple(LAYOUTS[layout](log(seed, archive, layout in LARGE), relapse))


def _layouts(plan: Plan, draw: random.Random) -> list[str]:
    small = [layout for layout in LAYOUTS if layout not in LARGE]
    return [plan.layout, *draw.sample(small, 2)]


def _hurt(draw: random.Random, kind: str, whole: list[Part], layout: str) -> list[Part]:
    if kind == WRONG_NAME:
        return whole
    if kind == EMPTY:
        return []
    if kind == TWO:
        kind = draw.choice([kind for kind in damage.KINDS if damage.applies(kind, layout)])
    return damage.KINDS[kind][0](draw, whole)


def write(plan: Plan, folder: Path, relapse: Path) -> Variant:
    """Writes the folder of a variant."""
    draw = plan.draw()
    expected, damaged = {}, []
    for archive, layout in enumerate(_layouts(plan, draw)):
        original = log(plan.seed, archive, layout in LARGE)
        found = list(parts(plan.seed, archive, layout, relapse))
        end = ending(layout)
        is_hurt = archive == 0 or archive == 1 and plan.kind == TWO
        if is_hurt:
            found = _hurt(draw, plan.kind, found, layout)
            if plan.kind == WRONG_NAME:
                end = draw.choice([other for other in ("", ".gz", ".zst") if other != end])
        path = f"{draw.choice(['', 'sub/'])}a{archive}{draw.choice(['.jsonl', '.ndjson'])}{end}"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(damage.data_of(found))
        expected[path] = expect(original, found)
        if is_hurt:
            damaged.append(path)
    return Variant(expected, damaged)
