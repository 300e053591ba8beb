"""Values of ``data.types`` as JSON columns, and back."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from data.types import (
    Channel,
    CustomerRef,
    Direction,
    Entity,
    Highlight,
    KeyPhrase,
    Metadata,
    Provenance,
    Role,
    SetAside,
    Skipped,
    Span,
    Word,
)


def plain(value: Any) -> dict[str, Any]:
    """A value of types that JSON has, out of any dataclass of ``data.types``; what is None is left out."""
    return {name: _plain(part) for name, part in asdict(value).items() if part is not None}


def span(stored: Mapping[str, Any]) -> Span:
    return Span(**stored)


def key_phrase(stored: Mapping[str, Any]) -> KeyPhrase:
    return KeyPhrase(**{**stored, "span": span(stored["span"])})


def entity(stored: Mapping[str, Any]) -> Entity:
    return Entity(**{**stored, "span": span(stored["span"])})


def highlight(stored: Mapping[str, Any]) -> Highlight:
    return Highlight(**{**stored, "spans": tuple(map(span, stored["spans"]))})


def skipped(stored: Mapping[str, Any]) -> Skipped:
    return Skipped(**stored)


def provenance(stored: Mapping[str, Any]) -> Provenance:
    return Provenance(**stored)


def words(spoken: Iterable[Word]) -> list[list[Any]]:
    """An array a word, by far the most numerous thing that is stored; with ``heard`` where a name was put right."""
    return [
        [
            *(word.text, word.begin_ms, word.end_ms, round(word.confidence, 4), word.char_begin, word.char_end),
            *([word.heard] if word.heard is not None else []),
        ]
        for word in spoken
    ]


def word(stored: list[Any]) -> Word:
    text, begin_ms, end_ms, confidence, char_begin, char_end, *heard = stored
    return Word(
        text=text,
        begin_ms=begin_ms,
        end_ms=end_ms,
        confidence=confidence,
        char_begin=char_begin,
        char_end=char_end,
        heard=heard[0] if heard else None,
    )


def words_within(stored: Iterable[list[Any]], begin: int, end: int) -> list[Word]:
    """Those that touch these characters; the others, which are most of them, are not put together."""
    return [word(one) for one in stored if one[4] < end and one[5] > begin]


def set_aside(stored: Mapping[str, Any]) -> SetAside:
    return SetAside(**{**stored, "role": Role(stored["role"]), "flags": tuple(stored.get("flags", ()))})


def levels(by_second: Iterable[int | None]) -> str:
    """A byte for each second: whole dBFS below full scale, 255 for none."""
    return base64.b64encode(bytes(255 if one is None else min(max(-one, 0), 254) for one in by_second)).decode()


def by_second(stored: str) -> tuple[int | None, ...]:
    return tuple(None if one == 255 else -one for one in base64.b64decode(stored))


def metadata(stored: Mapping[str, Any]) -> Metadata:
    """Fields that this version does not know are left out."""
    known = {field.name for field in fields(Metadata)}
    return Metadata(**{name: _READ.get(name, _same)(value) for name, value in stored.items() if name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items() if part is not None}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _same(value: Any) -> Any:
    return value


def _customers(stored: list[dict[str, Any]]) -> tuple[CustomerRef, ...]:
    return tuple(CustomerRef(**ref) for ref in stored)


def _roles(stored: list[str]) -> tuple[Role, ...]:
    return tuple(map(Role, stored))


_READ: Mapping[str, Callable[[Any], Any]] = {
    "channel": Channel,
    "direction": Direction,
    "started_at": dt.datetime.fromisoformat,
    "customers": _customers,
    "channel_map": _roles,
}
