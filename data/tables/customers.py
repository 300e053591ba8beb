"""Who contacts: customers, and the encrypted identifiers that lead to them."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


class CustomerRow(TenantBound, Base):
    __tablename__ = "customer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))


class CustomerIdentifierRow(TenantBound, Base):
    """Found by its HMAC, shown by decrypting; the value itself lies nowhere in the clear."""

    __tablename__ = "customer_identifier"

    scheme: Mapped[str] = mapped_column(primary_key=True)
    value_hmac: Mapped[bytes] = mapped_column(primary_key=True)
    value_encrypted: Mapped[bytes]
    customer_id: Mapped[uuid.UUID]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("scheme IN ('crm', 'phone', 'email')", name="scheme"),
        ForeignKeyConstraint(["tenant", "customer_id"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
        Index(None, "tenant", "customer_id"),
    )
