"""Who is close to whom: a graph of nearest neighbours, and vectors smoothed along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classify import cells
from classify.values import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

EXACT_UP_TO = 20_000
"""Texts; among more, comparing all with all takes longer than everything else."""
BLOCK = 32_000_000
"""Similarities held at once (128 MB)."""
BISECTIONS = 32
OWN_SHARE = 0.15
STEPS = 10


def nearest(vectors: Vectors, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The ``count`` nearest others of each row and their cosines, the nearest first; in bounded memory.

    Exact up to 20,000 rows, nearly so above; the same in every process for the same rows in the same order.
    """
    size = len(vectors)
    count = min(count, size - 1)
    found = np.empty((size, count), dtype=np.int64)
    cosines = np.empty((size, count), dtype=np.float32)
    for rows, among in _searches(vectors, count):
        at_once = max(1, BLOCK // len(among))
        for begin in range(0, len(rows), at_once):
            part = rows[begin : begin + at_once]
            found[part], cosines[part] = _nearest_among(vectors, part, among, count)
    return found, cosines


def _searches(vectors: Vectors, count: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    everyone = np.arange(len(vectors))
    return [(everyone, everyone)] if len(vectors) <= EXACT_UP_TO else cells.searches(vectors, count + 1)


def _nearest_among(
    vectors: Vectors, rows: NDArray[np.int64], among: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    similar = vectors[rows] @ (vectors[among].T if len(among) < len(vectors) else vectors.T)
    similar[np.arange(len(rows)), np.searchsorted(among, rows)] = -np.inf
    found = np.sort(np.argpartition(-similar, count - 1, axis=1)[:, :count], axis=1)
    cosines = np.take_along_axis(similar, found, axis=1)
    order = np.argsort(-cosines, axis=1, kind="stable")
    return among[np.take_along_axis(found, order, axis=1)], np.take_along_axis(cosines, order, axis=1)


def graph(found: NDArray[np.int64], cosines: NDArray[np.float32]) -> csr_matrix:
    """Symmetric weights 0–1: how likely two rows are neighbours, each judged by its own surroundings.

    The fuzzy union of UMAP (McInnes, Healy and Melville 2018, section 3.1): a dense region does not outweigh a thin
    one.
    """
    from scipy.sparse import csr_matrix

    size, count = found.shape
    distances = np.maximum(1.0 - cosines.astype(np.float64), 0.0)
    # in parts that stay in the processor's cache while they are halved in again and again
    weights = np.vstack([memberships(part) for part in np.array_split(distances, -(-size // 1024))])
    begins = np.arange(size + 1) * count
    directed = csr_matrix((weights.ravel(), found.ravel(), begins), shape=(size, size))
    return (directed + directed.T - directed.multiply(directed.T)).tocsr()


def memberships(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(−(d − nearest) / scale), with each row's scale such that its weights add up to log2 of their number."""
    excess = distances - distances[:, :1]
    target = np.log2(max(distances.shape[1], 2))
    low, high = np.zeros(len(excess)), np.full(len(excess), 2.0)
    for _ in range(BISECTIONS):
        scale = (low + high) / 2
        over = np.exp(-excess / np.maximum(scale, 1e-9)[:, None]).sum(axis=1) > target
        low, high = np.where(over, low, scale), np.where(over, scale, high)
    return np.asarray(np.exp(-excess / np.maximum(high, 1e-9)[:, None]))


def smooth(vectors: Vectors, weights: csr_matrix) -> Vectors:
    """Each row becomes what it and its neighbours, and theirs, have in common; normalised again.

    Personalised propagation (Gasteiger, Bojchevski and Günnemann 2019): what tells two wordings of one reason apart
    averages out, what tells two reasons apart stays.
    """
    from scipy.sparse import diags

    totals = np.asarray(weights.sum(axis=1)).ravel()
    average = (diags((1 - OWN_SHARE) / np.maximum(totals, 1e-12)) @ weights).astype(np.float32).tocsr()
    own = np.float32(OWN_SHARE) * vectors
    smoothed = vectors
    for _ in range(STEPS):
        smoothed = own + average @ smoothed
    return np.asarray(smoothed / np.linalg.norm(smoothed, axis=1, keepdims=True), dtype=np.float32)


def principal(vectors: Vectors, dimensions: int) -> NDArray[np.float64]:
    """Coordinates along the directions that vary most, at most ``dimensions`` of them; signs are fixed."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    kept = directions[:, ::-1][:, :dimensions]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return np.asarray(centred @ (kept * signs))
