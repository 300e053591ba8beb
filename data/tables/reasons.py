"""Why customers contact: vectors, runs of discovery, the registry of reasons, and who has which."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from numpy.typing import NDArray
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, TenantBound, of_interaction


class EmbeddingRow(TenantBound, Base):
    """One vector of each embedder for an interaction; its approximate index is partial, one for each embedder."""

    __tablename__ = "embedding"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[NDArray[Any]] = mapped_column(VECTOR())
    text_hash: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (of_interaction(), Index("text_hash_embedding_idx", "tenant", "embedder", "text_hash"))


class FurtherEmbeddingRow(TenantBound, Base):
    """One vector of each embedder for every issue of an interaction but the primary one."""

    __tablename__ = "further_embedding"

    interaction_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    """From 1, as the issues stand among the highlights."""
    vector: Mapped[NDArray[Any]] = mapped_column(VECTOR())
    text_hash: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (of_interaction(), Index(None, "tenant", "embedder", "text_hash"))


class DiscoveryRow(TenantBound, Base):
    """One run of discovery over a tenant's contacts."""

    __tablename__ = "discovery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    embedder: Mapped[str]
    granularity: Mapped[str]
    texts: Mapped[int]
    unassigned: Mapped[int]
    reasons: Mapped[int]
    started_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[dt.datetime | None]
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class ReasonRow(TenantBound, Base):
    """A reason keeps its id for good; names and centroids follow what is discovered, unless a person set them."""

    __tablename__ = "reason"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[uuid.UUID | None]
    """The group of a reason, the reason of a detail."""
    level: Mapped[str] = mapped_column(server_default="reason")
    source: Mapped[str] = mapped_column(server_default="discovery")
    pinned: Mapped[bool] = mapped_column(server_default=text("false"))
    """No discovery merges, splits or retires it."""
    merged_into: Mapped[uuid.UUID | None]
    """Where its contacts went when it was merged: the lineage, one step of it."""
    description: Mapped[str | None]
    name: Mapped[str]
    name_source: Mapped[str] = mapped_column(server_default="auto")
    keywords: Mapped[list[str]] = mapped_column(server_default="{}")
    embedder: Mapped[str]
    centroid: Mapped[NDArray[Any]] = mapped_column(VECTOR())
    size: Mapped[int]
    representatives: Mapped[list[uuid.UUID]] = mapped_column(server_default="{}")
    """The interactions whose words are the most typical, best first."""
    state: Mapped[str] = mapped_column(server_default="active")
    discovery_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("state IN ('active', 'retired')", name="state"),
        CheckConstraint("name_source IN ('auto', 'human')", name="name_source"),
        CheckConstraint("level IN ('group', 'reason', 'detail')", name="level"),
        CheckConstraint("source IN ('discovery', 'human', 'seed')", name="source"),
        ForeignKeyConstraint(["tenant", "parent_id"], ["reason.tenant", "reason.id"]),
        ForeignKeyConstraint(["tenant", "merged_into"], ["reason.tenant", "reason.id"]),
        Index(None, "tenant", "parent_id"),
    )


class ReasonEventRow(TenantBound, Base):
    """What one discovery, or one person (``actor``), did to one reason."""

    __tablename__ = "reason_event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    discovery_id: Mapped[uuid.UUID | None]
    reason_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    actor: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    others: Mapped[list[uuid.UUID]] = mapped_column(server_default="{}")
    similarity: Mapped[float | None]
    size_before: Mapped[int | None]
    size_after: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint(
            "kind IN ('created', 'matched', 'merged', 'split', 'retired', 'renamed', 'moved', 'pinned', 'unpinned',"
            " 'seeded', 'restored')",
            name="kind",
        ),
        ForeignKeyConstraint(["tenant", "discovery_id"], ["discovery.tenant", "discovery.id"]),
        ForeignKeyConstraint(["tenant", "reason_id"], ["reason.tenant", "reason.id"]),
        Index(None, "tenant", "reason_id"),
    )


class AssignmentRow(TenantBound, Base):
    """Which reason an interaction has; a new run adds a row and the one before stays, no longer current."""

    __tablename__ = "assignment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    interaction_id: Mapped[uuid.UUID]
    reason_id: Mapped[uuid.UUID | None]
    confidence: Mapped[float]
    nearest_id: Mapped[uuid.UUID | None]
    distance: Mapped[float | None]
    detail_id: Mapped[uuid.UUID | None]
    """The finer reason below ``reason_id``, where there is one."""
    source: Mapped[str] = mapped_column(server_default="assigner")
    evidence: Mapped[list[Any]] = mapped_column(server_default="[]")
    is_primary: Mapped[bool] = mapped_column(server_default=text("true"))
    is_current: Mapped[bool] = mapped_column(server_default=text("true"))
    discovery_id: Mapped[uuid.UUID | None]
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    assigned_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        of_interaction(),
        CheckConstraint("source IN ('discovery', 'assigner', 'human')", name="source"),
        ForeignKeyConstraint(["tenant", "reason_id"], ["reason.tenant", "reason.id"]),
        ForeignKeyConstraint(["tenant", "detail_id"], ["reason.tenant", "reason.id"]),
        ForeignKeyConstraint(["tenant", "nearest_id"], ["reason.tenant", "reason.id"]),
        ForeignKeyConstraint(["tenant", "discovery_id"], ["discovery.tenant", "discovery.id"]),
        Index(
            "assignment_current_key",
            "tenant",
            "interaction_id",
            unique=True,
            postgresql_where=text("is_current AND is_primary"),
        ),
        Index(None, "tenant", "reason_id", postgresql_where=text("is_current")),
        Index(None, "tenant", "interaction_id"),
    )


class CorrectionRow(TenantBound, Base):
    """A person's word on one contact's reason, or that it has none of them; the last one holds."""

    __tablename__ = "correction"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    interaction_id: Mapped[uuid.UUID]
    reason_id: Mapped[uuid.UUID | None]
    previous_id: Mapped[uuid.UUID | None]
    """What the contact had before."""
    actor: Mapped[str]
    is_current: Mapped[bool] = mapped_column(server_default=text("true"))
    at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    learned: Mapped[bool | None]
    """Whether the assigner follows it with other contacts; false where it would do worse, null until that is tried."""

    __table_args__ = (
        of_interaction(),
        ForeignKeyConstraint(["tenant", "reason_id"], ["reason.tenant", "reason.id"]),
        ForeignKeyConstraint(["tenant", "previous_id"], ["reason.tenant", "reason.id"]),
        Index("correction_current_key", "tenant", "interaction_id", unique=True, postgresql_where=text("is_current")),
        Index(None, "tenant", "reason_id", postgresql_where=text("is_current")),
    )
