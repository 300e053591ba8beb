"""When what is searched for began: the dates of a query as one period of time."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, cast
from sqlalchemy.dialects.postgresql import TIMESTAMP

from data.types import Condition, QueryNode, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """``since`` is inclusive, ``until`` exclusive; None: without end."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def __and__(self, other: Period) -> Period:
        since = [at for at in (self.since, other.since) if at is not None]
        until = [at for at in (self.until, other.until) if at is not None]
        return Period(since=max(since, default=None), until=min(until, default=None))


ALWAYS = Period()


def asks_date(root: QueryNode | None) -> bool:
    """Whether it matters when the tenant's days begin."""
    return root is not None and any(is_date(node) for node in walk(root))


def is_date(node: QueryNode) -> TypeGuard[Condition]:
    return isinstance(node, Condition) and node.field == "date"


def within_dates(parts: Sequence[QueryNode], time_zone: str) -> Period:
    """Within all of the dates among what must hold."""
    return functools.reduce(operator.and_, (days_of(part, time_zone) for part in parts if is_date(part)), ALWAYS)


def days_of(asked: Condition, time_zone: str) -> Period:
    """By the days of a time zone, whatever the time of day."""
    zone = ZoneInfo(time_zone)
    day = dt.date.fromisoformat(asked.value)
    begin = dt.datetime.combine(day, dt.time.min, zone)
    # The last day that a date can name has no day after it.
    end = dt.datetime.combine(min(day, dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1), dt.time.min, zone)
    match asked.operator:
        case "<":
            return Period(until=begin)
        case "<=":
            return Period(until=end)
        case ">":
            return Period(since=end)
        case ">=":
            return Period(since=begin)
        case "=":
            return Period(since=begin, until=end)


def moment(at: dt.datetime | None) -> ColumnElement[dt.datetime]:
    return cast(at, TIMESTAMP(timezone=True))
