"""After the cut each text may move to the part where its neighbours are: the description gets shorter still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classify.values import Labels

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ROUNDS = 3
BLOCK = 4_096


def settled(groups: Labels, part_of: Labels, weights: csr_matrix) -> Labels:
    """The same groups, but for texts whose neighbours are mostly of another part: those are in its nearest group."""
    parts = part_of[groups]
    for _ in range(ROUNDS):
        parts = _where_neighbours_are(parts, int(part_of.max()) + 1, weights)
    answer = groups.copy()
    for row in np.flatnonzero(parts != part_of[groups]):
        begin, end = weights.indptr[row], weights.indptr[row + 1]
        known = groups[weights.indices[begin:end]]
        votes = np.bincount(known, weights=weights.data[begin:end] * (part_of[known] == parts[row]))
        answer[row] = int(votes.argmax()) if votes.max() > 0 else groups[row]
    return answer


def _where_neighbours_are(parts: Labels, count: int, weights: csr_matrix) -> Labels:
    """Each text's best part with all others left as they are: most neighbours, less those expected by chance."""
    from scipy.sparse import csr_matrix

    member = csr_matrix((np.ones(len(parts)), (np.arange(len(parts)), parts)), shape=(len(parts), count))
    degrees = np.asarray(weights.sum(axis=1)).ravel()
    held = np.bincount(parts, weights=degrees, minlength=count).astype(np.float64)
    chance = _resolution(weights, parts, held) * held / held.sum()
    answer = parts.copy()
    for begin in range(0, len(parts), BLOCK):
        rows = slice(begin, begin + BLOCK)
        votes = (weights[rows] @ member).toarray() - degrees[rows, None] * chance
        answer[rows] = votes.argmax(axis=1)
    return answer


def _resolution(weights: csr_matrix, parts: Labels, held: NDArray[np.float64]) -> float:
    """Of a planted partition's rates within and between parts (Newman 2016); 1 where one of them cannot be told."""
    edges = weights.tocoo()
    inside = float(edges.data[parts[edges.row] == parts[edges.col]].sum())
    total, expected = float(held.sum()), float(np.square(held).sum() / held.sum())
    if not 0 < inside < total or expected >= total:
        return 1.0
    within, between = inside / expected, (total - inside) / (total - expected)
    return (within - between) / np.log(within / between) if within > between else 1.0
