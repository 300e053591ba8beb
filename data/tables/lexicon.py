"""Words and phrases with a feeling of a tenant's own."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


class LexiconRow(TenantBound, Base):
    __tablename__ = "lexicon"

    phrase: Mapped[str] = mapped_column(primary_key=True)
    valence: Mapped[float]
    language: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("valence BETWEEN -4 AND 4", name="valence"),)
