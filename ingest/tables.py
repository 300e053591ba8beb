"""Tables: CSV, XLSX and JSONL as rows of named values, one at a time.

A row that cannot be read is an error in its place; the table goes on behind it.
"""

from __future__ import annotations

import itertools
import json
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from data.errors import InputRefused, TableRowInvalid, TableUnreadable
from ingest.csv_records import MAX_RECORD_CHARS, RecordBroken, records
from ingest.kinds import CSV, JSONL, TSV, XLSX

MAX_ROWS = 5_000_000
MAX_COLUMNS = 2_000
_SAMPLED_ROWS = 100
_WORKBOOK_MAX_BYTES = 2**30
_SHARED_STRINGS_MAX_BYTES = 256 * 2**20

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``rows`` is read as it is asked for; the first row has the number 1, and empty rows count but do not come."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row | InputRefused]]


@contextmanager
def open_table(stream: BinaryIO, media_type: str) -> Iterator[Table]:
    """The table in this file, open as long as the context is. Raises TableUnreadable (permanent)."""
    if media_type == XLSX:
        with _open_workbook(stream) as table:
            yield table
    else:
        yield _OPEN[media_type](stream)


def _csv(stream: BinaryIO) -> Table:
    return _with_header(_cells(records(stream)))


def _tsv(stream: BinaryIO) -> Table:
    return _with_header(_cells(records(stream, delimiter="\t")))


def _cells(found: Iterator[list[str] | RecordBroken]) -> Iterator[Sequence[object] | InputRefused]:
    for record in found:
        yield TableRowInvalid(str(record)) if isinstance(record, RecordBroken) else record


def _with_header(found: Iterator[Sequence[object] | InputRefused]) -> Table:
    header = next((cells for cells in found if isinstance(cells, InputRefused) or _is_filled(cells)), None)
    if header is None or isinstance(header, InputRefused):
        raise TableUnreadable("it has no header row")
    columns = tuple("" if cell is None else str(cell).strip().lstrip("\ufeff") for cell in header)
    if len(columns) > MAX_COLUMNS:
        raise TableUnreadable(f"it has over {MAX_COLUMNS} columns")
    rows = (_named(columns, cells) for cells in found)
    return Table(columns=columns, rows=_numbered(rows))


def _is_filled(cells: Sequence[object]) -> bool:
    return any(cell not in (None, "") for cell in cells)


def _named(columns: tuple[str, ...], cells: Sequence[object] | InputRefused) -> Row | InputRefused | None:
    """None for an empty row. Cells missing at the end are empty; one too many says that the row is torn."""
    if isinstance(cells, InputRefused):
        return cells
    if not _is_filled(cells):
        return None
    if _is_filled(cells[len(columns) :]):
        return TableRowInvalid(f"{len(cells)} cells under {len(columns)} columns")
    return dict(zip(columns, cells, strict=False))


def _numbered(rows: Iterator[Row | InputRefused | None]) -> Iterator[tuple[int, Row | InputRefused]]:
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            yield number, TableRowInvalid(f"rows from {number} on are over the limit: split the table")
            return
        if row is not None:
            yield number, row


def _jsonl(stream: BinaryIO) -> Table:
    rows = _objects(stream)
    sample = list(itertools.islice(rows, _SAMPLED_ROWS))
    columns = dict.fromkeys(key for row in sample if isinstance(row, dict) for key in row)
    if not columns:
        raise TableUnreadable("no line of it holds an object")
    return Table(columns=tuple(columns), rows=_numbered(itertools.chain(sample, rows)))


def _objects(stream: BinaryIO) -> Iterator[Row | InputRefused | None]:
    stream.seek(0)
    while line := stream.readline(MAX_RECORD_CHARS + 1):
        if len(line) > MAX_RECORD_CHARS:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_RECORD_CHARS)
            yield TableRowInvalid(f"over {MAX_RECORD_CHARS} bytes")
        else:
            yield _object(line) if line.strip(b" \t\r\n\0\xef\xbb\xbf") else None


def _object(line: bytes) -> Row | InputRefused:
    try:
        found = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return TableRowInvalid("not JSON in UTF-8")
    return found if isinstance(found, dict) else TableRowInvalid("not a JSON object")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


_OPEN = {CSV: _csv, TSV: _tsv, JSONL: _jsonl}


@contextmanager
def _open_workbook(stream: BinaryIO) -> Iterator[Table]:
    """The first visible sheet, without formulas: as they were last computed."""
    from openpyxl import load_workbook

    _check_archive(stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of every style and extension that it does not know
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # the library lets any error of zip, XML and its own out
        raise TableUnreadable() from error
    try:
        yield _with_header(_sheet_rows(book))
    finally:
        book.close()


def _check_archive(stream: BinaryIO) -> None:
    """A workbook is a zip: what it says of its sizes is checked before anything is unpacked (a bomb, F27)."""
    try:
        members = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise TableUnreadable() from error
    strings = sum(member.file_size for member in members if "sharedstrings" in member.filename.casefold())
    if sum(member.file_size for member in members) > _WORKBOOK_MAX_BYTES or strings > _SHARED_STRINGS_MAX_BYTES:
        raise TableUnreadable("it unpacks to more than the limit: save it as CSV")


def _sheet_rows(book: Any) -> Iterator[Sequence[object] | InputRefused]:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        return
    sheets[0].reset_dimensions()  # what the file says of its own size may be wrong
    rows = sheets[0].iter_rows(values_only=True)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = next(rows, None)
        except Exception:  # as above; behind a fault in its XML a sheet has no further rows
            yield TableRowInvalid("the sheet is damaged from here on")
            return
        if cells is None:
            return
        yield cells
