"""The several ways in which one reason is said: a new contact may be like one of them and unlike their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classify import cells
from classify.values import Labels, Vectors

MOST = 12
"""Of a reason. Measured on four sets: 4 to 16 do the same within 0.005."""
SMALLEST = 5
"""Contacts that make a facet, on average."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Directions of all reasons' facets, those of a reason together; ``begins`` says where each reason's are."""

    directions: Vectors
    begins: NDArray[np.int64]

    @classmethod
    def of(cls, vectors: Vectors, labels: Labels, centroids: Vectors) -> Self:
        """From contacts and the place of each one's reason among ``centroids``, −1 for none.

        A reason that has no contact here has its centroid for a facet.
        """
        found = [_split(vectors[labels == place], centroid) for place, centroid in enumerate(centroids)]
        directions = np.vstack(found)
        lengths = np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-6)
        begins = np.cumsum([0, *(len(facets) for facets in found[:-1])])
        return cls(np.asarray(directions / lengths, dtype=np.float32), begins)

    def cosines(self, vectors: Vectors) -> NDArray[np.float64]:
        """Of each row with the nearest facet of each reason; shape (rows, reasons)."""
        return np.maximum.reduceat(vectors @ self.directions.T, self.begins, axis=1).astype(np.float64)


def _split(members: Vectors, centroid: NDArray[np.floating]) -> Vectors:
    count = min(MOST, len(members) // SMALLEST)
    if count < 2:
        return np.asarray(centroid, dtype=np.float32)[None]
    facet_of = cells.grouped(members, count)
    return np.stack([members[facet_of == facet].mean(axis=0) for facet in range(int(facet_of.max()) + 1)])
