"""The contact itself, what was said in it, and what was masked."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound, of_interaction


class TenantRow(Base):
    __tablename__ = "tenant"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    first_weekday: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    """ISO: 1 is Monday, 7 Sunday."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("first_weekday BETWEEN 1 AND 7", name="first_weekday"),)


class InteractionRow(TenantBound, Base):
    __tablename__ = "interaction"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    content_id: Mapped[bytes]
    external_id: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    is_current: Mapped[bool] = mapped_column(server_default=text("true"))
    """False once a newer version of the same external id came; lists, searches and trends read current ones."""

    channel: Mapped[str]
    source: Mapped[str | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(server_default="0")
    customer_id: Mapped[uuid.UUID | None]
    customer_segment: Mapped[str | None]
    agent: Mapped[str | None]
    queue: Mapped[str | None]
    team: Mapped[str | None]
    direction: Mapped[str | None]
    started_at: Mapped[dt.datetime]
    """The time of receipt where the source gives none (flag ``start_assumed``)."""
    received_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    language: Mapped[str | None]
    duration_s: Mapped[float | None]
    wrap_up_code: Mapped[str | None]
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    nps: Mapped[int | None] = mapped_column(SmallInteger)
    ces: Mapped[int | None] = mapped_column(SmallInteger)
    hold_s: Mapped[float | None]
    after_call_s: Mapped[float | None]
    channel_map: Mapped[list[str] | None]
    page: Mapped[str | None]
    """Of the channel ``web``: what was looked at, without query and identifiers."""
    dwell_s: Mapped[float | None]

    state: Mapped[str] = mapped_column(server_default="pending")
    error_code: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(server_default="{}")

    subject: Mapped[str | None]
    issue: Mapped[str | None]
    sentiment: Mapped[float | None]
    sentiment_shift: Mapped[float | None]
    sentiments: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """``by_role`` and ``quarters``."""
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    skipped: Mapped[list[Any]] = mapped_column(server_default="[]")
    key_phrases: Mapped[list[Any]] = mapped_column(server_default="[]")
    entities: Mapped[list[Any]] = mapped_column(server_default="[]")
    highlights: Mapped[list[Any]] = mapped_column(server_default="[]")
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """By stage: what made its results."""

    set_aside: Mapped[list[Any]] = mapped_column(server_default="[]", deferred=True)
    """What of a transcript cannot be believed, redacted: in no turn, and in nothing that is made of turns."""
    loudness: Mapped[dict[str, Any]] = mapped_column(server_default="{}", deferred=True)
    """By role, a byte for each second in base64: dBFS below full scale, 255 where it does not speak."""

    text_config: Mapped[str | None]
    """The text search configuration that its words are indexed with; None before they are."""
    turns_embedder: Mapped[str | None]
    """The embedder of its turns' vectors; None before it has any."""
    turn_count: Mapped[int] = mapped_column(server_default="0")
    word_count: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        UniqueConstraint("tenant", "content_id"),
        UniqueConstraint("tenant", "external_id", "version"),
        ForeignKeyConstraint(["tenant", "customer_id"], ["customer.tenant", "customer.id"]),
        CheckConstraint("state IN ('pending', 'analysed', 'quarantined')", name="state"),
        Index(None, "tenant", "started_at", "id"),
        Index(None, "tenant", "customer_id", "started_at", "id", postgresql_where=text("customer_id IS NOT NULL")),
        Index(None, "tenant", "state"),
        Index(None, "tenant", "name"),
        Index(None, "tenant", "text_config"),
        Index(None, "tenant", "turns_embedder"),
    )


class SearchDocumentRow(TenantBound, Base):
    """Which words an interaction holds, for the search functions: a narrow row (0029_search_tables.sql)."""

    __tablename__ = "search_document"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    started_at: Mapped[dt.datetime]
    is_current: Mapped[bool]
    config: Mapped[str]
    keys: Mapped[str] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (of_interaction(), Index("search_document_keys_idx", "keys", postgresql_using="gin"))


class SearchWordsRow(TenantBound, Base):
    """Where it holds them: every word at its place."""

    __tablename__ = "search_words"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    started_at: Mapped[dt.datetime]
    is_current: Mapped[bool]
    config: Mapped[str]
    is_whole: Mapped[bool]
    """False where the vector may have lost positions: then the turns are asked."""
    words: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    turn_at: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """For each turn the place before its first word."""

    __table_args__ = (of_interaction(), Index("search_words_words_idx", "words", postgresql_using="gin"))


class SoundRow(TenantBound, Base):
    """How an interaction sounds (0018_sounds.sql); none where nobody can tell."""

    __tablename__ = "sound"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    keys: Mapped[str] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (of_interaction(), Index("sound_keys_idx", "keys", postgresql_using="gin"))


class TurnRow(TenantBound, Base):
    __tablename__ = "turn"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    text: Mapped[str]
    begin_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    sentiment: Mapped[float | None]
    words: Mapped[list[Any]] = mapped_column(server_default="[]")
    """One array a word: text, begin_ms, end_ms, confidence, char_begin, char_end; and heard, where there is one."""
    channel: Mapped[int | None] = mapped_column(SmallInteger)
    """Of the recording, counted from 0; NULL in writing, and in what was heard before it was kept."""
    tokens: Mapped[list[int]] = mapped_column(ARRAY(Integer), Computed("search_tokens(text)"), deferred=True)
    """For each place of a word two numbers: its first character, and the one behind its last."""

    __table_args__ = (of_interaction(),)


class TurnVectorRow(TenantBound, Base):
    """What a turn means, by one embedder at a time."""

    __tablename__ = "turn_vector"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    embedder: Mapped[str]
    vector: Mapped[Any] = mapped_column(HALFVEC)
    text_hash: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "interaction_id", "position"],
            ["turn.tenant", "turn.interaction_id", "turn.position"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant", "embedder", "text_hash"),
        {"postgresql_partition_by": "HASH (tenant)"},
    )


class RedactionRow(TenantBound, Base):
    __tablename__ = "redaction"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int]
    char_begin: Mapped[int]
    char_end: Mapped[int]
    begin_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    type: Mapped[str]
    token: Mapped[str]

    __table_args__ = (of_interaction(),)
