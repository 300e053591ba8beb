"""What is handed to the registry of reasons and what it answers: values, no rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from data import codec
from data.tables import AssignmentRow, ReasonEventRow, ReasonRow
from data.types import Provenance, ReasonAssignment, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EventKind: TypeAlias = Literal[
    "created",
    "matched",
    "merged",
    "split",
    "retired",
    "renamed",
    "moved",
    "pinned",
    "unpinned",
    "seeded",
    "restored",
]
Level: TypeAlias = Literal["group", "reason", "detail"]
"""From coarse to fine: contacts are assigned at ``reason``; a group has reasons below it, a reason has details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReason:
    """What the assigner and the next discovery need of an active reason."""

    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredReason:
    """What a discovery must heed of a reason that the registry holds: what people did to it outlives discoveries."""

    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int
    keywords: tuple[str, ...]
    level: Level
    active: bool
    parent_id: str | None
    merged_into: str | None
    """Where its contacts are today, where it was merged away; the end of the chain."""
    kept: bool
    """A person named, pinned, seeded, moved or merged into it: no discovery retires it or merges it away."""
    whole: bool
    """A person pinned it, or merged others into it: no discovery splits it."""
    joined: bool
    """A person merged it into another: what is like it belongs there."""
    barred: bool
    """A person retired it: what is like it is no reason."""
    placed: bool
    """A person said to which group it belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReason:
    """A reason as a discovery found it, under the permanent id that it has or gets.

    ``representatives`` are the most typical interactions, best first; ``name`` gives way to one that a person gave,
    ``parent_id`` to where a person moved it.
    """

    id: uuid.UUID
    name: str
    keywords: tuple[str, ...]
    centroid: NDArray[np.float32]
    size: int
    representatives: tuple[uuid.UUID, ...]
    parent_id: uuid.UUID | None = None
    level: Level = "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChange:
    """What a discovery, or a person, did to one reason.

    ``others`` are the reasons it was merged into (the one with most of its contacts first), split or restored from,
    or the one it was moved below; sizes count contacts before and after. A reason that was ``retired``, or
    ``merged`` into another, is active no more.
    """

    kind: EventKind
    reason_id: uuid.UUID
    others: tuple[uuid.UUID, ...] = ()
    similarity: float | None = None
    """Cosine of the centroids, before and after."""
    size_before: int | None = None
    size_after: int | None = None
    actor: str | None = None
    """Who did it; None for a discovery."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Of a person's change: ``from`` and ``to``."""
    at: dt.datetime | None = None
    """Filled in where it is read; None on the way in: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One run, whole. ``assignments`` holds each interaction that was looked at, those without a reason too.

    ``reasons`` are of all levels, each after its parent. ``details`` has the finer reason of interactions that have
    one; ``by_people`` those whose reason a person gave.
    """

    embedder: str
    granularity: str
    reasons: tuple[FoundReason, ...]
    changes: tuple[ReasonChange, ...]
    assignments: tuple[tuple[uuid.UUID, ReasonAssignment], ...]
    provenance: Provenance
    started_at: dt.datetime | None = None
    details: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    by_people: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the reasons that a reason is split into: its name, and the contacts that show what is meant."""

    name: str
    examples: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A reason that a person knows before any contact has it. ``centroid`` is the mean vector of its examples."""

    name: str
    centroid: NDArray[np.float32]
    keywords: tuple[str, ...] = ()
    description: str | None = None
    group: str | None = None
    """The name of the group it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a typical customer said the contact is about."""

    interaction_id: uuid.UUID
    text: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRecord:
    """A reason; ``contacts`` counts current interactions that have it, among those asked for."""

    id: uuid.UUID
    level: Level
    parent_id: uuid.UUID | None
    """The group of a reason, the reason of a detail."""
    name: str
    name_source: Literal["auto", "human"]
    description: str | None
    source: Literal["discovery", "human", "seed"]
    pinned: bool
    merged_into: uuid.UUID | None
    """The next one in its lineage, where it was merged away."""
    keywords: tuple[str, ...]
    embedder: str
    size: int
    """When it was last discovered."""
    state: Literal["active", "retired"]
    created_at: dt.datetime
    updated_at: dt.datetime
    contacts: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAssignment:
    assignment: ReasonAssignment
    discovery_id: uuid.UUID | None
    """None where the assigner gave it to a new contact between discoveries."""
    assigned_at: dt.datetime
    is_current: bool
    is_primary: bool = True
    """False for a reason that the contact has beside its first."""
    detail_id: uuid.UUID | None = None
    source: Literal["discovery", "assigner", "human"] = "assigner"


def record(row: ReasonRow, contacts: int, quotes: tuple[Quote, ...]) -> ReasonRecord:
    return ReasonRecord(
        id=row.id,
        level=row.level,  # type: ignore[arg-type]  # the table's check allows these three
        parent_id=row.parent_id,
        name=row.name,
        name_source=row.name_source,  # type: ignore[arg-type]  # the table's check allows these two
        description=row.description,
        source=row.source,  # type: ignore[arg-type]  # the table's check allows these three
        pinned=row.pinned,
        merged_into=row.merged_into,
        keywords=tuple(row.keywords),
        embedder=row.embedder,
        size=row.size,
        state=row.state,  # type: ignore[arg-type]  # the table's check allows these two
        created_at=row.created_at,
        updated_at=row.updated_at,
        contacts=contacts,
        quotes=quotes,
    )


def change(row: ReasonEventRow) -> ReasonChange:
    return ReasonChange(
        kind=row.kind,  # type: ignore[arg-type]  # the table's check allows these only
        reason_id=row.reason_id,
        others=tuple(row.others),
        similarity=row.similarity,
        size_before=row.size_before,
        size_after=row.size_after,
        actor=row.actor,
        detail=row.detail,
        at=row.at,
    )


def assignment(row: AssignmentRow) -> StoredAssignment:
    value = ReasonAssignment(
        reason_id=str(row.reason_id) if row.reason_id else None,
        confidence=row.confidence,
        nearest_id=str(row.nearest_id) if row.nearest_id else None,
        distance=row.distance,
        evidence=tuple(Span(**span) for span in row.evidence),
        provenance=codec.provenance(row.provenance) if row.provenance else None,
    )
    return StoredAssignment(
        assignment=value,
        discovery_id=row.discovery_id,
        assigned_at=row.assigned_at,
        is_current=row.is_current,
        is_primary=row.is_primary,
        detail_id=row.detail_id,
        source=row.source,  # type: ignore[arg-type]  # the table's check allows these three
    )
