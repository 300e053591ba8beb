"""What drift is told by: the contacts of the last discovery, and those that came since."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from data.tables import AssignmentRow, DiscoveryRow, InteractionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """``distances`` are 1 − cosine to the nearest reason, of those contacts that have one."""

    contacts: int
    unassigned: int
    distances: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """``discovered_at`` is None where there was no discovery; then both samples are empty."""

    discovered_at: dt.datetime | None
    since: dt.datetime | None
    """From when on contacts count as new."""
    before: Sample
    now: Sample


NOBODY = Sample(contacts=0, unassigned=0, distances=())


class DriftStore:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def samples(self, days: int) -> Samples:
        """All that the last discovery looked at, and what the assigner gave to contacts of the last ``days``.

        The days end with the newest contact. What people corrected stays as it was first given.
        """
        last = self._session.scalars(
            select(DiscoveryRow)
            .where(DiscoveryRow.tenant == self._tenant)
            .order_by(DiscoveryRow.started_at.desc(), DiscoveryRow.id.desc())
            .limit(1)
        ).one_or_none()
        newest = self._session.scalar(
            select(func.max(InteractionRow.started_at)).where(
                InteractionRow.tenant == self._tenant, InteractionRow.is_current
            )
        )
        if last is None or newest is None:
            return Samples(discovered_at=None, since=None, before=NOBODY, now=NOBODY)
        since = newest - dt.timedelta(days=days)
        return Samples(
            discovered_at=last.finished_at or last.started_at,
            since=since,
            before=self._sample(AssignmentRow.discovery_id == last.id),
            now=self._sample(
                AssignmentRow.source == "assigner",
                AssignmentRow.assigned_at >= last.started_at,
                InteractionRow.started_at >= since,
                ~AssignmentRow.interaction_id.in_(self._looked_at(last.id)),
            ),
        )

    def _looked_at(self, discovery_id: uuid.UUID) -> Select[uuid.UUID]:
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.discovery_id == discovery_id)
        return select(AssignmentRow.interaction_id).where(*wanted)

    def _sample(self, *which: ColumnElement[bool]) -> Sample:
        """Each contact once, as it was given last."""
        same = (InteractionRow.tenant == AssignmentRow.tenant) & (InteractionRow.id == AssignmentRow.interaction_id)
        rows = self._session.execute(
            select(AssignmentRow.interaction_id, AssignmentRow.reason_id, AssignmentRow.distance)
            .join(InteractionRow, same)
            .where(
                AssignmentRow.tenant == self._tenant,
                AssignmentRow.is_primary,
                AssignmentRow.source != "human",
                InteractionRow.is_current,
                *which,
            )
            .order_by(AssignmentRow.id)
        )
        latest = {row.interaction_id: (row.reason_id, row.distance) for row in rows}
        return Sample(
            contacts=len(latest),
            unassigned=sum(reason is None for reason, _ in latest.values()),
            distances=tuple(distance for _, distance in latest.values() if distance is not None),
        )
