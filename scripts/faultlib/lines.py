"""Lines of a log: written so that each can be told from all others in the program's answer, and judged anew."""

import base64
import json
import random
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

sys.set_int_max_str_digits(0)

Key = tuple[str, str, str, str]
"""Packet, suite, scenario and mode: one for every line that is written."""

TEXTS = "schema_version suite_id scenario_id fixture_id packet_id mode env_fingerprint replay_command outcome reason_code".split()
NOT_FAILED = {"pass", "skip", "infra", "cached"}
NOT_COUNTED = NOT_FAILED - {"pass"}
BLANK = b" \t\n\r\x0c"
WHOLE = re.compile("-?(0|[1-9][0-9]*)")
CODE = rb"(?:\x1b\[|\xc2\x9b)[ -?]*[A-Za-z@`~]|\x1b\][^\x00-\x1f]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-9A-Za-z<=>\\]"
OPENS = re.compile(rb"\{(?:%b|[ \t\r])*(?=[\"}])" % CODE)
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}"]', re.DOTALL)
NOT_FINITE = re.compile(r'("(?:[^"\\]|\\.)*")|(?<=[:,\[ \t\r])[+-]?(?:nan(?:\(ind\)|\(snan\))?|inf|infinity)(?=[ \t\r,\]}]|$)', re.IGNORECASE | re.DOTALL)
FOREIGN = re.compile(r"(\\[^xe'0])|\\x([0-9a-fA-F]{2})|\\(e)|\\(')|\\0([0-7]{2})|\\0(?![0-9])", re.DOTALL)


def line(draw: random.Random, archive: int, number: int, noise: int) -> bytes:
    """A record of its own scenario, which hardly compresses."""
    record = {
        "schema_version": "ft-conformance-log-v1",
        "ts_unix_ms": 1_767_225_600_000 + number,
        "suite_id": "campaign",
        "scenario_id": f"campaign/a{archive}:l{number}",
        "fixture_id": "a.json",
        "packet_id": f"KX-{archive}",
        "mode": "strict",
        "seed": draw.getrandbits(64),
        "env_fingerprint": "env:1",
        "artifact_refs": ["artifacts/a.json"],
        "replay_command": "cargo test",
        "outcome": "fail" if draw.random() < 0.6 else "pass",
        "reason_code": draw.choice(["parity_mismatch", "timeout", "reentrant_depth"]),
        "note": base64.b64encode(draw.randbytes(noise)).decode(),
    }
    return json.dumps(record, separators=(",", ":")).encode()


def text(draw: random.Random, archive: int, lines: int, noise: int) -> bytes:
    """A log: records and some blank lines, LF and CRLF, with and without a last newline."""
    rows = []
    for number in range(lines):
        rows.append(line(draw, archive, number, draw.randrange(noise // 2, noise)))
        if draw.random() < 0.05:
            rows.append(draw.choice([b"", b" \t"]))
    ended = b"".join(row + draw.choice([b"\n", b"\n", b"\n", b"\r\n"]) for row in rows)
    return ended if draw.random() < 0.7 else ended.rstrip(b" \t\r\n")


def _refuse(word: str) -> None:
    raise ValueError(word)


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, tuple) and value[0] != "-0" and least <= int(value[0]) <= most


def _read(text: str, cosmetic: bool) -> object:
    """The value of a text; with or without control characters in strings, and with or without NaN and Infinity."""
    constant = (lambda word: None) if cosmetic else _refuse
    return json.loads(text, parse_int=lambda word: (word,), parse_float=str.encode, parse_constant=constant, strict=not cosmetic)


def _unseen(row: bytes) -> int:
    """Bytes at the start of a line that nobody sees: white space, controls and whole codes of terminals."""
    code = re.compile(CODE)
    at = 0
    while at < len(row):
        if found := code.match(row, at):
            at = found.end()
            continue
        first = row[at : at + 4].decode(errors="ignore")[:1]
        if not first or not row[at:].startswith(first.encode()):
            break
        if not first.isspace() and unicodedata.category(first) not in ("Cc", "Cf", "Cn", "Zl", "Zp"):
            break
        at += len(first.encode())
    return at


def _end_of_object(row: bytes, start: int) -> int:
    """Where the object ends that starts here, by its brackets."""
    depth = 0
    for token in TOKEN.finditer(row, start):
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if token[0] == b'"':
            break
        if depth == 0:
            return token.end()
    raise ValueError(row)


def _object(row: bytes) -> bytes:
    """The first object of a line that reaches to its end; none out of another one, and none behind a record."""
    start = _unseen(row)
    if row[start : start + 1] == b"{":
        return row[start:]
    while found := OPENS.search(row, start):
        end = _end_of_object(row, found.start())
        if end == len(row):
            return row[found.start() :]
        before = row[found.start() : end]
        _read(before.decode(), cosmetic=False)
        if judge(before)[0] == "parsed":
            raise ValueError(row)
        start = end
    raise ValueError(row)


def _escape(found: re.Match[str]) -> str:
    """An escape of JSON for one of another language."""
    if found[1]:
        return found[1]
    if found[4]:
        return "'"
    return f"\\u{int(found[2], 16) if found[2] else 27 if found[3] else int(found[5] or '0', 8):04x}"


def _mended(row: bytes) -> object:
    """The value of a line with cosmetic faults; what is no text is U+FFFD."""
    last = row.rfind(b"}") + 1
    if _unseen(row[last:]) < len(row) - last:
        raise ValueError(row)
    row = _object(row[:last])
    if b"\0\0" in row:
        raise ValueError(row)
    text = FOREIGN.sub(_escape, row.decode(errors="replace"))
    return _read(NOT_FINITE.sub(lambda word: word[1] or "null", text), cosmetic=True)


def _text(text: str) -> str:
    """A text without halves of surrogate pairs."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _number(value: object) -> object:
    """A whole number, in quotes or without."""
    return (value,) if isinstance(value, str) and WHOLE.fullmatch(value) else value


@lru_cache(maxsize=200_000)
def judge(row: bytes) -> tuple[str, Key | None, str]:
    """What a line is: `blank`, `rejected`, or `parsed` with its key and `failed`, `passed` or `excluded`."""
    if not row.strip(BLANK):
        return "blank", None, ""
    try:
        try:
            found = _read(row.decode(), cosmetic=False)
        except ValueError:
            found = _mended(row)
    except (ValueError, RecursionError):
        return "rejected", None, ""
    refs = found.get("artifact_refs") if isinstance(found, dict) else None
    if (
        not isinstance(refs, list)
        or not all(isinstance(ref, str) for ref in refs)
        or not all(isinstance(found.get(name), str) for name in TEXTS)
        or not _is_whole(_number(found.get("seed")), 0, 2**64 - 1)
        or not _is_whole(_number(found.get("ts_unix_ms")), -(2**63), 2**63 - 1)
    ):
        return "rejected", None, ""
    outcome = found["outcome"]
    state = "excluded" if outcome in NOT_COUNTED else "passed" if outcome in NOT_FAILED else "failed"
    packet, suite, scenario, mode = (_text(found[name]) for name in ("packet_id", "suite_id", "scenario_id", "mode"))
    return "parsed", (packet, suite, scenario, mode), state


@dataclass
class Count:
    """What lines came to."""

    lines: int = 0
    parsed: int = 0
    blank: int = 0
    rejected: int = 0
    seen: Counter[Key] = field(default_factory=Counter)
    failed: Counter[Key] = field(default_factory=Counter)

    def add(self, row: bytes) -> None:
        """Counts a line."""
        what, key, state = judge(row)
        self.lines += 1
        setattr(self, what, getattr(self, what) + 1)
        if key is not None:
            self.seen[key] += 1
            self.failed[key] += state == "failed"

    def numbers(self) -> tuple[int, int, int, int]:
        """Lines, parsed, blank and rejected."""
        return self.lines, self.parsed, self.blank, self.rejected


class Reader:
    """Text in, lines out; damage takes the line before it and the line behind it along."""

    def __init__(self) -> None:
        self.count = Count()
        self.carry = b""
        self.is_cut = False

    def feed(self, text: bytes) -> None:
        """More text."""
        if self.is_cut:
            _, newline, text = text.partition(b"\n")
            if not newline:
                return
            self.is_cut = False
        *rows, self.carry = (self.carry + text).split(b"\n")
        for row in rows:
            self.count.add(row)

    def gap(self) -> None:
        """Text is missing here."""
        self.carry, self.is_cut = b"", True

    def end(self) -> Count:
        """The end of the text."""
        if self.carry and not self.is_cut:
            self.count.add(self.carry)
        return self.count


def count(text: bytes) -> Count:
    """What an undamaged text comes to."""
    reader = Reader()
    reader.feed(text.removeprefix(b"\xef\xbb\xbf"))
    return reader.end()
