"""Metadata out of a file's name: ``{external_id}_{agent}_{started_at:%Y-%m-%dT%H-%M-%S}``.

A field ends where the text after it in the pattern begins for the first time, so that matching takes one pass over
the name, whatever the name is; a time has the width of its format.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from data.errors import MetadataInvalid
from ingest.fields import SYNONYMS, TEXT_FIELDS

IGNORED = "_"
"""``{_}`` stands for a part of the name that says nothing."""
LEG = "leg"
"""``{leg}`` says which side of a call a mono file holds; see ``ingest.pairs``."""
_FIXED_WIDTH = frozenset("YmdHMSyjf")
_SAMPLE = dt.datetime(2026, 10, 5, 14, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A literal, then a field (None behind the last literal) and the format of its time."""

    literal: str
    field: str | None
    format: str


@lru_cache(maxsize=32)
def compile_pattern(pattern: str) -> tuple[_Part, ...]:
    """Raises MetadataInvalid (permanent): no pattern, an unknown field, or two fields that nothing separates."""
    try:
        pieces = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise MetadataInvalid("name pattern: braces do not match") from error
    parts = tuple(
        _Part(literal=literal, field=field, format=spec or "")
        for literal, field, spec, conversion in pieces
        if _plain(conversion)
    )
    for part in parts:
        _check(part)
    _check_separated(parts)
    return parts


def _plain(conversion: str | None) -> bool:
    if conversion:
        raise MetadataInvalid("name pattern: ! has no meaning in it")
    return True


def _check(part: _Part) -> None:
    if part.field is None:
        return
    if part.field in TEXT_FIELDS or part.field not in (*SYNONYMS, IGNORED, LEG):
        raise MetadataInvalid(f"name pattern: no field is named {part.field!r}")
    if part.format and part.field != "started_at":
        raise MetadataInvalid("name pattern: only started_at has a format")
    directives = part.format.replace("%%", "").split("%")[1:]
    if any(directive[:1] not in _FIXED_WIDTH for directive in directives):
        raise MetadataInvalid("name pattern: in a time only %Y %m %d %H %M %S %y %j %f have a fixed width")


def _check_separated(parts: tuple[_Part, ...]) -> None:
    names = [part.field for part in parts if part.field not in (None, IGNORED)]
    if not names or len(names) != len(set(names)):
        raise MetadataInvalid("name pattern: each field stands in it once, at least one does")
    for before, after in pairwise(parts):
        if not before.format and not after.literal:
            raise MetadataInvalid(f"name pattern: nothing separates {before.field} from what follows")


def match(pattern: str, stem: str) -> Mapping[str, object]:
    """The fields in a file name without its extension; a formatted time comes as a datetime.

    Raises MetadataInvalid (permanent) where the name does not follow the pattern.
    """
    parts = compile_pattern(pattern)
    found: dict[str, object] = {}
    at = 0
    for index, part in enumerate(parts):
        if not stem.startswith(part.literal, at):
            raise _mismatch()
        at += len(part.literal)
        if part.field is not None:
            end = _end(stem, at, part, parts[index + 1].literal if index + 1 < len(parts) else "")
            found[part.field] = _value(stem[at:end], part.format)
            at = end
    if at != len(stem):
        raise _mismatch()
    found.pop(IGNORED, None)
    return found


def _end(stem: str, at: int, part: _Part, following: str) -> int:
    if part.format:
        return at + len(_SAMPLE.strftime(part.format))
    end = stem.find(following, at) if following else len(stem)
    if end <= at:
        raise _mismatch()
    return end


def _value(text: str, time_format: str) -> object:
    if not time_format:
        return text
    try:
        return dt.datetime.strptime(text, time_format)  # noqa: DTZ007  # the source's zone is added by the reader
    except ValueError as error:
        raise _mismatch() from error


def _mismatch() -> MetadataInvalid:
    return MetadataInvalid("the file's name does not follow the name pattern")
