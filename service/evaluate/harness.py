"""What every evaluation needs: rows of a table, the peak memory of a process tree, a peer in a process of its own."""

from __future__ import annotations

import csv
import ctypes
import json
import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from data.errors import ChildDied, TableColumnMissing, TableUnreadable

MIB = 2**20
SAMPLE_S = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    label: str | float | None


def read_rows(path: Path, text_column: str, label_column: str | None = None) -> list[Row]:
    """The rows of a CSV, TSV or JSONL file in file order; only a JSON number stays a number.

    Raises TableUnreadable or TableColumnMissing (permanent).
    """
    wanted = [text_column] if label_column is None else [text_column, label_column]
    return [
        Row(str(record[text_column]), record[label_column] if label_column else None)
        for record in read_records(path, wanted)
    ]


def read_records(path: Path, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """The rows with all their columns, in file order, each of which has the wanted ones.

    Raises TableUnreadable or TableColumnMissing (permanent).
    """
    try:
        records = list(_records(path))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise TableUnreadable(f"{path.name}: {error}") from error
    for number, record in enumerate(records, start=1):
        missing = [column for column in wanted if column not in record]
        if missing:
            raise TableColumnMissing(f"{missing[0]!r} in row {number}; there are {', '.join(map(str, record))}")
    return records


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix in (".jsonl", ".ndjson"):
            yield from (json.loads(line) for line in file if line.strip())
        else:
            yield from csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")


class PeakMemory:
    """Samples the resident memory of this process and all below it; ``mb`` is the highest sum seen, in MiB."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._peak = 0

    @property
    def mb(self) -> float:
        return round(self._peak / MIB, 1)

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._sample()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self._sample()

    def _sample(self) -> None:
        total = 0
        for process in [self._process, *self._process.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        self._peak = max(self._peak, total)


def in_child(target: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What ``module:function`` answers in a fresh process, so that neither side warms the other's caches.

    Raises ChildDied (retry) where it ends without an answer.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(target, arguments, sender))
    process.start()
    sender.close()
    try:
        figures: dict[str, Any] = receiver.recv()
    except EOFError as error:
        raise ChildDied(target) from error
    finally:
        process.join()
    return figures


def _answer(target: str, arguments: dict[str, Any], sender: Connection) -> None:
    _end_with_parent()
    module, _, function = target.partition(":")
    sender.send(getattr(import_module(module), function)(**arguments))


def _end_with_parent() -> None:
    """Who stops an evaluation, by whatever signal, stops its long computation too (prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def say(text: str) -> None:
    """Progress, on stderr: stdout is for the figures."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # a command's progress
