"""Where in its turns an interaction holds what was searched for: characters, and milliseconds in speech.

PostgreSQL says at which tokens of a turn something stands, and where each token lies. So a hit is marked exactly where
the index says it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Integer, Row, Select, and_, bindparam, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from data import codec
from data.tables import TurnRow
from data.types import JSONValue, Role, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTurn:
    """A turn that holds something searched for. Its spans are in order and never overlap."""

    position: int
    role: Role
    text: str
    begin_ms: int | None
    end_ms: int | None
    spans: tuple[Span, ...]


SHOWN = (TurnRow.role, TurnRow.text, TurnRow.begin_ms, TurnRow.end_ms, TurnRow.words)

ALL_TURNS = 2**31 - 1

Part: TypeAlias = Mapping[tuple[uuid.UUID, int], tuple[int, int]]
"""Which characters of which turns lie in a part of their interactions."""


Places: TypeAlias = Mapping[tuple[uuid.UUID, int], Sequence[tuple[int, int]]]
"""By interaction and turn, the characters of each place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The first turns that hold something, in order, and how many there are."""

    turns: tuple[FoundTurn, ...] = ()
    count: int = 0


def locate(
    session: Session,
    tenant: str,
    interactions: Sequence[uuid.UUID],
    leaves: Sequence[Mapping[str, JSONValue]],
    known: Places | None = None,
    alike: Sequence[tuple[uuid.UUID, int]] = (),
    most: int | None = None,
) -> dict[uuid.UUID, Located]:
    """By interaction, the turns in which a leaf stands, the first ``most``; one that matches without is not in.

    A leaf with a ``part`` stands only there. ``known`` are places that were found otherwise; of ``alike`` whole turns.
    """
    parts = list(_by_part(leaves)) if interactions else []
    if len(parts) == 1 and not parts[0][0] and not known and not alike:
        return _counted(_located(session, tenant, interactions, parts[0][1], most or ALL_TURNS))
    found = dict(_known(session, tenant, known or {}, alike))
    for part, sought in parts:
        within = _part(session, interactions, part) if part else None
        for turn in _located(session, tenant, interactions, sought, ALL_TURNS):
            key = turn.interaction_id, turn.position
            if shown := _shown(turn, within.get(key, (0, 0)) if within is not None else None):
                found[key] = _together(found[key], shown) if key in found else shown
    by_interaction: dict[uuid.UUID, list[FoundTurn]] = {}
    for (interaction, _), one in sorted(found.items(), key=lambda item: item[0]):
        by_interaction.setdefault(interaction, []).append(one)
    return {one: Located(turns=tuple(turns[:most]), count=len(turns)) for one, turns in by_interaction.items()}


def _known(
    session: Session, tenant: str, places: Places, whole: Sequence[tuple[uuid.UUID, int]]
) -> Iterator[tuple[tuple[uuid.UUID, int], FoundTurn]]:
    if places or whole:
        there = tuple_(TurnRow.interaction_id, TurnRow.position).in_([*places, *whole])
        wholly = set(whole)
        keys = (TurnRow.interaction_id, TurnRow.position)
        for turn in session.execute(select(*keys, *SHOWN).where(TurnRow.tenant == tenant, there)):
            key = turn.interaction_id, turn.position
            yield key, _found(turn, [(0, len(turn.text))] if key in wholly else places[key])


def _by_part(leaves: Sequence[Mapping[str, JSONValue]]) -> Iterator[tuple[JSONValue, list[JSONValue]]]:
    parts: dict[str, tuple[JSONValue, list[JSONValue]]] = {}
    for leaf in leaves:
        part = leaf.get("part")
        parts.setdefault(json.dumps(part), (part, []))[1].append(dict(leaf))
    yield from parts.values()


def _part(session: Session, interactions: Sequence[uuid.UUID], part: JSONValue) -> Part:
    ids = cast(list(interactions), ARRAY(Uuid()))
    columns = func.search_part(ids, cast(part, JSONB)).table_valued(
        "interaction_id", "position", "role", "config", "said", "char_begin", "char_end", "told"
    )
    told = select(columns.c.interaction_id, columns.c.position, columns.c.char_begin, columns.c.char_end).where(
        columns.c.told
    )
    return {(interaction, position): (begin, end) for interaction, position, begin, end in session.execute(told)}


def _located(
    session: Session,
    tenant: str,
    interactions: Sequence[uuid.UUID],
    leaves: Sequence[JSONValue],
    most: int,
) -> Iterable[Row[Any]]:
    """The first ``most`` turns of each interaction in which one of them stands, in order, and how many do."""
    wanted = {"tenant": tenant, "interactions": list(interactions), "leaves": list(leaves), "most": most}
    return session.execute(_places(), wanted)


@cache
def _places() -> Select[Any]:
    """Put together once: every page of hits asks for it."""
    asked = (bindparam("interactions", type_=ARRAY(Uuid())), bindparam("leaves", type_=JSONB))
    held = func.search_located(*asked).table_valued("interaction_id", "position", "places")
    number = func.row_number().over(partition_by=held.c.interaction_id, order_by=held.c.position)
    count = func.count().over(partition_by=held.c.interaction_id)
    columns = (held.c.interaction_id, held.c.position, held.c.places)
    some = select(*columns, number.label("number"), count.label("in_all")).subquery()
    same = (TurnRow.interaction_id == some.c.interaction_id, TurnRow.position == some.c.position)
    joined = and_(TurnRow.tenant == bindparam("tenant"), *same)
    shown = (some.c.interaction_id, some.c.position, some.c.places, some.c.in_all, *SHOWN, TurnRow.tokens)
    first = some.c.number <= bindparam("most", type_=Integer)
    return select(*shown).join(TurnRow, joined).where(first).order_by(some.c.interaction_id, some.c.position)


def _counted(located: Iterable[Row[Any]]) -> dict[uuid.UUID, Located]:
    found: dict[uuid.UUID, Located] = {}
    for interaction, some in groupby(located, key=lambda turn: turn.interaction_id):
        turns = list(some)
        shown = [one for turn in turns if (one := _shown(turn, None))]
        found[interaction] = Located(turns=tuple(shown), count=turns[0].in_all)
    return found


def _shown(turn: Row[Any], part: tuple[int, int] | None) -> FoundTurn | None:
    """With what stands in it, of its characters from the first of ``part`` to the last; None where nothing does."""
    ranges = [_range(turn.tokens, first, last) for first, last in turn.places]
    if part is not None:
        ranges = [(begin, end) for begin, end in ranges if part[0] <= begin and end <= part[1]]
    return _found(turn, ranges) if ranges else None


def _range(tokens: Sequence[int], first: int, last: int) -> tuple[int, int]:
    # Positions count from 1. The last token of a compound may end before the compound does.
    return tokens[2 * first - 2], max(tokens[2 * first - 1 : 2 * last : 2])


def _found(turn: Row[Any], ranges: Sequence[tuple[int, int]]) -> FoundTurn:
    return FoundTurn(
        position=turn.position,
        role=Role(turn.role),
        text=turn.text,
        begin_ms=turn.begin_ms,
        end_ms=turn.end_ms,
        spans=tuple(_span(turn, begin, end) for begin, end in merged(ranges)),
    )


def _together(one: FoundTurn, other: FoundTurn) -> FoundTurn:
    """One turn with what two searches found in it."""
    spans: list[Span] = []
    for span in sorted({*one.spans, *other.spans}, key=lambda span: (span.char_begin, -span.char_end)):
        if not spans or span.char_begin >= spans[-1].char_end:
            spans.append(span)
        elif span.char_end > spans[-1].char_end:
            spans[-1] = replace(spans[-1], char_end=span.char_end, end_ms=span.end_ms)
    return replace(one, spans=tuple(spans))


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that overlap as one."""
    result: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if result and begin < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def _span(turn: Row[Any], begin: int, end: int) -> Span:
    """With the times of the words it touches; without them, those of the whole turn."""
    touched = codec.words_within(turn.words, begin, end)
    return Span(
        turn=turn.position,
        char_begin=begin,
        char_end=end,
        begin_ms=touched[0].begin_ms if touched else turn.begin_ms,
        end_ms=touched[-1].end_ms if touched else turn.end_ms,
    )
