"""The registry of reasons: permanent ids, what each discovery did to them, and which interaction has which.

A new assignment never changes an old one: the old row stays, no longer current.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from data import codec
from data.errors import NotFound
from data.filters import UNASSIGNED, current_assignment, matching
from data.ids import new_id, parse_id
from data.keys import TenantKeys
from data.reason_records import (
    Discovery,
    FoundReason,
    KnownReason,
    Quote,
    ReasonChange,
    ReasonRecord,
    StoredAssignment,
    assignment,
    change,
    record,
)
from data.tables import AssignmentRow, DiscoveryRow, InteractionRow, ReasonEventRow, ReasonRow
from data.types import Filter, ReasonAssignment

BATCH = 1_000
ENDED = ("retired", "merged")


class ReasonStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def known(self, embedder: str) -> tuple[KnownReason, ...]:
        """The active reasons whose centroids are this embedder's, in the order of their ids."""
        import numpy as np

        wanted = (ReasonRow.tenant == self._tenant, ReasonRow.embedder == embedder, ReasonRow.state == "active")
        rows = self._session.scalars(select(ReasonRow).where(*wanted).order_by(ReasonRow.id))
        return tuple(
            KnownReason(
                id=str(row.id), name=row.name, centroid=np.asarray(row.centroid, dtype=np.float32), size=row.size
            )
            for row in rows
        )

    def list(
        self, wanted: Filter | None = None, *, quotes: int = 0, include_retired: bool = False
    ) -> tuple[ReasonRecord, ...]:
        """Reasons with how many of the wanted interactions have each, the most frequent first.

        Raises MasterKeyMissing (permanent) where the filter names a customer.
        """
        counted = self._counts(wanted or Filter())
        rows = self._session.scalars(select(ReasonRow).where(ReasonRow.tenant == self._tenant)).all()
        shown = [row for row in rows if include_retired or row.state == "active"]
        said = self._quotes([row.id for row in shown], quotes)
        records = [record(row, counted.get(row.id, 0), said.get(row.id, ())) for row in shown]
        return tuple(sorted(records, key=lambda reason: (-reason.contacts, reason.name, reason.id)))

    def get(self, reason_id: uuid.UUID | str, *, quotes: int = 5) -> ReasonRecord:
        """Retired ones too: ids are permanent. Raises NotFound (permanent)."""
        row = self._row(reason_id)
        contacts = self._counts(Filter(reason=str(row.id))).get(row.id, 0)
        return record(row, contacts, self._quotes([row.id], quotes).get(row.id, ()))

    def history(self, reason_id: uuid.UUID | str) -> tuple[ReasonChange, ...]:
        """What discoveries did to it, oldest first."""
        wanted = (ReasonEventRow.tenant == self._tenant, ReasonEventRow.reason_id == parse_id(reason_id))
        rows = self._session.scalars(select(ReasonEventRow).where(*wanted).order_by(ReasonEventRow.id))
        return tuple(map(change, rows))

    def rename(self, reason_id: uuid.UUID | str, name: str) -> None:
        """A person's name for it, which discoveries keep. Raises NotFound (permanent)."""
        row = self._row(reason_id)
        row.name, row.name_source = name, "human"
        self._session.flush()

    def unassigned(self) -> int:
        """How many analysed interactions have no reason."""
        statement = select(func.count()).select_from(InteractionRow)
        return self._session.scalar(statement.where(*self._matching(Filter(reason=UNASSIGNED)))) or 0

    def assign(self, interaction_id: uuid.UUID, value: ReasonAssignment) -> None:
        """The interaction's reason from now on."""
        self.assign_all([(interaction_id, value)])

    def assign_all(self, values: Sequence[tuple[uuid.UUID, ReasonAssignment]]) -> None:
        """The reasons of these interactions from now on."""
        self._assign(values, None)

    def assignment_of(self, interaction_id: uuid.UUID) -> StoredAssignment | None:
        """The current one; None until the assigner has seen the interaction."""
        return next((found for found in self.assignments_of(interaction_id) if found.is_current), None)

    def assignments_of(self, interaction_id: uuid.UUID) -> tuple[StoredAssignment, ...]:
        """All that it ever had, newest first."""
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.interaction_id == interaction_id)
        rows = self._session.scalars(select(AssignmentRow).where(*wanted).order_by(AssignmentRow.id.desc()))
        return tuple(map(assignment, rows))

    def record_discovery(self, run: Discovery) -> uuid.UUID:
        """Stores a run whole: its reasons, what it did to those before, and every assignment. Returns the run's id."""
        discovery_id = self._begin(run)
        for reason in run.reasons:
            self._session.execute(_found(self._tenant, discovery_id, run.embedder, reason))
        self._end({event.reason_id for event in run.changes if event.kind in ENDED})
        self._tell(discovery_id, run.changes)
        self._assign(run.assignments, discovery_id)
        self._session.expire_all()
        return discovery_id

    def _begin(self, run: Discovery) -> uuid.UUID:
        row = DiscoveryRow(
            tenant=self._tenant,
            id=new_id(),
            embedder=run.embedder,
            granularity=run.granularity,
            texts=len(run.assignments),
            unassigned=sum(value.reason_id is None for _, value in run.assignments),
            reasons=len(run.reasons),
            started_at=run.started_at or func.now(),
            finished_at=func.clock_timestamp(),
            provenance=codec.plain(run.provenance),
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def _end(self, reasons: Iterable[uuid.UUID]) -> None:
        wanted = (ReasonRow.tenant == self._tenant, ReasonRow.id.in_(list(reasons)))
        self._session.execute(update(ReasonRow).where(*wanted).values(state="retired", updated_at=func.now()))

    def _tell(self, discovery_id: uuid.UUID, changes: Sequence[ReasonChange]) -> None:
        rows = [
            {
                "tenant": self._tenant,
                "id": new_id(),
                "discovery_id": discovery_id,
                "reason_id": event.reason_id,
                "kind": event.kind,
                "others": list(event.others),
                "similarity": event.similarity,
                "size_before": event.size_before,
                "size_after": event.size_after,
            }
            for event in changes
        ]
        if rows:
            self._session.execute(insert(ReasonEventRow), rows)

    def _assign(self, values: Sequence[tuple[uuid.UUID, ReasonAssignment]], discovery_id: uuid.UUID | None) -> None:
        for begin in range(0, len(values), BATCH):
            part = values[begin : begin + BATCH]
            ids = [interaction_id for interaction_id, _ in part]
            self._lock(ids)
            before = (
                AssignmentRow.tenant == self._tenant,
                AssignmentRow.interaction_id.in_(ids),
                AssignmentRow.is_current,
            )
            self._session.execute(
                update(AssignmentRow).where(*before).values(is_current=False),
                execution_options={"synchronize_session": False},
            )
            rows = [_assigned(self._tenant, discovery_id, interaction_id, value) for interaction_id, value in part]
            self._session.execute(insert(AssignmentRow), rows)

    def _lock(self, interactions: Sequence[uuid.UUID]) -> None:
        """A discovery and the assigner may come to one interaction at once; the second waits and is the current one."""
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id.in_(interactions))
        statement = select(InteractionRow.id).where(*wanted).order_by(InteractionRow.id)
        self._session.execute(statement.with_for_update(key_share=True))

    def _counts(self, wanted: Filter) -> dict[uuid.UUID, int]:
        statement = (
            select(AssignmentRow.reason_id, func.count())
            .join(InteractionRow, current_assignment())
            .where(*self._matching(wanted), AssignmentRow.reason_id.is_not(None))
            .group_by(AssignmentRow.reason_id)
        )
        return {reason_id: contacts for reason_id, contacts in self._session.execute(statement) if reason_id}

    def _quotes(self, reasons: Sequence[uuid.UUID], limit: int) -> dict[uuid.UUID, tuple[Quote, ...]]:
        """Of each reason's representatives, those that are still its own."""
        if not reasons or limit == 0:
            return {}
        typical = (
            func.unnest(ReasonRow.representatives).table_valued("id", with_ordinality="place").render_derived("typical")
        )
        statement = (
            select(ReasonRow.id.label("reason"), InteractionRow.id, InteractionRow.issue, InteractionRow.started_at)
            .select_from(ReasonRow)
            .join(typical, true())
            .join(InteractionRow, and_(InteractionRow.tenant == ReasonRow.tenant, InteractionRow.id == typical.c.id))
            .join(AssignmentRow, and_(current_assignment(), AssignmentRow.reason_id == ReasonRow.id))
            .where(ReasonRow.tenant == self._tenant, ReasonRow.id.in_(reasons), InteractionRow.issue.is_not(None))
            .order_by(ReasonRow.id, typical.c.place)
        )
        quotes: dict[uuid.UUID, tuple[Quote, ...]] = {}
        for row in self._session.execute(statement):
            quote = Quote(interaction_id=row.id, text=row.issue or "", started_at=row.started_at)
            quotes[row.reason] = (*quotes.get(row.reason, ()), quote)[:limit]
        return quotes

    def _matching(self, wanted: Filter) -> tuple[ColumnElement[bool], ...]:
        return (InteractionRow.tenant == self._tenant, *matching(wanted, self._keys))

    def _row(self, reason_id: uuid.UUID | str) -> ReasonRow:
        row = self._session.get(ReasonRow, (self._tenant, parse_id(reason_id)))
        if row is None:
            raise NotFound(f"reason {reason_id}")
        return row


def _found(tenant: str, discovery_id: uuid.UUID, embedder: str, reason: FoundReason) -> Any:
    """A reason that comes back is active again; the name that a person gave it stays."""
    statement = upsert(ReasonRow).values(
        tenant=tenant,
        id=reason.id,
        parent_id=reason.parent_id,
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
    return statement.on_conflict_do_update(
        index_elements=[ReasonRow.tenant, ReasonRow.id],
        set_={
            **{name: fresh[name] for name in columns},
            "name": case((ReasonRow.name_source == "human", ReasonRow.name), else_=fresh.name),
            "state": "active",
            "updated_at": func.now(),
        },
    )


def _assigned(
    tenant: str, discovery_id: uuid.UUID | None, interaction_id: uuid.UUID, value: ReasonAssignment
) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "id": new_id(),
        "interaction_id": interaction_id,
        "reason_id": parse_id(value.reason_id) if value.reason_id else None,
        "confidence": value.confidence,
        "nearest_id": parse_id(value.nearest_id) if value.nearest_id else None,
        "distance": value.distance,
        "source": "discovery" if discovery_id else "assigner",
        "evidence": [codec.plain(span) for span in value.evidence],
        "discovery_id": discovery_id,
        "provenance": codec.plain(value.provenance) if value.provenance else {},
    }
