"""What the filter's menus offer: what this tenant's contacts have."""

from __future__ import annotations

from dataclasses import dataclass

from data.filters import UNASSIGNED, UNKNOWN
from data.stores import Stores
from data.trends import Dimension, TrendQuery
from data.types import Channel

Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    channels: tuple[Option, ...]
    reasons: tuple[Option, ...]
    queues: tuple[Option, ...]
    segments: tuple[Option, ...]
    categories: tuple[Option, ...]


def choices(stores: Stores) -> Choices:
    reasons = [(str(reason.id), reason.name) for reason in stores.reasons.list()]
    return Choices(
        channels=tuple((channel.value, channel.value) for channel in Channel),
        reasons=(*reasons, (UNASSIGNED, "unassigned")),
        queues=_values(stores, "queue"),
        segments=_values(stores, "customer_segment"),
        categories=tuple((str(one.id), one.name) for one in stores.categories.list() if one.applied),
    )


def _values(stores: Stores, dimension: Dimension) -> tuple[Option, ...]:
    points = stores.trends.series(TrendQuery(grain="week", by=(dimension,))).points
    return tuple((value, value) for value in sorted({point.values[0] for point in points} - {UNKNOWN}))
