"""How much counts vary from period to period beyond chance: learnt from all keys together, and from each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
FEWEST = 3
"""Windows below which their differences say nothing yet."""
ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispersion:
    """``shared`` is the part that all keys have: variance = mean + shared · mean². ``own`` multiplies each key's."""

    shared: float
    own: Floats
    freedom: float
    """How well the variance is known: degrees of freedom, without end where all keys vary alike."""

    def variance(self, mean: Floats) -> Floats:
        return self.own * (mean + self.shared * mean**2)


def dispersion(windows: NDArray[np.int64], exposures: Floats) -> Dispersion:
    """From counts of shape (windows, keys) and what they are out of, by window or by window and key.

    The shared part solves the moment equation over all keys; each key's own is drawn towards 1 as far as the keys'
    spread around it is chance (the moderated variances of Smyth 2004, as for counts by Lund et al. 2012).
    """
    count, keys = windows.shape
    total = windows.sum(axis=0)
    if count < FEWEST or not (total > 0).any():
        return Dispersion(shared=0.0, own=np.ones(keys), freedom=np.inf)
    freedom = count - 1
    out_of = exposures if exposures.ndim == 2 else exposures[:, None]
    fitted = out_of / out_of.sum(axis=0) * total
    shared = _shared(windows, fitted, freedom)
    known = total >= count
    ratio = _ratio(windows, fitted, shared, freedom)
    prior = _prior_freedom(ratio[known], freedom)
    own = np.ones(keys)
    if np.isfinite(prior):
        own[known] = (prior + freedom * ratio[known]) / (prior + freedom)
    return Dispersion(shared=shared, own=own, freedom=prior + freedom)


def _shared(windows: NDArray[np.int64], fitted: Floats, freedom: int) -> float:
    """The ``shared`` at which squared residuals are together as large as expected; never below chance."""
    squares = (windows - fitted) ** 2
    shared = 0.0
    for _ in range(ROUNDS):
        weights = 1 / np.maximum(fitted + shared * fitted**2, 1e-9) ** 2
        scale = len(windows) / freedom
        shared = max(0.0, float((weights * (squares * scale - fitted)).sum() / (weights * fitted**2).sum()))
    return shared


def _ratio(windows: NDArray[np.int64], fitted: Floats, shared: float, freedom: int) -> Floats:
    variance = np.maximum(fitted + shared * fitted**2, 1e-9)
    return np.asarray(((windows - fitted) ** 2 / variance).sum(axis=0) / freedom)


def _prior_freedom(ratio: Floats, freedom: int) -> float:
    """How alike the keys' variances are, in degrees of freedom (Smyth 2004, section 6.2)."""
    from scipy.special import digamma, polygamma

    logs = np.log(np.maximum(ratio, 1e-6)) - digamma(freedom / 2) + np.log(freedom / 2)
    if len(logs) < FEWEST:
        return np.inf
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2))
    return 2 * _inverse_trigamma(excess) if excess > 0 else np.inf


def _inverse_trigamma(value: float) -> float:
    """By Newton's method on 1/trigamma, which is nearly straight."""
    from scipy.special import polygamma

    found = 0.5 + 1 / value
    for _ in range(50):
        slope = float(polygamma(1, found))
        step = slope * (1 - slope / value) / float(polygamma(2, found))
        found += step
        if -step / found < 1e-8:
            break
    return found
