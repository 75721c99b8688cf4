"""What must be read of an archive, and what may be: from where the damage was planted, never from what the program says."""

from collections import Counter
from dataclasses import dataclass

from . import containers, lines
from .damage import data_of
from .layouts import Part
from .lines import Count, Key, Reader


LONGEST_LINE = 1 << 12
"""Bytes of the small layouts' longest line, and of what damage makes of one."""
MOST_FRAMES_OF_A_LINE = 64
"""Of the smallest frames."""


@dataclass
class Expected:
    """What one archive must come to."""

    exact: Count | None
    """The one right answer, where no container is damaged as any decoder would see it."""
    must: Count
    """Lines that must count in any case."""
    may: Counter[Key]
    """How often each record may count at most."""
    written: Counter[Key]
    """The records of the archive as it was before."""
    damages: int | None = None
    """Places of damage, where that is known."""


def _is_skipped(part: Part, start: int, size: int) -> int:
    """Where a skippable frame says that it ends; 0 where it is none any more, or says that it ends behind the archive."""
    if not containers.is_skippable(part.data) or len(part.data) < 8:
        return 0
    end = start + 8 + int.from_bytes(part.data[4:8], "little")
    return end if end <= size else 0


def _sure(parts: list[Part]) -> tuple[Count, int | None]:
    """Lines in whole frames and before the damage of the others; how often damage is met, if frames only fail checks."""
    reader, size = Reader(), len(data_of(parts))
    at = skipped = 0
    damages: int | None = 0
    for part in parts:
        start, at = at, at + len(part.data)
        if start < skipped:
            if at > skipped:
                damages = None
                reader.gap()  # the skippable frame ended inside this one
            continue
        if part.kind == "skip":
            skipped = _is_skipped(part, start, size)
            if skipped < at:
                damages, skipped = None, 0
                reader.gap()
        elif part.kind == "junk":
            damages = None
            reader.gap()
        elif part.hurt is None:
            reader.feed(part.text)
        elif (text := containers.whole(part.data)) is not None:
            reader.feed(text)
            if damages is not None and containers.strict(part.data) is None:
                damages += 1
        else:
            damages = None
            # Behind damage, a member that does not decode cannot be told from bytes that look like one.
            if not (reader.is_cut and part.data.startswith(containers.GZIP) and not containers.states_length(part.data)):
                reader.feed(containers.sure(part.origin, part.hurt))
            reader.gap()
    return reader.end(), damages


def _possible(original: bytes, parts: list[Part]) -> Counter[Key]:
    """Every record as often as it was written into the parts; of a damaged one also those that its damage makes."""
    whole, rows = data_of(parts), set(original.split(b"\n"))
    # What is damaged as a decoder of that frame alone brings it out: a line may go through several of them.
    decoded = [part.text if part.hurt is None else containers.whole(part.data) or b"" for part in parts]
    written, made, at = Reader(), Count(), 0
    before = b""
    for number, part in enumerate(parts):
        if part.hurt is not None:
            behind = b"".join(decoded[number + 1 : number + 1 + MOST_FRAMES_OF_A_LINE])
            for carry in {written.carry, before.rpartition(b"\n")[2]}:
                for row in (carry + containers.readable(whole[at:]) + behind.partition(b"\n")[0]).split(b"\n"):
                    if row not in rows:
                        made.add(row)
        written.feed(part.text)
        before = (before + decoded[number])[-LONGEST_LINE:]
        at += len(part.data)
    return (lines.count(original).seen | written.end().seen) + made.seen


def expect(original: bytes, parts: list[Part]) -> Expected:
    """What an archive must come to."""
    data = data_of(parts)
    written = lines.count(original).seen
    text = containers.strict(data)
    if text is not None:
        exact = lines.count(text)
        return Expected(exact, exact, exact.seen, written, 0)
    must, damages = _sure(parts)
    return Expected(None, must, _possible(original, parts), written, damages)
