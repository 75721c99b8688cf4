"""The same text in every layout, as parts of which each can be damaged, moved or lost by itself."""

import subprocess
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import zstandard

from . import containers

FRAME = 3000
"""Bytes of text of a frame or member, where there are many."""
TINY = 60
"""Bytes of text of a frame that is hardly worth compressing: its block often holds it as it is."""
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


@dataclass(frozen=True)
class Part:
    """A stretch of an archive."""

    kind: str
    """`text`, `frame` (of zstd, or a member of gzip), `skip` (a skippable frame) or `junk`."""
    data: bytes
    text: bytes = b""
    origin: bytes = b""
    """A damaged frame as it was."""
    hurt: int | None = None
    """Offset of the first damaged byte."""

    def struck(self, data: bytes, at: int) -> "Part":
        """The part with other bytes from an offset on."""
        first = at if self.hurt is None else min(at, self.hurt)
        return replace(self, data=data, origin=self.origin or self.data, hurt=first)


def cut_in_frames(text: bytes) -> list[bytes]:
    """Pieces that divide lines."""
    return [text[at : at + FRAME] for at in range(0, len(text), FRAME)]


def cut_in_lines(text: bytes) -> list[bytes]:
    """Pieces of whole lines."""
    pieces, piece = [], b""
    for row in text.splitlines(keepends=True):
        piece += row
        if len(piece) >= FRAME and row.endswith(b"\n"):
            pieces.append(piece)
            piece = b""
    return [*pieces, piece] if piece else pieces


def zstd(text: bytes, checksum: bool = True, sized: bool = True) -> Part:
    """One frame."""
    compressor = zstandard.ZstdCompressor(level=3, write_checksum=checksum, write_content_size=sized)
    return Part("frame", compressor.compress(text), text)


def zstd_blocks(text: bytes, checksum: bool, sized: bool) -> Part:
    """One frame of many small blocks."""
    compressor = zstandard.ZstdCompressor(level=3, write_checksum=checksum, write_content_size=sized)
    stream = compressor.compressobj(size=len(text)) if sized else compressor.compressobj()
    data = b""
    for piece in cut_in_frames(text):
        data += stream.compress(piece) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return Part("frame", data + stream.flush(), text)


def skippable(payload: bytes, stated: int | None = None) -> Part:
    """A skippable frame, which may state another length than it has."""
    size = len(payload) if stated is None else stated
    return Part("skip", b"\x5e\x2a\x4d\x18" + size.to_bytes(4, "little") + payload)


def gzip(text: bytes) -> Part:
    """One member."""
    stream = zlib.compressobj(6, zlib.DEFLATED, 31)
    return Part("frame", stream.compress(text) + stream.flush(), text)


def bgzf(text: bytes) -> Part:
    """One block that states its length."""
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = stream.compress(text) + stream.flush()
    head = bytes.fromhex("1f8b08040000000000ff060042430200") + (len(body) + 25).to_bytes(2, "little")
    return Part("frame", head + body + zlib.crc32(text).to_bytes(4, "little") + len(text).to_bytes(4, "little"), text)


def packed(text: bytes, relapse: Path) -> list[Part]:
    """What `relapse pack` makes of it, taken apart by another reader."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "a.jsonl"
        log.write_bytes(text)
        command = [relapse, "pack", log, "--frame-size", f"{FRAME}B", "--out", Path(folder) / "out", "--threads", "1"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        data = (Path(folder) / "out" / "a.jsonl.zst").read_bytes()
    frames = containers.frames(data) or []
    parts = [
        Part("skip", frame) if containers.is_skippable(frame) else Part("frame", frame, containers.zstd_frame(frame) or b"")
        for frame in frames
    ]
    if b"".join(part.text for part in parts) != text:
        raise ValueError("relapse pack changed the text")
    return parts


Layout = Callable[[bytes, Path], list[Part]]

LAYOUTS: dict[str, Layout] = {
    "plain": lambda text, _: [Part("text", text, text)],
    "zstd, one frame": lambda text, _: [zstd_blocks(text, checksum=True, sized=True)],
    "zstd, one frame, no checksum": lambda text, _: [zstd_blocks(text, checksum=False, sized=False)],
    "zstd, frames of lines": lambda text, _: [zstd(piece) for piece in cut_in_lines(text)],
    "zstd, frames of lines, no checksum": lambda text, _: [zstd(piece, checksum=False) for piece in cut_in_lines(text)],
    "zstd, frames": lambda text, _: [zstd(piece) for piece in cut_in_frames(text)],
    "zstd, frames, no checksum": lambda text, _: [zstd(piece, checksum=False) for piece in cut_in_frames(text)],
    "zstd, frames, no size": lambda text, _: [zstd(piece, sized=False) for piece in cut_in_frames(text)],
    "zstd, tiny frames": lambda text, _: [zstd(text[at : at + TINY]) for at in range(0, len(text), TINY)],
    "relapse pack": packed,
    "gzip, one member": lambda text, _: [gzip(text)],
    "gzip, members": lambda text, _: [gzip(piece) for piece in cut_in_frames(text)],
    "BGZF": lambda text, _: [*(bgzf(piece) for piece in cut_in_frames(text)), Part("frame", BGZF_END)],
    "zstd, one large frame": lambda text, _: [zstd(text, sized=False)],
    "gzip, one large member": lambda text, _: [gzip(text)],
}
"""Names and how they are made. The large ones are decoded by a thread of their own."""
LARGE = {"zstd, one large frame", "gzip, one large member"}


def ending(layout: str) -> str:
    """What is added to a log's name."""
    if layout == "plain":
        return ""
    return ".gz" if layout.startswith(("gzip", "BGZF")) else ".zst"
