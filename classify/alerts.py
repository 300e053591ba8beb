"""Which changes are worth an alert: risers, the widest group that says it, and nothing twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from classify.trends import Change, Changes, adjusted

Raised: TypeAlias = tuple[str, str, dt.date, dt.date]
"""Kind, subject and period of an alert that there is already; the end is exclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A group that rose: ``values`` of the dimensions ``by``."""

    by: tuple[str, ...]
    change: Change

    @property
    def values(self) -> tuple[str, ...]:
        return self.change.key

    @property
    def subject(self) -> str:
        """The same for the same group at any time."""
        pairs = zip(self.by, self.values, strict=True)
        return "&".join(value if name == "reason" else f"{name}={value}" for name, value in pairs)


def rises(compared: Iterable[tuple[tuple[str, ...], Changes]]) -> list[Rise]:
    """The rises among all groups of all these comparisons, at one false discovery rate over all of them.

    ``compared`` pairs dimensions with their changes. A group within one that rises itself is left out: it says the
    same of fewer contacts.
    """
    pooled = [(by, pooled_) for by, pooled_ in _pooled(list(compared))]
    found = [Rise(by=by, change=change) for by, changes in pooled for change in changes.risers]
    return sorted(
        (rise for rise in found if not any(_within(rise, other) for other in found)),
        key=lambda rise: (rise.change.q_value, rise.subject),
    )


def beyond(matched: int, of: int, share: float, side: Literal["above", "below"]) -> float:
    """The chance of so many matches, or of more (``above``) or fewer, were the true share ``share`` (binomial)."""
    from scipy.stats import binomtest

    return float(binomtest(matched, of, share, alternative="greater" if side == "above" else "less").pvalue)


def news(found: Sequence[Rise], kind: str, since: dt.date, until: dt.date, raised: Iterable[Raised]) -> list[Rise]:
    """Those without an alert of the same kind and subject whose period overlaps this one."""
    known = {(k, subject) for k, subject, begin, end in raised if begin < until and since < end}
    return [rise for rise in found if (kind, rise.subject) not in known]


def _pooled(compared: list[tuple[tuple[str, ...], Changes]]) -> list[tuple[tuple[str, ...], Changes]]:
    """With q-values over all of them together. Of a fall the chance of a rise is what the fall's own leaves."""
    upper = [np.where(c.effect >= c.neutral, c.p_value, 1 - c.p_value) for _, c in compared]
    supported = [changes.supported for _, changes in compared]
    if not upper:
        return []
    q_values = np.ones(sum(map(len, upper)))
    judged = np.concatenate(supported)
    q_values[judged] = adjusted(np.concatenate(upper)[judged])
    parts = np.split(q_values, np.cumsum([len(part) for part in upper])[:-1])
    return [
        (by, replace(changes, q_value=np.where(changes.effect > changes.neutral, part, 1.0)))
        for (by, changes), part in zip(compared, parts, strict=True)
    ]


def _within(inner: Rise, outer: Rise) -> bool:
    of = dict(zip(inner.by, inner.values, strict=True))
    return len(outer.by) < len(inner.by) and all(
        of.get(name) == value for name, value in zip(outer.by, outer.values, strict=True)
    )
