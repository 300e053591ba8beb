"""Which interactions a Filter means, as SQL: one place, so that a count and the list behind it agree."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, select, true

from data.identifiers import customer_of
from data.ids import parse_id
from data.keys import TenantKeys
from data.tables import AssignmentRow, InteractionRow
from data.types import CustomerRef, Filter

UNASSIGNED = "unassigned"
COLUMNS = ("channel", "queue", "team", "agent", "language", "customer_segment", "state")


def matching(wanted: Filter, tenant: str, keys: TenantKeys | None) -> ColumnElement[bool]:
    """The condition on InteractionRow. Only the current version of a contact counts.

    Raises NotFound (permanent): the reason is no id; MasterKeyMissing (permanent): a customer is asked for and
    there is no key to find one with.
    """
    conditions = [InteractionRow.tenant == tenant, InteractionRow.is_current]
    conditions += [
        getattr(InteractionRow, name) == str(value) for name in COLUMNS if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        conditions.append(InteractionRow.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(InteractionRow.started_at < wanted.until)
    if wanted.reason is not None:
        conditions.append(_of_reason(wanted.reason))
    if wanted.customer is not None:
        conditions.append(_of_customer(wanted.customer, tenant, keys))
    return and_(true(), *conditions)


def _of_reason(reason: str) -> ColumnElement[bool]:
    """Analysed without an assignment counts as unassigned no more than pending does: only the assigner says so."""
    wanted = AssignmentRow.reason_id.is_(None) if reason == UNASSIGNED else AssignmentRow.reason_id == parse_id(reason)
    return exists(
        select(AssignmentRow.id).where(
            AssignmentRow.tenant == InteractionRow.tenant,
            AssignmentRow.interaction_id == InteractionRow.id,
            AssignmentRow.is_current,
            AssignmentRow.is_primary,
            wanted,
        )
    )


def _of_customer(ref: CustomerRef, tenant: str, keys: TenantKeys | None) -> ColumnElement[bool]:
    return InteractionRow.customer_id == customer_of(ref, tenant, keys) if ref.value else false()
