"""Categories in numbers: how many contacts one would have, what it shares with others, and its share over time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Interval, and_, case, cast, false, func, literal, select
from sqlalchemy.orm import Session

from data.calendar import midnight, spans
from data.category_decide import analysed, decide
from data.category_matches import Counts
from data.filters import applied
from data.keys import TenantKeys
from data.tables import CategoryMatchRow, CategoryRow, InteractionRow
from data.tenants import Tenant, TenantStore
from data.trends import Coverage
from data.types import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """``both``: contacts that the query and this category have; ``its``: all that the category has."""

    category_id: uuid.UUID
    name: str
    both: int
    its: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A category in one week, or any period: ``coverage`` is of all contacts of that time."""

    begin: dt.date
    counts: Counts
    coverage: Coverage


class CategoryCountStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def would_be(self, query: Query) -> Counts:
        """What a query would match of all history."""
        decided = decide(self._session, self._tenant, self._keys, query)
        conditions = [decided.matched, false() if decided.undecided is None else decided.undecided]
        counted = [func.count(case((condition, 1))) for condition in conditions]
        row = self._session.execute(select(func.count(), *counted).where(*analysed(self._tenant))).one()
        return Counts(matched=row[1], not_matched=row[0] - row[1] - row[2], not_evaluated=row[2])

    def overlaps(self, query: Query) -> tuple[Overlap, ...]:
        """With every category that is applied and shares a contact, the largest share of the category's own first."""
        decided = decide(self._session, self._tenant, self._keys, query)
        both = CategoryMatchRow.interaction_id.in_(select(InteractionRow.id).where(decided.matched))
        shared = func.count().filter(both).label("both")
        statement = (
            select(CategoryRow.id, CategoryRow.name, shared, func.count().label("its"))
            .join(CategoryMatchRow, applied())
            .where(CategoryRow.tenant == self._tenant, CategoryMatchRow.state == "matched")
            .group_by(CategoryRow.id, CategoryRow.name)
            .having(shared > 0)
        )
        found = [
            Overlap(category_id=row.id, name=row.name, both=row.both, its=row.its)
            for row in self._session.execute(statement)
        ]
        return tuple(sorted(found, key=lambda one: (-one.both / one.its, one.name)))

    def matched(self) -> Mapping[uuid.UUID, Counts]:
        """Of each category that is applied, by its id."""
        every = self._count(*analysed(self._tenant))
        statement = (
            select(CategoryRow.id, *map(_counted, ("matched", "not_evaluated")))
            .outerjoin(CategoryMatchRow, applied())
            .where(CategoryRow.tenant == self._tenant, CategoryRow.applied_version.is_not(None))
            .group_by(CategoryRow.id)
        )
        return {row.id: _counts(every, row) for row in self._session.execute(statement)}

    def weeks(self, first: dt.date, last: dt.date) -> Mapping[uuid.UUID, tuple[Share, ...]]:
        """Each applied category's share in every week from that of ``first`` to that of ``last``."""
        tenant = TenantStore(self._session, self._tenant).get()
        begins = [begin for begin, _ in spans(first, last, "week", tenant.first_weekday)]
        held = self._shares(_week(tenant), _between(tenant, begins[0], last + dt.timedelta(days=7)))
        return {
            category: tuple(found.get(begin) or _nothing(begin) for begin in begins) for category, found in held.items()
        }

    def period(self, since: dt.date, until: dt.date) -> Mapping[uuid.UUID, Share]:
        """Each applied category's share from ``since`` to before ``until``."""
        tenant = TenantStore(self._session, self._tenant).get()
        held = self._shares(cast(literal(since), Date), _between(tenant, since, until))
        return {category: found.get(since) or _nothing(since) for category, found in held.items()}

    def _shares(self, bucket: ColumnElement[Any], within: ColumnElement[bool]) -> dict[uuid.UUID, dict[dt.date, Share]]:
        covered = self._coverage(bucket, within)
        of: dict[uuid.UUID, dict[dt.date, Any]] = defaultdict(dict)
        columns = (CategoryMatchRow.category_id, bucket.label("bucket"), *map(_counted, ("matched", "not_evaluated")))
        contact = and_(
            InteractionRow.tenant == CategoryMatchRow.tenant, InteractionRow.id == CategoryMatchRow.interaction_id
        )
        statement = select(*columns).join(CategoryRow, applied()).join(InteractionRow, contact)
        mine = (CategoryMatchRow.tenant == self._tenant, *analysed(self._tenant), within)
        for row in self._session.execute(statement.where(*mine).group_by(CategoryMatchRow.category_id, "bucket")):
            of[row.category_id][row.bucket] = row
        return {
            category: {
                begin: Share(begin=begin, counts=_counts(some.analysed, of[category].get(begin)), coverage=some)
                for begin, some in covered.items()
            }
            for category in self._applied()
        }

    def _coverage(self, bucket: ColumnElement[Any], within: ColumnElement[bool]) -> dict[dt.date, Coverage]:
        states = ("analysed", "pending", "quarantined")
        counts = (func.count(case((InteractionRow.state == state, 1))).label(state) for state in states)
        current = (InteractionRow.tenant == self._tenant, InteractionRow.is_current.is_(True))
        statement = select(bucket.label("bucket"), func.count().label("accepted"), *counts).where(*current, within)
        rows = self._session.execute(statement.group_by("bucket"))
        return {
            row.bucket: Coverage(
                accepted=row.accepted, analysed=row.analysed, pending=row.pending, quarantined=row.quarantined
            )
            for row in rows
        }

    def _applied(self) -> Sequence[uuid.UUID]:
        mine = (CategoryRow.tenant == self._tenant, CategoryRow.applied_version.is_not(None))
        return self._session.scalars(select(CategoryRow.id).where(*mine)).all()

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return self._session.scalar(select(func.count(InteractionRow.id)).where(*conditions)) or 0


def _counted(state: str) -> ColumnElement[int]:
    return func.count(case((CategoryMatchRow.state == state, 1))).label(state)


def _counts(every: int, row: Any) -> Counts:
    matched, unknown = (row.matched, row.not_evaluated) if row is not None else (0, 0)
    return Counts(matched=matched, not_matched=every - matched - unknown, not_evaluated=unknown)


def _nothing(begin: dt.date) -> Share:
    return Share(begin=begin, counts=Counts(matched=0, not_matched=0, not_evaluated=0), coverage=Coverage())


def _between(tenant: Tenant, since: dt.date, until: dt.date) -> ColumnElement[bool]:
    zone = ZoneInfo(tenant.time_zone)
    begin, end = midnight(since, zone), midnight(until, zone)
    return and_(InteractionRow.started_at >= begin, InteractionRow.started_at < end)


def _week(tenant: Tenant) -> ColumnElement[Any]:
    """The first day of a contact's week; PostgreSQL's own begin on Monday."""
    shift = cast(literal(f"{tenant.first_weekday - 1} days"), Interval)
    local = func.timezone(tenant.time_zone, InteractionRow.started_at)
    return cast(func.date_trunc("week", local - shift) + shift, Date)
