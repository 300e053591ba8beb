"""Counting contacts that lie by column: how many of each group are in each span of days, and out of how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from data.calendar import Span, midnight
from data.trend_blocks import AFTER_ALL, BEFORE_ALL, places
from data.trend_facts import ANALYSED, STATES, Bounds, Facts
from data.trend_groups import CATEGORY, NOT_YET
from data.trend_measures import grid, sums_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MANY = ("reason", CATEGORY)
"""Dimensions that say nothing of how much is analysed: who has no value in them may get one yet."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of groups in spans of days. Arrays have a row a span; a group is a combination of values that occurs."""

    spans: list[Span]
    labels: list[tuple[str, ...]]
    """Of each group, the most frequent first."""
    contacts: NDArray[np.int64]
    """Shape (spans, groups)."""
    totals: NDArray[np.int64]
    """Contacts of all groups in each span, those beyond the limit too."""
    evaluated: NDArray[np.int64] | None
    """By category, shape (spans, groups): the contacts of each span that the group's category was evaluated for."""
    left_out: tuple[int, int]
    covered: NDArray[np.int64]
    """The column of ``states`` that each group is covered by: of the same values, whatever the reason or category."""
    states: NDArray[np.int64]
    """Shape (spans, combinations without reason and category, 3): pending, analysed, quarantined."""
    sums: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)
    """Of each measure: how many have a value, its sum and the sum of its squares."""

    @property
    def out_of(self) -> NDArray[np.int64]:
        """What a group's share is out of, shape (spans, groups)."""
        import numpy as np

        if self.evaluated is not None:
            return self.evaluated
        return np.broadcast_to(self.totals[:, None], self.contacts.shape)

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
    entries = facts.entries(by)
    labels = entries.labels
    contact, group = entries.within(rows)
    of_reason = facts.of_reason
    spans = span if of_reason is None else np.where(of_reason[rows], span, NOT_YET)
    within = spans[contact]
    shown = (within >= 0) & (group >= 0)
    held = np.bincount(group[shown], minlength=len(labels))
    ranked = _ranked(held)[:limit]
    place = np.full(len(labels) + 1, NOT_YET, dtype=np.int64)
    place[ranked] = np.arange(len(ranked))
    chosen = np.flatnonzero(shown & (place[group] >= 0))
    shape = (len(days), len(ranked))
    cell = within[chosen] * len(ranked) + place[group[chosen]]
    kept = [labels[one] for one in ranked.tolist()]
    covered, states = _coverage(facts, by, rows, span, len(days), kept)
    contacts = grid(cell, shape)
    picked = (chosen if isinstance(contact, slice) else contact[chosen]) + rows.start
    return Tally(
        spans=list(days),
        labels=kept,
        contacts=contacts,
        totals=np.bincount(within[shown], minlength=len(days)),
        evaluated=_evaluated(facts, by, rows, spans, contacts, kept) if CATEGORY in by else None,
        left_out=(int((held > 0).sum()) - len(ranked), int(held.sum()) - len(chosen)),
        covered=covered,
        states=states,
        sums={name: sums_of(facts.columns, name, picked, cell, shape) for name in measures if name != "share"},
    )


def _evaluated(
    facts: Facts,
    by: Sequence[str],
    rows: slice,
    span: NDArray[np.int64],
    contacts: NDArray[np.int64],
    labels: Sequence[tuple[str, ...]],
) -> NDArray[np.int64]:
    """As a tally's: the analysed contacts of a span without those of which the category cannot be told."""
    import numpy as np

    members = facts.members
    assert members is not None
    outer = facts.groups([name for name in by if name != CATEGORY])[0][rows]
    counted = (span >= 0) & (outer >= 0) & (facts.columns["state"][rows] == ANALYSED)
    every = np.bincount(span[counted], minlength=len(contacts))
    contact, category = members.unknown(rows)
    open_ = counted[contact]
    wide = len(members.labels)
    unknown = grid(span[contact[open_]] * wide + category[open_], (len(contacts), wide))
    at = list(by).index(CATEGORY)
    own = np.array([members.labels.index(label[at]) for label in labels], dtype=np.int64)
    # A contact that changed a moment ago may still have the result that it had before.
    found: NDArray[np.int64] = np.maximum(every[:, None] - unknown[:, own], contacts)
    return found


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

    outer = [name for name in by if name not in MANY]
    group, kept = facts.groups(outer)
    place = {label: at for at, label in enumerate(kept)}
    places_ = [at for at, name in enumerate(by) if name not in MANY]
    covered = np.array([place[tuple(label[at] for at in places_)] for label in labels], dtype=np.int64)
    cell = ((span + 1) * len(kept) + group[rows]) * len(STATES) + facts.columns["state"][rows]
    return covered, grid(cell, (spans_ + 1, len(kept), len(STATES)))[1:]
