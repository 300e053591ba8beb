"""A file in authenticated chunks, after the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015).

    header = magic (4) ‖ nonce prefix (7)
    chunk i = AES-256-GCM(key, nonce = prefix ‖ i (4) ‖ last (1), header ‖ context)

Each chunk opens only at its place, the last one only as the last: a file that is cut, extended or put together from
others does not open. A key is used for one file only. Any byte range is read without the chunks before it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import StorageCorrupt

MAGIC = b"RSI1"
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + PREFIX_BYTES
TAG_BYTES = 16
CHUNK_BYTES = 64 * 1024


class Sealer:
    """Writes plain bytes of any number into ``file``; ``finish`` must be called, or the file never opens."""

    def __init__(self, file: IO[bytes], key: bytes, context: str) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._header = MAGIC + os.urandom(PREFIX_BYTES)
        self._context = self._header + context.encode()
        self._buffer = bytearray()
        self._count = 0
        self.size_bytes = 0
        file.write(self._header)

    def write(self, data: bytes) -> None:
        self._buffer += data
        self.size_bytes += len(data)
        # One byte more than a chunk must be here before it is known not to be the last.
        while len(self._buffer) > CHUNK_BYTES:
            self._seal(bytes(self._buffer[:CHUNK_BYTES]), last=False)
            del self._buffer[:CHUNK_BYTES]

    def finish(self) -> None:
        self._seal(bytes(self._buffer), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._header, self._count, last=last)
        self._file.write(self._cipher.encrypt(nonce, plain, self._context))
        self._count += 1


class Opener:
    """Reads what a Sealer wrote. Raises StorageCorrupt (permanent) from every method where it is not that."""

    def __init__(self, file: IO[bytes], key: bytes, context: str, size_bytes: int) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._header = file.read(HEADER_BYTES)
        self._context = self._header + context.encode()
        self._size = size_bytes
        self._chunks = max(1, -(-size_bytes // CHUNK_BYTES))
        if not self._header.startswith(MAGIC) or os.fstat(file.fileno()).st_size != sealed_size(size_bytes):
            raise StorageCorrupt("an inbox file was cut, extended or replaced")

    def chunks(self) -> Iterator[bytes]:
        for number in range(self._chunks):
            yield self._open(number)

    def range(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes from ``begin`` to before ``end``, in pieces; bounds beyond the content are cut to it."""
        begin, end = max(0, begin), min(end, self._size)
        for number in range(begin // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
            offset = number * CHUNK_BYTES
            yield self._open(number)[max(0, begin - offset) : end - offset]

    def _open(self, number: int) -> bytes:
        self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
        sealed = self._file.read(CHUNK_BYTES + TAG_BYTES)
        nonce = _nonce(self._header, number, last=number == self._chunks - 1)
        try:
            return self._cipher.decrypt(nonce, sealed, self._context)
        except (InvalidTag, ValueError):
            raise StorageCorrupt(f"chunk {number} of an inbox file does not open") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed file and what opens it: a value that may go to another process, and must go nowhere else."""

    path: Path
    key: bytes = field(repr=False)
    context: str
    size_bytes: int

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The plain content as a stream that can be sought in; memory stays that of a chunk.

        Raises StorageCorrupt (permanent), when it is read too.
        """
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            raise StorageCorrupt("an inbox file is missing") from None
        with file:
            yield cast("BinaryIO", _Reader(Opener(file, self.key, self.context, self.size_bytes), self.size_bytes))


class _Reader(io.RawIOBase):
    """Plain bytes out of an Opener, with the chunk that was read last kept."""

    def __init__(self, opener: Opener, size_bytes: int) -> None:
        self._opener = opener
        self._size = size_bytes
        self._at = 0
        self._number, self._chunk = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Unlike a raw file's, never less than was asked for while there is more."""
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        parts = []
        while self._at < end:
            number, offset = divmod(self._at, CHUNK_BYTES)
            if number != self._number:
                self._chunk = b"".join(self._opener.range(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES))
                self._number = number
            parts.append(self._chunk[offset : offset + end - self._at])
            self._at += len(parts[-1])
        return b"".join(parts)


def sealed_size(size_bytes: int) -> int:
    """How long the file of so much content is."""
    chunks = max(1, -(-size_bytes // CHUNK_BYTES))
    return HEADER_BYTES + size_bytes + chunks * TAG_BYTES


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[len(MAGIC) :] + number.to_bytes(4) + bytes([last])
