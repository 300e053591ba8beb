"""Cursors of keyset paging: where a page ended, as text that only makes sense for the question it came from."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from data.errors import CursorInvalid

Part: TypeAlias = "str | float | dt.datetime | uuid.UUID"

VERSION = 1


def seal(question: object, last: tuple[Part, ...]) -> str:
    """The cursor behind ``last``, the sort key of a page's last row. ``question`` is told apart by its repr."""
    content = json.dumps([VERSION, _print(question), *map(_plain, last)], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def unseal(question: object, cursor: str, kinds: tuple[type[Part], ...]) -> tuple[Any, ...]:
    """The sort key in a cursor, each part of its kind; times have a zone.

    Raises CursorInvalid (permanent): not one of ours, or of another question, order or version.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        version, printed, *last = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        parts = tuple(READ[kind](part) for kind, part in zip(kinds, last, strict=True))
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        raise CursorInvalid() from None
    if (version, printed) != (VERSION, _print(question)):
        raise CursorInvalid()
    return parts


def _plain(part: Part) -> str | float:
    if isinstance(part, dt.datetime):
        return part.isoformat()
    return part.hex if isinstance(part, uuid.UUID) else part


def _moment(stored: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(stored)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _only(kind: type[str] | type[float]) -> Callable[[Any], Any]:
    def read(stored: Any) -> Any:
        if type(stored) is not kind:
            raise TypeError(type(stored).__name__)
        return stored

    return read


READ: Mapping[type[Part], Callable[[Any], Part]] = {
    str: _only(str),
    float: _only(float),
    dt.datetime: _moment,
    uuid.UUID: uuid.UUID,
}


def _print(question: object) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:16]
