"""Categories whose share of the latest whole days is on the wrong side of a bound that a person set."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from classify.alerts import beyond
from data.alerts import NewAlert
from data.calendar import DAY, midnight
from data.categories import Bound, CategoryRecord
from data.category_counts import Share
from data.stores import Stores
from data.types import Filter

CROSSES = "category_crosses"
LEAST = 20
"""Contacts that must have been evaluated: one of two is no rate."""
TYPICAL = 5


def bounds_crossed(stores: Stores, today: dt.date) -> Iterator[NewAlert]:
    """By the whole days before ``today``; none of a time of which under 95 % is analysed.

    Nor of a category that has an alert already on a time that overlaps, whatever became of that one.
    """
    zone = ZoneInfo(stores.tenants.get().time_zone)
    for category in stores.categories.list():
        bound = category.bound
        if bound is None or category.applied is None:
            continue
        since = today - bound.days * DAY
        if _is_told(stores, category, since, today):
            continue
        share = stores.category_counts.period(since, today)[category.id]
        if share.coverage.complete and _crosses(share, bound):
            yield _alert(stores, category, bound, share, today, zone)


def category_contacts(category: str, since: dt.date, until: dt.date, zone: ZoneInfo) -> Filter:
    """What lists the contacts that an alert counts."""
    return Filter(category=category, since=midnight(since, zone), until=midnight(until, zone))


def _is_told(stores: Stores, category: CategoryRecord, since: dt.date, until: dt.date) -> bool:
    return any(
        one.alert.kind == CROSSES and one.alert.subject == str(category.id) and one.alert.since < until
        for one in stores.alerts.since(since)
    )


def _crosses(share: Share, bound: Bound) -> bool:
    rate = share.counts.share
    if rate is None or share.counts.evaluated < LEAST:
        return False
    return rate > bound.share if bound.side == "above" else rate < bound.share


def _alert(
    stores: Stores, category: CategoryRecord, bound: Bound, share: Share, until: dt.date, zone: ZoneInfo
) -> NewAlert:
    counts = share.counts
    evaluated = counts.evaluated
    detail: dict[str, Any] = {
        "rate": counts.share,
        "bound": bound.share,
        "side": bound.side,
        "days": bound.days,
        "evaluated": evaluated,
        "not_evaluated": counts.not_evaluated,
        "version": category.applied,
        "quotes": [],
    }
    return NewAlert(
        kind=CROSSES,
        subject=str(category.id),
        name=category.name,
        since=share.begin,
        until=until,
        count=counts.matched,
        expected=bound.share * evaluated,
        q_value=beyond(counts.matched, evaluated, bound.share, bound.side),
        typical=_typical(stores, category_contacts(str(category.id), share.begin, until, zone)),
        coverage=share.coverage,
        detail=detail,
    )


def _typical(stores: Stores, wanted: Filter) -> tuple[uuid.UUID, ...]:
    """Those nearest to the middle of their reasons; where few have one, the newest."""
    newest = [one.id for one in stores.interactions.list(wanted, limit=TYPICAL).items]
    return tuple(dict.fromkeys([*stores.alerts.typical(wanted, TYPICAL), *newest]))[:TYPICAL]
