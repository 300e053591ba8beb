"""What all tables share: how Python types lie in PostgreSQL, and a tenant first in every key."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, ForeignKeyConstraint, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  # the name and form are SQLAlchemy's
        str: Text(),
        int: BigInteger(),
        bytes: LargeBinary(),
        uuid.UUID: Uuid(),
        dt.datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text()),
        list[uuid.UUID]: ARRAY(Uuid()),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class TenantBound:
    """A table whose rows belong to a tenant; row-level security reads this column."""

    tenant: Mapped[str] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True, sort_order=-10)


def of_interaction(column: str = "interaction_id") -> ForeignKeyConstraint:
    """The reference to an interaction of the same tenant; rows go with it."""
    return ForeignKeyConstraint(["tenant", column], ["interaction.tenant", "interaction.id"], ondelete="CASCADE")
