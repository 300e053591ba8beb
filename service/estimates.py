"""A point's measures as people read them: the value, how sure it is, and out of how many contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from classify import intervals
from data.trends import Measure, TrendPoint

SHARES = ("share", "csat", "repeat_contact_rate", "junk_share")
COUNTS = ("contacts", "customers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """``low`` and ``high`` bound 95 %; None where too few contacts have a value."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def estimates(measure: Measure, points: Sequence[TrendPoint]) -> list[Estimate]:
    """One for each point, which must have been asked for the measure."""
    sums = [point.sums[measure] for point in points]
    n, total, squares = (np.array([getattr(one, name) for one in sums], dtype=float) for name in PARTS)
    if measure in COUNTS:
        values, (low, high) = total, intervals.of_counts(total)
    else:
        values = np.where(n > 0, total / np.maximum(n, 1), np.nan)
        low, high = intervals.of_shares(total, n) if measure in SHARES else intervals.of_means(n, total, squares)
    rows = zip(values.tolist(), low.tolist(), high.tolist(), n.tolist(), strict=True)
    return [Estimate(value=_known(v), low=_known(a), high=_known(b), n=int(of)) for v, a, b, of in rows]


PARTS = ("n", "total", "squares")


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
