"""What became of a reason, and who had which when: reports can be restated, or read as they were.

*Restated* is today's assignment, as everything reads it. *As reported* is the assignment that was current at a time;
nothing is overwritten, so that it can be asked for any time.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from data.errors import NotFound
from data.ids import parse_id
from data.tables import AssignmentRow, ReasonRow


def resolve(session: Session, tenant: str, reason_id: uuid.UUID | str) -> uuid.UUID | None:
    """The reason that holds its contacts today: itself while it lives, else the end of the chain of merges.

    None where that was retired: its contacts went to no one reason. Raises NotFound (permanent).
    """
    wanted = parse_id(reason_id)
    known = heirs(session, tenant)
    if wanted not in known:
        raise NotFound(f"reason {reason_id}")
    return known[wanted]


def heirs(session: Session, tenant: str) -> dict[uuid.UUID, uuid.UUID | None]:
    """What ``resolve`` answers for every reason."""
    columns = (ReasonRow.id, ReasonRow.state, ReasonRow.merged_into)
    rows = {row.id: row for row in session.execute(select(*columns).where(ReasonRow.tenant == tenant))}
    answers: dict[uuid.UUID, uuid.UUID | None] = {}
    for reason_id in rows:
        end = reason_id
        while rows[end].state != "active" and rows[end].merged_into is not None:
            end = rows[end].merged_into
        answers[reason_id] = end if rows[end].state == "active" else None
    return answers


def assignment_as_of(tenant: str, at: dt.datetime | ColumnElement[dt.datetime]) -> type[AssignmentRow]:
    """The assignments that were current at a time, one an interaction; join it as AssignmentRow is joined."""
    wanted = (AssignmentRow.tenant == tenant, AssignmentRow.is_primary, AssignmentRow.assigned_at <= at)
    latest = (AssignmentRow.assigned_at.desc(), AssignmentRow.is_current.desc(), AssignmentRow.id.desc())
    rows = (
        select(AssignmentRow)
        .ext(distinct_on(AssignmentRow.interaction_id))
        .where(*wanted)
        .order_by(AssignmentRow.interaction_id, *latest)
    )
    return aliased(AssignmentRow, rows.subquery("as_of"), name="as_of")
