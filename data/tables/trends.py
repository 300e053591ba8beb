"""Facts of contacts laid out by column for trends, what marks them stale, and alerts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


class TrendMarkRow(TenantBound, Base):
    """A day (UTC) of which some transaction changed a contact. Only added and deleted, so that writers never wait."""

    __tablename__ = "trend_mark"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    day: Mapped[dt.date]

    __table_args__ = (Index(None, "tenant", "day"),)


class TrendValueRow(TenantBound, Base):
    """A number for each text that any dimension has; blocks hold the numbers. 0 is for none."""

    __tablename__ = "trend_value"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[str]

    __table_args__ = (UniqueConstraint("tenant", "value"),)


class TrendBlockRow(TenantBound, Base):
    """The current contacts of one day (UTC), oldest first: each column one array of big-endian numbers."""

    __tablename__ = "trend_block"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    contacts: Mapped[int] = mapped_column(Integer)
    id: Mapped[bytes]
    started_at: Mapped[bytes]
    """Microseconds since 2000-01-01 UTC, as PostgreSQL keeps them."""
    state: Mapped[bytes]
    channel: Mapped[bytes]
    queue: Mapped[bytes]
    team: Mapped[bytes]
    agent: Mapped[bytes]
    language: Mapped[bytes]
    customer_segment: Mapped[bytes]
    reason: Mapped[bytes]
    detail: Mapped[bytes]
    customer: Mapped[bytes]
    """The random half of the customer's id, to tell customers apart; 0 is nobody known."""
    handle_time_s: Mapped[bytes]
    sentiment: Mapped[bytes]
    csat: Mapped[bytes]
    nps: Mapped[bytes]
    ces: Mapped[bytes]
    junk_share: Mapped[bytes] = mapped_column(server_default="")
    """Of an answer in words 1 where it answers nothing, else 0."""


class AlertRow(TenantBound, Base):
    """What someone should look at: raised once for a subject and a period, whatever found it."""

    __tablename__ = "alert"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    """What the kind makes of it: a reason's id with its segments, a category's id, a group without a name yet."""
    name: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    """Exclusive. Days are the tenant's."""
    count: Mapped[int]
    expected: Mapped[float]
    q_value: Mapped[float]
    typical: Mapped[list[uuid.UUID]] = mapped_column(server_default="{}")
    coverage: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("state IN ('open', 'seen', 'dismissed')", name="state"),
        CheckConstraint("since < until", name="period"),
        UniqueConstraint("tenant", "kind", "subject", "since", "until"),
        Index(None, "tenant", "created_at"),
    )
