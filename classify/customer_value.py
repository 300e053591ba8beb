"""Recency, frequency and value of a customer, in levels with fixed bounds.

Quantiles would move a customer whenever others come or go, and mean nothing in a house with fifty customers. Recency
and frequency are of contacts; value is what the CRM reports, and unknown where it reports none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

RECENT_DAYS = 30.0
DORMANT_DAYS = 180.0
YEAR_DAYS = 365.0
"""Contacts and values of the last year count."""
OCCASIONAL = 2
FREQUENT = 4
"""Contacts in a year from which on they are so called."""
VALUE_STEPS = (100.0, 1000.0)
"""Value in a year, in the tenant's currency, from which on it is medium, and high."""

Recency: TypeAlias = Literal["recent", "cooling", "dormant"]
Frequency: TypeAlias = Literal["rare", "occasional", "frequent"]
Value: TypeAlias = Literal["low", "medium", "high", "unknown"]


class Worth(Protocol):
    """An outcome, as far as its value goes."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def value(self) -> float | None: ...
    @property
    def external_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """``value`` is None, and its level ``unknown``, where no outcome of the last year names one."""

    recency_days: float
    recency: Recency
    contacts_in_year: int
    frequency: Frequency
    value: float | None
    value_level: Value
    outcomes: tuple[str, ...]
    """External ids of those whose values were added, the oldest first."""

    @property
    def key(self) -> str:
        return f"{self.recency}-{self.frequency}-{self.value_level}"

    @property
    def label(self) -> str:
        return f"{self.recency.capitalize()}, {self.frequency}, value {self.value_level}"


def segment(
    contacts: Sequence[dt.datetime],
    outcomes: Sequence[Worth],
    now: dt.datetime,
    steps: tuple[float, float] = VALUE_STEPS,
) -> Segment | None:
    """As of ``now``; what is later does not count. None for a customer without a contact so far."""
    past = [at for at in contacts if at <= now]
    if not past:
        return None
    year = dt.timedelta(days=YEAR_DAYS)
    days = (now - max(past)).total_seconds() / 86_400
    often = sum(now - at <= year for at in past)
    worth = sorted(
        (one for one in outcomes if one.value is not None and now - year <= one.at <= now), key=lambda one: one.at
    )
    value = sum(one.value or 0.0 for one in worth) if worth else None
    return Segment(
        recency_days=round(days, 2),
        recency="recent" if days <= RECENT_DAYS else "cooling" if days <= DORMANT_DAYS else "dormant",
        contacts_in_year=often,
        frequency="frequent" if often >= FREQUENT else "occasional" if often >= OCCASIONAL else "rare",
        value=value,
        value_level=_level(value, steps),
        outcomes=tuple(one.external_id for one in worth),
    )


def _level(value: float | None, steps: tuple[float, float]) -> Value:
    if value is None:
        return "unknown"
    return "high" if value >= steps[1] else "medium" if value >= steps[0] else "low"
