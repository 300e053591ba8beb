"""Metadata in a file of its own: ``call.json`` or ``call.wav.json`` beside ``call.wav``, or a ``metadata.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from data.errors import InputRefused, MetadataInvalid, TableUnreadable
from data.types import Metadata, Refusal, Sidecar
from ingest.fields import TEXT_FIELDS, is_given, squeezed
from ingest.files import Source, display_name, open_regular, read_bounded
from ingest.kinds import CSV, HEAD_BYTES, JSON, sniff
from ingest.metadata import by_field, read_metadata
from ingest.options import ReadOptions
from ingest.tables import Row, Table, open_table
from ingest.vcon import is_vcon, parse_json

JSON_MAX_BYTES = 256 * 2**20
MAX_ROWS = 500_000
"""What stands in a metadata.csv is kept in memory until its files were read."""
TABLE_NAME = "metadata.csv"
_FILE_COLUMNS = frozenset({"file", "filename"})


@dataclass(slots=True)
class Beside:
    """The side-cars of one folder by the file name they wait for."""

    waiting: dict[str, Sidecar] = field(default_factory=dict)
    gathered: set[Path] = field(default_factory=set)
    """The side-cars themselves, which are no contacts."""

    def take(self, name: str) -> Metadata | None:
        """What waits for a file of this name, by its whole name or without its last extension; given out once."""
        path = PurePath(name)
        for key in (path.name, path.stem):
            if found := self.waiting.pop(key, None):
                return found.metadata
        return None


def gather(sources: Iterable[Source], beside: Beside, options: ReadOptions) -> Iterator[Refusal]:
    """Puts every side-car among these files into ``beside``; what is wrong in one of them comes out."""
    for source in sources:
        suffix = PurePath(source.name).suffix.lower()
        try:
            if suffix == ".json":
                _gather_json(source, beside, options)
            elif suffix == ".csv" and is_sidecar_table(source):
                beside.gathered.add(source.path)
                yield from _gather_table(source, beside, options)
        except InputRefused as error:
            beside.gathered.add(source.path)
            yield Refusal(name=source.name, code=error.code, message=error.message)


def _gather_json(source: Source, beside: Beside, options: ReadOptions) -> None:
    """A vCon is a contact and read as one later; anything else named .json is a side-car, or a fault."""
    with open_regular(source.path) as stream:
        media_type = sniff(stream.read(HEAD_BYTES), source.name)
    if media_type != JSON or is_vcon(content := load_json(source, options.max_bytes)):
        return
    key, sidecar = read_sidecar(source.name, content, options)
    beside.gathered.add(source.path)
    beside.waiting[key] = sidecar


def _gather_table(source: Source, beside: Beside, options: ReadOptions) -> Iterator[Refusal]:
    for found in read_sidecar_table(source, options):
        if isinstance(found, Refusal):
            yield found
        else:
            beside.waiting[found[0]] = found[1]


def is_sidecar_table(source: Source) -> bool:
    """A ``metadata.csv`` with a column that names files; without one it is a table of contacts."""
    if PurePath(source.name).name.casefold() != TABLE_NAME:
        return False
    try:
        with open_regular(source.path) as stream, open_table(stream, CSV) as table:
            return _file_column(table) is not None
    except InputRefused:
        return False


def read_sidecar(name: str, content: object, options: ReadOptions) -> tuple[str, Sidecar]:
    """The file name that a JSON side-car waits for, and it. Raises MetadataInvalid (permanent)."""
    fields = by_field(content) if isinstance(content, dict) else {}
    if not fields.keys() - {"channel", *TEXT_FIELDS}:
        raise MetadataInvalid("no field in it says anything of a contact")
    return _sidecar(PurePath(name).stem, PurePath(name).stem, fields, options)


def load_json(source: Source, limit: int) -> object:
    """The value in a JSON file. Raises InputTooLarge, InputUnreadable, VConInvalid (permanent)."""
    return parse_json(read_bounded(source.path, min(limit, JSON_MAX_BYTES)))


def read_sidecar_table(source: Source, options: ReadOptions) -> Iterator[tuple[str, Sidecar] | Refusal]:
    """Each row's file name and metadata. Raises TableUnreadable (permanent)."""
    with open_regular(source.path) as stream, open_table(stream, CSV) as table:
        column = _file_column(table)
        if column is None:
            raise TableUnreadable("no column of it names files")
        for number, row in table.rows:
            if number > MAX_ROWS:
                raise TableUnreadable(f"it has over {MAX_ROWS} rows")
            try:
                yield _row(row, column, options)
            except InputRefused as error:
                yield Refusal(name=source.name, code=error.code, message=error.message, row=number)


def _row(row: Row | InputRefused, column: str, options: ReadOptions) -> tuple[str, Sidecar]:
    if isinstance(row, InputRefused):
        raise row
    file = row.get(column)
    if not is_given(file):
        raise MetadataInvalid("the file's name is empty")
    name = PurePath(display_name(str(file).replace("\\", "/"))).name
    return _sidecar(name, name, by_field(row), options)


def _sidecar(waits_for: str, key: str, fields: Mapping[str, object], options: ReadOptions) -> tuple[str, Sidecar]:
    metadata = read_metadata(fields, options.zone())
    return waits_for, Sidecar(key=metadata.external_id or key, metadata=metadata)


def _file_column(table: Table) -> str | None:
    return next((name for name in table.columns if squeezed(name) in _FILE_COLUMNS), None)
