"""Phrases out of a file: a table with a phrase each row and what is told of it, or a text with a phrase each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from data.errors import InputRefused, TableColumnMissing
from data.types import Refusal
from ingest.fields import is_given, squeezed
from ingest.files import display_name, open_regular
from ingest.kinds import CSV, HEAD_BYTES, JSONL, TSV, XLSX, sniff
from ingest.tables import Row, open_table

MAX_CHARS = 100
Entry = TypeVar("Entry")


def read_phrases(
    path: Path, fields: Mapping[str, tuple[str, ...]], entry: Callable[[Row], Entry]
) -> Iterator[Entry | Refusal]:
    """The entry of every row of a CSV, TSV, XLSX or JSONL table, or line of any other text.

    ``fields`` are the columns that are read, by name, and what else each may be called; one is ``phrase``. ``entry``
    may refuse a row. Raises InputRefused with its code (permanent) for the file as a whole.
    """
    name = display_name(path.name)
    for place, row in _rows(path, name, fields):
        try:
            yield entry(_good(row))
        except InputRefused as error:
            yield Refusal(name=name, code=error.code, message=error.message, row=place)


def plain_phrase(text: str) -> str | None:
    """The phrase with plain spaces; None where it is none: no letter, too long, or with what cannot be seen."""
    plain = " ".join(text.split())
    fits = 0 < len(plain) <= MAX_CHARS and any(map(str.isalpha, plain)) and plain.isprintable()
    return plain if fits else None


def _rows(path: Path, name: str, fields: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[int, Row | InputRefused]]:
    with open_regular(path.resolve()) as stream:
        media_type = sniff(stream.read(HEAD_BYTES), name)
        stream.seek(0)
        if media_type not in (CSV, TSV, XLSX, JSONL):
            lines = stream.read().decode("utf-8-sig", "replace").splitlines()
            yield from ((place, {"phrase": line}) for place, line in enumerate(lines, start=1) if line.strip())
            return
        with open_table(stream, media_type) as table:
            columns = _columns(table.columns, fields)
            for place, row in table.rows:
                yield place, row if isinstance(row, InputRefused) else _named(row, columns)


def _columns(header: tuple[str, ...], fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The column of each field. Raises TableColumnMissing (permanent)."""
    by_name = {squeezed(column): column for column in reversed(header)}
    found = {
        field: by_name[squeezed(name)]
        for field, names in fields.items()
        for name in reversed((field, *names))
        if squeezed(name) in by_name
    }
    if "phrase" not in found:
        raise TableColumnMissing("no column for phrase")
    return found


def _named(row: Row, columns: Mapping[str, str]) -> Row:
    return {field: row[column] for field, column in columns.items() if is_given(row.get(column))}


def _good(row: Row | InputRefused) -> Row:
    if isinstance(row, InputRefused):
        raise row
    return row
