"""Days, weeks and months of a tenant's calendar, and the moments between which they lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Grain: TypeAlias = Literal["day", "week", "month"]
Span: TypeAlias = tuple[dt.date, dt.date]
"""First day, and the day after the last."""
DAY = dt.timedelta(days=1)


def begin_of(day: dt.date, grain: Grain, first_weekday: int) -> dt.date:
    """The first day of the day, week or month that ``day`` lies in; weekdays as in ISO, 1 is Monday."""
    if grain == "month":
        return day.replace(day=1)
    return day - dt.timedelta(days=(day.isoweekday() - first_weekday) % 7) if grain == "week" else day


def following(begin: dt.date, grain: Grain) -> dt.date:
    """Where the next one begins."""
    if grain == "month":
        return (begin.replace(day=28) + 4 * DAY).replace(day=1)
    return begin + (7 * DAY if grain == "week" else DAY)


def spans(first: dt.date, last: dt.date, grain: Grain, first_weekday: int) -> Iterator[Span]:
    """Every one from that of ``first`` to that of ``last``."""
    begin = begin_of(first, grain, first_weekday)
    while begin <= last:
        end = following(begin, grain)
        yield begin, end
        begin = end


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone)
