"""What is handed to the registry of reasons and what it answers: values, no rows."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from data import codec
from data.tables import AssignmentRow, ReasonEventRow, ReasonRow
from data.types import Provenance, ReasonAssignment, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EventKind: TypeAlias = Literal["created", "matched", "merged", "split", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReason:
    """What the assigner and the next discovery need of an active reason."""

    id: str
    name: str
    centroid: NDArray[np.float32]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReason:
    """A reason as a discovery found it, under the permanent id that it has or gets.

    ``representatives`` are the most typical interactions, best first; ``name`` gives way to one that a person gave.
    """

    id: uuid.UUID
    name: str
    keywords: tuple[str, ...]
    centroid: NDArray[np.float32]
    size: int
    representatives: tuple[uuid.UUID, ...]
    parent_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChange:
    """What a discovery did to one reason.

    ``others`` are the reasons it was merged into or split from; sizes count contacts before and after. A reason that
    was ``retired``, or ``merged`` into another, is active no more.
    """

    kind: EventKind
    reason_id: uuid.UUID
    others: tuple[uuid.UUID, ...] = ()
    similarity: float | None = None
    """Cosine of the centroids, before and after."""
    size_before: int | None = None
    size_after: int | None = None
    at: dt.datetime | None = None
    """Filled in where it is read; None on the way in: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One run, whole. ``assignments`` holds each interaction that was looked at, those without a reason too."""

    embedder: str
    granularity: str
    reasons: tuple[FoundReason, ...]
    changes: tuple[ReasonChange, ...]
    assignments: tuple[tuple[uuid.UUID, ReasonAssignment], ...]
    provenance: Provenance
    started_at: dt.datetime | None = None


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
    parent_id: uuid.UUID | None
    name: str
    name_source: Literal["auto", "human"]
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


def record(row: ReasonRow, contacts: int, quotes: tuple[Quote, ...]) -> ReasonRecord:
    return ReasonRecord(
        id=row.id,
        parent_id=row.parent_id,
        name=row.name,
        name_source=row.name_source,  # type: ignore[arg-type]  # the table's check allows these two
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
        kind=row.kind,  # type: ignore[arg-type]  # the table's check allows these five
        reason_id=row.reason_id,
        others=tuple(row.others),
        similarity=row.similarity,
        size_before=row.size_before,
        size_after=row.size_after,
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
        assignment=value, discovery_id=row.discovery_id, assigned_at=row.assigned_at, is_current=row.is_current
    )
