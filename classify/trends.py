"""What rises and what falls beyond chance: counts of two periods, compared for all keys at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_SHARE = 0.05
"""Of the changes that are called so, this share at most is expected to be chance."""
SUPPORT = 5
"""Contacts in the two periods together; fewer can change by chance only."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One key's counts in a period and in the one before.

    ``ratio`` is of rates, with half a contact added to both counts so that nothing is divided by zero.
    """

    key: str
    current: int
    previous: int
    ratio: float
    ratio_low: float
    ratio_high: float
    p_value: float
    q_value: float
    """The share of chance among all changes that are at least as sure as this one."""
    supported: bool

    @property
    def rises(self) -> bool:
        return self.supported and self.q_value <= FALSE_SHARE and self.ratio > 1

    @property
    def falls(self) -> bool:
        return self.supported and self.q_value <= FALSE_SHARE and self.ratio < 1


def compare(
    current: Mapping[str, int],
    previous: Mapping[str, int],
    *,
    exposure: tuple[float, float] = (1.0, 1.0),
    support: int = SUPPORT,
) -> list[Change]:
    """Every key of either period: the surest rise first, the surest fall last.

    ``exposure`` is what the counts of the two periods are out of: their lengths, to compare rates (equal by default);
    their totals, to compare shares. Two Poisson counts are compared exactly, given their sum (Przyborowski and
    Wilenski 1940); the q-values are those of Benjamini and Hochberg (1995) over the keys with enough support.
    """
    keys = sorted({*current, *previous})
    if not keys:
        return []
    now = np.array([current.get(key, 0) for key in keys], dtype=np.int64)
    before = np.array([previous.get(key, 0) for key in keys], dtype=np.int64)
    fair = exposure[0] / (exposure[0] + exposure[1])
    supported = now + before >= support
    p_values = np.array([_exact(int(a), int(b), fair) for a, b in zip(now, before, strict=True)])
    q_values = np.ones(len(keys))
    q_values[supported] = adjusted(p_values[supported])
    intervals = [_interval(int(a), int(b), exposure) for a, b in zip(now, before, strict=True)]
    changes = [
        Change(
            key=key,
            current=int(now[i]),
            previous=int(before[i]),
            ratio=float((now[i] + 0.5) / (before[i] + 0.5) * exposure[1] / exposure[0]),
            ratio_low=intervals[i][0],
            ratio_high=intervals[i][1],
            p_value=float(p_values[i]),
            q_value=float(q_values[i]),
            supported=bool(supported[i]),
        )
        for i, key in enumerate(keys)
    ]
    return sorted(changes, key=_sureness)


def risers(
    current: Mapping[str, int],
    previous: Mapping[str, int],
    *,
    exposure: tuple[float, float] = (1.0, 1.0),
    support: int = SUPPORT,
) -> list[Change]:
    """The keys that rose beyond chance, the surest first."""
    return [change for change in compare(current, previous, exposure=exposure, support=support) if change.rises]


def adjusted(p_values: NDArray[np.float64] | Sequence[float]) -> NDArray[np.float64]:
    """Benjamini and Hochberg's q-values, in the order of the p-values."""
    given = np.asarray(p_values, dtype=np.float64)
    count = len(given)
    order = np.argsort(-given, kind="stable")
    stepped = given[order] * (count / np.arange(count, 0, -1))
    answer = np.empty(count)
    answer[order] = np.minimum(np.minimum.accumulate(stepped), 1.0)
    return answer


def _exact(now: int, before: int, fair: float) -> float:
    from scipy.stats import binomtest

    return float(binomtest(now, now + before, fair).pvalue) if now + before else 1.0


def _interval(now: int, before: int, exposure: tuple[float, float]) -> tuple[float, float]:
    """Of the ratio of rates, from the exact interval (Clopper and Pearson 1934) of the current count's share."""
    from scipy.stats import beta

    tail = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(tail, now, before + 1)) if now else 0.0
    high = float(beta.ppf(1 - tail, now + 1, before)) if before else 1.0
    scale = exposure[1] / exposure[0]
    return low / (1 - low) * scale, high / (1 - high) * scale if high < 1 else float("inf")


def _sureness(change: Change) -> tuple[float, float, str]:
    rising = change.ratio >= 1
    sure = change.p_value if change.supported else 1.0 + change.p_value
    return (sure if rising else 10.0 - sure, -change.ratio, change.key)
