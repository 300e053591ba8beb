"""Reasons that an interaction has beside its primary one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data.records import AssignedReason, assigned
from data.tables import AssignmentRow, ReasonRow


def further_reasons(
    session: Session, tenant: str, interactions: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[AssignedReason]]:
    """By interaction, in the order in which they were found in it; those that have none are not in it."""
    given, named = AssignmentRow, ReasonRow
    wanted = (
        given.tenant == tenant,
        given.interaction_id.in_(interactions),
        given.is_current,
        ~given.is_primary,
    )
    statement = select(given, named).join(named, and_(named.tenant == given.tenant, named.id == given.reason_id))
    found: dict[uuid.UUID, list[AssignedReason]] = {}
    for row, reason in session.execute(statement.where(*wanted).order_by(given.id)) if interactions else ():
        found.setdefault(row.interaction_id, []).append(assigned(row, reason))
    return found
