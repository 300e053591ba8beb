"""One tree over all groups, and how it is cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classify.values import Labels

Merges = NDArray[np.float64]
"""A row a step: the two groups that become one (the second's number lives on) and the cost; cheapest first."""


def tree(centres: NDArray[np.float64], sizes: NDArray[np.int64]) -> Merges:
    """Ward's hierarchy of groups that hold ``sizes`` texts each.

    By chains of nearest neighbours (Müllner 2011), which library functions do without weights only.
    """
    weights = sizes.astype(np.float64)
    costs = _ward_costs(centres, weights)
    alive = np.ones(len(sizes), dtype=bool)
    chain: list[int] = []
    merges = []
    for _ in range(len(sizes) - 1):
        first, second = _reciprocal(costs, alive, chain)
        merges.append((first, second, costs[first, second]))
        _join(costs, weights, alive, first, second)
    ordered = np.array(merges, dtype=np.float64).reshape(-1, 3)
    return ordered[np.argsort(ordered[:, 2], kind="stable")]


def _ward_costs(centres: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.spatial.distance import cdist

    costs = cdist(centres, centres, "sqeuclidean")
    costs *= weights[:, None] * weights[None, :] / (weights[:, None] + weights[None, :])
    np.fill_diagonal(costs, np.inf)
    return np.asarray(costs)


def _reciprocal(costs: NDArray[np.float64], alive: NDArray[np.bool_], chain: list[int]) -> tuple[int, int]:
    """Two groups that are each other's nearest; ``chain`` keeps what is found on the way for the next call."""
    if not chain:
        chain.append(int(alive.argmax()))
    while True:
        last = chain[-1]
        following = int(costs[last].argmin())
        if len(chain) > 1 and costs[last, chain[-2]] <= costs[last, following]:
            chain.pop()
            return last, chain.pop()
        chain.append(following)


def _join(
    costs: NDArray[np.float64], weights: NDArray[np.float64], alive: NDArray[np.bool_], first: int, second: int
) -> None:
    """Lance and Williams's update for Ward; ``second`` stands for both from now on."""
    both = weights[first] + weights[second]
    joined = (weights[first] + weights) * costs[first] + (weights[second] + weights) * costs[second]
    joined = (joined - weights * costs[first, second]) / (both + weights)
    alive[first] = False
    joined[~alive] = np.inf
    joined[second] = np.inf
    costs[first], costs[:, first] = np.inf, np.inf
    costs[second], costs[:, second] = joined, joined
    weights[second] = both


def cut(merges: Merges, groups: int, count: int) -> Labels:
    """For each of the ``groups``, which of ``count`` parts it is in, numbered from 0."""
    parent = np.arange(groups)
    for first, second, _ in merges[: groups - count]:
        parent[_root(parent, int(first))] = _root(parent, int(second))
    roots = [_root(parent, group) for group in range(groups)]
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _root(parent: NDArray[np.int64], group: int) -> int:
    while parent[group] != group:
        group = int(parent[group])
    return group
