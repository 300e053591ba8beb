"""What the header of a WAV file claims, and whether it can be true (RIFF, RF64 of EBU Tech 3306).

Recorders that are stopped hard leave the length at 0 or 0xFFFFFFFF; decoders read such a file to its end (F18).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

MAX_CHUNKS = 64
_NEVER_WRITTEN = 0x7FF00000
"""Lengths from here on are what streaming writers put before they know."""
_WRITTEN_IN_DS64 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class WavClaim:
    """``declared_s`` is None where the header says nothing usable; ``repaired`` where it says what cannot be."""

    declared_s: float | None = None
    repaired: bool = False


def wav_claim(stream: BinaryIO) -> WavClaim:
    """Reads a few chunk headers; the stream is left somewhere."""
    end = stream.seek(0, os.SEEK_END)
    stream.seek(12)
    bytes_per_s, long_size = 0, None
    for _ in range(MAX_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            break
        kind, size = head[:4], int.from_bytes(head[4:], "little")
        if kind == b"data":
            return _claim(size, long_size, end - stream.tell(), bytes_per_s)
        body = stream.read(min(size, 40))
        if kind == b"fmt " and len(body) >= 12:
            bytes_per_s = int.from_bytes(body[8:12], "little")
        if kind == b"ds64" and len(body) >= 16:
            long_size = int.from_bytes(body[8:16], "little")
        stream.seek(size + size % 2 - len(body), os.SEEK_CUR)
    return WavClaim()


def _claim(size: int, long_size: int | None, there: int, bytes_per_s: int) -> WavClaim:
    if size == _WRITTEN_IN_DS64 and long_size is not None:
        size = long_size
    if size >= _NEVER_WRITTEN > there or (size == 0 and there > 0):
        return WavClaim(repaired=there > 0)
    return WavClaim(declared_s=size / bytes_per_s if bytes_per_s else None)
