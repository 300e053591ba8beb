"""Contacts with turns, stored without a pipeline, for tests of what is asked of them."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import text

from data.identifiers import link
from data.ids import new_id
from data.stores import Stores
from data.tables import InteractionRow
from data.types import (
    Annotations,
    Channel,
    CustomerRef,
    Highlight,
    KeyPhrase,
    Provenance,
    Role,
    Sentiment,
    Span,
    State,
    Turn,
    Word,
)

MONDAY = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
MADE_BY = Provenance(component="test", version="1")
SPAN = Span(turn=0, char_begin=0, char_end=1)


def talk(
    stores: Stores,
    *said: tuple[Role, str] | str,
    channel: Channel = Channel.VOICE,
    started_at: dt.datetime = MONDAY,
    language: str | None = "en",
    state: State = State.ANALYSED,
    customer: CustomerRef | None = None,
    issue: str | None = None,
    phrases: Sequence[str] = (),
    sentiment: float | None = None,
    by_role: Mapping[Role, float] = MappingProxyType({}),
    metrics: Mapping[str, float] = MappingProxyType({}),
    subject: str | None = None,
    word_s: float | None = None,
    **columns: object,
) -> uuid.UUID:
    """Stores a contact; what is said without a role, the customer says. Each word lasts 100 ms.

    With ``word_s`` turns have times, too: one after the other, each word so many seconds.
    """
    row = _row(stores, channel, started_at, language, columns)
    if customer is not None:
        row.customer_id = link(stores.session, stores.tenant, stores.keys, [customer]).customer_id
    stores.session.add(row)
    stores.session.flush()
    found = annotations(issue, phrases, sentiment, by_role, metrics)
    stores.interactions.save_turns(row.id, turns(said) if word_s is None else timed(said, word_s), (), found, subject)
    stores.interactions.set_state(row.id, state)
    return row.id


def waiting(stores: Stores, *, channel: Channel = Channel.EMAIL, started_at: dt.datetime = MONDAY) -> uuid.UUID:
    """Stores a contact that is not analysed yet."""
    row = _row(stores, channel, started_at, None, {})
    stores.session.add(row)
    stores.session.flush()
    return row.id


def _row(
    stores: Stores, channel: Channel, started_at: dt.datetime, language: str | None, columns: Mapping[str, object]
) -> InteractionRow:
    return InteractionRow(
        tenant=stores.tenant,
        id=new_id(),
        content_id=secrets.token_bytes(16),
        channel=channel.value,
        name="a contact",
        media_type="text/plain",
        started_at=started_at,
        language=language,
        **columns,
    )


def turns(said: Sequence[tuple[Role, str] | str]) -> list[Turn]:
    parts = [(Role.CUSTOMER, one) if isinstance(one, str) else one for one in said]
    return [Turn(position=at, role=role, text=words, words=spoken(words)) for at, (role, words) in enumerate(parts)]


def timed(said: Sequence[tuple[Role, str] | str], word_s: float) -> list[Turn]:
    """As ``turns``, one after the other."""
    result, at = [], 0
    for turn in turns(said):
        words = tuple(
            replace(word, begin_ms=at + round(1000 * word_s * n), end_ms=at + round(1000 * word_s * (n + 1)))
            for n, word in enumerate(turn.words)
        )
        end = words[-1].end_ms if words else at
        result.append(replace(turn, words=words, begin_ms=at, end_ms=end))
        at = end
    return result


def spoken(words: str) -> tuple[Word, ...]:
    result, at = [], 0
    for number, word in enumerate(words.split()):
        at = words.index(word, at)
        times = {"begin_ms": number * 100, "end_ms": number * 100 + 100}
        result.append(Word(text=word, confidence=1.0, char_begin=at, char_end=at + len(word), **times))
        at += len(word)
    return tuple(result)


def annotations(
    issue: str | None,
    phrases: Sequence[str],
    sentiment: float | None,
    by_role: Mapping[Role, float] = MappingProxyType({}),
    metrics: Mapping[str, float] = MappingProxyType({}),
) -> Annotations:
    feeling = Sentiment(turns=(), by_role=by_role, quarters=(None,) * 4, overall=sentiment, shift=None)
    return Annotations(
        key_phrases=tuple(KeyPhrase(text=phrase, span=SPAN, score=1.0) for phrase in phrases),
        entities=(),
        sentiment=feeling if sentiment is not None else None,
        highlights=(Highlight(kind="issue", text=issue, spans=(SPAN,), confidence=1.0),) if issue else (),
        metrics=metrics,
        skipped=(),
        provenance=MADE_BY,
    )


def scans(stores: Stores, table: str) -> int:
    """How often this transaction has read a whole table, in functions too."""
    statement = text("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = :table")
    return int(stores.session.execute(statement, {"table": table}).scalar_one())
