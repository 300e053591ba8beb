"""Reasons that an interaction has beside its primary one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from functools import cache

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from data.records import AssignedReason, assigned
from data.tables import AssignmentRow, ReasonRow


def further_reasons(
    session: Session, tenant: str, interactions: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[AssignedReason]]:
    """By interaction, in the order in which they were found in it; those that have none are not in it."""
    row = AssignmentRow
    wanted = (row.tenant == tenant, row.interaction_id.in_(interactions))
    found: dict[uuid.UUID, list[AssignedReason]] = {}
    for given, reason in session.execute(_further().where(*wanted)) if interactions else ():
        found.setdefault(given.interaction_id, []).append(assigned(given, reason))
    return found


@cache
def _further() -> Select[AssignmentRow, ReasonRow]:
    """Put together once: every page of contacts asks for it."""
    given, named = AssignmentRow, ReasonRow
    joined = and_(named.tenant == given.tenant, named.id == given.reason_id)
    current = (given.is_current, ~given.is_primary)
    return select(given, named).join(named, joined).where(*current).order_by(given.id)
