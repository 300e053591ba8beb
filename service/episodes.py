"""Who came back about the same reason, as rates with the counts and the formula they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classify.episodes import Rate, formula, rate
from data.episodes import DAYS, Dimension, RepeatCount
from data.stores import Stores
from data.types import Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatGroup:
    values: Mapping[str, str]
    """By dimension; a reason is its id."""
    rate: Rate
    too_recent: int
    """Contacts that have not had their days yet: neither resolved nor repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    days: float
    formula: str
    observed_until: dt.datetime | None
    total: RepeatGroup
    groups: tuple[RepeatGroup, ...]
    excluded: Mapping[str, int]
    reason_names: Mapping[str, str]

    def name(self, value: str) -> str:
        return self.reason_names.get(value, value)


def repeats(
    stores: Stores, by: Sequence[Dimension] = ("reason",), wanted: Filter | None = None, *, days: float = DAYS
) -> Repeats:
    """The largest group first; the total is of all. Raises MasterKeyMissing (permanent)."""
    found = stores.episodes.repeats(by, wanted, days=days)
    return Repeats(
        days=days,
        formula=formula(days),
        observed_until=found.observed_until,
        total=_group((), _sum(found.groups)),
        groups=tuple(_group(by, group) for group in found.groups),
        excluded=found.excluded,
        reason_names=found.reason_names,
    )


def _group(by: Sequence[Dimension], counts: RepeatCount) -> RepeatGroup:
    return RepeatGroup(
        values=dict(zip(by, counts.values, strict=True)),
        rate=rate(counts.repeated, counts.determined),
        too_recent=counts.too_recent,
    )


def _sum(groups: Sequence[RepeatCount]) -> RepeatCount:
    return RepeatCount(
        values=(),
        determined=sum(group.determined for group in groups),
        repeated=sum(group.repeated for group in groups),
        too_recent=sum(group.too_recent for group in groups),
    )
