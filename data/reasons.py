"""The registry of reasons: permanent ids, what each discovery did to them, and which interaction has which.

A new assignment never changes an old one: the old row stays, no longer current.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, any_, case, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from data.errors import NotFound
from data.filters import UNASSIGNED, current_assignment, matching
from data.ids import parse_id
from data.keys import TenantKeys
from data.lineage import assignment_as_of, heirs
from data.reason_records import (
    Discovery,
    KnownReason,
    Level,
    Quote,
    ReasonChange,
    ReasonRecord,
    StoredAssignment,
    assignment,
    change,
    record,
)
from data.registry_assignments import Assignments
from data.registry_rows import hold
from data.tables import AssignmentRow, InteractionRow, ReasonEventRow, ReasonRow
from data.types import Filter, ReasonAssignment

ONLY_REASONS: tuple[Level, ...] = ("reason",)


class ReasonStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def known(self, embedder: str) -> tuple[KnownReason, ...]:
        """The active reasons whose centroids are this embedder's, in the order of their ids."""
        import numpy as np

        wanted = (
            ReasonRow.tenant == self._tenant,
            ReasonRow.embedder == embedder,
            ReasonRow.state == "active",
            ReasonRow.level == "reason",
        )
        rows = self._session.scalars(select(ReasonRow).where(*wanted).order_by(ReasonRow.id))
        return tuple(
            KnownReason(
                id=str(row.id), name=row.name, centroid=np.asarray(row.centroid, dtype=np.float32), size=row.size
            )
            for row in rows
        )

    def list(
        self,
        wanted: Filter | None = None,
        *,
        quotes: int = 0,
        include_retired: bool = False,
        levels: Collection[Level] = ONLY_REASONS,
    ) -> tuple[ReasonRecord, ...]:
        """Reasons with how many of the wanted interactions have each, the most frequent first.

        Raises MasterKeyMissing (permanent) where the filter names a customer.
        """
        of_level = (ReasonRow.tenant == self._tenant, ReasonRow.level.in_(levels))
        rows = self._session.scalars(select(ReasonRow).where(*of_level)).all()
        counted = self._counts(wanted or Filter(), {row.level for row in rows})
        shown = [row for row in rows if include_retired or row.state == "active"]
        said = self._quotes([row.id for row in shown], quotes)
        records = [record(row, counted.get(row.id, 0), said.get(row.id, ())) for row in shown]
        return tuple(sorted(records, key=lambda reason: (-reason.contacts, reason.name, reason.id)))

    def get(self, reason_id: uuid.UUID | str, *, quotes: int = 5) -> ReasonRecord:
        """Retired ones too: ids are permanent. Raises NotFound (permanent)."""
        row = self._row(reason_id)
        contacts = self._counts(Filter(reason=str(row.id)), {row.level}).get(row.id, 0)
        return record(row, contacts, self._quotes([row.id], quotes).get(row.id, ()))

    def history(self, reason_id: uuid.UUID | str) -> tuple[ReasonChange, ...]:
        """What discoveries and people did to it, and what they did with it to others, oldest first."""
        its = parse_id(reason_id)
        told = or_(ReasonEventRow.reason_id == its, literal(its) == any_(ReasonEventRow.others))
        wanted = (ReasonEventRow.tenant == self._tenant, told)
        order = (ReasonEventRow.at, ReasonEventRow.reason_id != its, ReasonEventRow.id)
        return tuple(map(change, self._session.scalars(select(ReasonEventRow).where(*wanted).order_by(*order))))

    def unassigned(self, wanted: Filter | None = None) -> int:
        """How many analysed interactions, of those wanted, have no reason."""
        statement = select(func.count()).select_from(InteractionRow)
        without = replace(wanted or Filter(), reason=UNASSIGNED)
        return self._session.scalar(statement.where(*self._matching(without))) or 0

    def assign(self, interaction_id: uuid.UUID, value: ReasonAssignment) -> None:
        """The interaction's reason from now on."""
        self.assign_all([(interaction_id, value)])

    def assign_all(self, values: Sequence[tuple[uuid.UUID, ReasonAssignment]]) -> None:
        """The reasons of these interactions from now on; a reason that has ended meanwhile gives way to its heir."""
        ended = self._held([value for _, value in values])
        told = [(interaction_id, _living(value, ended)) for interaction_id, value in values]
        Assignments(self._session, self._tenant).give(told)

    def assign_further(self, values: Sequence[tuple[uuid.UUID, Sequence[ReasonAssignment]]]) -> None:
        """The reasons that these interactions have beside their primary one, from now on."""
        ended = self._held([value for _, given in values for value in given])
        told = [(interaction_id, [_living(value, ended) for value in given]) for interaction_id, given in values]
        Assignments(self._session, self._tenant).give_further(told)

    def assignment_of(self, interaction_id: uuid.UUID) -> StoredAssignment | None:
        """The current primary one; None until the assigner has seen the interaction."""
        current = (found for found in self.assignments_of(interaction_id) if found.is_current and found.is_primary)
        return next(current, None)

    def assignments_of(self, interaction_id: uuid.UUID) -> tuple[StoredAssignment, ...]:
        """All that it ever had, newest first."""
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.interaction_id == interaction_id)
        rows = self._session.scalars(select(AssignmentRow).where(*wanted).order_by(AssignmentRow.id.desc()))
        return tuple(map(assignment, rows))

    def record_discovery(self, run: Discovery) -> uuid.UUID:
        """Stores a run whole: its reasons, what it did to those before, and every assignment. Returns the run's id.

        What was settled under ``registry.hold`` is stored in that same transaction, so that no person's change is lost.
        """
        from data.registry_discovery import DiscoveryRecorder

        return DiscoveryRecorder(self._session, self._tenant).record(run)

    def _held(self, values: Sequence[ReasonAssignment]) -> dict[str, uuid.UUID | None]:
        """The heirs of those reasons that have ended; until the transaction ends, no other one does."""
        hold(self._session, self._tenant, shared=True)
        return self._ended({value.reason_id for value in values if value.reason_id})

    def _ended(self, reasons: Collection[str]) -> dict[str, uuid.UUID | None]:
        wanted = (
            ReasonRow.tenant == self._tenant,
            ReasonRow.id.in_(map(parse_id, reasons)),
            ReasonRow.state != "active",
        )
        if not self._session.scalar(select(ReasonRow.id).where(*wanted).limit(1)):
            return {}
        return {str(old): new for old, new in heirs(self._session, self._tenant).items() if old != new}

    def _counts(self, wanted: Filter, levels: Collection[str]) -> dict[uuid.UUID, int]:
        """Of each reason; a group's are those of the reasons in it."""
        row = AssignmentRow if wanted.as_of is None else assignment_as_of(self._tenant, wanted.as_of)
        at = {"group": ReasonRow.parent_id, "reason": row.reason_id, "detail": row.detail_id}
        its = and_(row.tenant == InteractionRow.tenant, row.interaction_id == InteractionRow.id)
        meant = its if wanted.as_of else and_(its, row.is_current, row.is_primary)
        counted: dict[uuid.UUID, int] = {}
        for level in levels:
            statement = select(at[level], func.count()).join_from(row, InteractionRow, meant)
            if level == "group":
                statement = statement.join(
                    ReasonRow, and_(ReasonRow.tenant == row.tenant, ReasonRow.id == row.reason_id)
                )
            conditions = (*self._matching(wanted), at[level].is_not(None))
            found = self._session.execute(statement.where(*conditions).group_by(at[level]))
            counted |= {reason_id: contacts for reason_id, contacts in found if reason_id}
        return counted

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
            .join(AssignmentRow, and_(current_assignment(), _has()))
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


def _has() -> ColumnElement[bool]:
    """That the interaction has the reason: a group where it has one in it."""
    inside = aliased(ReasonRow)
    in_group = (inside.tenant == AssignmentRow.tenant, inside.id == AssignmentRow.reason_id)
    return case(
        (ReasonRow.level == "detail", AssignmentRow.detail_id == ReasonRow.id),
        (ReasonRow.level == "group", exists().where(*in_group, inside.parent_id == ReasonRow.id)),
        else_=AssignmentRow.reason_id == ReasonRow.id,
    )


def _living(value: ReasonAssignment, ended: Mapping[str, uuid.UUID | None]) -> ReasonAssignment:
    if value.reason_id is None or value.reason_id not in ended:
        return value
    heir = ended[value.reason_id]
    return replace(value, reason_id=str(heir) if heir else None)
