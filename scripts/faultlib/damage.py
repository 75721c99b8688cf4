"""What is done to an archive. Every kind takes its parts and gives other parts; none looks at what the program does."""

import random
from collections.abc import Callable
from itertools import accumulate

from . import containers
from .layouts import LARGE, Part, skippable, zstd

SECTOR = 512
PAGE = 4096

Edit = tuple[int, bytes]
"""Bytes that stand at an offset of the archive from now on."""


def data_of(parts: list[Part]) -> bytes:
    """The archive."""
    return b"".join(part.data for part in parts)


def strike(parts: list[Part], edits: list[Edit]) -> list[Part]:
    """Overwrites bytes; the parts in which that changes something are damaged."""
    starts = [0, *accumulate(len(part.data) for part in parts)]
    struck = []
    for part, start in zip(parts, starts, strict=False):
        for at, new in edits:
            first, last = max(at, start), min(at + len(new), start + len(part.data))
            if first < last:
                old = part.data
                data = old[: first - start] + new[first - at : last - at] + old[last - start :]
                changed = next((place for place in range(first - start, last - start) if old[place] != data[place]), None)
                if changed is not None:
                    part = part.struck(data, changed)
        struck.append(part)
    return struck


def cut(parts: list[Part], at: int) -> list[Part]:
    """The archive's first bytes."""
    kept: list[Part] = []
    for part in parts:
        if at <= 0:
            break
        kept.append(part if at >= len(part.data) else part.struck(part.data[:at], at))
        at -= len(part.data)
    return kept


def _flips(draw: random.Random, parts: list[Part], places: list[int]) -> list[Part]:
    data = data_of(parts)
    flipped: dict[int, int] = {}
    for place in places:
        flipped[place] = flipped.get(place, data[place]) ^ 1 << draw.randrange(8)
    return strike(parts, [(place, bytes([byte])) for place, byte in flipped.items()])


def one_bit(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One flipped bit anywhere."""
    return _flips(draw, parts, [draw.randrange(len(data_of(parts)))])


def bits(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Two to twelve flipped bits anywhere."""
    size = len(data_of(parts))
    return _flips(draw, parts, [draw.randrange(size) for _ in range(draw.randrange(2, 13))])


def _pick(draw: random.Random, parts: list[Part], *kinds: str) -> int:
    return draw.choice([at for at, part in enumerate(parts) if part.kind in kinds])


def _offset(parts: list[Part], index: int) -> int:
    return sum(len(part.data) for part in parts[:index])


def header_bit(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One flipped bit in the first bytes of a frame or member."""
    index = _pick(draw, parts, "frame", "skip")
    return _flips(draw, parts, [_offset(parts, index) + draw.randrange(min(18, len(parts[index].data)))])


def block_bit(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One flipped bit in the header of a block of zstd."""
    index = _pick(draw, parts, "frame")
    ends = containers.blocks(parts[index].data) or [0]
    starts = ends[: -2 if parts[index].data[4] & 4 else -1]
    return _flips(draw, parts, [_offset(parts, index) + draw.choice(starts) + draw.randrange(3)])


def check_bit(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One flipped bit in the last four bytes of a frame or the last eight of a member: checksum, length."""
    index = _pick(draw, parts, "frame")
    width = 8 if parts[index].data.startswith(containers.GZIP) else 4
    return _flips(draw, parts, [_offset(parts, index + 1) - 1 - draw.randrange(width)])


def cut_off(draw: random.Random, parts: list[Part]) -> list[Part]:
    """The end is missing, from any byte on."""
    return cut(parts, draw.randrange(1, len(data_of(parts))))


def zeros(draw: random.Random, parts: list[Part]) -> list[Part]:
    """A sector or page of zeros."""
    size = len(data_of(parts))
    unit = draw.choice([SECTOR, SECTOR, PAGE])
    return strike(parts, [(draw.randrange(0, size, unit), bytes(unit))])


def zero_tail(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Zeros from some sector on to the end, as a crash leaves them."""
    size = len(data_of(parts))
    at = draw.randrange(0, size, SECTOR)
    return strike(parts, [(at, bytes(size - at))])


def swapped(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Two frames in each other's place."""
    first, second = draw.sample(range(len(parts)), 2)
    parts = list(parts)
    parts[first], parts[second] = parts[second], parts[first]
    return parts


def repeated(draw: random.Random, parts: list[Part]) -> list[Part]:
    """A frame twice."""
    source, to = draw.randrange(len(parts)), draw.randrange(len(parts) + 1)
    return [*parts[:to], parts[source], *parts[to:]]


def dropped(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One to three frames are missing."""
    first = draw.randrange(len(parts))
    kept = parts[:first] + parts[first + draw.randrange(1, 4) :]
    return kept or parts[:1]


def _junk(draw: random.Random, parts: list[Part]) -> Part:
    """Bytes of no frame; none of them is a frame's true beginning."""
    noise = draw.randbytes(draw.randrange(1, 600))
    frame = next(part for part in parts if part.kind == "frame")
    match draw.randrange(5):
        case 0:
            return Part("junk", noise)
        case 1:
            return Part("junk", bytes(draw.randrange(1, 600)) + b"\1")
        case 2:
            return Part("junk", b'{"half a line":\n' * draw.randrange(1, 20))
        case 3:
            # A magic, and behind it what no header may be.
            false = containers.ZSTD + b"\x0c" if frame.data.startswith(containers.ZSTD) else containers.GZIP + b"\xe0"
            return Part("junk", noise[:100] + false + noise[100:])
        case _:
            at = draw.randrange(1, len(frame.data))
            return frame.struck(frame.data[:at], at)


def between(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Garbage between two frames."""
    to = draw.randrange(1, len(parts))
    return [*parts[:to], _junk(draw, parts), *parts[to:]]


def hole(draw: random.Random, parts: list[Part]) -> list[Part]:
    """The end of a frame is missing, and others follow."""
    at = _pick(draw, parts[:-1], "frame")
    missing = draw.randrange(1, len(parts[at].data))
    return [*parts[:at], parts[at].struck(parts[at].data[:missing], missing), *parts[at + 1 :]]


def front(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Garbage before everything."""
    return [_junk(draw, parts), *parts]


def back(draw: random.Random, parts: list[Part]) -> list[Part]:
    """Garbage behind everything."""
    return [*parts, _junk(draw, parts)]


def _skippable(draw: random.Random, parts: list[Part], stated: int | None) -> list[Part]:
    to = draw.randrange(len(parts) + 1)
    payload = draw.randbytes(100)
    return [*parts[:to], skippable(payload, stated), *parts[to:]]


def honest_skippable(draw: random.Random, parts: list[Part]) -> list[Part]:
    """One more skippable frame, which is as long as it says."""
    return _skippable(draw, parts, None)


def lying_skippable(draw: random.Random, parts: list[Part]) -> list[Part]:
    """A skippable frame that says it is shorter or longer than it is, up to far behind the end."""
    size = len(data_of(parts))
    lie = draw.choice([draw.randrange(100), draw.randrange(101, size), draw.randrange(size, 2**32), 2**32 - 1])
    return _skippable(draw, parts, lie)


def seek_table(draw: random.Random, parts: list[Part]) -> list[Part]:
    """The seek table is overwritten, cut, missing, or another archive's."""
    table = parts[-1]
    start = _offset(parts, len(parts) - 1)
    match draw.randrange(5):
        case 0:
            return _flips(draw, parts, [start + draw.randrange(len(table.data))])
        case 1:
            return strike(parts, [(start + 8, draw.randbytes(len(table.data) - 8))])
        case 2:
            return cut(parts, start + draw.randrange(1, len(table.data)))
        case 3:
            return parts[:-1]
        case _:
            return [*parts, zstd(b'{"one more":"frame"}\n'), table]


Kind = Callable[[random.Random, list[Part]], list[Part]]


def anything(_: str) -> bool:
    """Any layout."""
    return True


def packed(layout: str) -> bool:
    """Any layout of frames or members."""
    return layout != "plain"


def many(layout: str) -> bool:
    """Layouts of many parts."""
    return packed(layout) and "one" not in layout


def of_zstd(layout: str) -> bool:
    """Layouts of zstd."""
    return layout.startswith(("zstd", "relapse"))


def checked(layout: str) -> bool:
    """Layouts with checksums."""
    return packed(layout) and "no checksum" not in layout


KINDS: dict[str, tuple[Kind, Callable[[str], bool]]] = {
    "one flipped bit": (one_bit, anything),
    "2 to 12 flipped bits": (bits, anything),
    "a bit of a frame's header": (header_bit, packed),
    "a bit of a block's header": (block_bit, of_zstd),
    "a bit of a checksum": (check_bit, checked),
    "cut": (cut_off, anything),
    "a zeroed sector": (zeros, anything),
    "zeros to the end": (zero_tail, anything),
    "swapped frames": (swapped, many),
    "a repeated frame": (repeated, many),
    "dropped frames": (dropped, many),
    "garbage between frames": (between, many),
    "the end of a frame is missing": (hole, many),
    "garbage in front": (front, packed),
    "garbage behind": (back, packed),
    "an honest skippable frame": (honest_skippable, of_zstd),
    "a lying skippable frame": (lying_skippable, of_zstd),
    "a damaged seek table": (seek_table, lambda layout: layout.startswith("relapse")),
}
"""Kinds that change bytes, and the layouts that they apply to."""


def applies(kind: str, layout: str) -> bool:
    """Whether a kind is tried on a layout; large archives are for the plain faults alone, or they take all the time."""
    suits = KINDS[kind][1](layout)
    return suits and (layout not in LARGE or kind in ("one flipped bit", "a bit of a checksum", "cut", "a zeroed sector"))
