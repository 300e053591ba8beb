"""Which interactions a filter means, as SQL: the one reading of it that lists, searches and trends share.

A count and the list behind it agree because both take their rows from ``matching``.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from data.errors import NotFound
from data.identifiers import identifier_hmac
from data.ids import parse_id
from data.keys import TenantKeys
from data.tables import (
    AssignmentRow,
    CategoryMatchRow,
    CategoryRow,
    CustomerIdentifierRow,
    InteractionRow,
    ReasonRow,
)
from data.types import Channel, CustomerRef, Filter, State

UNASSIGNED = "unassigned"
UNKNOWN = "(none)"
"""The value of a column of which nothing is known."""
WITHOUT_DETAIL = ":none"
"""After a reason's id: those of its contacts that none of its details has."""
EXACT = ("queue", "team", "agent", "language", "customer_segment")


def matching(wanted: Filter, keys: TenantKeys | None) -> list[ColumnElement[bool]]:
    """Conditions on InteractionRow, all to hold; superseded versions never match. ``keys`` find a customer.

    Raises MasterKeyMissing (permanent) where a customer is named and there are no keys.
    """
    row = InteractionRow
    conditions: list[ColumnElement[bool]] = [row.is_current.is_(True)]
    if wanted.as_of is not None:
        conditions.append(row.received_at <= wanted.as_of)
    if wanted.since is not None:
        conditions.append(row.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(row.started_at < wanted.until)
    if wanted.channel is not None:
        conditions.append(row.channel == wanted.channel.value)
    if wanted.state is not None:
        conditions.append(row.state == wanted.state.value)
    if wanted.reason is not None:
        conditions.append(with_reason(wanted.reason, wanted.as_of))
    if wanted.category is not None:
        conditions.append(with_category(wanted.category))
    if wanted.customer is not None:
        conditions.append(of_customer(wanted.customer, keys))
    return conditions + [_is(name, value) for name in EXACT if (value := getattr(wanted, name)) is not None]


def _is(name: str, value: str) -> ColumnElement[bool]:
    column: ColumnElement[str] = getattr(InteractionRow, name)
    return column.is_(None) if value == UNKNOWN else column == value


def with_reason(reason: str, as_of: dt.datetime | None = None) -> ColumnElement[bool]:
    """That an interaction's reason is this id, or ``unassigned``: analysed, not on the web, and no reason fitted.

    A group has the contacts of the reasons in it; a detail has some of those of its reason. ``as_of`` asks for the
    reason that an interaction had then.
    """
    if reason == UNASSIGNED:
        return and_(could_have_reason(), ~_assigned(AssignmentRow.reason_id.is_not(None), as_of))
    try:
        found = _of_any_level(parse_id(reason.removesuffix(WITHOUT_DETAIL)))
    except NotFound:
        return false()
    rest = (AssignmentRow.detail_id.is_(None),) if reason.endswith(WITHOUT_DETAIL) else ()
    return _assigned(and_(found, *rest), as_of)


def _of_any_level(reason_id: uuid.UUID) -> ColumnElement[bool]:
    """Put so that the index on reasons serves all three levels; the assignment's key makes sure of the tenant."""
    row = ReasonRow
    above = select(row.parent_id).where(row.id == reason_id, row.level == "detail").scalar_subquery()
    either = select(row.id).where(or_(row.id.in_([reason_id, above]), row.parent_id == reason_id))
    is_detail = exists(select(row.id).where(row.id == reason_id, row.level == "detail"))
    return and_(AssignmentRow.reason_id.in_(either), or_(~is_detail, AssignmentRow.detail_id == reason_id))


def with_category(category: str) -> ColumnElement[bool]:
    """That an interaction matches this category, by id or by name in any case, in the version that is applied."""
    # Not correlated, so that the planner may begin with what matched.
    return InteractionRow.id.in_(
        select(CategoryMatchRow.interaction_id)
        .join(CategoryRow, applied())
        .where(CategoryMatchRow.tenant == func.current_setting("app.tenant"), CategoryMatchRow.state == "matched")
        .where(category_named_so(category))
    )


def category_named(session: Session, tenant: str, category: str) -> uuid.UUID:
    """The id of the category that a filter names; of none where there is none."""
    found = session.scalar(select(CategoryRow.id).where(CategoryRow.tenant == tenant, category_named_so(category)))
    return found or uuid.UUID(int=0)


def applied() -> ColumnElement[bool]:
    """The join from a result to its category, of the version that counts."""
    return and_(
        CategoryRow.tenant == CategoryMatchRow.tenant,
        CategoryRow.id == CategoryMatchRow.category_id,
        CategoryRow.applied_version == CategoryMatchRow.version,
    )


def category_named_so(category: str) -> ColumnElement[bool]:
    """That a category has this id, or this name in any case."""
    try:
        return CategoryRow.id == parse_id(category)
    except NotFound:
        return func.lower(CategoryRow.name) == category.lower() if category.isprintable() else false()


def could_have_reason() -> ColumnElement[bool]:
    """Analysed, and not on the web: a click is never unassigned."""
    return and_(InteractionRow.state == State.ANALYSED.value, InteractionRow.channel != Channel.WEB.value)


def of_customer(customer: CustomerRef, keys: TenantKeys | None) -> ColumnElement[bool]:
    return exists().where(
        CustomerIdentifierRow.tenant == InteractionRow.tenant,
        CustomerIdentifierRow.customer_id == InteractionRow.customer_id,
        CustomerIdentifierRow.scheme == customer.scheme,
        CustomerIdentifierRow.value_hmac == identifier_hmac(customer, keys),
    )


def current_assignment() -> ColumnElement[bool]:
    """The join from an interaction to the one assignment that says its reason now."""
    return and_(
        AssignmentRow.tenant == InteractionRow.tenant,
        AssignmentRow.interaction_id == InteractionRow.id,
        AssignmentRow.is_current,
        AssignmentRow.is_primary,
    )


def _assigned(which: ColumnElement[bool], as_of: dt.datetime | None) -> ColumnElement[bool]:
    # Correlated by name: where the outer query has assignments too, theirs would be meant.
    meant = current_assignment() if as_of is None else _assignment_at(as_of)
    return exists(select(AssignmentRow.id).where(meant, which).correlate(InteractionRow))


def _assignment_at(as_of: dt.datetime) -> ColumnElement[bool]:
    """The join from an interaction to the assignment that said its reason at that time."""
    given = aliased(AssignmentRow)
    last = (
        select(given.id)
        .where(
            given.tenant == InteractionRow.tenant,
            given.interaction_id == InteractionRow.id,
            given.is_primary,
            given.assigned_at <= as_of,
        )
        .order_by(given.assigned_at.desc(), given.is_current.desc(), given.id.desc())
        .limit(1)
        .correlate(InteractionRow)
    )
    return and_(AssignmentRow.tenant == InteractionRow.tenant, AssignmentRow.id == last.scalar_subquery())
