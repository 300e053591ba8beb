"""One tree over all dense groups, and how it is cut: below by who is whose neighbour, above by what texts are like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classify.values import Labels, Vectors

Merges = NDArray[np.float64]
"""A row a step: the two groups that become one (the second's number lives on) and the cost; in order."""
STRANGERS = 1e12
"""Cost of joining two groups that no neighbours link."""


def tree(edges: NDArray[np.float64]) -> Merges:
    """Groups joined by how much oftener their texts are neighbours than those of any two; the cheapest merge first.

    The linkage of Bonald, Charpentier, Galland and Hollocou (2018), by chains of nearest neighbours (Müllner 2011).
    Unlike Ward's, what it joins does not depend on how large the groups are.
    """
    between, degrees = edges.copy(), edges.sum(axis=1)
    costs = _link_costs(between, degrees[:, None] * degrees[None, :])
    np.fill_diagonal(costs, np.inf)
    alive = np.ones(len(edges), dtype=bool)
    chain: list[int] = []
    merges = []
    for _ in range(len(edges) - 1):
        first, second = _reciprocal(costs, alive, chain)
        merges.append((first, second, costs[first, second]))
        _join(costs, between, degrees, alive, first, second)
    ordered = np.array(merges, dtype=np.float64).reshape(-1, 3)
    return ordered[np.argsort(ordered[:, 2], kind="stable")]


def _link_costs(between: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.where(between > 0, expected / np.maximum(between, 1e-12), STRANGERS))


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
    costs: NDArray[np.float64],
    between: NDArray[np.float64],
    degrees: NDArray[np.float64],
    alive: NDArray[np.bool_],
    first: int,
    second: int,
) -> None:
    """``second`` stands for both from now on."""
    between[second] += between[first]
    between[:, second] += between[:, first]
    degrees[second] += degrees[first]
    alive[first] = False
    joined = np.where(alive, _link_costs(between[second], degrees[second] * degrees), np.inf)
    joined[second] = np.inf
    costs[first], costs[:, first] = np.inf, np.inf
    costs[second], costs[:, second] = joined, joined


def likened(merges: Merges, count: int, groups: Labels, vectors: Vectors) -> Merges:
    """The same tree from its leaves up to ``count`` parts, and above by how alike the parts' texts are.

    Parts that share no neighbours are joined by chance in a graph, but are more or less alike all the same.
    """
    size = int(groups.max()) + 1
    below = merges[: size - count]
    part_of = cut(merges, size, count)
    number = np.array([_lasting(below, int(np.flatnonzero(part_of == part)[0])) for part in range(count)])
    parts = part_of[groups]
    above = _by_likeness(_views(parts, vectors), np.bincount(parts).astype(np.float64))
    return np.vstack([below, np.column_stack([number[above[:, :2].astype(int)], above[:, 2]])])


def _lasting(merges: Merges, group: int) -> int:
    """The number under which a group lives on."""
    for first, second, _ in merges:
        group = int(second) if group == int(first) else group
    return group


def _views(parts: Labels, vectors: Vectors) -> list[NDArray[np.float64]]:
    """Sums of each part's texts' directions, as they are and as seen from the middle of all texts.

    From the middle, matters of one trade differ as they should, but what nearly all texts say is anyone's guess.
    """
    centred = vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    return [_sums(parts, vectors), _sums(parts, centred)]


def _sums(parts: Labels, vectors: Vectors) -> NDArray[np.float64]:
    from scipy.sparse import csr_matrix

    rows = len(vectors)
    member = csr_matrix((np.ones(rows), (parts, np.arange(rows))), shape=(int(parts.max()) + 1, rows))
    return np.asarray(member @ vectors, dtype=np.float64)


def _by_likeness(views: list[NDArray[np.float64]], sizes: NDArray[np.float64]) -> Merges:
    """The most alike first; the cost is 1 − their likeness."""
    products, sizes = [sums @ sums.T for sums in views], sizes.copy()
    alive = np.ones(len(sizes), dtype=bool)
    alike = np.stack([_alike(products, sizes, alive, part) for part in range(len(sizes))])
    merges = []
    for _ in range(len(sizes) - 1):
        first, second = divmod(int(alike.argmax()), len(sizes))
        merges.append((first, second, 1.0 - alike[first, second]))
        for product in products:
            product[second] += product[first]
            product[:, second] += product[:, first]
        sizes[second] += sizes[first]
        alive[first] = False
        alike[first], alike[:, first] = -np.inf, -np.inf
        alike[second] = _alike(products, sizes, alive, second)
        alike[:, second] = alike[second]
    return np.array(merges, dtype=np.float64).reshape(-1, 3)


def _alike(
    products: list[NDArray[np.float64]], sizes: NDArray[np.float64], alive: NDArray[np.bool_], part: int
) -> NDArray[np.float64]:
    """The mean cosine of two parts' texts, relative to that within each; the mean of both views.

    Relative, because texts of one reason may be worded in few ways or in many (Spearman's correction, 1904).
    """
    alike = np.zeros(len(sizes))
    for product in products:
        within = np.maximum((np.diag(product) - sizes) / np.maximum(sizes * (sizes - 1), 1), 1e-3)
        alike += product[part] / (sizes[part] * sizes) / np.sqrt(within[part] * within) / len(products)
    return np.where(alive & (np.arange(len(sizes)) != part), alike, -np.inf)


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
