"""Who has which reason from now on; what was before stays, no longer current."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from data import codec
from data.ids import new_id, parse_id
from data.registry_contacts import BATCH, lock
from data.tables import AssignmentRow, InteractionRow
from data.types import ReasonAssignment

ISSUE = '$[*] ? (@.kind == "issue").spans'
"""Where the statement stands that says what a contact is about: the first is the primary one."""


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
        """The primary reasons. ``by_people`` are the interactions whose reason a person gave, whoever stores it.

        Further reasons stay, but for one that is the primary one now. Without evidence of its own, an assignment rests
        on the statement that the contact's issue is.
        """
        by_itself = "discovery" if discovery_id else "assigner"
        for begin in range(0, len(values), BATCH):
            part = values[begin : begin + BATCH]
            ids = [interaction_id for interaction_id, _ in part]
            lock(self._session, self._tenant, ids)
            self._end(ids, AssignmentRow.is_primary.is_(True))
            stated = self._stated([interaction_id for interaction_id, value in part if not value.evidence])
            self._insert(
                {
                    **_assigned(interaction_id, value),
                    **({"evidence": stated[interaction_id]} if interaction_id in stated else {}),
                    "source": "human" if interaction_id in by_people else by_itself,
                    "detail_id": (details or {}).get(interaction_id),
                    "discovery_id": discovery_id,
                }
                for interaction_id, value in part
            )
            self._end_doubles(ids)

    def give_further(self, values: Sequence[tuple[uuid.UUID, Sequence[ReasonAssignment]]]) -> None:
        """The reasons beside the primary one, in place of those before; none twice, and none that is the primary."""
        for begin in range(0, len(values), BATCH):
            part = values[begin : begin + BATCH]
            ids = [interaction_id for interaction_id, _ in part]
            lock(self._session, self._tenant, ids)
            self._end(ids, ~AssignmentRow.is_primary)
            primary = self._primary(ids)
            self._insert(
                {**_assigned(interaction_id, value), "is_primary": False, "source": "assigner"}
                for interaction_id, given in part
                for value in _distinct(given, primary.get(interaction_id))
            )

    def _insert(self, rows: Iterator[dict[str, Any]]) -> None:
        complete = [{**row, "tenant": self._tenant} for row in rows]
        if complete:
            self._session.execute(insert(AssignmentRow).values(assigned_at=func.clock_timestamp()), complete)

    def _end(self, interactions: Sequence[uuid.UUID], which: ColumnElement[bool]) -> None:
        self._session.execute(
            update(AssignmentRow).where(*self._current(interactions), which).values(is_current=False),
            execution_options={"synchronize_session": False},
        )

    def _end_doubles(self, interactions: Sequence[uuid.UUID]) -> None:
        """A further reason that has become the primary one."""
        further = select(AssignmentRow.id, AssignmentRow.interaction_id, AssignmentRow.reason_id)
        rows = self._session.execute(further.where(*self._current(interactions), ~AssignmentRow.is_primary)).all()
        if rows:
            primary = self._primary([row.interaction_id for row in rows])
            doubles = [row.id for row in rows if row.reason_id == primary.get(row.interaction_id)]
            self._end([row.interaction_id for row in rows], AssignmentRow.id.in_(doubles))

    def _primary(self, interactions: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
        columns = select(AssignmentRow.interaction_id, AssignmentRow.reason_id)
        rows = self._session.execute(columns.where(*self._current(interactions), AssignmentRow.is_primary))
        return {row.interaction_id: row.reason_id for row in rows}

    def _stated(self, interactions: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
        spans = func.jsonb_path_query_first(InteractionRow.highlights, cast(ISSUE, JSONPATH)).label("spans")
        wanted = (InteractionRow.tenant == self._tenant, InteractionRow.id.in_(interactions))
        rows = self._session.execute(select(InteractionRow.id, spans).where(*wanted)) if interactions else ()
        return {row.id: row.spans for row in rows if row.spans}

    def _current(self, interactions: Sequence[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
        mine = (AssignmentRow.tenant == self._tenant, AssignmentRow.interaction_id.in_(interactions))
        return (*mine, AssignmentRow.is_current.is_(True))


def _distinct(given: Sequence[ReasonAssignment], primary: uuid.UUID | None) -> Iterator[ReasonAssignment]:
    """Those that say something the primary reason and the ones before do not."""
    seen = {str(primary), None}
    for value in given:
        if value.reason_id not in seen:
            seen.add(value.reason_id)
            yield value


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
