"""The records of a CSV file, one at a time, whatever happens in one of them.

Python's own reader swallows the rest of a file behind a quote that nobody closes. Here a record that cannot be read
costs its first line only: reading starts again at the next one (fault F32).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from ingest.text import guess_encoding

MAX_RECORD_CHARS = 2 * 2**20
_DELIMITERS = ",;\t|"
_CHUNK = 2**20


class RecordBroken(Exception):
    """A record that cannot be read."""


class _Lines:
    """Lines handed out one by one, which can be taken back as long as their record is not finished."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self._record.append(line)
        self._size += len(line)
        if self._size > MAX_RECORD_CHARS:
            raise RecordBroken(f"over {MAX_RECORD_CHARS} characters, or a quote is not closed")
        return line.replace("\0", "")

    def finish(self) -> None:
        """The record is complete."""
        self._record.clear()
        self._size = 0

    def take_back(self) -> None:
        """Gives all lines of the record but its first one out again."""
        self._again.extendleft(reversed(self._record[1:]))
        self.finish()

    def _read(self) -> str:
        line = self._stream.readline(MAX_RECORD_CHARS + 1)
        if len(line) > MAX_RECORD_CHARS:
            self._skip_rest(line)
        return line

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith("\n"):
            line = self._stream.readline(_CHUNK)


def text_of(stream: BinaryIO) -> io.TextIOWrapper:
    """The file as text with one kind of line end, decoded as the whole of it allows."""
    encoding = _encoding(stream)
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None)


def _encoding(stream: BinaryIO) -> str:
    """One look at all of it: a single letter of Latin-1 on the last page decides for Windows-1252."""
    stream.seek(0)
    head = stream.read(_CHUNK)
    if guess_encoding(head) != "utf-8":
        return guess_encoding(head)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while head:
            decoder.decode(head)
            head = stream.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def records(stream: BinaryIO, *, delimiter: str | None = None) -> Iterator[list[str] | RecordBroken]:
    """Each record's cells, or what is wrong with it; an empty line has none. Memory does not grow with the file.

    ``delimiter`` None: the one of comma, semicolon, tab and bar that stands most often in the first line.
    """
    csv.field_size_limit(MAX_RECORD_CHARS)  # the library's own 128 KiB would refuse long notes; it is one per process
    text = text_of(stream)
    try:
        yield from _records(_Lines(text), text, delimiter)
    finally:
        if not stream.closed:
            text.detach()  # the stream is the caller's to close


def _records(lines: _Lines, text: TextIO, delimiter: str | None) -> Iterator[list[str] | RecordBroken]:
    if delimiter is None:
        first = text.readline(_CHUNK)
        text.seek(0)
        delimiter = max(_DELIMITERS, key=lambda candidate: (first.count(candidate), -_DELIMITERS.index(candidate)))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except (csv.Error, RecordBroken) as error:
            yield RecordBroken(str(error))
            lines.take_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        lines.finish()
        yield record
