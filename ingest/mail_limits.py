"""How much of a message is parsed.

Measured with the standard library: 50,000 parts take 10.6 s, 3,000 nested messages end in a RecursionError, and a
message takes ten times its size in memory. So attachments, which nobody opens, are left out as the message streams
by, but for their headers; and what is left is cut before the first byte that goes over a budget.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

MAX_BYTES = 16 * 2**20
"""Of what is kept."""
MAX_PART_BYTES = 8 * 2**20
"""Of one text: in base64 the longest that is analysed, at four bytes a character."""
MAX_ATTACHED_BYTES = 4096
MAX_LINES = 600_000
MAX_HEADER_BYTES = 256 * 1024
MAX_BOUNDARIES = 1_000
MAX_NESTED = 40

_CHUNK = 64 * 1024
_BOUNDARY = re.compile(rb"--(?:[^\s-]|-*=)")
_BOUNDARY_LINE = re.compile(rb"\n--[^\s-]|\n--+=")
_NESTING = re.compile(rb"content-type\s*:\s*(?:message|multipart)/", re.IGNORECASE)
_TYPE = re.compile(rb"^content-type[ \t]*:\s*([^\s;]*)", re.IGNORECASE | re.MULTILINE)
_ATTACHED = re.compile(rb"^content-disposition[ \t]*:\s*attachment", re.IGNORECASE | re.MULTILINE)


def within_limits(stream: BinaryIO) -> tuple[bytes, bool]:
    """What of the message is to be parsed, and whether text of it may be missing; memory stays that of what is kept."""
    slimmed = _Slimmed()
    for piece, fresh in _lines(stream):
        if not slimmed.take(piece, fresh=fresh):
            break
    kept = slimmed.kept.getvalue()
    ends = (
        _start_of(_BOUNDARY_LINE, kept, MAX_BOUNDARIES),
        _start_of(_NESTING, kept, MAX_NESTED),
        _line_start(kept, MAX_LINES),
    )
    end = min((found for found in ends if found is not None), default=len(kept))
    return kept[:end], slimmed.cut or end < len(kept)


class _Slimmed:
    """The message's lines without the bulk of its attachments, of over-long headers and of over-long texts."""

    def __init__(self) -> None:
        self.kept = io.BytesIO()
        self.cut = False
        """Whether something that might be read was left out."""
        self._header: list[bytes] | None = []
        """The lines of the header that is being read; None within a body."""
        self._left = MAX_HEADER_BYTES
        self._read = True
        self._ended = True

    def take(self, piece: bytes, *, fresh: bool) -> bool:
        """False once there is room for no more. ``fresh``: it begins a line."""
        if fresh and _BOUNDARY.match(piece):
            self._header, self._left, self._read = [], MAX_HEADER_BYTES, True
        elif fresh and self._header is not None and not piece.strip():
            self._begin_body(b"".join(self._header))
        elif len(piece) > self._left:
            self._left = 0
            self.cut = self.cut or self._read
            return True
        else:
            self._left -= len(piece)
            if self._header is not None:
                self._header.append(piece)
        return self._keep(piece, fresh=fresh)

    def _begin_body(self, header: bytes) -> None:
        self._header = None
        self._read = _is_read(header)
        self._left = MAX_PART_BYTES if self._read else MAX_ATTACHED_BYTES

    def _keep(self, piece: bytes, *, fresh: bool) -> bool:
        if self.kept.tell() + len(piece) > MAX_BYTES:
            self.cut = True
            return False
        # The line before lost its end, or this one would be a part of it.
        self.kept.write(b"\r\n" + piece if fresh and not self._ended else piece)
        self._ended = piece.endswith(b"\n")
        return True


def _is_read(header: bytes) -> bool:
    """Whether the body may be a text that a reader sees, or hold one; what names no type rightly is plain text."""
    if _ATTACHED.search(header):
        return False
    found = _TYPE.search(header)
    name = found[1].lower() if found else b""
    return name.count(b"/") != 1 or name in (b"text/plain", b"text/html") or name.startswith(b"multipart/")


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Each line with its end, and whether it is one: of a long line the later pieces are none."""
    rest, fresh = b"", True
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n", fresh
            fresh = True
        if len(rest) > _CHUNK:
            yield rest, fresh
            rest, fresh = b"", False
    if rest:
        yield rest, fresh


def _start_of(pattern: re.Pattern[bytes], content: bytes, limit: int) -> int | None:
    """Where the first match over the limit begins."""
    for count, found in enumerate(pattern.finditer(content), start=1):
        if count > limit:
            return found.start()
    return None


def _line_start(content: bytes, limit: int) -> int | None:
    if content.count(b"\n") <= limit:
        return None
    at = -1
    for _ in range(limit):
        at = content.find(b"\n", at + 1)
    return at + 1
