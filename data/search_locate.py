"""Where in its turns an interaction holds what was searched for: characters, and milliseconds in speech.

PostgreSQL says at which tokens of a turn something stands; offsets in the text are counted here, since it tells
none. So a hit is marked exactly where the index says it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, cast, func, select
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


def locate(
    session: Session, tenant: str, interactions: Sequence[uuid.UUID], leaves: Sequence[JSONValue]
) -> dict[uuid.UUID, tuple[FoundTurn, ...]]:
    """By interaction, the turns in which a leaf stands, in order; an interaction that matches without one is not in."""
    if not interactions or not leaves:
        return {}
    held = func.search_located(cast(list(interactions), ARRAY(Uuid())), cast(list(leaves), JSONB)).table_valued(
        "interaction_id", "position", "kinds", "tokens", "places"
    )
    same = and_(TurnRow.interaction_id == held.c.interaction_id, TurnRow.position == held.c.position)
    statement = (
        select(TurnRow, held.c.kinds, held.c.tokens, held.c.places).join(held, same).where(TurnRow.tenant == tenant)
    )
    found: dict[uuid.UUID, list[FoundTurn]] = {}
    for turn, kinds, tokens, places in session.execute(statement.order_by(TurnRow.interaction_id, TurnRow.position)):
        offsets = list(offsets_of(kinds, tokens, turn.text))
        found.setdefault(turn.interaction_id, []).append(_found(turn, offsets, places))
    return {interaction: tuple(turns) for interaction, turns in found.items()}


def _found(turn: TurnRow, offsets: Sequence[tuple[int, int]], places: Sequence[Sequence[int]]) -> FoundTurn:
    # Positions count from 1. The last token of a compound may end before the compound does.
    ranges = [(offsets[first - 1][0], max(end for _, end in offsets[first - 1 : last])) for first, last in places]
    return FoundTurn(
        position=turn.position,
        role=Role(turn.role),
        text=turn.text,
        begin_ms=turn.begin_ms,
        end_ms=turn.end_ms,
        spans=tuple(_span(turn, begin, end) for begin, end in merged(ranges)),
    )


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
