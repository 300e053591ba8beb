"""The names that a tenant's contacts are about, and how often phrases are said in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


class VocabularyRow(TenantBound, Base):
    __tablename__ = "vocabulary"

    phrase: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    spoken: Mapped[list[str]] = mapped_column(server_default="{}")
    language: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("kind IN ('product', 'competitor', 'name', 'place', 'other', 'shorthand')", name="kind"),
    )


class PhraseBackgroundRow(TenantBound, Base):
    __tablename__ = "phrase_background"

    contacts: Mapped[int]
    """How many were counted."""
    counts: Mapped[dict[str, Any]]
    """By a phrase's key, how many of them say it."""
    counted_at: Mapped[dt.datetime]
