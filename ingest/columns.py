"""Which column of a table holds which field."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from data.errors import MetadataInvalid, TableColumnMissing, TableUnreadable
from ingest.fields import SYNONYMS, field_named, squeezed

_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Fields by the column that holds each; what it leaves open is found by the usual names of columns."""

    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """``text=body,customer=crm_id``: field, then column; a pair with a comma in it stands in double quotes.

        Raises MetadataInvalid (permanent): no such field, or no column for it.
        """
        columns: dict[str, str] = {}
        for pair in next(csv.reader([text], skipinitialspace=True), []):
            name, _, column = (part.strip() for part in pair.partition("="))
            if name not in SYNONYMS:
                raise MetadataInvalid(f"column map: no field is named {name[:50]!r}; there are {', '.join(SYNONYMS)}")
            if not column or name in columns:
                raise MetadataInvalid(f"column map: {name} needs one column")
            columns[name] = column
        return cls(columns=columns)

    def resolve(self, header: Sequence[str]) -> dict[str, str]:
        """The column of each field that this table has.

        Raises TableColumnMissing: a named column, or any for the text, is not there; TableUnreadable: it is there
        twice (both permanent).
        """
        found = {name: _find(column, header) for name, column in self.columns.items()}
        found = _usual(header, found) | found
        if "text" not in found and "page" not in found:
            raise TableColumnMissing(f"no column is known to hold the text; there are: {_listed(header)}")
        _refuse_doubles(header, found)
        return found


def _find(column: str, header: Sequence[str]) -> str:
    if column in header:
        return column
    alike = [name for name in header if squeezed(name) == squeezed(column) != ""]
    if len(alike) != 1:
        raise TableColumnMissing(f"{column!r} is not there; there are: {_listed(header)}")
    return alike[0]


def _usual(header: Sequence[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Columns named like a field come before those that only have one of its other names."""
    found: dict[str, str] = {}
    free = [name for name in header if name not in taken.values()]
    for name in sorted(free, key=lambda name: squeezed(name) != squeezed(field_named(name) or "")):
        field_name = field_named(name)
        if field_name is not None and field_name not in taken:
            found.setdefault(field_name, name)
    return found


def _refuse_doubles(header: Sequence[str], found: Mapping[str, str]) -> None:
    counts = Counter(header)
    doubled = sorted({column for column in found.values() if counts[column] > 1})
    if doubled:
        raise TableUnreadable(f"these columns stand in it twice: {_listed(doubled)}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:50] for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown or "none"
