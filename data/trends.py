"""Trends: how many contacts, of whom, how long and how they felt, by day or week and any of seven dimensions.

Days and weeks are the tenant's. A point counts exactly the interactions that ``behind`` it lists.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, Text, case, cast, func, select
from sqlalchemy.orm import Session

from data.filters import UNASSIGNED, UNKNOWN, current_assignment, matching
from data.keys import TenantKeys
from data.tables import AssignmentRow, InteractionRow, ReasonRow
from data.tenants import Tenant, TenantStore
from data.types import Channel, Filter, State

Grain: TypeAlias = Literal["day", "week"]
Dimension: TypeAlias = Literal["reason", "channel", "queue", "team", "agent", "language", "customer_segment"]
Key: TypeAlias = tuple[dt.date, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuery:
    grain: Grain = "day"
    by: tuple[Dimension, ...] = ()
    wanted: Filter = field(default_factory=Filter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What came, and how much of it has been looked at: with a backlog a count says little."""

    accepted: int = 0
    analysed: int = 0
    pending: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One bucket of one group. ``values`` are in the order of the query's ``by``.

    A value is ``(none)`` where interactions have none, a reason is its id or ``unassigned``. Contacts that have not
    been assigned yet stand in no reason's point; ``coverage`` is of all reasons, so that it tells how many they are.
    """

    bucket: dt.date
    values: tuple[str, ...]
    contacts: int
    customers: int
    """Different ones, as far as they are known."""
    customer_unknown: int
    """Contacts of nobody knows whom."""
    share: float
    """0–1 of the contacts of all points of this bucket."""
    handle_time_s: float | None
    """Mean of the time on the line, on hold and after the call, over contacts with any of them."""
    sentiment: float | None
    """Mean, −1…+1, over contacts that have one."""
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """``buckets`` are all from the first to the last, those without a point too: no point means no contact."""

    query: TrendQuery
    points: tuple[TrendPoint, ...]
    buckets: tuple[dt.date, ...]
    reason_names: Mapping[str, str]
    time_zone: str
    first_weekday: int
    """ISO: 1 is Monday, 7 Sunday."""

    def behind(self, point: TrendPoint) -> Filter:
        """The filter that lists exactly the interactions which ``point`` counts."""
        zone, wanted = ZoneInfo(self.time_zone), self.query.wanted
        begin = dt.datetime.combine(point.bucket, dt.time.min, zone)
        end = dt.datetime.combine(point.bucket + _step(self.query.grain), dt.time.min, zone)
        values: dict[str, Any] = dict(zip(self.query.by, point.values, strict=True))
        if "channel" in values:
            values["channel"] = Channel(values["channel"])
        since = begin if wanted.since is None else max(begin, wanted.since)
        until = end if wanted.until is None else min(end, wanted.until)
        return replace(wanted, since=since, until=until, **values)


class TrendStore:
    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self._session = session
        self._tenant = tenant
        self._keys = keys

    def series(self, query: TrendQuery) -> Trend:
        """Points by bucket, the largest group first. Raises MasterKeyMissing (permanent)."""
        tenant = TenantStore(self._session, self._tenant).get()
        rows = self._session.execute(self._points(query, tenant)).all()
        points = tuple(_with_shares(rows, query, self._coverage(query, tenant)))
        return Trend(
            query=query,
            points=points,
            buckets=tuple(_between(points, query.grain)),
            reason_names=self._names(points, query),
            time_zone=tenant.time_zone,
            first_weekday=tenant.first_weekday,
        )

    def _points(self, query: TrendQuery, tenant: Tenant) -> Select[*tuple[Any, ...]]:
        bucket = _bucket(query.grain, tenant).label("bucket")
        values = [_value(name).label(name) for name in query.by]
        conditions = self._matching(query.wanted)
        if "reason" in query.by:
            conditions.append(_reason().is_not(None))
        statement = select(bucket, *values, *MEASURES).select_from(InteractionRow)
        grouped = statement.outerjoin(AssignmentRow, current_assignment()).where(*conditions).group_by(bucket, *values)
        return grouped.order_by(bucket, func.count().desc(), *values)

    def _coverage(self, query: TrendQuery, tenant: Tenant) -> Mapping[Key, Coverage]:
        """By bucket and every value but the reason: what is not analysed yet has none."""
        bucket = _bucket(query.grain, tenant).label("bucket")
        names = [name for name in query.by if name != "reason"]
        values = [_value(name).label(name) for name in names]
        states = [func.count().filter(InteractionRow.state == state.value).label(state.value) for state in State]
        conditions = self._matching(replace(query.wanted, reason=None))
        statement = select(bucket, *values, func.count().label("accepted"), *states).where(*conditions)
        return {
            (row.bucket, tuple(getattr(row, name) for name in names)): Coverage(
                accepted=row.accepted, analysed=row.analysed, pending=row.pending, quarantined=row.quarantined
            )
            for row in self._session.execute(statement.group_by(bucket, *values))
        }

    def _matching(self, wanted: Filter) -> list[ColumnElement[bool]]:
        return [InteractionRow.tenant == self._tenant, *matching(wanted, self._keys)]

    def _names(self, points: Sequence[TrendPoint], query: TrendQuery) -> Mapping[str, str]:
        if "reason" not in query.by:
            return {}
        at = query.by.index("reason")
        ids = {uuid.UUID(point.values[at]) for point in points if point.values[at] != UNASSIGNED}
        named = select(ReasonRow.id, ReasonRow.name).where(ReasonRow.tenant == self._tenant, ReasonRow.id.in_(ids))
        return {str(row.id): row.name for row in self._session.execute(named)}


PARTS = (InteractionRow.duration_s, InteractionRow.hold_s, InteractionRow.after_call_s)
HANDLED = func.coalesce(PARTS[0], 0) + func.coalesce(PARTS[1], 0) + func.coalesce(PARTS[2], 0)
KNOWN = func.coalesce(*PARTS).is_not(None)
MEASURES = (
    func.count().label("contacts"),
    func.count(InteractionRow.customer_id.distinct()).label("customers"),
    func.count().filter(InteractionRow.customer_id.is_(None)).label("customer_unknown"),
    func.avg(HANDLED).filter(KNOWN).label("handle_time_s"),
    func.avg(InteractionRow.sentiment).label("sentiment"),
)


def _bucket(grain: Grain, tenant: Tenant) -> ColumnElement[dt.date]:
    """The first day of the bucket in which an interaction began, by the tenant's calendar."""
    day = cast(func.timezone(tenant.time_zone, InteractionRow.started_at), Date)
    if grain == "day":
        return day
    into_week = (cast(func.extract("isodow", day), Integer) - tenant.first_weekday + 7) % 7
    return cast(day - into_week, Date)


def _value(name: Dimension) -> ColumnElement[str]:
    if name == "reason":
        return _reason()
    column: ColumnElement[str] = getattr(InteractionRow, name)
    return func.coalesce(column, UNKNOWN)


def _reason() -> ColumnElement[str]:
    """As ``data.filters.with_reason`` reads it: a reason's id, ``unassigned``, or null before the assigner came."""
    unassigned = case((InteractionRow.state == State.ANALYSED.value, UNASSIGNED))
    return func.coalesce(cast(AssignmentRow.reason_id, Text), unassigned)


def _with_shares(rows: Sequence[Row[Any]], query: TrendQuery, coverage: Mapping[Key, Coverage]) -> Iterator[TrendPoint]:
    totals: dict[dt.date, int] = defaultdict(int)
    for row in rows:
        totals[row.bucket] += row.contacts
    for row in rows:
        values = tuple(getattr(row, name) for name in query.by)
        covered = tuple(value for name, value in zip(query.by, values, strict=True) if name != "reason")
        yield TrendPoint(
            bucket=row.bucket,
            values=values,
            contacts=row.contacts,
            customers=row.customers,
            customer_unknown=row.customer_unknown,
            share=row.contacts / totals[row.bucket],
            handle_time_s=row.handle_time_s,
            sentiment=row.sentiment,
            coverage=coverage[row.bucket, covered],
        )


def _step(grain: Grain) -> dt.timedelta:
    return dt.timedelta(days=1 if grain == "day" else 7)


def _between(points: Sequence[TrendPoint], grain: Grain) -> Iterator[dt.date]:
    if points:
        bucket, last = points[0].bucket, points[-1].bucket
        while bucket <= last:
            yield bucket
            bucket += _step(grain)
