"""How the outcome of a discovery is stored."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from data import codec
from data.ids import new_id
from data.lineage import heirs
from data.reason_records import Discovery, FoundReason
from data.registry_assignments import Assignments
from data.registry_contacts import Contacts
from data.registry_rows import RegistryRows, hold
from data.tables import AssignmentRow, DiscoveryRow, ReasonRow

ENDED = ("retired", "merged")


class DiscoveryRecorder:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def record(self, run: Discovery) -> uuid.UUID:
        """Stores a run whole; contacts that came while it ran follow what became of their reasons."""
        at = hold(self._session, self._tenant)
        discovery_id = self._begin(run)
        for reason in run.reasons:
            self._session.execute(_found(self._tenant, discovery_id, run.embedder, reason))
        self._end(run)
        RegistryRows(self._session, self._tenant).tell(run.changes, discovery_id=discovery_id, at=at)
        assignments = Assignments(self._session, self._tenant)
        assignments.give(run.assignments, discovery_id=discovery_id, details=run.details, by_people=run.by_people)
        self._session.expire_all()
        self._carry_along({change.reason_id for change in run.changes if change.kind in ENDED})
        return discovery_id

    def _begin(self, run: Discovery) -> uuid.UUID:
        row = DiscoveryRow(
            tenant=self._tenant,
            id=new_id(),
            embedder=run.embedder,
            granularity=run.granularity,
            texts=len(run.assignments),
            unassigned=sum(value.reason_id is None for _, value in run.assignments),
            reasons=sum(reason.level == "reason" for reason in run.reasons),
            started_at=run.started_at or func.now(),
            finished_at=func.clock_timestamp(),
            provenance=codec.plain(run.provenance),
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def _end(self, run: Discovery) -> None:
        for change in run.changes:
            if change.kind not in ENDED:
                continue
            wanted = (ReasonRow.tenant == self._tenant, ReasonRow.id == change.reason_id)
            into = change.others[0] if change.kind == "merged" and change.others else None
            ended = update(ReasonRow).where(*wanted)
            self._session.execute(ended.values(state="retired", merged_into=into, updated_at=func.now()))

    def _carry_along(self, ended: Collection[uuid.UUID]) -> None:
        contacts, ends = Contacts(self._session, self._tenant), heirs(self._session, self._tenant)
        if ended:
            contacts.move(
                AssignmentRow.reason_id.in_(ended),
                lambda given: {"reason_id": ends[given.reason_id], "detail_id": None},
                "follow",
            )
        contacts.move(_elsewhere(), lambda _: {"detail_id": None}, "follow")


def _elsewhere() -> ColumnElement[bool]:
    """That an assignment's detail is not below its reason any more."""
    below = exists().where(
        ReasonRow.tenant == AssignmentRow.tenant,
        ReasonRow.id == AssignmentRow.detail_id,
        ReasonRow.parent_id == AssignmentRow.reason_id,
        ReasonRow.state == "active",
    )
    return and_(AssignmentRow.detail_id.is_not(None), ~below)


def _found(tenant: str, discovery_id: uuid.UUID, embedder: str, reason: FoundReason) -> Any:
    """A reason that comes back is active again; the name that a person gave it, or pinned, stays."""
    statement = upsert(ReasonRow).values(
        tenant=tenant,
        id=reason.id,
        parent_id=reason.parent_id,
        level=reason.level,
        name=reason.name,
        keywords=list(reason.keywords),
        embedder=embedder,
        centroid=reason.centroid,
        size=reason.size,
        representatives=list(reason.representatives),
        discovery_id=discovery_id,
    )
    fresh = statement.excluded
    columns = ("parent_id", "keywords", "embedder", "centroid", "size", "representatives", "discovery_id")
    named = or_(ReasonRow.name_source == "human", ReasonRow.pinned)
    return statement.on_conflict_do_update(
        index_elements=[ReasonRow.tenant, ReasonRow.id],
        set_={
            **{name: fresh[name] for name in columns},
            "name": case((named, ReasonRow.name), else_=fresh.name),
            "state": "active",
            "merged_into": None,
            "updated_at": func.now(),
        },
    )
