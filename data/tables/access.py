"""Who may ask, and the record of who did."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound

ROLES = "role IN ('admin', 'analyst')"


class ApiKeyRow(TenantBound, Base):
    __tablename__ = "api_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    prefix: Mapped[str]
    """The first characters, so that a person can tell keys apart."""
    name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    __table_args__ = (CheckConstraint(ROLES, name="role"), UniqueConstraint("hash"))


class SignInRow(TenantBound, Base):
    """A link that opens one session, once."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    role: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    __table_args__ = (CheckConstraint(ROLES, name="role"), UniqueConstraint("hash"))


class SessionRow(TenantBound, Base):
    """A browser that signed in."""

    __tablename__ = "session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    role: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]

    __table_args__ = (CheckConstraint(ROLES, name="role"), UniqueConstraint("hash"))


class AuditRow(TenantBound, Base):
    """One thing somebody did or read. Each row's hash covers the one before, so that a missing row shows."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
