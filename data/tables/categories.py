"""Categories, their versions, and what each version was found in."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound, of_interaction


class CategoryRow(TenantBound, Base):
    """``applied_version`` lags behind ``published_version`` until history has been held against that one."""

    __tablename__ = "category"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    published_version: Mapped[int | None] = mapped_column(Integer)
    applied_version: Mapped[int | None] = mapped_column(Integer)
    retired_at: Mapped[dt.datetime | None]
    bound_share: Mapped[float | None]
    bound_side: Mapped[str | None]
    bound_days: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint(
            "num_nulls(bound_share, bound_side, bound_days) = 3"
            " OR (bound_share BETWEEN 0 AND 1 AND bound_side IN ('above', 'below') AND bound_days > 0)",
            name="bound",
        ),
        Index("category_tenant_name_key", "tenant", func.lower(text("name")), unique=True),
    )


class CategoryVersionRow(TenantBound, Base):
    """The counts are those of the time at which it was applied to all history."""

    __tablename__ = "category_version"

    category_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    query: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    published_at: Mapped[dt.datetime | None]
    applied_at: Mapped[dt.datetime | None]
    matched: Mapped[int | None]
    not_matched: Mapped[int | None]
    not_evaluated: Mapped[int | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant", "category_id"], ["category.tenant", "category.id"], ondelete="CASCADE"),
    )


class CategoryMatchRow(Base):
    """What matched, and what cannot be told; an analysed contact without a row does not match.

    Its one reference is to the contact: a check for every row is most of what storing many costs.
    """

    __tablename__ = "category_match"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    category_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    evaluated_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("state IN ('matched', 'not_evaluated')", name="state"),
        of_interaction(),
        Index(None, "tenant", "interaction_id"),
    )


class CategoryMarkRow(TenantBound, Base):
    """A contact whose results may have changed; without one, those of all contacts may have.

    ``facts`` are what changed of it, as ``data.category_facts`` names them; None: anything may have.
    """

    __tablename__ = "category_mark"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    interaction_id: Mapped[uuid.UUID | None]
    facts: Mapped[list[str] | None]

    __table_args__ = (Index(None, "tenant", "interaction_id"),)
