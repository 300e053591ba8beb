"""Contacts that lie by column, and the values that each has in a dimension."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from data.calendar import Grain, Span, spans
from data.filters import EXACT, UNASSIGNED, UNKNOWN, WITHOUT_DETAIL
from data.trend_blocks import EPOCH, MICROSECOND, NONE, Columns, within
from data.trend_groups import NOT_YET, Entries, Groups, entries
from data.trend_members import Members
from data.types import Channel, Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

Level: TypeAlias = Literal["group", "reason", "detail"]
STATES = ("pending", "analysed", "quarantined")
ANALYSED = STATES.index("analysed")
Bounds: TypeAlias = tuple[dt.datetime | None, dt.datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What is known of every reason there ever was, by id."""

    names: Mapping[str, str]
    levels: Mapping[str, str]
    parents: Mapping[str, str]

    def line(self, reason: str) -> tuple[str, ...]:
        """The reason, what it lies under, and so on up."""
        found = [reason]
        while (above := self.parents.get(found[-1])) is not None and above not in found:
            found.append(above)
        return tuple(found)

    def at(self, reason: str, level: Level) -> str:
        """What stands for the reason at this level: itself where nothing of that level is above it."""
        line = self.line(reason)
        wanted = "reason" if level == "detail" else level
        return next((one for one in line if self.levels.get(one) == wanted), line[-1] if level == "group" else reason)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Contacts, oldest first: one row each, in every column. ``values`` are the texts behind the numbers."""

    columns: Columns
    values: tuple[str | None, ...]
    reasons: Reasons
    zone: ZoneInfo
    first_weekday: int
    wanted: Filter
    level: Level
    members: Members | None = None
    """What categories match; read where contacts are counted by category."""

    @cached_property
    def _entries(self) -> dict[tuple[str, ...], Entries]:
        return {}

    def entries(self, by: Sequence[str]) -> Entries:
        """Each contact's groups, found once for all that is counted by them."""
        if tuple(by) not in self._entries:
            self._entries[tuple(by)] = entries(self.keys, len(self), by, self.members)
        return self._entries[tuple(by)]

    def groups(self, by: Sequence[str]) -> Groups:
        """Each contact's one group, by dimensions without the category."""
        found = self.entries(by)
        return found.group, found.labels

    def __len__(self) -> int:
        return len(self.columns["started_at"])

    def keys(self, dimension: str) -> tuple[NDArray[Any], list[str]]:
        """The place of each contact's value in a list of values; −1 where it is in no group of this dimension."""
        import numpy as np

        labels = self._labels(dimension)
        kept = sorted({label for label in labels if label is not None})
        place = {label: at for at, label in enumerate(kept)}
        of_number = np.array([NOT_YET if label is None else place[label] for label in labels], dtype=np.int64)
        return of_number[self._numbers(dimension)], kept

    @property
    def of_reason(self) -> NDArray[Any] | None:
        """Which contacts have the reason that is asked for, as ``data.filters.with_reason`` reads it; None: all."""
        wanted = self.wanted.reason
        if wanted is None:
            return None
        found: NDArray[Any] = self._having(wanted)
        return found

    def _having(self, wanted: str) -> Any:
        import numpy as np

        reason, detail = self.columns["reason"], self.columns["detail"]
        if wanted == UNASSIGNED:
            return (reason == NONE) & self._could_have_reason
        bare = wanted.removesuffix(WITHOUT_DETAIL)
        under = np.array([value in self.reasons.names and bare in self.reasons.line(value) for value in self._texts])
        if bare != wanted:
            return under[reason] & (detail == NONE)
        return under[reason] | np.array([value == bare for value in self._texts])[detail]

    @property
    def _could_have_reason(self) -> NDArray[Any]:
        """As ``data.filters.could_have_reason`` reads it: what is on the web is never unassigned."""
        web = number_of(Channel.WEB.value, self.values)
        found: NDArray[Any] = (self.columns["state"] == ANALYSED) & (self.columns["channel"] != web)
        return found

    @property
    def _texts(self) -> list[str]:
        return [value or "" for value in self.values]

    def _numbers(self, dimension: str) -> NDArray[Any]:
        """The numbers that ``_labels`` names: of reasons, details come after and those not assigned last."""
        import numpy as np

        if dimension != "reason":
            return self.columns[dimension]
        reason, detail, size = self.columns["reason"].astype(np.int64), self.columns["detail"], len(self.values)
        if self.level == "detail":
            reason = np.where(detail != NONE, size + detail, reason)
        assigned = (self.columns["reason"] != NONE) | self._could_have_reason
        return np.where(assigned, reason, 2 * size)

    def _labels(self, dimension: str) -> list[str | None]:
        if dimension != "reason":
            return [UNKNOWN, *(value or UNKNOWN for value in self.values[1:])]
        ending = WITHOUT_DETAIL if self.level == "detail" else ""
        known = [value in self.reasons.names for value in self._texts]
        own = [
            self.reasons.at(text, self.level) + ending if is_reason else None
            for text, is_reason in zip(self._texts, known, strict=True)
        ]
        details: list[str | None] = [
            text if is_reason else None for text, is_reason in zip(self._texts, known, strict=True)
        ]
        return [UNASSIGNED, *own[1:], *details, None]


def take(columns: Columns, *, wanted: Filter, values: tuple[str | None, ...], **known: Any) -> Facts:
    """Facts of those contacts that the filter means, whatever their reason."""
    told = [(name, str(value)) for name in ("channel", *EXACT) if (value := getattr(wanted, name)) is not None]
    masks = [columns[name] == number_of(value, values) for name, value in told]
    if wanted.state is not None:
        masks.append(columns["state"] == STATES.index(wanted.state.value))
    for mask in masks[1:]:
        masks[0] &= mask
    kept = {name: column[masks[0]] for name, column in columns.items()} if masks else columns
    return Facts(columns=kept, wanted=wanted, values=values, **known)


def number_of(value: str, values: Sequence[str | None]) -> int:
    if value == UNKNOWN:
        return NONE
    return values.index(value) if value in values else NOT_YET


def calendar_spans(facts: Facts, grain: Grain, bounds: Bounds) -> list[Span]:
    """Every day, week or month from the first contact's to the last one's, within the bounds."""
    started_at = within({"started_at": facts.columns["started_at"]}, *bounds)["started_at"]
    if not len(started_at):
        return []
    first, last = (
        (EPOCH + int(at) * MICROSECOND).astimezone(facts.zone).date() for at in (started_at[0], started_at[-1])
    )
    return list(spans(first, last, grain, facts.first_weekday))
