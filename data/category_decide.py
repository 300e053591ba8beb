"""A category's query as conditions on analysed contacts: when it matches, and when that cannot be told."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, true
from sqlalchemy.orm import Session

from data.keys import TenantKeys
from data.search_compile import Bound, Scope, is_plain, saying, split
from data.tables import InteractionRow
from data.tenants import TenantStore
from data.types import Query, State


@dataclass(frozen=True, slots=True)
class Decided:
    """``undecided`` is None where it can always be told. Neither holds of what is not analysed."""

    matched: ColumnElement[bool]
    undecided: ColumnElement[bool] | None


def decide(
    session: Session,
    tenant: str,
    keys: TenantKeys | None,
    query: Query,
    among: Collection[uuid.UUID] | None = None,
) -> Decided:
    """``among``: the few contacts that are asked about; they are found by their ids then, None: all."""
    zone = TenantStore(session, tenant).get().time_zone
    scope = Scope(tenant=tenant, keys=keys, time_zone=zone, among=tuple(among) if among is not None else None)
    asked = [*analysed(tenant), *(() if scope.among is None else (InteractionRow.id.in_(scope.among),))]
    surely = _holds(query, scope, "surely")
    if is_plain(query.root):
        return Decided(matched=and_(*asked, surely), undecided=None)
    possibly = and_(_holds(query, scope, "possibly"), ~func.coalesce(surely, false()))
    return Decided(matched=and_(*asked, surely), undecided=and_(*asked, possibly))


def analysed(tenant: str) -> tuple[ColumnElement[bool], ...]:
    """What categories are held against."""
    row = InteractionRow
    return (row.tenant == tenant, row.is_current.is_(True), row.state == State.ANALYSED.value)


def _holds(query: Query, scope: Scope, bound: Bound) -> ColumnElement[bool]:
    words, facts = split(query.root, scope, bound)
    said = InteractionRow.id.in_(saying(words, scope)) if words is not None else true()
    return and_(said, facts if facts is not None else true())
