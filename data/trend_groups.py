"""Which group each contact is in: a combination of the values that it has in some dimensions.

A contact is in one group of each dimension but ``category``: several categories may match it, or none, so that it is
in a group for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from data.trend_members import Members

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATEGORY = "category"
NOT_YET = -1
"""Of a contact that the assigner has not seen: it is in no reason's group."""
DENSE = 1 << 22
"""Possible groups up to which each has a place of its own; beyond, those that occur are looked for."""
Groups: TypeAlias = "tuple[NDArray[np.int64], list[tuple[str, ...]]]"
Keys: TypeAlias = "Callable[[str], tuple[NDArray[Any], list[str]]]"
"""Of a dimension: the place of each contact's value in a list of values, and the list."""


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Each contact once for every group that it is in, oldest first. ``group`` is −1 where it is in none.

    ``rows`` are the contacts; None: each contact, once.
    """

    rows: NDArray[np.int64] | None
    group: NDArray[np.int64]
    labels: list[tuple[str, ...]]
    """The groups' values, in order; only groups that occur."""

    def within(self, rows: slice) -> tuple[slice | NDArray[np.int64], NDArray[np.int64]]:
        """The entries of some contacts: which of these contacts each is of, and its group."""
        import numpy as np

        if self.rows is None:
            return slice(None), self.group[rows]
        begin, end = np.searchsorted(self.rows, (rows.start, rows.stop)).tolist()
        return self.rows[begin:end] - rows.start, self.group[begin:end]


def entries(keys: Keys, contacts: int, by: Sequence[str], members: Members | None) -> Entries:
    """``members`` are needed where ``by`` has the category."""
    others = combined(keys, contacts, [name for name in by if name != CATEGORY])
    if members is None or CATEGORY not in by:
        return Entries(rows=None, group=others[0], labels=others[1])
    group, labels = _with_category(others, members, list(by).index(CATEGORY))
    return Entries(rows=members.rows, group=group, labels=labels)


def _with_category(others: Groups, members: Members, at: int) -> Groups:
    """The groups of the other dimensions, each by category; the category's value stands ``at`` that place."""
    import numpy as np

    outer, labels = others
    held, wide = outer[members.rows], len(members.labels)
    apart = np.where(held >= 0, held * wide + members.category, NOT_YET)
    group, occurring = _packed(apart, len(labels) * wide)
    found = [_put(labels[one // wide], at, members.labels[one % wide]) for one in occurring.tolist()]
    order = sorted(range(len(found)), key=found.__getitem__)
    place = np.full(len(found) + 1, NOT_YET, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[group], [found[one] for one in order]


def _put(label: tuple[str, ...], at: int, value: str) -> tuple[str, ...]:
    return (*label[:at], value, *label[at:])


def combined(keys_of: Keys, contacts: int, by: Sequence[str]) -> Groups:
    """Each contact's group, −1 where it is in none, and the groups' values, in order; only groups that occur."""
    import numpy as np

    group = np.zeros(contacts, dtype=np.int64)
    kept: list[tuple[str, ...]] = [()] if contacts else []
    for name in by:
        keys, values = keys_of(name)
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
