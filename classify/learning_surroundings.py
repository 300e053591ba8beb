"""A text in the midst of those that are like it: what it shares with them says more than its own words alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from classify import neighbours
from classify.values import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NEAREST = 10
BLOCK = 32_000_000
"""Similarities held at once (128 MB)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """New texts among a corpus: the shares of its rows in each, the smoothed vectors, and how familiar each is.

    ``familiarity`` is 1 where a text is as near to its nearest as they are to theirs, and less for a stranger.
    """

    weights: csr_matrix
    smoothed: Vectors
    familiarity: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A corpus, labelled or not: its vectors, what each shares with its nearest, and how near those are."""

    vectors: Vectors
    smoothed: Vectors
    weights: csr_matrix
    """Symmetric, 0–1: how likely two rows are neighbours."""
    crowding: NDArray[np.float64]
    """Each row's mean cosine with its nearest."""

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """At least two rows. Time and memory are those of exact nearest neighbours."""
        found, cosines = neighbours.nearest(vectors, NEAREST)
        weights = neighbours.graph(found, cosines)
        return cls(vectors, neighbours.smooth(vectors, weights), weights, cosines.mean(axis=1, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.vectors)

    def place(self, vectors: Vectors) -> Placed:
        """A text that is in the corpus itself counts as its own nearest."""
        found, cosines = _nearest(vectors, self.vectors)
        weights = _weights(found, cosines, len(self))
        smoothed = neighbours.OWN_SHARE * vectors + (1 - neighbours.OWN_SHARE) * (averaging(weights) @ self.smoothed)
        familiarity = cosines.mean(axis=1) / np.maximum(self.crowding[found].mean(axis=1), 1e-6)
        return Placed(weights, _normalised(smoothed), familiarity)

    def joined_by(self, vectors: Vectors) -> Surroundings:
        """The corpus with these behind its rows; what those that were there are near to stays as it is."""
        from scipy.sparse import csr_matrix, vstack

        if not len(vectors):
            return self
        size, together = len(self) + len(vectors), np.vstack([self.vectors, vectors])
        found, cosines = _nearest(vectors, together, but_from=len(self))
        own_view = _weights(found, cosines, size)
        before = csr_matrix((self.weights.data, self.weights.indices, self.weights.indptr), (len(self), size))
        one_way = vstack([before, own_view]).tocsr()
        return Surroundings(
            vectors=together,
            smoothed=np.vstack([self.smoothed, _smoothed(vectors, averaging(own_view), self.smoothed)]),
            weights=one_way.maximum(one_way.T).tocsr(),
            crowding=np.concatenate([self.crowding, cosines.mean(axis=1, dtype=np.float64)]),
        )


def _smoothed(vectors: Vectors, average: csr_matrix, beside: Vectors) -> Vectors:
    """Those of new texts, which may be neighbours of one another; those beside them are smoothed already."""
    smoothed = vectors
    for _ in range(neighbours.STEPS):
        shared = average @ np.vstack([beside, smoothed])
        smoothed = _normalised(neighbours.OWN_SHARE * vectors + (1 - neighbours.OWN_SHARE) * shared)
    return smoothed


def _nearest(
    vectors: Vectors, among: Vectors, *, but_from: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """``but_from``: the vectors are the rows of ``among`` from there on, and none is its own neighbour."""
    count, rows = min(NEAREST, len(among) - (but_from is not None)), max(1, BLOCK // len(among))
    found = np.empty((len(vectors), count), dtype=np.int64)
    cosines = np.empty((len(vectors), count), dtype=np.float32)
    for begin in range(0, len(vectors), rows):
        part = slice(begin, begin + rows)
        similar = vectors[part] @ among.T
        if but_from is not None:
            similar[np.arange(len(similar)), but_from + begin + np.arange(len(similar))] = -np.inf
        chosen = np.argpartition(-similar, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(similar, chosen, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        found[part] = np.take_along_axis(chosen, order, axis=1)
        cosines[part] = np.take_along_axis(near, order, axis=1)
    return found, cosines


def _weights(found: NDArray[np.int64], cosines: NDArray[np.float32], size: int) -> csr_matrix:
    """Each row's own view of how likely those are its neighbours."""
    from scipy.sparse import csr_matrix

    strength = neighbours.memberships(np.maximum(1.0 - cosines.astype(np.float64), 0.0))
    begins = np.arange(len(found) + 1) * found.shape[1]
    return csr_matrix((strength.ravel(), found.ravel(), begins), shape=(len(found), size))


def averaging(weights: csr_matrix) -> csr_matrix:
    """Each row's weights as shares of 1."""
    from scipy.sparse import diags

    totals = np.asarray(weights.sum(axis=1)).ravel()
    return (diags(1.0 / np.maximum(totals, 1e-12)) @ weights).astype(np.float32).tocsr()


def _normalised(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
