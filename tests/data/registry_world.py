"""A small registry for tests: contacts on a circle, reasons as its arcs."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text

from data.embeddings import NewEmbedding
from data.ids import new_id
from data.reason_records import Discovery, FoundReason, ReasonChange
from data.stores import Stores
from data.tables import AssignmentRow
from data.types import ReasonAssignment
from tests.data.conversations import MADE_BY, talk

EMBEDDER = "e"


def at(degrees: float) -> NDArray[np.float32]:
    return np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))], dtype=np.float32)


def contacts(stores: Stores, *angles: float) -> list[uuid.UUID]:
    ids = [talk(stores, "x", issue=f"issue at {angle}") for angle in angles]
    stores.embeddings.put_many(
        EMBEDDER,
        [
            NewEmbedding(interaction_id=one, vector=at(angle), text_hash="h")
            for one, angle in zip(ids, angles, strict=True)
        ],
    )
    return ids


def to(reason_id: uuid.UUID | str | None) -> ReasonAssignment:
    return ReasonAssignment(
        reason_id=str(reason_id) if reason_id else None,
        confidence=0.9,
        nearest_id=None,
        distance=0.1,
        provenance=MADE_BY,
    )


def found(name: str, members: list[uuid.UUID], direction: float = 0.0, **columns: object) -> FoundReason:
    return FoundReason(
        id=new_id(),
        name=name,
        keywords=("card",),
        centroid=at(direction),
        size=len(members),
        representatives=tuple(members[:3]),
        **columns,  # type: ignore[arg-type]
    )


def discovered(
    stores: Stores,
    groups: dict[FoundReason, Iterable[uuid.UUID]] | Iterable[tuple[FoundReason, Iterable[uuid.UUID]]],
    *changes: ReasonChange,
    details: dict[uuid.UUID, uuid.UUID] | None = None,
    others: Iterable[FoundReason] = (),
) -> uuid.UUID:
    """Groups first, then these reasons, then details."""
    pairs = list(groups.items() if isinstance(groups, dict) else groups)
    above = [one for one in others if one.level == "group"]
    below = [one for one in others if one.level == "detail"]
    run = Discovery(
        embedder=EMBEDDER,
        granularity="medium",
        reasons=(*above, *(reason for reason, _ in pairs), *below),
        changes=changes,
        assignments=tuple((one, to(reason.id)) for reason, members in pairs for one in members),
        provenance=MADE_BY,
        details=details or {},
    )
    return stores.reasons.record_discovery(run)


def reason_of(stores: Stores, *interactions: uuid.UUID) -> list[uuid.UUID | None]:
    return [_current(stores, one).reason_id for one in interactions]


def detail_of(stores: Stores, *interactions: uuid.UUID) -> list[uuid.UUID | None]:
    return [_current(stores, one).detail_id for one in interactions]


def _current(stores: Stores, interaction_id: uuid.UUID) -> AssignmentRow:
    wanted = (AssignmentRow.interaction_id == interaction_id, AssignmentRow.is_current, AssignmentRow.is_primary)
    return stores.session.scalars(select(AssignmentRow).where(*wanted)).one()


def faults(stores: Stores) -> list[str]:
    """What must never be so: two primaries, an ended reason that someone has, a detail that is not below its reason."""
    checks = {
        "two primaries": """SELECT interaction_id FROM assignment WHERE is_current AND is_primary
            GROUP BY interaction_id HAVING count(*) > 1""",
        "an ended reason": """SELECT a.id FROM assignment a JOIN reason r ON r.id = a.reason_id
            WHERE a.is_current AND r.state <> 'active'""",
        "a detail elsewhere": """SELECT a.id FROM assignment a JOIN reason r ON r.id = a.detail_id
            WHERE a.is_current AND (r.state <> 'active' OR r.parent_id IS DISTINCT FROM a.reason_id)""",
        "a child of an ended one": """SELECT c.id FROM reason c JOIN reason p ON p.id = c.parent_id
            WHERE c.state = 'active' AND p.state <> 'active'""",
        "a wrong level": """SELECT c.id FROM reason c JOIN reason p ON p.id = c.parent_id WHERE c.state = 'active'
            AND (c.level, p.level) NOT IN (('reason', 'group'), ('detail', 'reason'))""",
        "no event": "SELECT id FROM reason WHERE id NOT IN (SELECT reason_id FROM reason_event)",
    }
    asked = ", ".join(f'EXISTS ({check}) AS "{name}"' for name, check in checks.items())
    return [name for name, wrong in stores.session.execute(text(f"SELECT {asked}")).mappings().one().items() if wrong]
