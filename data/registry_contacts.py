"""Contacts follow what happens to their reasons: each gets a new assignment, the old one stays as history."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update
from sqlalchemy.orm import Session

from data import codec
from data.ids import new_id
from data.tables import AssignmentRow, EmbeddingRow, InteractionRow, ReasonRow
from data.types import Provenance

BATCH = 1_000
SEED_COUNTS_AS = 10
"""Contacts from which a seeded reason's direction is theirs and no longer that of its examples."""
COPIED = (
    "interaction_id",
    "reason_id",
    "confidence",
    "nearest_id",
    "distance",
    "detail_id",
    "source",
    "evidence",
    "is_primary",
    "discovery_id",
)
Change: TypeAlias = Callable[[Row[Any]], Mapping[str, Any]]
"""The columns of an assignment that become others."""


def lock(session: Session, tenant: str, interactions: Sequence[uuid.UUID]) -> None:
    """Two may come to one interaction at once; the second waits, and is the current one."""
    wanted = (InteractionRow.tenant == tenant, InteractionRow.id.in_(interactions))
    statement = select(InteractionRow.id).where(*wanted).order_by(InteractionRow.id)
    session.execute(statement.with_for_update(key_share=True))


class Contacts:
    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def move(self, which: ColumnElement[bool], change: Change, edit: str) -> int:
        """Changes the current assignments that ``which`` is true of; returns how many contacts that were.

        A contact does not have the same reason twice, nor no reason beside another.
        """
        made_by = codec.plain(Provenance(component=f"registry.{edit}", version="1"))
        ids = self._who(which)
        for begin in range(0, len(ids), BATCH):
            part = ids[begin : begin + BATCH]
            lock(self._session, self._tenant, part)
            ended, fresh = _changed(self._current(part, which), change)
            self._end(ended)
            if fresh:
                rows = [{**row, "tenant": self._tenant, "id": new_id(), "provenance": made_by} for row in fresh]
                self._session.execute(insert(AssignmentRow).values(assigned_at=func.clock_timestamp()), rows)
        return len(ids)

    def having(self, which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
        """The contacts for which ``which`` is true of the reason that counts."""
        return self._who(and_(which, AssignmentRow.is_primary))

    def count(self, reason: ReasonRow) -> int:
        """How many have it now; of a group, how many have a reason in it."""
        statement = select(func.count()).select_from(AssignmentRow).where(*self._members(reason))
        return self._session.scalar(statement) or 0

    def measure(self, reasons: Iterable[ReasonRow]) -> None:
        """Size and centroid anew from who has it now; the centroid stays where hardly anyone does."""
        for row in reasons:
            centroid, vectors = self._mean(row)
            row.size = self.count(row)
            if vectors >= (SEED_COUNTS_AS if row.source == "seed" else 1):
                row.centroid = centroid
            row.updated_at = func.now()
        self._session.flush()

    def _mean(self, reason: ReasonRow) -> tuple[Any, int]:
        its = and_(
            EmbeddingRow.tenant == AssignmentRow.tenant,
            EmbeddingRow.interaction_id == AssignmentRow.interaction_id,
            EmbeddingRow.embedder == reason.embedder,
        )
        mean = func.avg(EmbeddingRow.vector, type_=VECTOR())
        statement = select(mean, func.count(EmbeddingRow.vector)).join_from(AssignmentRow, EmbeddingRow, its)
        found = self._session.execute(statement.where(*self._members(reason))).one()
        return found[0], found[1]

    def _members(self, reason: ReasonRow) -> list[ColumnElement[bool]]:
        have: ColumnElement[bool]
        match reason.level:
            case "detail":
                have = AssignmentRow.detail_id == reason.id
            case "group":
                inside = (ReasonRow.tenant == self._tenant, ReasonRow.parent_id == reason.id)
                have = AssignmentRow.reason_id.in_(select(ReasonRow.id).where(*inside))
            case _:
                have = AssignmentRow.reason_id == reason.id
        counts = and_(AssignmentRow.is_current, AssignmentRow.is_primary)
        return [AssignmentRow.tenant == self._tenant, counts, have]

    def _who(self, which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.is_current, which)
        statement = select(AssignmentRow.interaction_id).where(*wanted).distinct()
        return self._session.scalars(statement.order_by(AssignmentRow.interaction_id)).all()

    def _current(self, interactions: Sequence[uuid.UUID], which: ColumnElement[bool]) -> Sequence[Row[Any]]:
        columns = [getattr(AssignmentRow, name) for name in COPIED]
        wanted = (
            AssignmentRow.tenant == self._tenant,
            AssignmentRow.is_current,
            AssignmentRow.interaction_id.in_(interactions),
        )
        statement = select(AssignmentRow.id, which.label("touched"), *columns).where(*wanted)
        order = (AssignmentRow.interaction_id, AssignmentRow.is_primary.desc(), AssignmentRow.id)
        return self._session.execute(statement.order_by(*order)).all()

    def _end(self, assignments: Sequence[uuid.UUID]) -> None:
        wanted = (AssignmentRow.tenant == self._tenant, AssignmentRow.id.in_(assignments))
        self._session.execute(
            update(AssignmentRow).where(*wanted).values(is_current=False),
            execution_options={"synchronize_session": False},
        )


def _changed(rows: Sequence[Row[Any]], change: Change) -> tuple[list[uuid.UUID], list[dict[str, Any]]]:
    """Which assignments end, and what comes in their place."""
    ended, fresh = [], []
    for _, given in groupby(rows, key=lambda row: row.interaction_id):
        seen: set[uuid.UUID | None] = set()
        for row in given:
            before = {name: getattr(row, name) for name in COPIED}
            after = {**before, **change(row)} if row.touched else before
            spare = not row.is_primary and after["reason_id"] in {None, *seen}
            seen.add(after["reason_id"])
            if spare or after != before:
                ended.append(row.id)
            if not spare and after != before:
                fresh.append(after)
    return ended, fresh
