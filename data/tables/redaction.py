"""What a tenant does with personal details."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


class RedactionPolicyRow(TenantBound, Base):
    __tablename__ = "redaction_policy"

    type: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("action IN ('mask', 'last4', 'hash', 'keep')", name="action"),)
