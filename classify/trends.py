"""What rises and what falls beyond chance: a period against earlier ones, for all keys at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from classify.dispersion import dispersion

FALSE_SHARE = 0.05
"""Of the changes that are called so, this share at most is expected to be chance."""
SUPPORT = 5
"""Contacts expected and counted together; fewer can change by chance only."""
CONFIDENCE = 0.95

Key: TypeAlias = tuple[str, ...]
Floats: TypeAlias = NDArray[np.float64]
Direction: TypeAlias = Literal["rises", "falls", "steady"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One key in a period, and what was to be expected of it.

    Counts change by a factor (``effect``, 1 is no change; half a contact is added, so that nothing is divided by
    zero), means by a difference (0 is no change). A mean of nothing is NaN.
    """

    key: Key
    current: float
    expected: float
    effect: float
    low: float
    high: float
    """With ``low`` the 95 % interval of the effect."""
    p_value: float
    """One-sided: of a change as large as this in its direction."""
    q_value: float
    """The share of chance among all rises, or all falls, that are at least as sure as this one."""
    supported: bool
    """Enough contacts, all but few of them analysed."""
    direction: Direction

    @property
    def rises(self) -> bool:
        return self.direction == "rises"

    @property
    def falls(self) -> bool:
        return self.direction == "falls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Of many keys, in parallel arrays."""

    keys: Sequence[Key]
    current: Floats
    expected: Floats
    effect: Floats
    low: Floats
    high: Floats
    p_value: Floats
    q_value: Floats
    supported: NDArray[np.bool_]
    neutral: float
    """The effect that is no change: 1 for counts, 0 for means."""

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Change]:
        """The surest rise first, the surest fall last."""
        return (self._change(at) for at in self.order())

    def first(self, limit: int) -> list[Change]:
        """The surest of all, rises before falls; for a list that cannot show every key."""
        chosen = set(np.argsort(self.p_value, kind="stable")[:limit].tolist())
        return [self._change(at) for at in self.order() if at in chosen]

    @property
    def risers(self) -> list[Change]:
        return [change for change in self._called() if change.rises]

    @property
    def fallers(self) -> list[Change]:
        """The surest first."""
        return [change for change in reversed(self._called()) if change.falls]

    def order(self) -> list[int]:
        """Of changes that are alike, the one whose key came first."""
        rising = self.effect >= self.neutral
        sure = np.where(self.supported, self.p_value, 1.0 + self.p_value)
        found: list[int] = np.lexsort((-self.effect, np.where(rising, sure, 10.0 - sure))).tolist()
        return found

    def _called(self) -> list[Change]:
        called = set(np.flatnonzero(self.supported & (self.q_value <= FALSE_SHARE)).tolist())
        return [self._change(at) for at in self.order() if at in called]

    def _change(self, at: int) -> Change:
        called = bool(self.supported[at]) and self.q_value[at] <= FALSE_SHARE
        up = self.effect[at] > self.neutral
        return Change(
            key=self.keys[at],
            current=float(self.current[at]),
            expected=float(self.expected[at]),
            effect=float(self.effect[at]),
            low=float(self.low[at]),
            high=float(self.high[at]),
            p_value=float(self.p_value[at]),
            q_value=float(self.q_value[at]),
            supported=bool(self.supported[at]),
            direction=("rises" if up else "falls") if called else "steady",
        )


def compare_counts(
    keys: Sequence[Key],
    current: NDArray[np.int64],
    windows: NDArray[np.int64],
    *,
    exposure: Floats | float = 1.0,
    exposures: Floats | None = None,
    history: tuple[NDArray[np.int64], Floats] | None = None,
    complete: NDArray[np.bool_] | None = None,
    support: int = SUPPORT,
) -> Changes:
    """Counts of a period against those of ``windows``, shape (windows, keys): earlier periods of the same weekdays.

    ``exposure`` and ``exposures`` are what counts are out of: lengths, to compare rates (equal by default); totals,
    to compare shares; one for all keys, or each key's own. How much counts vary beyond chance is learnt from the
    windows, or from ``history``, further ones with their exposures. A count is predicted from those before it as
    negative binomial: the sum of windows gives its mean, with the uncertainty of that mean (Gelman et al. 2013,
    section 2.6), and it varies as it did
    before. ``complete`` says which keys' contacts are analysed: the others are not judged.
    """
    given = np.ones(len(windows)) if exposures is None else exposures
    varied = dispersion(*(history if history is not None else (windows, given)))
    share = exposure / given.sum(axis=0)
    mean = (windows.sum(axis=0) + 0.5) * share
    variance = np.maximum(varied.variance(mean), mean) * (1 + share)
    upper, lower = _tails(current, mean, variance, varied.freedom)
    expected = windows.sum(axis=0) * share
    supported = (current + expected >= support) & (True if complete is None else complete)
    excess = variance / (mean * (1 + share))
    low, high = _ratio_interval(current / excess, windows.sum(axis=0) / excess, share)
    effect = (current + 0.5) / (expected + 0.5 * share)
    return Changes(
        keys=keys,
        current=current.astype(np.float64),
        expected=expected,
        effect=effect,
        low=low,
        high=high,
        p_value=np.where(effect >= 1, upper, lower),
        q_value=_q_values(upper, lower, effect >= 1, supported),
        supported=supported,
        neutral=1.0,
    )


Moments: TypeAlias = tuple[NDArray[np.float64], Floats, Floats]
"""Of each key: how many have a value, the values' sum and the sum of their squares."""


def compare_means(
    keys: Sequence[Key],
    current: Moments,
    before: Moments,
    *,
    complete: NDArray[np.bool_] | None = None,
    support: int = SUPPORT,
) -> Changes:
    """Means of a period against those of the time before (Welch 1947)."""
    from scipy.stats import t as student

    (n1, m1, v1), (n0, m0, v0) = _described(current), _described(before)
    squared = v1 / n1 + v0 / n0
    error = np.sqrt(squared)
    parts = (v1 / n1) ** 2 / np.maximum(n1 - 1, 1) + (v0 / n0) ** 2 / np.maximum(n0 - 1, 1)
    freedom = np.where(parts > 0, squared**2 / np.where(parts > 0, parts, 1), 1.0)
    difference = m1 - m0
    sure = error > 0
    upper = np.where(sure, student.sf(difference / np.where(sure, error, 1), freedom), 0.5)
    reach = student.ppf((1 + CONFIDENCE) / 2, freedom) * error
    supported = (current[0] >= support) & (before[0] >= support) & (True if complete is None else complete)
    return Changes(
        keys=keys,
        current=np.where(current[0] > 0, m1, np.nan),
        expected=np.where(before[0] > 0, m0, np.nan),
        effect=difference,
        low=difference - reach,
        high=difference + reach,
        p_value=np.minimum(upper, 1 - upper),
        q_value=_q_values(upper, 1 - upper, difference >= 0, supported),
        supported=supported,
        neutral=0.0,
    )


def adjusted(p_values: Floats | Sequence[float]) -> Floats:
    """Benjamini and Hochberg's q-values (1995), in the order of the p-values."""
    given = np.asarray(p_values, dtype=np.float64)
    count = len(given)
    order = np.argsort(-given, kind="stable")
    stepped = given[order] * (count / np.arange(count, 0, -1))
    answer = np.empty(count)
    answer[order] = np.minimum(np.minimum.accumulate(stepped), 1.0)
    return answer


def _q_values(upper: Floats, lower: Floats, rising: NDArray[np.bool_], supported: NDArray[np.bool_]) -> Floats:
    """Over the keys that are judged at all, rises and falls each for themselves: they answer two questions."""
    answer = np.ones(len(upper))
    for asked, p_values in ((rising, upper), (~rising, lower)):
        found = np.ones(len(upper))
        found[supported] = adjusted(p_values[supported])
        answer[asked] = found[asked]
    return answer


def _tails(current: NDArray[np.int64], mean: Floats, variance: Floats, freedom: float) -> tuple[Floats, Floats]:
    """How likely a count at least, and at most, as large as this is; of the count itself half is taken (mid-p).

    The variance is known only as well as ``freedom`` says, so the tails are those of Student's distribution at the
    same distance.
    """
    from scipy.special import betainc
    from scipy.stats import norm
    from scipy.stats import t as student

    size = mean**2 / (variance - mean)
    chance = size / (size + mean)
    below = np.where(current > 0, betainc(size, np.maximum(current, 1), chance), 0.0)
    at_most = betainc(size, current + 1.0, chance)
    lower = (below + at_most) / 2
    upper = (betainc(current + 1.0, size, 1 - chance) + np.where(current > 0, _above(current, size, chance), 1.0)) / 2
    if np.isinf(freedom):
        return upper, lower
    return student.sf(norm.isf(upper), freedom), student.sf(norm.isf(lower), freedom)


def _above(current: NDArray[np.int64], size: Floats, chance: Floats) -> Floats:
    """The chance of at least this count; by its own tail, for 1 minus the other loses what is small."""
    from scipy.special import betainc

    found: Floats = betainc(np.maximum(current, 1), size, 1 - chance)
    return found


def _described(moments: Moments) -> tuple[Floats, Floats, Floats]:
    """Number, mean and variance; where nothing has a value they are of one that is 0."""
    number = np.maximum(moments[0], 1).astype(np.float64)
    mean = moments[1] / number
    spread = np.maximum(moments[2] - number * mean**2, 0.0)
    return number, mean, spread / np.maximum(number - 1, 1)


def _ratio_interval(current: Floats, before: Floats, share: Floats | float) -> tuple[Floats, Floats]:
    """Of the ratio of rates, from the exact interval (Clopper and Pearson 1934) of the current count's share."""
    from scipy.special import betaincinv

    tail = (1 - CONFIDENCE) / 2
    low = np.where(current > 0, betaincinv(np.maximum(current, 1e-9), before + 1, tail), 0.0)
    high = np.where(before > 0, betaincinv(current + 1, np.maximum(before, 1e-9), 1 - tail), 1.0)
    with np.errstate(divide="ignore"):
        return low / (1 - low) / share, np.where(high < 1, high / (1 - high), np.inf) / share
