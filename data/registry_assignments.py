"""Who has which reason from now on; what was before stays, no longer current."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from data import codec
from data.ids import new_id, parse_id
from data.registry_contacts import BATCH, lock
from data.tables import AssignmentRow
from data.types import ReasonAssignment


class Assignments:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def give(
        self,
        values: Sequence[tuple[uuid.UUID, ReasonAssignment]],
        *,
        discovery_id: uuid.UUID | None = None,
        details: Mapping[uuid.UUID, uuid.UUID] | None = None,
        by_people: Collection[uuid.UUID] = (),
    ) -> None:
        """``by_people`` are the interactions whose reason a person gave, whoever stores it."""
        for begin in range(0, len(values), BATCH):
            part = values[begin : begin + BATCH]
            ids = [interaction_id for interaction_id, _ in part]
            lock(self._session, self._tenant, ids)
            before = (
                AssignmentRow.tenant == self._tenant,
                AssignmentRow.interaction_id.in_(ids),
                AssignmentRow.is_current,
            )
            self._session.execute(
                update(AssignmentRow).where(*before).values(is_current=False),
                execution_options={"synchronize_session": False},
            )
            by_itself = "discovery" if discovery_id else "assigner"
            rows = [
                {
                    **_assigned(interaction_id, value),
                    "tenant": self._tenant,
                    "source": "human" if interaction_id in by_people else by_itself,
                    "detail_id": (details or {}).get(interaction_id),
                    "discovery_id": discovery_id,
                }
                for interaction_id, value in part
            ]
            self._session.execute(insert(AssignmentRow).values(assigned_at=func.clock_timestamp()), rows)


def _assigned(interaction_id: uuid.UUID, value: ReasonAssignment) -> dict[str, Any]:
    return {
        "id": new_id(),
        "interaction_id": interaction_id,
        "reason_id": parse_id(value.reason_id) if value.reason_id else None,
        "confidence": value.confidence,
        "nearest_id": parse_id(value.nearest_id) if value.nearest_id else None,
        "distance": value.distance,
        "evidence": [codec.plain(span) for span in value.evidence],
        "provenance": codec.plain(value.provenance) if value.provenance else {},
    }
