"""What was said: redacted turns, what was masked in them, and the words to search by."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data import codec
from data.search_index import index_words
from data.tables import InteractionRow, RedactionRow, TurnRow
from data.types import Annotations, Highlight, Redaction, Role, Sentiment, SetAside, Span, Turn, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """A redacted turn; ``sentiment`` is −1…+1, None where it says nothing of it."""

    position: int
    role: Role
    text: str
    begin_ms: int | None
    end_ms: int | None
    sentiment: float | None
    words: tuple[Word, ...]
    channel: int | None = None


class TurnStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def of(self, interaction_id: uuid.UUID) -> tuple[StoredTurn, ...]:
        """An interaction's turns in order; none where it is not analysed yet."""
        statement = select(TurnRow).where(TurnRow.tenant == self._tenant, TurnRow.interaction_id == interaction_id)
        return tuple(_stored(row) for row in self._session.scalars(statement.order_by(TurnRow.position)))

    def set_aside(self, interaction_id: uuid.UUID) -> tuple[SetAside, ...]:
        """What could not be believed, by time; it is in no turn."""
        return tuple(map(codec.set_aside, self._of(interaction_id, InteractionRow.set_aside) or ()))

    def loudness(self, interaction_id: uuid.UUID) -> dict[Role, tuple[int | None, ...]]:
        """For each role and second the level of its voice in dBFS; None where it does not speak."""
        stored = self._of(interaction_id, InteractionRow.loudness) or {}
        return {Role(role): codec.by_second(levels) for role, levels in stored.items()}

    def _of(self, interaction_id: uuid.UUID, column: InstrumentedAttribute[Any]) -> Any:
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id == interaction_id)
        return self._session.scalar(select(column).where(*wanted))

    def redactions(self, interaction_id: uuid.UUID) -> tuple[Redaction, ...]:
        wanted = (RedactionRow.tenant == self._tenant, RedactionRow.interaction_id == interaction_id)
        statement = select(RedactionRow).where(*wanted).order_by(RedactionRow.position)
        return tuple(_redaction(row) for row in self._session.scalars(statement))


def save_turns(
    session: Session,
    row: InteractionRow,
    turns: Sequence[Turn],
    redactions: Sequence[Redaction],
    annotations: Annotations,
    subject: str | None,
) -> None:
    """Replaces an interaction's turns, redactions, annotations and search words."""
    key = {"tenant": row.tenant, "interaction_id": row.id}
    for table in (TurnRow, RedactionRow):
        session.execute(delete(table).where(table.tenant == row.tenant, table.interaction_id == row.id))
    _insert(session, TurnRow, [{**key, **_turn(turn, annotations.sentiment)} for turn in turns])
    masked = enumerate(redactions)
    _insert(session, RedactionRow, [{**key, "position": at, **_masked(found)} for at, found in masked])
    _annotate(row, turns, annotations, subject)
    session.flush()
    index_words(session, row.tenant, [row.id])
    session.expire(row)


def _annotate(row: InteractionRow, turns: Sequence[Turn], found: Annotations, subject: str | None) -> None:
    feeling = found.sentiment
    row.subject, row.issue = subject, _issue(found.highlights)
    row.sentiment = feeling.overall if feeling else None
    row.sentiment_shift = feeling.shift if feeling else None
    row.sentiments = _parts(feeling) if feeling else {}
    row.metrics = dict(found.metrics)
    row.skipped = [codec.plain(part) for part in found.skipped]
    row.key_phrases = [codec.plain(part) for part in found.key_phrases]
    row.entities = [codec.plain(part) for part in found.entities]
    row.highlights = [codec.plain(part) for part in found.highlights]
    row.provenance = {**row.provenance, **_made_by(found)}
    row.turns_embedder = None
    row.turn_count = len(turns)
    row.word_count = sum(len(turn.text.split()) for turn in turns)


def _made_by(found: Annotations) -> dict[str, Any]:
    made = {"annotate": found.provenance, "sentiment": found.sentiment.provenance if found.sentiment else None}
    return {name: codec.plain(one) for name, one in made.items() if one is not None}


def _parts(feeling: Sentiment) -> dict[str, Any]:
    return {"by_role": {role.value: value for role, value in feeling.by_role.items()}, "quarters": [*feeling.quarters]}


def _issue(highlights: Sequence[Highlight]) -> str | None:
    return next((part.text for part in highlights if part.kind == "issue"), None)


def _insert(session: Session, table: type[TurnRow | RedactionRow], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _turn(turn: Turn, feeling: Sentiment | None) -> dict[str, Any]:
    return {
        "position": turn.position,
        "role": turn.role.value,
        "text": turn.text,
        "begin_ms": turn.begin_ms,
        "end_ms": turn.end_ms,
        "sentiment": feeling.turns[turn.position] if feeling and turn.position < len(feeling.turns) else None,
        "words": codec.words(turn.words),
        "channel": turn.channel,
    }


def _masked(found: Redaction) -> dict[str, Any]:
    span = found.span
    return {
        "turn": span.turn,
        "char_begin": span.char_begin,
        "char_end": span.char_end,
        "begin_ms": span.begin_ms,
        "end_ms": span.end_ms,
        "type": found.type,
        "token": found.token,
    }


def _stored(row: TurnRow) -> StoredTurn:
    return StoredTurn(
        position=row.position,
        role=Role(row.role),
        text=row.text,
        begin_ms=row.begin_ms,
        end_ms=row.end_ms,
        sentiment=row.sentiment,
        words=tuple(map(codec.word, row.words)),
        channel=row.channel,
    )


def _redaction(row: RedactionRow) -> Redaction:
    span = Span(
        turn=row.turn,
        char_begin=row.char_begin,
        char_end=row.char_end,
        begin_ms=row.begin_ms,
        end_ms=row.end_ms,
    )
    return Redaction(span=span, type=row.type, token=row.token)
