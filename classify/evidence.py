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

COARSER, FINER = 0.5, 2.0


def edge_weights(weights: object, groups: Labels) -> NDArray[np.float64]:
    """Total weight between every two groups; an edge within one counts twice, once for each end."""
    from scipy.sparse import csr_matrix

    size = len(groups)
    member = csr_matrix((np.ones(size), (np.arange(size), groups)), shape=(size, int(groups.max()) + 1))
    return np.asarray((member.T @ weights @ member).toarray())


def gains(merges: Merges, edges: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each number of parts saves against one part, in nats; element i is for i + 1 parts."""
    from scipy.special import gammaln

    between, held = edges.copy(), sizes.astype(np.float64)
    degrees = between.sum(axis=1)
    total, texts = between.sum() / 2, held.sum()
    inside, squares, arranged = np.trace(between) / 2, np.square(degrees).sum(), gammaln(held + 1).sum()
    saved = np.zeros(len(sizes))
    for parts in range(len(sizes), 0, -1):
        expected = squares / (4 * total)
        told = gammaln(texts + 1) - arranged + np.log(texts) + _choices(texts - 1, parts - 1)
        saved[parts - 1] = _surprise(inside, expected) + _surprise(total - inside, total - expected) - told
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


def parts(saved: NDArray[np.float64], merges: Merges, granularity: Granularity) -> int:
    """How many parts to cut into; coarse and fine: about half and double, at the hierarchy's widest step there."""
    best = int(saved.argmax()) + 1
    if granularity == "medium" or best == 1:
        return best
    around = best * (COARSER if granularity == "coarse" else FINER)
    low, high = max(2, round(around * 0.75)), min(len(saved), round(around * 1.25))
    if low > high:
        return min(max(2, best), len(saved))
    return low + int(np.argmax([_step(merges, count) for count in range(low, high + 1)]))


def _step(merges: Merges, count: int) -> float:
    """How much dearer the next merge below ``count`` parts is than the one that led there."""
    costs = merges[:, 2]
    done = len(costs) + 1 - count
    return float(costs[done] / max(costs[done - 1], 1e-12)) if 0 < done < len(costs) else 0.0
