"""What rises and what falls: the last days of a dimension against as many days before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from classify.trends import Change, compare
from data.stores import Stores
from data.trends import Dimension, Trend, TrendPoint, TrendQuery
from data.types import Filter

PERIOD_DAYS = 7
"""A whole week against the one before, so that weekdays weigh the same on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Counts by value of ``dimension`` from ``since`` to before ``until``, and in as many days before ``since``."""

    dimension: Dimension
    since: dt.date
    until: dt.date
    changes: tuple[Change, ...]
    """The surest rise first, the surest fall last."""
    names: dict[str, str]

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last(self) -> dt.date:
        """The last day of the period."""
        return self.until - dt.timedelta(days=1)

    @property
    def risers(self) -> tuple[Change, ...]:
        """Those that rose beyond chance."""
        return tuple(change for change in self.changes if change.rises)

    def name(self, key: str) -> str:
        return self.names.get(key, key)


def comparison(
    stores: Stores, dimension: Dimension = "reason", wanted: Filter | None = None, *, days: int = PERIOD_DAYS
) -> Comparison | None:
    """The latest ``days`` that have contacts, up to the filter's end, against those before; None without contacts.

    The filter's begin only bounds what is compared, so that a period which was asked for is compared with the one
    before it. Raises MasterKeyMissing (permanent).
    """
    wanted = wanted or Filter()
    trend = stores.trends.series(TrendQuery(grain="day", by=(dimension,), wanted=replace(wanted, since=None)))
    if not trend.buckets:
        return None
    until = trend.buckets[-1] + dt.timedelta(days=1)
    if wanted.since is not None:
        days = max(1, (until - wanted.since.astimezone(ZoneInfo(trend.time_zone)).date()).days)
    since = until - dt.timedelta(days=days)
    now = _counts(point for point in trend.points if since <= point.bucket)
    before = _counts(point for point in trend.points if since - dt.timedelta(days=days) <= point.bucket < since)
    return Comparison(
        dimension=dimension,
        since=since,
        until=until,
        changes=tuple(compare(now, before)),
        names=dict(trend.reason_names),
    )


def totals(trend: Trend) -> dict[tuple[str, ...], int]:
    """Contacts by group over all buckets, the largest first."""
    found: Counter[tuple[str, ...]] = Counter()
    for point in trend.points:
        found[point.values] += point.contacts
    return dict(found.most_common())


def _counts(points: Iterable[TrendPoint]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for point in points:
        found[point.values[0]] += point.contacts
    return dict(found)
