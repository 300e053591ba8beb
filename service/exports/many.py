"""Many contacts at once, a file each, into a folder or a zip archive."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from data.database import Database
from data.errors import ExportNotReady, ExportUnfit
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Filter
from service.exports.formats import Exported, export

PAGE = 100
Sink: TypeAlias = Callable[[Exported], None]
Show: TypeAlias = Callable[[str, int, int], None]
"""Told a name, how many are done, and of how many."""


@dataclass(slots=True)
class Bulk:
    """How many were written, and why others were not, by code."""

    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def export_many(
    database: Database, tenant: str, wanted: Filter, format_name: str, sink: Sink, *, actor: str, show: Show
) -> Bulk:
    """All contacts of a filter, newest first. One that cannot be had in this format is counted and left out.

    A page of contacts is read at a time; contacts that come meanwhile are newer, and not among them.
    """
    done = Bulk()
    cursor: str | None = None
    while True:
        with database.tenant(tenant) as stores:
            page = stores.interactions.list(wanted, limit=PAGE, cursor=cursor)
            kept = [made for one in page.items if (made := _attempt(stores, one, format_name, done))]
            stores.audit.write(actor, "transcripts.export", "interactions", {"format": format_name, "count": len(kept)})
        for made in kept:
            sink(made)
        done.written += len(kept)
        show("export", done.written + done.left_out.total(), page.total)
        cursor = page.next_cursor
        if cursor is None:
            return done


def _attempt(stores: Stores, record: InteractionRecord, format_name: str, done: Bulk) -> Exported | None:
    try:
        return export(stores, record, format_name)
    except (ExportNotReady, ExportUnfit) as error:
        done.left_out[error.code] += 1
        return None


@contextmanager
def open_sink(target: Path) -> Iterator[Sink]:
    """Writes into a zip archive where the name ends so, else into a folder, made where it is not there yet."""
    if target.suffix.lower() == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            yield lambda made: archive.writestr(zipfile.ZipInfo(made.file_name), made.content, zipfile.ZIP_DEFLATED)
        return
    target.mkdir(parents=True, exist_ok=True)
    yield lambda made: _write(target / made.file_name, made.content)


def _write(path: Path, content: str) -> None:
    # As it is: line ends of the machine would change what was written.
    path.write_bytes(content.encode())
