"""Cursors of keyset paging: where a page ended, as text that only makes sense for the question it came from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from data.errors import CursorInvalid

VERSION = 1


def seal(question: object, last: tuple[str | float, ...]) -> str:
    """The cursor behind ``last``, the sort key of a page's last row. ``question`` is told apart by its repr."""
    content = json.dumps([VERSION, _print(question), *last], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def unseal(question: object, cursor: str, kinds: tuple[type[str] | type[float], ...]) -> tuple[str | float, ...]:
    """The sort key in a cursor, each part of its kind.

    Raises CursorInvalid (permanent): not one of ours, or of another question, order or version.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        version, printed, *last = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise CursorInvalid() from None
    if (version, printed) != (VERSION, _print(question)) or tuple(map(type, last)) != kinds:
        raise CursorInvalid()
    return tuple(last)


def _print(question: object) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:16]
