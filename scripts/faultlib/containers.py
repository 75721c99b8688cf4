"""Containers read the plain way, by other libraries than the program's: what is whole, and what of the rest decodes."""

import zlib

import zstandard

ZSTD = b"\x28\xb5\x2f\xfd"
GZIP = b"\x1f\x8b\x08"
WINDOW = 1 << 27
"""The program's own default limit."""


def is_skippable(data: bytes) -> bool:
    """Whether a skippable zstd frame starts here."""
    return len(data) >= 4 and data[0] & 0xF0 == 0x50 and data[1:4] == b"\x2a\x4d\x18"


def detect(data: bytes) -> str:
    """The format by the first bytes."""
    if data.startswith(ZSTD) or is_skippable(data):
        return "zstd"
    return "gzip" if data.startswith(GZIP) else "plain"


def _header(data: bytes, at: int) -> int:
    """Bytes of a zstd frame's magic and header."""
    descriptor = data[at + 4]
    single = descriptor >> 5 & 1
    size = (single, 2, 4, 8)[descriptor >> 6]
    return 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + size


def blocks(data: bytes, at: int = 0) -> list[int] | None:
    """Ends of the header, of every block and, with a checksum, of the frame that starts here; None if it does not end."""
    if len(data) < at + 5:
        return None
    ends = [at + _header(data, at)]
    while True:
        start = ends[-1]
        header = data[start : start + 3]
        if len(header) < 3:
            return None
        value = int.from_bytes(header, "little")
        kind, size = value >> 1 & 3, value >> 3
        if kind == 3:
            return None
        ends.append(start + 3 + (1 if kind == 1 else size))
        if ends[-1] > len(data):
            return None
        if value & 1:
            break
    if data[at + 4] & 4:
        ends.append(ends[-1] + 4)
    return ends if ends[-1] <= len(data) else None


def frames(data: bytes) -> list[bytes] | None:
    """The frames of a zstd archive; None where they are not all of it."""
    parts, at = [], 0
    while at < len(data):
        rest = data[at : at + 8]
        if is_skippable(rest) and len(rest) == 8:
            end = at + 8 + int.from_bytes(rest[4:], "little")
        elif rest.startswith(ZSTD) and (ends := blocks(data, at)):
            end = ends[-1]
        else:
            return None
        if end > len(data):
            return None
        parts.append(data[at:end])
        at = end
    return parts


def zstd_frame(frame: bytes) -> bytes | None:
    """The text of a frame that is whole."""
    decoder = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
    try:
        text = decoder.decompress(frame)
    except zstandard.ZstdError:
        return None
    return text if decoder.eof and not decoder.unused_data else None


def unchecked_zstd(frame: bytes) -> bytes | None:
    """The text of a frame that is whole but for its checksum."""
    if not frame.startswith(ZSTD) or len(frame) < 9 or not frame[4] & 4:
        return None
    ends = blocks(frame)
    if ends is None or ends[-1] != len(frame):
        return None
    return zstd_frame(frame[:4] + bytes([frame[4] & ~4]) + frame[5:-4])


def _members(data: bytes, is_exact: bool) -> bytes | None:
    text, rest = b"", data
    while rest.rstrip(b"\0") or (is_exact and rest):
        decoder = zlib.decompressobj(31)
        try:
            text += decoder.decompress(rest)
        except zlib.error:
            return None
        if not decoder.eof:
            return None
        rest = decoder.unused_data
        if is_exact:
            return None if rest else text
    return text


def strict(data: bytes) -> bytes | None:
    """All text of an archive in which nothing is wrong; None of any other. Zeros behind gzip members are padding."""
    match detect(data):
        case "plain":
            return data
        case "gzip":
            return _members(data, is_exact=False)
    parts = frames(data)
    texts = [b"" if is_skippable(part) else zstd_frame(part) for part in parts or []]
    return None if parts is None or None in texts else b"".join(texts)


def whole(frame: bytes) -> bytes | None:
    """The text of one frame or member that is whole, or only fails its checksum or stated length."""
    if frame.startswith(ZSTD):
        text = zstd_frame(frame)
        return unchecked_zstd(frame) if text is None else text
    if not frame.startswith(GZIP):
        return None
    text = _members(frame, is_exact=True)
    if text is None and len(frame) > 18:
        # The same with the trailer that its text would have.
        decoder = zlib.decompressobj(-15)
        try:
            text = decoder.decompress(frame[_gzip_header(frame) :])
        except (zlib.error, IndexError):
            return None
        if not decoder.eof or len(decoder.unused_data) != 8:
            return None
    return text


def _gzip_header(member: bytes) -> int:
    flags, at = member[3], 10
    if flags & 0xE0:
        raise IndexError
    if flags & 4:
        at += 2 + int.from_bytes(member[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            at = member.find(b"\0", at) + 1 or len(member)
    return at + 2 if flags & 2 else at


def sure(frame: bytes, upto: int) -> bytes:
    """The text that comes out of the first bytes of an undamaged frame or member."""
    if frame.startswith(GZIP):
        return zlib.decompressobj(31).decompress(frame[:upto])
    ends = [end for end in blocks(frame) or [] if end <= upto]
    decoder = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
    return decoder.decompress(frame[: ends[-1]]) if ends else b""


def states_length(member: bytes) -> bool:
    """Whether a member of gzip is a block of BGZF."""
    return member[3] == 4 and member[12:16] == b"BC\2\0"


def readable(data: bytes) -> bytes:
    """The text that comes out of damaged data before decoding fails or ends."""
    text = []
    try:
        decoder = zlib.decompressobj(31) if data.startswith(GZIP) else None
        decoder = decoder or zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
        # What decodes of the step that fails is not known.
        step = 1 if len(data) < 1 << 16 else 512
        for at in range(0, len(data), step):
            text.append(decoder.decompress(data[at : at + step]))
            if decoder.eof:
                break
    except (zlib.error, zstandard.ZstdError):
        pass
    return b"".join(text)
