"""Counting contacts that lie by column: which group each is in, and each group's sums, span by span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from data.calendar import Grain, Span, midnight, spans
from data.filters import EXACT, UNASSIGNED, UNKNOWN, WITHOUT_DETAIL
from data.trend_blocks import AFTER_ALL, BEFORE_ALL, EPOCH, MICROSECOND, NONE, Columns, places, within
from data.types import Channel, Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Level: TypeAlias = Literal["group", "reason", "detail"]
STATES = ("pending", "analysed", "quarantined")
ANALYSED = STATES.index("analysed")
NOT_YET = -1
"""Of a contact that the assigner has not seen: it is in no reason's group."""
Bounds: TypeAlias = tuple[dt.datetime | None, dt.datetime | None]
Groups: TypeAlias = "tuple[NDArray[np.int64], list[tuple[str, ...]]]"
DENSE = 1 << 22
"""Possible groups up to which each has a place of its own; beyond, those that occur are looked for."""


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

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], Groups]:
        return {}

    def groups(self, by: Sequence[str]) -> Groups:
        """Each contact's group, found once for all that is counted by it."""
        if tuple(by) not in self._groups:
            self._groups[tuple(by)] = _combined(self, by)
        return self._groups[tuple(by)]

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
        web = _number(Channel.WEB.value, self.values)
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
    masks = [columns[name] == _number(value, values) for name, value in told]
    if wanted.state is not None:
        masks.append(columns["state"] == STATES.index(wanted.state.value))
    for mask in masks[1:]:
        masks[0] &= mask
    kept = {name: column[masks[0]] for name, column in columns.items()} if masks else columns
    return Facts(columns=kept, wanted=wanted, values=values, **known)


def _number(value: str, values: Sequence[str | None]) -> int:
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


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of groups in spans of days. Arrays have a row a span; a group is a combination of values that occurs."""

    spans: list[Span]
    labels: list[tuple[str, ...]]
    """Of each group, the most frequent first."""
    contacts: NDArray[np.int64]
    """Shape (spans, groups)."""
    totals: NDArray[np.int64]
    """Of all groups in each span, those beyond the limit too."""
    left_out: tuple[int, int]
    covered: NDArray[np.int64]
    """The column of ``states`` that each group is covered by: of the same values, whatever the reason."""
    states: NDArray[np.int64]
    """Shape (spans, combinations without the reason, 3): pending, analysed, quarantined."""
    sums: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)
    """Of each measure: how many have a value, its sum and the sum of its squares."""

    @cached_property
    def groups(self) -> dict[tuple[str, ...], int]:
        return dict(zip(self.labels, self.contacts.sum(axis=0).tolist(), strict=True))


def tally(
    facts: Facts,
    by: Sequence[str],
    days: Sequence[Span],
    *,
    measures: Sequence[str] = (),
    limit: int | None = None,
    bounds: Bounds = (None, None),
) -> Tally:
    """Counts the contacts of each group in each of some spans, which do not overlap and stand in order.

    ``bounds`` cut the spans where a filter begins or ends within a day.
    """
    import numpy as np

    rows, span = _spanned(facts, days, bounds)
    group, labels = facts.groups(by)
    group = group[rows]
    shown = (span >= 0) & (group >= 0)
    if (of_reason := facts.of_reason) is not None:
        shown &= of_reason[rows]
    held = np.bincount(group[shown], minlength=len(labels))
    ranked = _ranked(held)[:limit]
    place = np.full(len(labels) + 1, NOT_YET, dtype=np.int64)
    place[ranked] = np.arange(len(ranked))
    chosen = np.flatnonzero(shown & (place[group] >= 0))
    shape = (len(days), len(ranked))
    cell = span[chosen] * len(ranked) + place[group[chosen]]
    kept = [labels[one] for one in ranked.tolist()]
    covered, states = _coverage(facts, by, rows, span, len(days), kept)
    picked = chosen + rows.start
    return Tally(
        spans=list(days),
        labels=kept,
        contacts=_grid(cell, shape),
        totals=np.bincount(span[shown], minlength=len(days)),
        left_out=(int((held > 0).sum()) - len(ranked), int(held.sum()) - len(chosen)),
        covered=covered,
        states=states,
        sums={name: _sums(facts, name, picked, cell, shape) for name in measures if name != "share"},
    )


def _spanned(facts: Facts, days: Sequence[Span], bounds: Bounds) -> tuple[slice, NDArray[np.int64]]:
    """The contacts from the first span to the last, and the span of each, −1 between them.

    Contacts are in order, so only the spans' ends are looked for.
    """
    import numpy as np

    since, until = bounds[0] or BEFORE_ALL, bounds[1] or AFTER_ALL
    moments = [min(max(midnight(day, facts.zone), since), until) for span in days for day in span]
    ends = places(facts.columns["started_at"], moments).tolist()
    rows = slice(ends[0], ends[-1]) if ends else slice(0, 0)
    answer = np.full(rows.stop - rows.start, NOT_YET, dtype=np.int64)
    for number, (begin, end) in enumerate(zip(ends[::2], ends[1::2], strict=True)):
        answer[begin - rows.start : end - rows.start] = number
    return rows, answer


def _combined(facts: Facts, by: Sequence[str]) -> Groups:
    """Each contact's group, −1 where it is in none, and the groups' values, in order; only groups that occur."""
    import numpy as np

    group = np.zeros(len(facts), dtype=np.int64)
    kept: list[tuple[str, ...]] = [()] if len(facts) else []
    for name in by:
        keys, values = facts.keys(name)
        apart = keys if len(kept) == 1 and not kept[0] else group * len(values) + keys
        if name == "reason":
            apart = np.where(keys >= 0, apart, NOT_YET)
        elif "reason" in by:
            apart = np.where(group >= 0, apart, NOT_YET)
        group, occurring = _packed(apart, len(kept) * len(values))
        kept = [(*kept[one // len(values)], values[one % len(values)]) for one in occurring.tolist()]
    return group, kept


def _packed(keys: NDArray[np.int64], possible: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The keys as places in the list of those that occur; −1 stays."""
    import numpy as np

    if possible > DENSE:
        occurring, packed = np.unique(keys, return_inverse=True)
        begin = int(np.searchsorted(occurring, 0))
        return packed - begin, occurring[begin:]
    occurring = np.flatnonzero(np.bincount(keys + 1, minlength=possible + 1)[1:])
    place = np.full(possible + 1, NOT_YET, dtype=np.int64)
    place[occurring] = np.arange(len(occurring))
    return place[keys], occurring


def _ranked(held: NDArray[np.int64]) -> NDArray[np.int64]:
    """The groups that hold something, the largest first; of two alike, the first by its values, as they stand."""
    import numpy as np

    order = np.argsort(-held, kind="stable")
    found: NDArray[np.int64] = order[held[order] > 0]
    return found


def _coverage(
    facts: Facts,
    by: Sequence[str],
    rows: slice,
    span: NDArray[np.int64],
    spans_: int,
    labels: Sequence[tuple[str, ...]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As a tally's ``covered`` and ``states``."""
    import numpy as np

    outer = [name for name in by if name != "reason"]
    group, kept = facts.groups(outer)
    place = {label: at for at, label in enumerate(kept)}
    places_ = [at for at, name in enumerate(by) if name != "reason"]
    covered = np.array([place[tuple(label[at] for at in places_)] for label in labels], dtype=np.int64)
    cell = ((span + 1) * len(kept) + group[rows]) * len(STATES) + facts.columns["state"][rows]
    return covered, _grid(cell, (spans_ + 1, len(kept), len(STATES)))[1:]


def _grid(cell: NDArray[np.int64], shape: tuple[int, ...], weights: Any = None) -> NDArray[Any]:
    import numpy as np

    return np.bincount(cell, weights=weights, minlength=int(np.prod(shape))).reshape(shape)


def _sums(
    facts: Facts, measure: str, chosen: NDArray[np.int64], cell: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np

    if measure == "customers":
        return _distinct(facts.columns["customer"][chosen], cell, shape)
    values = np.ones(len(chosen)) if measure == "contacts" else VALUES[measure](facts.columns[measure][chosen])
    known = ~np.isnan(values)
    values, cell = values[known], cell[known]
    return _grid(cell, shape), _grid(cell, shape, values), _grid(cell, shape, np.square(values))


def _distinct(
    customers: NDArray[np.int64], cell: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """How many contacts have a customer, and how many different ones there are.

    Customers are told apart by as many of their random bits as stand beside the cell's number in 63.
    """
    import numpy as np

    known = customers != NONE
    cell, customers = cell[known], customers[known].astype(np.int64)
    bits = 63 - int(np.prod(shape)).bit_length()
    pairs = np.sort((cell << bits) | (customers & ((1 << bits) - 1)))
    first = np.concatenate([[True], pairs[1:] != pairs[:-1]]) if len(pairs) else np.zeros(0, dtype=bool)
    found = _grid(pairs[first] >> bits, shape).astype(np.float64)
    return _grid(cell, shape), found, found


def _plain(column: NDArray[Any]) -> NDArray[np.float64]:
    return column.astype("f8")


def _asked(score: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[NDArray[Any]], NDArray[np.float64]]:
    """A survey's answer as a number whose mean is the score; NaN where nobody answered."""

    def values(column: NDArray[Any]) -> NDArray[np.float64]:
        import numpy as np

        return np.where(column >= 0, score(column), np.nan)

    return values


VALUES: Mapping[str, Callable[[NDArray[Any]], NDArray[np.float64]]] = {
    "handle_time_s": _plain,
    "sentiment": _plain,
    "repeat_contact_rate": _plain,
    "csat": _asked(lambda answer: answer >= 4),
    "nps": _asked(lambda answer: (answer >= 9) * 1.0 - (answer <= 6)),
    "ces": _asked(lambda answer: answer),
    "junk_share": _asked(lambda answer: answer),
}
"""Each contact's part in a measure's mean, as the glossary defines it."""


def repeats(
    columns: Columns, values: Sequence[str | None], after: dt.timedelta, observed_until: dt.datetime
) -> NDArray[np.float64]:
    """1 where the same customer came again about the same reason within ``after``, else 0; as ``data.episodes`` does.

    NaN where customer or reason is not known, of a click on the web, and where it is too early to tell.
    """
    import numpy as np

    customer, reason, started_at = columns["customer"], columns["reason"], columns["started_at"].astype("i8")
    answer = np.full(len(started_at), np.nan)
    web = _number(Channel.WEB.value, values)
    known = np.flatnonzero(
        (customer != NONE) & (reason != NONE) & (columns["state"] == ANALYSED) & (columns["channel"] != web)
    )
    limit = after // MICROSECOND
    order = known[np.lexsort((known, reason[known], customer[known]))]
    again = np.zeros(len(order), dtype=bool)
    one, following = order[:-1], order[1:]
    again[:-1] = (
        (customer[one] == customer[following])
        & (reason[one] == reason[following])
        & (started_at[following] - started_at[one] <= limit)
    )
    over = started_at[order] <= (observed_until - EPOCH) // MICROSECOND - limit
    answer[order] = np.where(over, again, np.nan)
    return answer
