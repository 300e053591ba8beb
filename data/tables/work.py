"""The work that is owed and the encrypted files it needs: stage runs, inbox items, checkpoints, waiting metadata."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound, of_interaction


class StageRunRow(TenantBound, Base):
    """One piece of work: its attempts, and the token without which nobody may write its result."""

    __tablename__ = "stage_run"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    input_hash: Mapped[str] = mapped_column(primary_key=True)
    params_hash: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempt: Mapped[int] = mapped_column(server_default="0")
    """Counted at claim: a file that kills the decoder never reaches an error handler."""
    token: Mapped[int] = mapped_column(server_default="0")
    job_id: Mapped[int | None]
    error_code: Mapped[str | None]
    progress: Mapped[float] = mapped_column(server_default="0")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    claimed_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]

    __table_args__ = (
        of_interaction(),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'quarantined')", name="state"),
        Index(None, "job_id", postgresql_where=text("state = 'running'")),
        Index(None, "state", "stage", postgresql_where=text("state <> 'done'")),
    )


class InboxItemRow(TenantBound, Base):
    """An encrypted file and its wrapped data key; without this row the file is noise."""

    __tablename__ = "inbox_item"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    interaction_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    path: Mapped[str]
    """Relative to the inbox folder."""
    wrapped_key: Mapped[bytes]
    size_bytes: Mapped[int]
    """Of the plain content."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[dt.datetime | None]

    __table_args__ = (
        of_interaction(),
        CheckConstraint("kind IN ('original', 'checkpoint', 'transcript', 'recording')", name="kind"),
        UniqueConstraint("path"),
        Index(None, "tenant", "interaction_id"),
        Index(None, "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )


class CheckpointRow(TenantBound, Base):
    """A finished window of a long recording, so that a crash costs no more than the one it was in."""

    __tablename__ = "checkpoint"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    input_hash: Mapped[str] = mapped_column(primary_key=True)
    params_hash: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    inbox_item_id: Mapped[uuid.UUID]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        of_interaction(),
        ForeignKeyConstraint(["tenant", "inbox_item_id"], ["inbox_item.tenant", "inbox_item.id"], ondelete="CASCADE"),
    )


class PendingMetadataRow(TenantBound, Base):
    """A side-car that came before its media. It may name customers, so it is encrypted and found by an HMAC."""

    __tablename__ = "pending_metadata"

    key_hmac: Mapped[bytes] = mapped_column(primary_key=True)
    metadata_encrypted: Mapped[bytes]
    received_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
