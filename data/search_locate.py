"""Where in its turns an interaction holds what was searched for: characters, and milliseconds in speech.

PostgreSQL says at which tokens of a turn something stands; offsets in the text are counted here, since it tells
none. So a hit is marked exactly where the index says it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import and_, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from data import codec
from data.tables import TurnRow
from data.types import JSONValue, Role, Span

COMPOUNDS = {5, 15, 16, 17}
PARTS = {6, 9, 10, 11, 18}
"""Kinds of tokens (``ts_token_type``): URLs and hyphenated words, and what follows one of them to name its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTurn:
    """A turn that holds something searched for. Its spans are in order and never overlap."""

    position: int
    role: Role
    text: str
    begin_ms: int | None
    end_ms: int | None
    spans: tuple[Span, ...]


Part: TypeAlias = Mapping[tuple[uuid.UUID, int], tuple[int, int]]
"""Which characters of which turns lie in a part of their interactions."""


Places: TypeAlias = Mapping[tuple[uuid.UUID, int], Sequence[tuple[int, int]]]
"""By interaction and turn, the characters of each place."""


def locate(
    session: Session,
    tenant: str,
    interactions: Sequence[uuid.UUID],
    leaves: Sequence[Mapping[str, JSONValue]],
    known: Places | None = None,
    alike: Sequence[tuple[uuid.UUID, int]] = (),
) -> dict[uuid.UUID, tuple[FoundTurn, ...]]:
    """By interaction, the turns in which a leaf stands, in order; an interaction that matches without one is not in.

    A leaf with a ``part`` stands only there. ``known`` are places that were found otherwise; of ``alike`` whole turns.
    """
    found = dict(_known(session, tenant, known or {}, alike))
    for part, sought in _by_part(leaves) if interactions else ():
        within = _part(session, interactions, part) if part else None
        for key, turn in _located(session, tenant, interactions, sought, within):
            found[key] = _together(found[key], turn) if key in found else turn
    result: dict[uuid.UUID, list[FoundTurn]] = {}
    for (interaction, _), turn in sorted(found.items(), key=lambda item: item[0]):
        result.setdefault(interaction, []).append(turn)
    return {interaction: tuple(turns) for interaction, turns in result.items()}


def _known(
    session: Session, tenant: str, places: Places, whole: Sequence[tuple[uuid.UUID, int]]
) -> Iterator[tuple[tuple[uuid.UUID, int], FoundTurn]]:
    if places or whole:
        there = tuple_(TurnRow.interaction_id, TurnRow.position).in_([*places, *whole])
        wholly = set(whole)
        for turn in session.scalars(select(TurnRow).where(TurnRow.tenant == tenant, there)):
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
    part: Part | None,
) -> Iterator[tuple[tuple[uuid.UUID, int], FoundTurn]]:
    held = func.search_located(cast(list(interactions), ARRAY(Uuid())), cast(list(leaves), JSONB)).table_valued(
        "interaction_id", "position", "kinds", "tokens", "places"
    )
    same = and_(TurnRow.interaction_id == held.c.interaction_id, TurnRow.position == held.c.position)
    statement = (
        select(TurnRow, held.c.kinds, held.c.tokens, held.c.places).join(held, same).where(TurnRow.tenant == tenant)
    )
    for turn, kinds, tokens, places in session.execute(statement):
        key = turn.interaction_id, turn.position
        ranges = _ranges(list(offsets_of(kinds, tokens, turn.text)), places)
        if part is not None:
            begin, end = part.get(key, (0, 0))
            ranges = [(first, last) for first, last in ranges if begin <= first and last <= end]
        if ranges:
            yield key, _found(turn, ranges)


def _ranges(offsets: Sequence[tuple[int, int]], places: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    # Positions count from 1. The last token of a compound may end before the compound does.
    return [(offsets[first - 1][0], max(end for _, end in offsets[first - 1 : last])) for first, last in places]


def _found(turn: TurnRow, ranges: Sequence[tuple[int, int]]) -> FoundTurn:
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


def offsets_of(kinds: Sequence[int], tokens: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    """Where each token of PostgreSQL's parser lies in the text. A compound's parts follow it, and lie inside it."""
    inside = (0, 0)
    end = 0
    for kind, token in zip(kinds, tokens, strict=True):
        part = text.find(token, *inside) if kind in PARTS else -1
        place = part if part >= 0 else text.index(token, end)
        if part >= 0:
            inside = (part + len(token), inside[1])
        else:
            end = place + len(token)
            inside = (place, end) if kind in COMPOUNDS else (end, end)
        yield place, place + len(token)


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that overlap as one."""
    result: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if result and begin < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def _span(turn: TurnRow, begin: int, end: int) -> Span:
    """With the times of the words it touches; without them, those of the whole turn."""
    words = [word for word in map(codec.word, turn.words) if word.char_begin < end and word.char_end > begin]
    return Span(
        turn=turn.position,
        char_begin=begin,
        char_end=end,
        begin_ms=words[0].begin_ms if words else turn.begin_ms,
        end_ms=words[-1].end_ms if words else turn.end_ms,
    )
