"""What a source says of a contact: read from named values, and put together from several sources."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from data.types import CustomerRef, Metadata
from ingest.fields import CUSTOMER_READERS, READERS, field_named, is_given, read_time

_NAMES = tuple(field.name for field in dataclasses.fields(Metadata))
_NOTHING = Metadata()


def read_metadata(values: Mapping[str, object], zone: dt.tzinfo = dt.UTC) -> Metadata:
    """The metadata in these values, which are named by field; empty ones say nothing.

    Raises MetadataInvalid or CustomerRefInvalid (permanent).
    """
    given = {field: value for field, value in values.items() if is_given(value)}
    read: dict[str, Any] = {field: READERS[field](field, value) for field, value in given.items() if field in READERS}
    if "started_at" in given:
        read["started_at"] = read_time("started_at", given["started_at"], zone)
    customers: list[CustomerRef] = []
    for field in CUSTOMER_READERS.keys() & given.keys():
        customers += CUSTOMER_READERS[field](field, given[field])
    return Metadata(customers=tuple(sorted(set(customers), key=str)), **read)


def by_field(values: Mapping[str, object]) -> dict[str, object]:
    """A record of any program, its keys translated; a key that means nothing here is left out."""
    named = ((field_named(key), value) for key, value in values.items())
    return {field: value for field, value in named if field is not None}


def combine(*sources: Metadata) -> Metadata:
    """Each field from the first source that says anything of it.

    Customers too come from one source only: identifiers that two sources name are not known to be one person's.
    """
    saying = [source for source in sources if source != _NOTHING]
    if len(saying) < 2:
        return saying[0] if saying else _NOTHING  # the usual case for the rows of a table
    return Metadata(**{name: _first(name, saying) for name in _NAMES})


def _first(name: str, sources: list[Metadata]) -> Any:
    values = [getattr(source, name) for source in sources]
    return next((value for value in values if value not in (None, ())), values[0])
