"""Who contacts: customers, the encrypted identifiers that lead to them, their outcomes, and their changes."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound


def _of_customer() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "customer_id"], ["customer.tenant", "customer.id"], ondelete="CASCADE")


class CustomerRow(TenantBound, Base):
    __tablename__ = "customer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[dt.datetime | None]
    """When something last happened that tags rest on, as far as the feed has told it."""
    change_position: Mapped[int | None]
    """Where in the feed of changes the customer stands; None until a reader came by."""

    __table_args__ = (Index(None, "tenant", "change_position", postgresql_where=text("change_position IS NOT NULL")),)


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
        _of_customer(),
        Index(None, "tenant", "customer_id"),
    )


class CustomerChangeRow(TenantBound, Base):
    """Something that a customer's tags rest on changed; triggers write it, the feed's reader takes it away."""

    __tablename__ = "customer_change"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    customer_id: Mapped[uuid.UUID]
    at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (_of_customer(), Index(None, "tenant", "customer_id"))


class OutcomeRow(TenantBound, Base):
    """What a customer did, as the CRM says: the same external id of one source is the same outcome."""

    __tablename__ = "outcome"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID]
    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    value: Mapped[float | None]
    """In the tenant's currency."""
    campaign: Mapped[str | None]
    received_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        UniqueConstraint("tenant", "source", "external_id"),
        CheckConstraint("kind IN ('churned', 'renewed', 'bought', 'campaign_response')", name="kind"),
        _of_customer(),
        Index(None, "tenant", "customer_id", "at"),
        Index(None, "tenant", "kind", "at"),
    )
