"""95 % intervals of what was counted or averaged, for many points at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Interval: TypeAlias = tuple[Floats, Floats]
CONFIDENCE = 0.95


def of_counts(counts: Floats) -> Interval:
    """Of the mean that such counts vary around by chance (Garwood 1936)."""
    from scipy.special import gammaincinv

    tail = (1 - CONFIDENCE) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1e-9), tail), 0.0)
    return low, gammaincinv(counts + 1, 1 - tail)


def of_shares(successes: Floats, of: Floats) -> Interval:
    """Of the share behind ``successes`` of so many (Wilson 1927); NaN of none."""
    z2 = _z() ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (successes + z2 / 2) / (of + z2)
        reach = np.sqrt(z2 * (successes * (of - successes) / of + z2 / 4)) / (of + z2)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


def of_means(n: Floats, total: Floats, squares: Floats) -> Interval:
    """Of a mean, by Student's distribution; NaN of fewer than two values."""
    from scipy.stats import t as student

    several = np.maximum(n, 2)
    mean = total / np.maximum(n, 1)
    variance = np.maximum(squares - n * mean**2, 0.0) / (several - 1)
    reach = student.ppf((1 + CONFIDENCE) / 2, several - 1) * np.sqrt(variance / several)
    reach = np.where(n >= 2, reach, np.nan)
    return mean - reach, mean + reach


def _z() -> float:
    from scipy.stats import norm

    return float(norm.ppf((1 + CONFIDENCE) / 2))
