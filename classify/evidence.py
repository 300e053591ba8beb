"""How many reasons there are: the number that makes the graph of neighbours shortest to describe.

Every cut of the hierarchy is a claim that texts of one reason are neighbours more often than texts of two. A cut
pays for saying which text is in which part, and earns by predicting the edges: the description length of a
degree-corrected planted partition (Zhang and Peixoto 2020; Newman 2016 shows it to be modularity with its resolution
fitted). Silhouettes and gaps ask for four times too many parts, or for two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classify.hierarchy import Merges
from classify.values import Granularity, Labels

OVERLAP, SOLE = 0.4, 41.0
"""An edge is worth (SOLE / neighbours) ** OVERLAP: among many neighbours most are each other's, and one more says
little that the others did not. Measured on small and large sets; a fixed worth finds too few reasons in small ones."""
SAME_FROM = 0.79
"""Likeness from which two parts are one reason, however well their words tell them apart. Measured."""
STEP = 3.0
"""From each level to the next, about; half or double is a change that hardly anyone notices."""


def edge_weights(weights: object, groups: Labels) -> NDArray[np.float64]:
    """Total weight between every two groups; an edge within one counts twice, once for each end."""
    from scipy.sparse import csr_matrix

    size = len(groups)
    member = csr_matrix((np.ones(size), (np.arange(size), groups)), shape=(size, int(groups.max()) + 1))
    return np.asarray((member.T @ weights @ member).toarray())


def gains(merges: Merges, edges: NDArray[np.float64], sizes: NDArray[np.int64], neighbours: int) -> NDArray[np.float64]:
    """What each number of parts saves against one part, in nats; element i is for i + 1 parts.

    ``edges`` are of a graph in which each text has ``neighbours``.
    """
    from scipy.special import gammaln

    between, held = edges.copy(), sizes.astype(np.float64)
    degrees = between.sum(axis=1)
    total, texts = between.sum() / 2, held.sum()
    inside, squares, arranged = np.trace(between) / 2, np.square(degrees).sum(), gammaln(held + 1).sum()
    saved, worth = np.zeros(len(sizes)), (SOLE / neighbours) ** OVERLAP
    for parts in range(len(sizes), 0, -1):
        expected = squares / (4 * total)
        told = gammaln(texts + 1) - arranged + np.log(texts) + _choices(texts - 1, parts - 1)
        seen = _surprise(inside, expected) + _surprise(total - inside, total - expected)
        saved[parts - 1] = worth * seen - told
        if parts == 1:
            break
        first, second = merges[len(sizes) - parts, :2].astype(int)
        inside += between[first, second]
        squares += 2 * degrees[first] * degrees[second]
        arranged += gammaln(held[first] + held[second] + 1) - gammaln(held[first] + 1) - gammaln(held[second] + 1)
        between[second] += between[first]
        between[:, second] += between[:, first]
        degrees[second] += degrees[first]
        held[second] += held[first]
    return saved


def _surprise(seen: float, expected: float) -> float:
    return float(seen * np.log(seen / expected)) if seen > 1e-9 and expected > 1e-9 else 0.0


def _choices(of: float, taken: float) -> float:
    from scipy.special import gammaln

    return float(gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1))


def best(saved: NDArray[np.float64]) -> int:
    """The number of parts that the neighbours speak for."""
    return int(saved.argmax()) + 1


def distinct(merges: Merges, count: int) -> int:
    """How many of ``count`` parts are left when those are joined that say much the same."""
    alike = 1.0 - merges[len(merges) + 1 - count :, 2] >= SAME_FROM
    return count - int(alike.cumprod().sum())


def ladder(count: int, merges: Merges, granularity: Granularity) -> tuple[int, int, int]:
    """How many groups, reasons and details; what is a reason when asked for coarse ones is a group at medium.

    ``count`` is that of the reasons at medium.
    """
    if count == 1:
        return 1, 1, 1
    rungs = [count, _near(count / STEP, merges), _near(count * STEP, merges)]
    rungs += [_near(rungs[1] / STEP, merges), _near(rungs[2] * STEP, merges)]
    at = ("coarse", "medium", "fine").index(granularity)
    first, second, third = sorted(rungs)[at : at + 3]
    return first, second, third


def _near(around: float, merges: Merges) -> int:
    """The number of parts about there at which the hierarchy has its widest step."""
    most = len(merges) + 1
    low, high = (int(np.clip(round(around * share), min(2, most), most)) for share in (0.75, 1.25))
    return low + int(np.argmax([_step(merges, count) for count in range(low, high + 1)]))


def _step(merges: Merges, count: int) -> float:
    """How much dearer the next merge below ``count`` parts is than the one that led there."""
    costs = merges[:, 2]
    done = len(costs) + 1 - count
    return float(costs[done] / max(costs[done - 1], 1e-12)) if 0 < done < len(costs) else 0.0
