"""What had ended lives again, with what it had when it ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from data import lineage
from data.errors import Conflict
from data.registry_contacts import Change, Contacts
from data.registry_rows import RegistryRows
from data.tables import AssignmentRow, CorrectionRow, ReasonEventRow, ReasonRow


def restore(rows: RegistryRows, contacts: Contacts, row: ReasonRow) -> uuid.UUID | None:
    """Makes it active again; returns the reason that had its contacts meanwhile, or None.

    Back come the contacts that it had when it ended and that its heir still has; and what was below it. Raises
    Conflict (permanent).
    """
    holder = lineage.resolve(rows.session, rows.tenant, row.id)
    row.parent_id = _parent(rows, row)
    row.state, row.merged_into = "active", None
    ending = _ending(rows, row)
    children = _children(rows, row, ending, holder)
    for child in children:
        child.parent_id = row.id
    rows.session.flush()
    if row.level != "group" and ending is not None:
        contacts.move(_returning(rows, row, ending, holder, children), _change(row, children), "restore")
    return holder


def _parent(rows: RegistryRows, row: ReasonRow) -> uuid.UUID | None:
    """The one above it, or the heir of that."""
    parent = lineage.resolve(rows.session, rows.tenant, row.parent_id) if row.parent_id else None
    if parent is None and row.level == "detail":
        raise Conflict("the reason above this detail is retired: restore that first")
    return parent


def _ending(rows: RegistryRows, row: ReasonRow) -> ReasonEventRow | None:
    wanted = (
        ReasonEventRow.tenant == rows.tenant,
        ReasonEventRow.reason_id == row.id,
        ReasonEventRow.kind.in_(("merged", "retired")),
    )
    latest = (ReasonEventRow.at.desc(), ReasonEventRow.id.desc())
    return rows.session.scalar(select(ReasonEventRow).where(*wanted).order_by(*latest).limit(1))


def _children(
    rows: RegistryRows, row: ReasonRow, ending: ReasonEventRow | None, holder: uuid.UUID | None
) -> Sequence[ReasonRow]:
    """What was below it, where nobody moved it since. Details that ended with it stay ended."""
    ids = [uuid.UUID(child) for child in (ending.detail.get("children", ()) if ending else ())]
    wanted = (
        ReasonRow.tenant == rows.tenant,
        ReasonRow.id.in_(ids),
        ReasonRow.state == "active",
        ReasonRow.parent_id.is_not_distinct_from(holder),
    )
    return rows.session.scalars(select(ReasonRow).where(*wanted)).all()


def _returning(
    rows: RegistryRows,
    row: ReasonRow,
    ending: ReasonEventRow,
    holder: uuid.UUID | None,
    children: Sequence[ReasonRow],
) -> ColumnElement[bool]:
    """Those that had it when it ended and that nobody corrected since; and all that have a detail of it now."""
    then = lineage.assignment_as_of(rows.tenant, ending.at)
    had = then.detail_id == row.id if row.level == "detail" else then.reason_id == row.id
    with_heir: ColumnElement[bool] = true()
    if row.level == "detail":
        with_heir = and_(AssignmentRow.reason_id == row.parent_id, AssignmentRow.detail_id.is_not_distinct_from(holder))
    elif holder is not None:
        with_heir = AssignmentRow.reason_id == holder
    return or_(
        and_(
            AssignmentRow.interaction_id.in_(select(then.interaction_id).where(had)),
            AssignmentRow.is_primary,
            with_heir,
            or_(AssignmentRow.source != "human", _meant(rows, row)),
        ),
        AssignmentRow.detail_id.in_([child.id for child in children]),
    )


def _meant(rows: RegistryRows, row: ReasonRow) -> ColumnElement[bool]:
    """A person's word on the contact was this very reason."""
    return exists().where(
        CorrectionRow.tenant == rows.tenant,
        CorrectionRow.interaction_id == AssignmentRow.interaction_id,
        CorrectionRow.is_current,
        CorrectionRow.reason_id == row.id,
    )


def _change(row: ReasonRow, children: Sequence[ReasonRow]) -> Change:
    if row.level == "detail":
        return lambda _: {"detail_id": row.id}
    below = {child.id for child in children}

    def change(assigned: Any) -> dict[str, Any]:
        detail = assigned.detail_id if assigned.detail_id in below else None
        return {"reason_id": row.id, "detail_id": detail}

    return change
